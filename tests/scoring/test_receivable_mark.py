"""The receivable mark: each threshold just inside and just outside, and only what was known."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import DealCash, Lead, PaymentTerms
from crm.selectors import terms_law
from crm.services import cash, payment_rules
from scoring import receivable_facts, runs
from scoring.receivable_mark import CASH, CLAUSE, LOSS, marked
from tests.factories import (
    MONDAY,
    AccountFactory,
    LeadFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
)

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("chance", "facts", "expected"),
    [
        (None, {"statuses": ["VOID"], "peak_share": 9.0}, ("UNKNOWN", "")),
        (0.29, {}, ("LOW", "")),
        (0.30, {}, ("WATCH", "")),
        (0.49, {}, ("WATCH", "")),
        (0.50, {}, ("HIGH", "")),
        (0.50, {"statuses": ["VOID"]}, ("HIGH", "")),
        (0.10, {"statuses": ["UNUSUAL", "OK", "UNKNOWN"]}, ("WATCH", CLAUSE)),
        (0.10, {"statuses": ["UNKNOWN", "OK"]}, ("LOW", "")),
        (0.10, {"statuses": ["UNLAWFUL"]}, ("HIGH", CLAUSE)),
        (0.40, {"statuses": ["VOID"]}, ("HIGH", CLAUSE)),
        (0.10, {"peak_share": 0.25}, ("LOW", "")),
        (0.10, {"peak_share": 0.251}, ("WATCH", CASH)),
        (0.10, {"peak_share": 0.50}, ("WATCH", CASH)),
        (0.10, {"peak_share": 0.501}, ("HIGH", CASH)),
        (0.10, {"worst_value": 0.0}, ("LOW", "")),
        (0.10, {"worst_value": -1.0}, ("HIGH", LOSS)),
    ],
)
def test_a_mark_and_what_made_it(chance, facts, expected):
    assert marked(chance, **facts) == expected


@pytest.fixture
def lead(db):
    """A lead with harmless odds and a clause that is void against a large firm."""
    lead = LeadFactory(account=AccountFactory(kind="LISTED", size_class="LARGE"))
    PaymentTermsFactory(
        lead=lead, prepay_percent=60, term_days=30, retention_percent=0, is_back_to_back=True,
        happened_at=MONDAY - 9 * DAY, recorded_at=MONDAY - 9 * DAY,
    )  # fmt: skip
    return lead


def test_a_void_clause_marks_the_lead_and_gives_its_word(lead):
    list(runs.score([lead.pk], as_of=MONDAY, now=MONDAY))
    shown = Lead.objects.get(pk=lead.pk)
    assert shown.late_payment_chance < 0.5
    assert (shown.payment_mark, shown.payment_cause) == ("HIGH", CLAUSE)


def test_terms_and_curves_of_later_mark_no_earlier_moment(lead):
    terms = PaymentTermsFactory(
        lead=lead, term_days=30, retention_percent=Decimal(0), is_back_to_back=False,
        happened_at=MONDAY - DAY, recorded_at=MONDAY - DAY,
    )  # fmt: skip
    result = {"peak": {}, "share_of_cash": 0.9, "present_value": {"p10": 5}}
    DealCash.objects.create(terms=terms, result=result, made_at=MONDAY)

    def known(moment):
        return receivable_facts.at([lead.pk], as_of=moment, zone=MONDAY.tzinfo)[lead.pk]

    early, middle, late = (known(MONDAY - ago * DAY) for ago in (5, 0.5, 0))
    assert ("VOID" in early.statuses, early.peak_share) == (True, None)
    assert ("VOID" in middle.statuses, middle.peak_share) == (False, None)
    assert late.peak_share == 0.9


def test_a_new_curve_asks_for_a_new_score_and_the_same_one_does_not(lead):
    terms = lead.payment_terms.get()
    cash.mark_due([terms.pk], now=MONDAY)
    for result, is_marked in (({"peak": 1}, True), ({"peak": 1}, False)):
        Lead.objects.update(assessment_due_at=None)
        cash.store(terms, result, checksum="x", asked_at=MONDAY, now=MONDAY)
        assert (Lead.objects.get().assessment_due_at is not None) is is_marked


def test_terms_that_never_had_a_curve_are_asked_for(lead):
    cash.ask_for_missing(now=MONDAY)
    assert [one.lead_id for one in cash.due(limit=5)] == [lead.pk]


@pytest.mark.parametrize("instrument", ["BILL", "TRANSFER", ""])
def test_what_is_read_for_a_mark_is_all_that_the_rules_ask(lead, instrument):
    terms = PaymentTerms.objects.get(lead=lead)
    PaymentTerms.objects.update(bill_days=360, pays_by_bill=None)
    PaymentMilestoneFactory(terms=terms, lead=lead, instrument=instrument)
    terms = PaymentTerms.objects.get(lead=lead)
    rules = payment_rules.current_rules()
    asked = terms_law.findings(rules, terms, lead.account, today=MONDAY.date())

    with CaptureQueriesContext(connection) as seen:
        found = receivable_facts.at([lead.pk], as_of=MONDAY, zone=ZoneInfo("Asia/Shanghai"))

    assert found[lead.pk].statuses == frozenset(one.status for one in asked)
    reads = [query for query in seen if "paymentterms" in query["sql"]]
    assert len(reads) == 1  # a column that was left out would be read by itself
