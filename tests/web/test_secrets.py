"""What nobody may read who should not: a secret word, looked for on every page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import Decision, Firm, Lead, LeadFact, Team, User
from crm.selectors.digest import content
from crm.services import digest_mail, figures
from tests.factories import (
    MONDAY,
    AssessmentFactory,
    BidFactory,
    ContactFactory,
    DeliverableFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactFactory,
    LeadFactory,
    PaidStepOfferFactory,
    PaymentTermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Role = User.Role
SECRET = "貔貅zz"
SEARCHES = ("lead-list", "account-list", "log")
SORTS = ("decide", "-loss", "chance", "-hours", "quiet", "step", "lead", "stage", "-value", "late")


@pytest.fixture
def lead() -> Lead:
    """A flagged lead whose every text holds the secret word, due for a decision tomorrow."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    lead = LeadFactory(
        title=SECRET, stated_purpose=SECRET, use_case=SECRET, decide_by_date=tomorrow,
        account__name=f"{SECRET}公司",
        verdict="LOW", order_chance=0.06, usual_order_rate=0.23,
    )  # fmt: skip
    person = ContactFactory(account=lead.account, name=SECRET, title=SECRET)
    AssessmentFactory(lead=lead, as_of=timezone.now() - timedelta(days=3))
    with_secrets(lead).attendees.set([person])
    return lead


def with_secrets(lead: Lead) -> Any:
    """Write the secret word into everything that sales notes of a lead."""
    talk = InteractionFactory(
        lead=lead, note=SECRET, next_step=SECRET, competitors=SECRET, incumbent=SECRET,
        next_step_date=timezone.localdate() + timedelta(days=1), has_dated_next_step=True,
        asks=["SOLUTION_DOC"],
    )  # fmt: skip
    DeliverableFactory(lead=lead, title=SECRET, override_reason=SECRET)
    LeadFactFactory(lead=lead, who=SECRET, note=SECRET)
    PaidStepOfferFactory(lead=lead, what=SECRET)
    BidFactory(lead=lead, deadline_date=timezone.localdate() + timedelta(days=1))
    Decision.objects.create(
        lead=lead, kind=Decision.Kind.PAUSE, decided_by=UserFactory(), reason=SECRET,
        review_date=timezone.localdate() - timedelta(days=2), happened_at=MONDAY,
        recorded_at=MONDAY,
    )  # fmt: skip
    figures.refresh([lead.pk], now=timezone.now())
    return talk


def pages(lead: Lead) -> list[str]:
    """Return every address that could speak of a lead."""
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    past = f"?as_of={day}&status=all"
    talk = lead.interactions.get()
    return [
        *(reverse(name) for name in ("today", "log", "lead-new", "lead-label", "scores",
                                     "score-backtest", "outbox-list", "account-list",
                                     "digest-preview", "digest-preview-html")),
        *(f"{reverse('lead-list')}?status=all&sort={sort}" for sort in SORTS),
        *(reverse(name) + past for name in ("lead-list", "digest-preview", "digest-preview-html")),
        *(f"{reverse(name)}?q=貔&status=all&choose=1" for name in SEARCHES),
        *(reverse(name, args=[lead.pk])
          for name in ("lead-detail", "lead-edit", "lead-close")),
        f"{reverse('lead-detail', args=[lead.pk])}?skip=0&reason=F10",
        reverse("logged", args=[talk.pk]),
        reverse("account-detail", args=[lead.account_id]),
        reverse("contact-edit", args=[lead.account.contacts.get().pk]),
    ]  # fmt: skip


def reports() -> list[str]:
    """Return the addresses of reports."""
    download = reverse("report-download", args=["csv"])
    return [reverse("report-pipeline"), download]


def telling(user: User, addresses: list[str]) -> list[str]:
    """Return the addresses whose page holds the secret word, or fails."""
    client = Client()
    client.force_login(user)
    found = []
    for address in addresses:
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if SECRET in body.decode() or answer.status_code >= 500:
            found.append(address)
    return found


def test_the_word_is_found_where_it_may_be_read(lead: Lead) -> None:
    told = telling(UserFactory(role=Role.FOUNDER), [*pages(lead), *reports()])

    silent = {*pages(lead), *reports()} - set(told)
    assert {address.split("?")[0] for address in silent} <= {
        reverse(name) for name in ("scores", "score-backtest", "outbox-list", "lead-label")
    }


