"""What the days of a contract's milestones promise: noted, corrected, cleared, and followed."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import DealCash, PaymentMilestone, SystemEvent, User
from crm.selectors import invoice_page
from crm.services import cash, upkeep
from tests.factories import (
    InvoiceFactory,
    LeadFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
    UserFactory,
)
from tests.web.test_terms import words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def delivery(founder) -> PaymentMilestone:
    """An acceptance of a contract signed 90 days ago that was planned for 40 days ago."""
    today = timezone.localdate()
    lead = LeadFactory(assessment_due_at=None)
    terms = PaymentTermsFactory(
        lead=lead, status="AGREED", contract_amount=Decimal(100_000), vat_percent=6,
        signed_date=today - 90 * DAY, happened_at=timezone.now() - 90 * DAY,
        recorded_at=timezone.now() - 90 * DAY,
    )  # fmt: skip
    return PaymentMilestoneFactory(
        lead=lead, terms=terms, label="Delivery", share_percent=Decimal(100), is_acceptance=True,
        planned_date=today - 40 * DAY, term_days=30, recorded_at=timezone.now() - 90 * DAY,
    )  # fmt: skip


def send(client, milestone, day, **more):
    data = {"version": milestone.version, "accepted_date": day} | more
    return client.post(reverse("milestone-reached", args=[milestone.pk]), data)


def test_an_acceptance_is_noted_from_the_terms_page_and_what_follows_is_asked_for(client, delivery):
    today = timezone.localdate()
    page = words(client.get(reverse("lead-terms", args=[delivery.lead_id])))
    assert "40 days behind plan" in page

    answer = send(client, delivery, today - 5 * DAY)

    assert answer["Location"].endswith(f"/leads/{delivery.lead_id}/terms/#contract")
    delivery.refresh_from_db()
    assert delivery.accepted_date == today - 5 * DAY
    assert timezone.now() - delivery.accepted_recorded_at < DAY
    delivery.lead.refresh_from_db()
    assert delivery.lead.assessment_due_at
    assert DealCash.objects.get(terms=delivery.terms).due_at
    trail = delivery.history.first()
    assert (trail.accepted_date, trail.history_user.role) == (today - 5 * DAY, "FOUNDER")
    page = words(client.get(answer["Location"]))
    assert "35 days behind plan" in page
    assert "Its money is due by" in page
    assert "¥106,000" in page


def test_the_day_is_corrected_and_cleared_and_each_change_stays_in_the_trail(client, delivery):
    today = timezone.localdate()
    send(client, delivery, today - 9 * DAY)
    delivery.refresh_from_db()
    send(client, delivery, today - 7 * DAY)
    delivery.refresh_from_db()
    assert delivery.accepted_date == today - 7 * DAY
    answer = send(client, delivery, "no day at all", clear="1", back="lead")
    assert answer["Location"].endswith(f"/leads/{delivery.lead_id}/#terms")
    delivery.refresh_from_db()
    assert (delivery.accepted_date, delivery.accepted_recorded_at) == (None, None)
    kinds = SystemEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["MILESTONE_DATED", "MILESTONE_DATED", "MILESTONE_UNDATED"]
    page = words(client.get(reverse("milestone-reached", args=[delivery.pk])))
    assert f"{today - 9 * DAY} → {today - 7 * DAY}" in page


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2027-02-29", "Write a day of the calendar"),
        ("0206-11-01", "Write a day from 2000 on."),
        (lambda: timezone.localdate() + DAY, "This day is still to come."),
    ],
)
def test_a_day_that_cannot_be_is_said_beside_the_field_and_kept(client, delivery, day, sentence):
    typed = str(day() if callable(day) else day)
    answer = send(client, delivery, typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'value="{typed}"' in answer.content.decode()
    delivery.refresh_from_db()
    assert delivery.accepted_date is None
    assert not SystemEvent.objects.exists()


def test_a_leap_day_and_a_day_before_the_signature_are_noted_the_latter_with_a_question(
    client, delivery
):
    delivery.terms.signed_date = date(2024, 3, 8)
    delivery.terms.save()
    answer = send(client, delivery, "2024-02-29")
    delivery.refresh_from_db()
    assert delivery.accepted_date == date(2024, 2, 29)
    assert "Is the year right?" in words(client.get(answer["Location"]))


def test_two_people_never_overwrite_each_other_and_the_same_day_twice_is_once(client, delivery):
    today = timezone.localdate()
    for _ in range(2):
        send(client, delivery, today - 3 * DAY)  # a second tap sends the version it read
    assert SystemEvent.objects.count() == 1
    other = send(client, delivery, today - 2 * DAY)
    assert other.status_code == 422
    assert "Someone else saved this meanwhile" in words(other)
    delivery.refresh_from_db()
    assert delivery.accepted_date == today - 3 * DAY
    assert f'name="version" value="{delivery.version}"' in other.content.decode()


def test_only_what_was_agreed_can_be_reached(client, delivery):
    delivery.terms.status = "PROPOSED_BY_US"
    delivery.terms.save()
    answer = send(client, delivery, timezone.localdate())
    assert answer.status_code == 422
    assert "not agreed yet" in words(answer)
    delivery.archived_at = timezone.now()
    delivery.save()
    assert send(client, delivery, timezone.localdate()).status_code == 404


def test_the_lead_page_shows_the_milestones_and_leads_to_their_days(client, delivery):
    page = client.get(reverse("lead-detail", args=[delivery.lead_id]))
    assert "40 days behind plan" in words(page)
    assert f"{reverse('milestone-reached', args=[delivery.pk])}?back=lead" in page.content.decode()
    earlier = timezone.localdate() - 10 * DAY
    then = client.get(reverse("lead-detail", args=[delivery.lead_id]) + f"?as_of={earlier}")
    assert then.status_code == 200
    assert "behind plan" not in words(then)


def test_the_invoice_of_an_accepted_milestone_falls_due_from_the_acceptance(client, delivery):
    today = timezone.localdate()
    address = f"{reverse('invoice-new')}?milestone={delivery.pk}"
    for accepted, due in ((today - 10 * DAY, today + 20 * DAY), (today - 80 * DAY, today)):
        PaymentMilestone.objects.filter(pk=delivery.pk).update(accepted_date=accepted)
        assert f'value="{due}"' in client.get(address).content.decode()
    page = words(client.get(reverse("lead-terms", args=[delivery.lead_id])))
    assert "not billed for 80 days" in page


def test_who_may_not_see_the_lead_cannot_date_its_milestones(client, delivery):
    for role, code in (
        (User.Role.SELLER, 404),
        (User.Role.VIEWER, 403),
        (User.Role.ACCOUNTANT, 302),
    ):
        client.force_login(UserFactory(role=role))
        delivery.lead.has_money = True
        delivery.lead.save()
        assert send(client, delivery, timezone.localdate()).status_code == code


def test_a_founder_who_dates_it_in_the_back_office_dates_it_from_then_on(delivery, founder):
    now = timezone.now()
    delivery.accepted_date = timezone.localdate() - 30 * DAY
    upkeep.store(delivery, now=now, by=founder)
    delivery.refresh_from_db()
    assert delivery.accepted_recorded_at == now
    delivery.trigger = "at once"
    upkeep.store(delivery, now=now + DAY, by=founder)
    delivery.refresh_from_db()
    assert delivery.accepted_recorded_at == now


def test_contract_pages_cost_the_same_queries_for_any_number_of_milestones(
    client, delivery, count_queries
):
    addresses = [reverse(name, args=[delivery.lead_id]) for name in ("lead-terms", "lead-detail")]
    few = [count_queries(lambda at=at: client.get(at)) for at in addresses]
    for position in range(1, 9):
        PaymentMilestoneFactory(lead=delivery.lead, terms=delivery.terms, position=position)
    assert [count_queries(lambda at=at: client.get(at)) for at in addresses] == few


def test_the_day_is_told_in_the_trail_of_the_lead(client, delivery):
    send(client, delivery, timezone.localdate())
    page = client.get(reverse("lead-detail", args=[delivery.lead_id]) + "?system=1")
    assert "Payment milestone reached" in words(page)
    assert isinstance(SystemEvent.objects.get().happened_at, datetime)


def test_a_running_contract_gets_its_curve_and_a_closed_one_is_not_said_to_wait(client, delivery):
    lead = delivery.lead
    lead.closed_at, lead.outcome = timezone.now(), "WON"
    lead.save()
    address = reverse("lead-terms", args=[lead.pk])
    assert "No curve of v1 was computed" in words(client.get(address))
    cash.ask_for_missing(now=timezone.now())
    assert DealCash.objects.get(terms=delivery.terms).due_at
    assert "is being computed" in words(client.get(address))
    DealCash.objects.all().delete()
    InvoiceFactory(lead=lead, milestone=delivery)
    cash.ask_for_missing(now=timezone.now())
    assert not DealCash.objects.exists()


def test_what_was_reached_and_not_billed_stands_first_where_an_invoice_is_begun(client, delivery):
    sooner = PaymentMilestoneFactory(
        lead=delivery.lead, terms=delivery.terms, label="Sooner",
        planned_date=delivery.planned_date - DAY,
    )  # fmt: skip
    assert invoice_page.billable(User.objects.get(role="FOUNDER")) == [sooner, delivery]
    send(client, delivery, timezone.localdate())
    page = words(client.get(reverse("invoice-new")))
    assert page.index("Delivery") < page.index("Sooner")
    assert "reached" in page
