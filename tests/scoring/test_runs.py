"""Scores from the ledger: what is stored, what lists show, which flags stand."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import (
    Ask,
    Assessment,
    BudgetStage,
    Firm,
    FirmFigure,
    Flag,
    Interaction,
    Lead,
    LeadFact,
    Outcome,
    PaymentTerms,
    Target,
    Verdict,
)
from crm.services import assessments
from crm.services.assessments import Recorded
from scoring import history, runs
from scoring.models import UsualFigure
from scoring.scorers import moment
from tests.factories import (
    MONDAY,
    BidFactory,
    ContactFactory,
    DeliverableFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactFactory,
    LeadFactory,
    PaymentFactory,
    PaymentTermsFactory,
)

pytestmark = pytest.mark.django_db
NEXT_DAY = MONDAY + timedelta(days=1)


def score(*leads: Lead, as_of: Any = MONDAY) -> Recorded:
    lead_ids = [lead.pk for lead in leads] or None
    return sum(
        (batch.written for batch in runs.score(lead_ids, as_of=as_of, now=as_of)), Recorded()
    )


def said_of(lead: Lead, target: str = Target.NO_ORDER) -> Assessment:
    return Assessment.objects.filter(lead=lead, target=target).latest("as_of", "pk")


def a_lead_in_trouble() -> Lead:
    """Ask three times for a solution, say nothing of a budget, fall silent."""
    lead = LeadFactory(first_ask=Ask.TECH_SELECTION)
    for days_ago in (70, 60, 50, 40):
        InteractionFactory(
            lead=lead,
            happened_at=MONDAY - timedelta(days=days_ago),
            asks=[Ask.SOLUTION_DOC],
            budget_holder_present=False,
            has_dated_next_step=False,
        )
    DeliverableFactory(lead=lead, happened_at=MONDAY - timedelta(days=39))
    return lead


def test_a_lead_in_trouble_is_low_with_reasons_that_lead_to_rows():
    lead = a_lead_in_trouble()
    rounds = [f"I:{pk}" for pk in lead.interactions.values_list("pk", flat=True)]

    score(lead)

    said = said_of(lead)
    assert said.verdict == Verdict.LOW
    assert said.pattern == "FREE_CONSULTING"
    assert said.low <= said.probability <= said.high
    reasons = {reason["code"]: reason for reason in said.reasons}
    assert reasons["F10"] == {
        "code": "F10", "points": pytest.approx(reasons["F10"]["points"]),
        "params": {"n": 4}, "rows": rounds,
    }  # fmt: skip
    assert reasons["F15"]["rows"] == [f"D:{lead.deliverables.get().pk}"]
    assert sum(reason["points"] for reason in said.reasons) == pytest.approx(said.points)


def test_lists_show_the_chance_beside_the_usual_rate_and_what_may_be_lost():
    FirmFigure.objects.create(
        kind=FirmFigure.Kind.HOUR_COST, amount=200, valid_from=MONDAY, recorded_at=MONDAY
    )
    lead = a_lead_in_trouble()
    Lead.objects.filter(pk=lead.pk).update(unpaid_hours=Decimal(10), travel_amount=Decimal(500))

    score(lead)

    lead.refresh_from_db()
    assert lead.verdict == Verdict.LOW
    assert lead.order_chance == pytest.approx(1 - said_of(lead).probability)
    assert lead.usual_order_rate == pytest.approx(0.2)
    assert lead.expected_loss_amount == pytest.approx(
        Decimal(2500) * Decimal(1 - lead.order_chance), abs=Decimal("0.01")
    )
    assert lead.scored_at == MONDAY


def test_before_three_interactions_there_is_no_per_cent_and_no_verdict():
    lead = LeadFactory(first_ask=Ask.BASIC_KNOWLEDGE)
    InteractionFactory.create_batch(2, lead=lead)

    score(lead)

    said = said_of(lead)
    assert (said.probability, said.verdict) == (None, Verdict.UNKNOWN)
    assert said.interactions_count == 2
    assert {reason["code"] for reason in said.reasons} >= {"F01"}


def test_a_short_tender_may_be_judged_earlier():
    lead = LeadFactory(first_ask=Ask.BASIC_KNOWLEDGE, source=Lead.Source.TENDER_NOTICE)
    BidFactory(lead=lead, prep_days=6, specification_fits_us=False)

    score(lead)

    assert said_of(lead).verdict == Verdict.LOW
    assert said_of(lead).pattern == "COLUMN_FODDER"


def test_scoring_again_writes_nothing_new():
    lead = a_lead_in_trouble()
    score(lead)

    assert score(lead) == Recorded()
    assert Assessment.objects.count() == 1


def test_a_score_of_the_past_is_kept_and_shows_nowhere():
    lead = a_lead_in_trouble()
    score(lead)
    shown = Lead.objects.values(*assessments.COLUMNS, "scored_at").get(pk=lead.pk)

    score(lead, as_of=MONDAY - timedelta(days=45))

    assert Assessment.objects.count() == 2
    assert Lead.objects.values(*assessments.COLUMNS, "scored_at").get(pk=lead.pk) == shown
    assert Flag.objects.count() == 1


def test_a_flag_is_cleared_when_it_no_longer_holds_and_stays_on_record():
    lead = a_lead_in_trouble()
    score(lead)
    flag = Flag.objects.get()
    assert (flag.level, flag.cleared_at, flag.assessment) == ("LOW", None, said_of(lead))

    InteractionFactory(
        lead=lead,
        happened_at=MONDAY + timedelta(hours=1),
        budget_stage=BudgetStage.APPROVED,
        budget_holder_present=True,
    )
    LeadFactFactory(lead=lead, kind=LeadFact.Kind.BUSINESS_OWNER, value="", happened_at=MONDAY)
    score(lead, as_of=NEXT_DAY)

    flag.refresh_from_db()
    assert flag.cleared_at == NEXT_DAY
    assert not Flag.objects.filter(cleared_at=None, level="LOW").exists()


def test_one_lead_alone_scores_as_it_does_among_all():
    leads = [a_lead_in_trouble() for _ in range(3)]
    score(leads[1])
    alone = said_of(leads[1])
    Assessment.objects.all().delete()

    score()

    among_all = said_of(leads[1])
    assert (among_all.probability, among_all.reasons) == (alone.probability, alone.reasons)
    assert Assessment.objects.count() == 3


def test_what_is_known_only_after_the_close_changes_no_chance_of_an_order():
    lead = a_lead_in_trouble()
    bid = BidFactory(lead=lead, prep_days=9)
    score(lead)
    before = said_of(lead)
    Assessment.objects.all().delete()

    bid.result, bid.result_date = "WON", NEXT_DAY.date()
    bid.save()
    PaymentTermsFactory(lead=lead, status=PaymentTerms.Status.AGREED)
    Lead.objects.filter(pk=lead.pk).update(
        closed_at=NEXT_DAY, outcome=Outcome.WON, outcome_recorded_at=NEXT_DAY
    )
    score(as_of=MONDAY)

    assert said_of(lead).probability == before.probability
    assert said_of(lead).reasons == before.reasons


def test_a_lead_that_was_closed_then_is_not_scored():
    lead = a_lead_in_trouble()
    Lead.objects.filter(pk=lead.pk).update(
        closed_at=MONDAY - timedelta(days=1), outcome=Outcome.LOST, outcome_recorded_at=MONDAY
    )

    score()

    assert not Assessment.objects.exists()


def test_rows_put_away_count_no_more():
    lead = a_lead_in_trouble()
    lead.interactions.update(archived_at=MONDAY)

    score(lead)

    assert said_of(lead).interactions_count == 0


def test_those_who_were_there_are_read_from_the_attendees_or_else_the_contact():
    lead = LeadFactory()
    sponsor = ContactFactory(account=lead.account, decision_role="SPONSOR")
    buyer = ContactFactory(account=lead.account, department="采购")
    talk = InteractionFactory(lead=lead, contact=sponsor)
    talk.attendees.set([sponsor, buyer])
    InteractionFactory(lead=lead, contact=ContactFactory(account=lead.account, department="财务"))
    InteractionFactory(lead=lead, contact=ContactFactory(account=lead.account, department="IT"))

    score(lead)

    roles = next(reason for reason in said_of(lead).reasons if reason["code"] == "F21")
    assert roles["params"] == {"r": 4}
    assert roles["rows"][0] == f"I:{talk.pk}"
    assert len(roles["rows"]) == 3


def test_earlier_leads_and_payments_of_the_account_are_read_as_of_their_own_dates():
    lead = LeadFactory()
    earlier = LeadFactory(
        account=lead.account,
        closed_at=MONDAY - timedelta(days=30),
        outcome=Outcome.LOST,
        outcome_recorded_at=MONDAY - timedelta(days=30),
        opened_at=MONDAY - timedelta(days=300),
    )
    score(lead)
    assert {"F28"} & {reason["code"] for reason in said_of(lead).reasons}
    assert next(r["rows"] for r in said_of(lead).reasons if r["code"] == "F28") == [
        f"L:{earlier.pk}"
    ]

    invoice = InvoiceFactory(lead=earlier)
    PaymentFactory(invoice=invoice, paid_date=NEXT_DAY.date(), recorded_at=NEXT_DAY)
    score(lead, as_of=NEXT_DAY + timedelta(days=1))

    paid = next(reason for reason in said_of(lead).reasons if reason["code"] == "F28")
    assert paid["points"] == -10


def test_terms_bring_a_late_payment_mark_and_no_terms_bring_none():
    with_terms, without = LeadFactory(), LeadFactory()
    PaymentTermsFactory(
        lead=with_terms, prepay_percent=0, accepted_by_audit=True, is_back_to_back=True
    )

    score()

    with_terms.refresh_from_db()
    without.refresh_from_db()
    assert with_terms.payment_mark == "HIGH"
    assert with_terms.late_payment_chance == pytest.approx(
        said_of(with_terms, Target.LATE_PAYMENT).probability
    )
    assert (without.payment_mark, without.late_payment_chance) == ("UNKNOWN", None)
    assert Flag.objects.get().target == Target.LATE_PAYMENT


def test_a_payment_counts_as_full_from_95_per_cent():
    lead = LeadFactory()
    PaymentTermsFactory(lead=lead)
    invoice = InvoiceFactory(lead=lead, amount=Decimal(1000))
    PaymentFactory(invoice=invoice, amount=Decimal(940), paid_date=invoice.due_date)
    score(lead)
    codes = {r["code"] for r in said_of(lead, Target.LATE_PAYMENT).reasons}
    assert "R13" in codes  # 94 days overdue

    PaymentFactory(invoice=invoice, amount=Decimal(10), paid_date=MONDAY.date())
    score(lead, as_of=NEXT_DAY)

    reason = next(r for r in said_of(lead, Target.LATE_PAYMENT).reasons if r["code"] == "R13")
    assert reason["params"]["d"] == 94


def test_one_lead_reads_the_stored_figures_and_never_the_history():
    lead = a_lead_in_trouble()
    list(runs.score(None, as_of=MONDAY - timedelta(days=1), now=MONDAY))
    with CaptureQueriesContext(connection) as queries:
        score(lead)

    statements = [query["sql"] for query in queries]
    assert not [sql for sql in statements if "INSERT" in sql and "usualfigure" in sql]
    assert not [sql for sql in statements if "'CLIENT'" in sql]
    assert UsualFigure.objects.order_by().values("from_at").distinct().count() == 1


def test_the_number_of_queries_does_not_grow_with_the_leads():
    def queries(count: int) -> int:
        leads = [a_lead_in_trouble() for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            score(*leads)
        return len(captured)

    queries(1)

    assert queries(2) == queries(9)


def test_the_firms_zone_and_holidays_are_read_from_its_settings():
    Firm.objects.create(pk=1, time_zone="Europe/Berlin", holiday_country="DE")

    at = moment(MONDAY)

    assert str(at.zone) == "Europe/Berlin"
    unity_day = at.calendar.filter(day=MONDAY.date().replace(month=10, day=3))
    assert unity_day.height == 1


def test_figures_are_stored_once_a_day_and_replaced_when_computed_again():
    LeadFactory(
        closed_at=MONDAY - timedelta(days=3), outcome=Outcome.WON,
        outcome_recorded_at=MONDAY - timedelta(days=3),
    )  # fmt: skip
    zone = Firm.current().zone

    for _ in range(2):
        found = history.usual_at(MONDAY, zone=zone, refresh=True)

    assert found.filter(account_kind="*").get_column("orders").to_list() == [1]
    assert UsualFigure.objects.filter(account_kind="*").count() == 1
    assert Interaction.objects.count() == 0
