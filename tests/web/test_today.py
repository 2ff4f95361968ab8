"""What the first page promises."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Decision, Flag, Mark, Pattern, Target, User, Verdict
from crm.services import decisions, users
from crm.services.answers import Answer
from tests.factories import (
    AssessmentFactory,
    BidFactory,
    InvoiceFactory,
    LeadFactory,
    PaymentTermsFactory,
    UserFactory,
)
from tests.web.pages import text

pytestmark = pytest.mark.django_db
TODAY = reverse("today")


def section(answer, name):
    """Return one section of the page."""
    return re.search(
        rf'<section[^>]*aria-labelledby="{name}-head".*?</section>', answer, re.DOTALL
    )[0]


def low(**facts):
    """Return a lead of low intent, with its score."""
    lead = LeadFactory(
        verdict=Verdict.LOW,
        pattern=Pattern.FREE_CONSULTING,
        order_chance=0.06,
        usual_order_rate=0.23,
        **facts,
    )
    AssessmentFactory(lead=lead)
    return lead


def test_flagged_leads_stand_by_their_day_and_then_by_what_they_may_cost(client, founder):
    today = timezone.localdate()
    low(title="no day", expected_loss_amount=Decimal(9000))
    low(title="small", decide_by_date=today, expected_loss_amount=Decimal(10))
    low(title="large", decide_by_date=today, expected_loss_amount=Decimal(900))
    low(title="far away", decide_by_date=today + timedelta(days=40))
    LeadFactory(title="fine", verdict=Verdict.NONE, order_chance=0.5)

    due = section(client.get(TODAY).content.decode(), "decide")

    assert re.findall(
        r'<span class="soft">([a-z ]+)</span>\s*(?:<span class="until|</p>)', due
    ) == [
        "large",
        "small",
        "no day",
    ]
    assert "All flagged leads" in due


def test_a_decision_row_says_marks_facts_and_cost(client, founder):
    low(unpaid_hours=Decimal(37), travel_amount=Decimal(4860))

    words = text(client.get(TODAY))

    for said in ("6%", "Low intent", "free consulting", "No terms", "3rd solution request, unpaid"):
        assert said in words
    assert "Spent 37 h + ¥4,860 travel" in words
    assert "37 h at risk in them" in words


def test_a_contract_that_will_be_paid_late_is_a_decision(client, founder):
    lead = LeadFactory(title="late", payment_mark=Mark.HIGH, late_payment_chance=0.71)
    AssessmentFactory(
        lead=lead,
        target=Target.LATE_PAYMENT,
        reasons=[{"code": "R06", "points": 8.0, "params": {}, "rows": []}],
    )

    words = text(client.get(TODAY))

    assert "71% High" in words
    assert "audit-based acceptance" in words


def test_a_red_flag_ignored_for_a_week_stands_there_however_late_its_date(client, founder):
    now, far = timezone.now(), timezone.localdate() + timedelta(days=60)
    for title, days in (("ignored", 8), ("fresh", 2)):
        Flag.objects.create(
            lead=low(title=title, decide_by_date=far),
            target=Target.NO_ORDER,
            level=Verdict.LOW,
            raised_at=now - timedelta(days=days),
        )

    due = section(client.get(TODAY).content.decode(), "decide")

    assert "ignored" in due
    assert "fresh" not in due


def test_a_lead_that_somebody_decided_about_is_left_in_peace(client, founder):
    lead = low(title="answered")
    today = timezone.localdate()
    decisions.decide(
        lead=lead,
        answer=Answer(
            Decision.Kind.PAUSE,
            reason="their budget round is in December",
            review_date=today + timedelta(days=14),
        ),
        by=UserFactory(),
        now=timezone.now() - timedelta(hours=1),
        today=today,
    )

    assert "Nothing to decide." in text(client.get(TODAY))


def test_a_bid_that_closes_first_names_its_day(client, founder):
    lead = low(decide_by_date=timezone.localdate() + timedelta(days=6))
    BidFactory(lead=lead, deadline_date=timezone.localdate() + timedelta(days=2))

    assert "bid closes" in text(client.get(TODAY))


def test_the_next_seven_days_hold_steps_bids_and_invoices_in_order(client, founder):
    today = timezone.localdate()
    LeadFactory(next_step_date=today + timedelta(days=3), next_step="demo of the pilot")
    LeadFactory(next_step_date=today + timedelta(days=8), next_step="too far")
    BidFactory(deadline_date=today + timedelta(days=2))
    InvoiceFactory(due_date=today + timedelta(days=1), milestone_label="go-live")

    dates = section(client.get(TODAY).content.decode(), "dates")

    places = [dates.index(words) for words in ("go-live", "bid deadline", "demo of the pilot")]
    assert places == sorted(places)
    assert "too far" not in dates


def test_a_next_step_that_nobody_took_stands_first_for_some_days(client, founder):
    today = timezone.localdate()
    LeadFactory(next_step_date=today - timedelta(days=10), next_step="forgotten")
    LeadFactory(next_step_date=today - timedelta(days=2), next_step="the price list")
    LeadFactory(next_step_date=today, next_step="demo of the pilot")

    dates = client.get(TODAY).context["dates"]

    assert [(one.kind, one.words) for one in dates] == [
        ("LATE_STEP", "the price list"), ("STEP", "demo of the pilot"),
    ]  # fmt: skip


def test_money_is_told_by_what_is_late_and_what_is_due(client, founder):
    today = timezone.localdate()
    InvoiceFactory(due_date=today - timedelta(days=94), amount=96_000)
    InvoiceFactory(due_date=today - timedelta(days=8), amount=90_000)
    InvoiceFactory(due_date=today + timedelta(days=2), amount=52_000)
    InvoiceFactory(due_date=today - timedelta(days=3), amount=7_000, paid_amount=7_000)
    InvoiceFactory(due_date=today - timedelta(days=5), amount=4_000, currency="USD")

    words = text(client.get(TODAY))

    assert "¥186k + US$4,000 overdue" in words
    assert "Overdue · 3" in words
    assert "94 d late" in words
    assert "Due within 7 days · 1" in words


def test_a_long_list_of_late_invoices_is_cut_and_still_summed(client, founder):
    for _ in range(11):
        InvoiceFactory(amount=10_000)

    words = text(client.get(TODAY))

    assert "Overdue · 11" in words
    assert "¥110k" in words
    assert "and 3 more" in words


def test_what_changed_since_the_last_visit_names_both_values(client, founder):
    now = timezone.now()
    User.objects.filter(pk=founder.pk).update(last_visit_at=now - timedelta(days=2))
    lead = LeadFactory()
    AssessmentFactory(lead=lead, as_of=now - timedelta(days=9), probability=0.81, low=0.7, high=0.9)
    AssessmentFactory(lead=lead, as_of=now - timedelta(days=1), probability=0.59, low=0.5, high=0.7)
    quiet = LeadFactory(title="unmoved")
    for days in (9, 1):
        AssessmentFactory(lead=quiet, as_of=now - timedelta(days=days))

    changed = section(client.get(TODAY).content.decode(), "changed")

    assert "19% → 41%" in changed
    assert changed.count('class="change"') == 1


def test_looks_within_half_an_hour_are_one_visit():
    user = UserFactory()
    monday = timezone.now()

    first = users.note_visit(user=user, now=monday)
    user.refresh_from_db()
    later = users.note_visit(user=user, now=monday + timedelta(days=1))
    user.refresh_from_db()
    again = users.note_visit(user=user, now=monday + timedelta(days=1, minutes=5))

    assert (first, later, again) == (None, monday, monday)


def test_a_seller_sees_own_decisions_alone(client):
    seller = UserFactory()
    client.force_login(seller)
    low(title="mine", owner=seller)
    low(title="theirs")

    words = text(client.get(TODAY))

    assert "mine" in words
    assert "theirs" not in words


def test_an_empty_ledger_teaches_what_will_stand_here(client, founder):
    words = text(client.get(TODAY))

    assert "No lead yet." in words
    assert "Add the first lead" in words

    LeadFactory(owner=founder)
    words = text(client.get(TODAY))

    assert "Nothing to decide." in words
    assert "A lead gets its verdict after three logged talks." in words


def test_the_page_takes_as_many_queries_for_many_leads_as_for_few(
    client, founder, worker_is_alive, count_queries
):
    def grow(count):
        for _ in range(count):
            lead = low(next_step_date=timezone.localdate())
            BidFactory(lead=lead, deadline_date=timezone.localdate())
            InvoiceFactory(lead=lead)

    grow(10)
    client.get(TODAY)
    ten = count_queries(lambda: client.get(TODAY))
    grow(30)

    assert count_queries(lambda: client.get(TODAY)) == ten <= 23


def test_the_accountant_sees_the_marks_and_no_sales_notes(client):
    PaymentTermsFactory(lead=low(has_money=True))
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))

    words = text(client.get(TODAY))

    assert "Low intent" in words
    assert "solution request" not in words


def test_a_chance_that_rose_is_not_explained_by_what_speaks_against(client, founder):
    lead = LeadFactory(verdict=Verdict.NONE)
    now = timezone.now()
    AssessmentFactory(lead=lead, as_of=now - timedelta(days=9), probability=0.9, low=0.8, high=0.95)
    against = {"code": "F10", "points": 10.0, "params": {"n": 3}, "rows": []}
    speaks_for = {"code": "F20", "points": -5.0, "params": {"name": "Zhou Min"}, "rows": []}
    rose = {"probability": 0.5, "low": 0.4, "high": 0.6, "reasons": [against, speaks_for]}
    AssessmentFactory(lead=lead, as_of=now - timedelta(hours=1), **rose)

    words = text(client.get(TODAY))

    assert "10% → 50%" in words
    assert "solution request" not in words
    assert "A business owner is named: Zhou Min" in words