@pytest.mark.parametrize("role", [Role.SELLER, Role.ACCOUNTANT])
def test_no_page_or_report_tells_of_a_lead_that_one_may_not_see(lead: Lead, role: str) -> None:
    user = UserFactory(role=role, team=Team.objects.create(name="South"))

    assert telling(user, [*pages(lead), *reports()]) == []


def test_a_manager_learns_of_another_team_only_that_an_account_is_known(lead: Lead) -> None:
    manager = UserFactory(role=Role.MANAGER, team=Team.objects.create(name="South"))

    told = {address.split("?")[0] for address in telling(manager, [*pages(lead), *reports()])}

    contact = reverse("contact-edit", args=[lead.account.contacts.get().pk])
    known = {reverse("account-detail", args=[lead.account_id]), contact}
    assert told <= {reverse("account-list"), reverse("lead-new"), *known}


def test_a_viewer_reads_reports_and_nothing_else(lead: Lead) -> None:
    viewer = UserFactory(role=Role.VIEWER)

    assert telling(viewer, pages(lead)) == []
    assert telling(viewer, reports()) == reports()
    assert telling(viewer, [f"{address}?names=hidden" for address in reports()]) == []


def test_an_accountant_reads_no_sales_notes_of_a_lead_with_money() -> None:
    ours = LeadFactory(verdict="LOW", order_chance=0.06, usual_order_rate=0.23,
                       decide_by_date=timezone.localdate(), stated_purpose=SECRET,
                       use_case=SECRET)  # fmt: skip
    ContactFactory(account=ours.account)
    AssessmentFactory(lead=ours, as_of=timezone.now() - timedelta(hours=1))
    PaymentTermsFactory(lead=ours)
    InvoiceFactory(lead=ours)
    with_secrets(ours)
    accountant = UserFactory(role=Role.ACCOUNTANT)
    assert telling(accountant, pages(ours)) == []

    Lead.objects.filter(pk=ours.pk).update(
        closed_at=timezone.now(), outcome="LOST", outcome_recorded_at=timezone.now(),
        outcome_basis=SECRET, outcome_lesson=SECRET,
    )  # fmt: skip
    assert telling(accountant, pages(ours)) == []


@pytest.mark.parametrize("role", [Role.SELLER, Role.MANAGER, Role.ACCOUNTANT])
def test_no_mail_counts_or_names_a_lead_that_one_may_not_see(lead: Lead, role: str) -> None:
    user = UserFactory(role=role, team=Team.objects.create(name="South"))
    InvoiceFactory(lead=lead)
    with_it = content(user, as_of=timezone.now(), firm=Firm.current())
    mail = digest_mail.render(with_it, language="en")

    if role != Role.ACCOUNTANT:  # who reads all invoices
        assert SECRET not in mail.text + mail.html + mail.subject
        assert (with_it.decisions, with_it.more, with_it.money.overdue.count) == ([], 0, 0)
        assert with_it.effort.hours == 0
    assert not with_it.decisions


def test_a_past_day_tells_nothing_that_was_recorded_later() -> None:
    founder = UserFactory(role=Role.FOUNDER)
    ours, later = LeadFactory(), timezone.now()
    day = (later - timedelta(days=2)).date().isoformat()
    then = later - timedelta(days=9)
    person = ContactFactory(account=ours.account, name="Known Wang")
    InteractionFactory(lead=ours, happened_at=then, recorded_at=later).attendees.set([person])
    PaidStepOfferFactory(lead=ours, happened_at=then, answer="ACCEPTED", answered_at=then,
                         answer_recorded_at=later)  # fmt: skip
    LeadFactFactory(lead=ours, kind=LeadFact.Kind.BUSINESS_OWNER, value="", who=SECRET,
                    note=SECRET, happened_at=then, recorded_at=later)  # fmt: skip
    Lead.objects.filter(pk=ours.pk).update(
        closed_at=then, outcome="LOST", outcome_recorded_at=later, outcome_lesson=SECRET
    )
    client = Client()
    client.force_login(founder)

    page = client.get(reverse("lead-detail", args=[ours.pk]), {"as_of": day}).content.decode()

    assert SECRET not in page
    assert "Closed without an outcome" in page
    assert "accepted" not in page
    assert "1 talk" not in page
    hidden = LeadFactory(title="entered later", recorded_at=later)
    assert client.get(reverse("lead-detail", args=[hidden.pk]), {"as_of": day}).status_code == 404
