"""Curves are computed in the worker, once for each question, and never for half-known terms."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from celery import current_app
from django.utils import timezone

from crm import reason_texts
from crm.models import (
    Assessment,
    DealCash,
    DealCost,
    FirmCash,
    FirmFigure,
    ForecastMark,
    Invoice,
    Payment,
    PaymentTerms,
)
from crm.services import cash, firm, invoices, payments
from crm.services import forecasts as marks
from scoring import cash_runs, forecasts, runs, tasks, terms_points
from scoring.sweeps import held
from tests.factories import (
    AccountFactory,
    InvoiceFactory,
    LeadFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=timezone.get_default_timezone())
TODAY = NOW.date()
PLAN = (
    ("预付款", 10, 0, {"term_days": 15}),
    ("到货", 20, 90, {"term_days": 30}),
    ("验收", 60, 180, {"term_days": 60, "is_acceptance": True}),
    ("质保金", 10, 545, {"term_days": 30, "is_retention": True}),
)


@pytest.fixture
def terms():
    """The worked example: ¥1.2 m with a government, on site for half a year."""
    lead = LeadFactory(account=AccountFactory(kind="GOVERNMENT"), travel_amount=80_000)
    made = PaymentTermsFactory(
        lead=lead,
        status=PaymentTerms.Status.PROPOSED_BY_CLIENT,
        contract_amount=Decimal(1_200_000),
        is_onsite=True,
        performance_bond_percent=5,
        has_deemed_acceptance=False,
    )
    for position, (label, share, day, facts) in enumerate(PLAN):
        PaymentMilestoneFactory(
            lead=lead,
            terms=made,
            label=label,
            position=position,
            share_percent=share,
            trigger_day=day,
            **facts,
        )
    for label, amount, first, last in (
        ("On site", 90_000, 0, 180),
        ("Compute", 12_000, 0, 180),
        ("Warranty", 4_000, 180, 545),
    ):
        DealCost.objects.create(
            terms=made, label=label, amount=amount, from_day=first, to_day=last, recorded_at=NOW
        )
    FirmFigure.objects.create(
        kind=FirmFigure.Kind.CASH, amount=2_400_000, valid_from=NOW, recorded_at=NOW
    )
    FirmFigure.objects.create(
        kind=FirmFigure.Kind.MONTHLY_BURN, amount=400_000, valid_from=NOW, recorded_at=NOW
    )
    return made


def computed(terms):
    cash.mark_due([terms.pk], now=NOW)
    cash_runs.compute_due(now=NOW)
    return DealCash.objects.get(terms=terms)


def test_the_worked_example_comes_out_of_the_ledger_as_it_does_on_paper(terms):
    result = computed(terms).result
    assert result["peak"]["p50"] == pytest.approx(592_000, rel=0.03)
    assert result["peak"]["p90"] == pytest.approx(653_000, rel=0.03)
    assert result["runway_months"] == pytest.approx(1.6, abs=0.06)
    assert result["share_of_cash"] == pytest.approx(653 / 2400, rel=0.04)
    assert result["margin"] == pytest.approx(459_000, rel=0.02)
    levers = {row["code"]: row for row in result["levers"]}
    assert levers["BOTH_GATES"]["peak"]["p90"] == pytest.approx(140_000, rel=0.03)
    assert levers["PAID_PRE_SALES"]["peak"]["p50"] == pytest.approx(512_000, rel=0.03)
    assert len(result["curve"]["day"]) == len(result["curve"]["p90"])


def test_a_curve_is_computed_once_until_its_inputs_change(terms, monkeypatch):
    first = computed(terms)
    monkeypatch.setattr("scoring.deal_cash.compute", lambda *facts: pytest.fail("again"))
    assert computed(terms).result == first.result
    monkeypatch.undo()
    terms.contract_amount = Decimal(600_000)
    terms.save()
    assert computed(terms).result["margin"] < first.result["margin"]


def test_a_curve_asked_for_while_one_is_computed_stays_due(terms):
    cash.mark_due([terms.pk], now=NOW)
    cash.store(terms, {}, checksum="x", asked_at=NOW - timedelta(minutes=1), now=NOW)
    assert [one.pk for one in cash.due(limit=5)] == [terms.pk]
    cash.store(terms, {}, checksum="x", asked_at=NOW, now=NOW)
    assert cash.due(limit=5) == []


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"contract_amount": None}, "contract_amount"),
        ({"contract_amount": 100_000, "prepay_percent": None}, "prepay_percent"),
        (
            {"contract_amount": 100_000, "prepay_percent": 60, "retention_percent": 60},
            "retention_percent",
        ),
    ],
)
def test_terms_that_say_too_little_name_what_is_missing(facts, missing):
    kept = computed(PaymentTermsFactory(**facts))
    assert kept.result["missing"] == missing
    assert kept.due_at is None


def test_terms_without_milestones_are_read_from_their_summary():
    result = computed(
        PaymentTermsFactory(
            contract_amount=Decimal(300_000), prepay_percent=30, retention_percent=5, term_days=60
        )
    ).result
    assert result["peak"]["p50"] == pytest.approx(300_000 * 0, abs=40_000)
    assert "missing" not in result


def test_the_firm_has_no_curve_before_cash_and_burn_are_known():
    assert cash_runs.compute_firm(now=NOW) is False
    assert not FirmCash.objects.exists()


def test_the_firm_s_cash_counts_what_waits_what_is_signed_and_what_may_come(terms):
    cash_runs.foresee(now=NOW)
    alone = FirmCash.objects.get().result
    account = AccountFactory(kind="SME")
    InvoiceFactory(
        account=account,
        lead=LeadFactory(account=account),
        amount=500_000,
        issued_date=TODAY - timedelta(days=20),
        due_date=TODAY + timedelta(days=10),
    )
    agreed = PaymentTermsFactory(status="AGREED", contract_amount=400_000)
    PaymentMilestoneFactory(
        lead=agreed.lead,
        terms=agreed,
        share_percent=50,
        planned_date=TODAY + timedelta(days=20),
        term_days=10,
    )
    cash_runs.foresee(now=NOW)
    found = FirmCash.objects.get().result
    last = {name: found["base"][name]["weeks"][-1] for name in ("base", "base_low", "none")}
    assert last["none"] == alone["base"]["none"]["weeks"][-1]
    assert last["base"] > last["none"] + 600_000
    assert last["base_low"] <= last["base"]
    assert found["base"]["later"]["low"] <= found["base"]["base"]["low"]


def test_whatever_changes_an_invoice_asks_for_new_forecasts_in_its_own_transaction(terms):
    """Issued, paid in part, credited, disputed, written off: a lost message loses none of it."""
    computed(terms)
    cash_runs.foresee_due(now=NOW)
    account, by = terms.lead.account, UserFactory()

    def changed() -> bool:
        waits = DealCash.objects.exclude(due_at=None).filter(terms=terms).exists()
        made = cash_runs.foresee_due(now=NOW + timedelta(seconds=1)) is not None
        cash_runs.compute_due(now=NOW)
        cash_runs.foresee_due(now=NOW + timedelta(seconds=1))
        return waits and made and not ForecastMark.objects.exists()

    facts = {"number": "1", "amount": Decimal(1000), "currency": "CNY"}
    days = {"issued_date": TODAY - timedelta(days=9), "due_date": TODAY}
    invoice = invoices.issue(
        account=account, lead=None, milestone=None, now=NOW, token=uuid4(), **facts, **days
    )
    assert changed()
    assert not changed()
    for amount, kind in ((100, Payment.Kind.MONEY), (50, Payment.Kind.CREDIT_NOTE)):
        paid = payments.record(
            invoice=invoice,
            amount=Decimal(amount),
            paid_date=TODAY,
            now=NOW,
            author=None,
            kind=kind,
        )
        assert changed()
    payments.take_back(payment=paid, now=NOW)
    assert changed()
    version = Invoice.objects.values_list("version", flat=True)
    invoices.dispute(invoice=invoice, version=version.get(), on=TODAY, now=NOW)
    assert changed()
    invoices.write_off(
        invoice=invoice, version=version.get(), on=TODAY, reason="gone", now=NOW, by=by
    )
    assert changed()


def test_the_sweep_of_curves_finds_what_no_message_told_of(terms):
    cash.mark_due([terms.pk], now=timezone.now())
    assert {cash.CASH_TASK, marks.TASK} <= set(current_app.tasks)
    assert tasks.compute_cash() == 1
    assert not ForecastMark.objects.exists()
    assert FirmCash.objects.exists()


def test_a_change_while_forecasts_are_made_waits_for_the_next_run(terms, monkeypatch):
    marks.ask(now=NOW)
    make = forecasts.make

    def and_meanwhile(**facts):
        marks.ask(now=NOW)
        return make(**facts)

    monkeypatch.setattr(forecasts, "make", and_meanwhile)
    assert cash_runs.foresee_due(now=NOW) == 0
    assert ForecastMark.objects.count() == 1
    with held(cash_runs.FORECAST_JOB):
        assert cash_runs.foresee_due(now=NOW) is None
    assert ForecastMark.objects.count() == 1


def test_a_curve_is_asked_for_again_after_a_week_while_its_lead_runs(terms):
    computed(terms)
    cash.ask_for_stale(now=NOW + timedelta(days=6))
    assert cash.due(limit=5) == []
    cash.ask_for_stale(now=NOW + timedelta(days=7))
    assert [one.pk for one in cash.due(limit=5)] == [terms.pk]
    DealCash.objects.update(due_at=None)
    terms.lead.closed_at = NOW
    terms.lead.outcome = "LOST"
    terms.lead.save()
    cash.ask_for_stale(now=NOW + timedelta(days=8))
    assert cash.due(limit=5) == []


def test_new_cash_stands_beside_the_same_curve_without_drawing_it_again(terms, monkeypatch):
    before = computed(terms).result
    assert before["low_point_months"] == pytest.approx((2_400 - 653) / 400, abs=0.1)
    monkeypatch.setattr("scoring.deal_cash.compute", lambda *facts: pytest.fail("again"))
    later = NOW + timedelta(days=1)
    firm.note_figure(kind="CASH", amount=Decimal(1_000_000), valid_from=later.date(), now=later)
    assert [one.pk for one in cash.due(limit=5)] == [terms.pk]
    cash_runs.compute_due(now=later)
    after = DealCash.objects.get(terms=terms).result
    assert after["peak"] == before["peak"]
    assert after["share_of_cash"] == pytest.approx(0.65, abs=0.03)
    assert after["levers"][0]["share_of_cash"] > before["levers"][0]["share_of_cash"]
    assert after["low_point_months"] < 1


def test_the_low_point_of_a_deal_is_said_with_its_score_and_on_the_page_of_its_terms(terms):
    terms.vendor_funded_amount = Decimal(900_000)
    terms.save()
    result = computed(terms).result
    moment = timezone.now()
    for _batch in runs.score([terms.lead_id], as_of=moment, now=moment):
        pass
    scored = Assessment.objects.get(lead=terms.lead, target="LATE_PAYMENT")
    (reason,) = [one for one in scored.reasons if one["code"] == "R09"]
    assert reason["points"] == 4  # 1.5 million needed of 2.4, at a burn of 400,000
    assert reason["params"]["y"] == result["low_point"] == 2_400_000 - result["peak"]["p90"]
    assert "lowest cash point ¥" in reason_texts.text(reason)
    page = terms_points.worth(terms, terms_points.beside(terms.lead, now=moment))
    assert page.reasons["R09"]["points"] == 4
    assert reason_texts.text({"code": "R09", **page.reasons["R09"]}) == reason_texts.text(reason)


def test_what_signing_a_draft_does_to_the_firm_s_low_point_is_kept_beside_it(terms):
    cash_runs.compute_firm(now=NOW)
    found = FirmCash.objects.get().result
    (effect,) = found["drafts"]
    assert (effect["terms"], effect["from"]) == (terms.pk, found["base"]["base"]["low"])
    # Half a year on site, 612,000, against an advance and half of what the arrival brings.
    assert 350_000 < effect["from"] - effect["to"] < 450_000
    agreed = PaymentTermsFactory(lead=terms.lead, status="AGREED", contract_amount=1)
    cash_runs.compute_firm(now=NOW)
    assert FirmCash.objects.get().result["drafts"] == []
    agreed.archived_at = NOW
    agreed.save()
    terms.contract_amount = None
    terms.save()
    cash_runs.compute_firm(now=NOW)
    assert FirmCash.objects.get().result["drafts"] == []
