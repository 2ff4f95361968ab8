"""What stands in a Monday mail, for whom, and as of when."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crm.models import (
    DealCash,
    Digest,
    Firm,
    FirmFigure,
    Flag,
    Lead,
    Mark,
    Outcome,
    Pattern,
    Target,
    User,
    Verdict,
)
from crm.models import Decision as DecisionTaken
from crm.selectors.digest import content
from crm.selectors.digest_cash import CashLow
from crm.selectors.digest_parts import Content
from tests.factories import (
    MONDAY,
    AssessmentFactory,
    BidFactory,
    DeliverableFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    PaymentTermsFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Role = User.Role
LAST_WEEK = MONDAY - timedelta(days=4)


def told(user: User, as_of: datetime = MONDAY) -> Content:
    """Return the user's mail as values."""
    return content(user, as_of=as_of, firm=Firm.current())


def founder() -> User:
    """Return somebody who sees all."""
    user: User = UserFactory(role=Role.FOUNDER)
    return user


def red_lead(*, probability: float = 0.94, as_of: datetime = MONDAY, **facts: Any) -> Lead:
    """Return a lead of low intent."""
    lead: Lead = LeadFactory(**facts)
    AssessmentFactory(
        lead=lead, probability=probability, low=0.01, high=0.99, as_of=as_of, recorded_at=as_of
    )
    return lead


def asked(user: User, as_of: datetime = MONDAY) -> list[int]:
    """Return the leads that the mail asks about."""
    return [decision.lead_id for decision in told(user, as_of).decisions]


def test_a_decision_carries_the_chance_now_and_a_week_before_beside_the_usual_rate():
    lead = red_lead()
    AssessmentFactory(lead=lead, probability=0.89, as_of=MONDAY - timedelta(days=8))

    (decision,) = told(founder()).decisions

    assert decision.order is not None
    assert decision.order_before is not None
    assert decision.order.probability == 0.94
    assert decision.order_before.probability == 0.89
    assert decision.order.usual == 0.77
    assert decision.order.pattern == Pattern.FREE_CONSULTING


def test_a_score_of_later_than_the_moment_is_not_told():
    red_lead(as_of=MONDAY + timedelta(seconds=1))

    assert asked(founder()) == []


@pytest.mark.parametrize("verdict", [Verdict.NONE, Verdict.UNKNOWN])
def test_a_lead_without_an_alarm_asks_for_nothing(verdict):
    AssessmentFactory(verdict=verdict, pattern="")

    assert asked(founder()) == []


def test_a_closed_lead_asks_for_nothing_but_did_so_while_it_ran():
    lead = red_lead(as_of=MONDAY - timedelta(days=9))
    Lead.objects.filter(pk=lead.pk).update(
        closed_at=MONDAY - timedelta(days=2), outcome=Outcome.LOST, outcome_recorded_at=MONDAY
    )
    user = founder()

    assert asked(user) == []
    assert asked(user, MONDAY - timedelta(days=7)) == [lead.pk]


def test_terms_that_will_be_paid_late_ask_for_a_decision_too():
    lead = LeadFactory()
    AssessmentFactory(
        lead=lead,
        target=Target.LATE_PAYMENT,
        probability=0.84,
        low=0.7,
        high=0.9,
        verdict=Verdict.UNKNOWN,
        mark=Mark.HIGH,
        pattern="",
        reasons=[{"code": "R02", "points": 8.0, "params": {"p": 0}, "rows": []}],
    )

    (decision,) = told(founder()).decisions

    assert not decision.is_flagged_intent
    assert decision.play.message == "M7"


def test_a_decision_about_terms_says_how_deep_the_cash_of_the_latest_goes():
    lead = LeadFactory()
    AssessmentFactory(lead=lead, target=Target.LATE_PAYMENT, verdict="UNKNOWN", mark=Mark.HIGH)
    for days, peak, made_days in ((40, 90_000, 39), (20, 240_000, 19), (5, 7_000, -1)):
        terms = PaymentTermsFactory(
            lead=lead, happened_at=MONDAY - timedelta(days=days), signed_date=date(2027, 4, 1)
        )
        DealCash.objects.create(
            terms=terms,
            made_at=MONDAY - timedelta(days=made_days),
            result={"peak": {"p50": peak}, "peak_day": {"p50": 32}},
        )

    (decision,) = told(founder()).decisions

    assert decision.cash_low == CashLow(Decimal(240_000), "CNY", date(2027, 5, 3))


def test_two_dates_come_first_then_flags_that_wait_too_long_then_the_other_dates():
    dated = [red_lead(decide_by_date=date(2026, 11, 24 + number)) for number in range(3)]
    waits = red_lead(as_of=MONDAY - timedelta(days=15))
    for lead in (waits, *dated):
        Flag.objects.create(
            lead=lead, target=Target.NO_ORDER, level=Verdict.LOW,
            raised_at=MONDAY - timedelta(days=15 if lead == waits else 1),
        )  # fmt: skip
    other = red_lead()

    assert asked(founder()) == [dated[0].pk, dated[1].pk, waits.pk, dated[2].pk, other.pk]


def test_the_next_deadline_comes_first_then_the_largest_expected_loss():
    FirmFigure.objects.create(
        kind=FirmFigure.Kind.HOUR_COST,
        amount=Decimal(260),
        valid_from=MONDAY - timedelta(days=300),
        recorded_at=MONDAY - timedelta(days=300),
    )
    cheap, dear, due, bid = red_lead(), red_lead(), red_lead(), red_lead()
    InteractionFactory(lead=dear, presales_hours=Decimal(30))
    InteractionFactory(lead=cheap, presales_hours=Decimal(3))
    Lead.objects.filter(pk=due.pk).update(decide_by_date=date(2026, 11, 27))
    BidFactory(lead=bid, deadline_date=date(2026, 11, 26))

    assert asked(founder()) == [bid.pk, due.pk, dear.pk, cheap.pk]


def test_a_decision_of_march_does_not_lead_the_list_of_this_week():
    later, now = red_lead(decide_by_date=date(2027, 3, 1)), red_lead()
    InteractionFactory(lead=now, presales_hours=Decimal(30))
    InteractionFactory(lead=later, presales_hours=Decimal(1))
    Lead.objects.filter(pk=now.pk).update(expected_loss_amount=9)

    assert told(founder()).decisions[0].until is None


def test_at_most_five_decisions_are_asked_for_and_the_rest_is_counted():
    for _number in range(7):
        red_lead()

    mail = told(founder())

    assert (len(mail.decisions), mail.more) == (5, 2)


def test_what_was_spent_is_what_was_known_by_then_and_not_paid():
    lead = red_lead(as_of=MONDAY - timedelta(days=9))
    at = MONDAY - timedelta(days=9)
    InteractionFactory(
        lead=lead, happened_at=at, presales_hours=Decimal(5), travel_hours=Decimal(3),
        travel_amount=Decimal(900),
    )  # fmt: skip
    InteractionFactory(lead=lead, happened_at=at, presales_hours=Decimal(2), paid_by_client=True)
    DeliverableFactory(lead=lead, happened_at=at, hours=Decimal(7))
    InteractionFactory(lead=lead, presales_hours=Decimal(100), happened_at=LAST_WEEK)

    (decision,) = told(founder(), MONDAY - timedelta(days=7)).decisions

    assert (decision.hours, decision.travel) == (Decimal(15), Decimal(900))


def test_sellers_see_their_own_managers_their_teams_founders_all():
    team = TeamFactory()
    seller = UserFactory(team=team)
    ours, theirs = red_lead(owner=seller), red_lead(owner=UserFactory())

    assert asked(seller) == [ours.pk]
    assert asked(UserFactory(role=Role.MANAGER, team=team)) == [ours.pk]
    assert set(asked(founder())) == {ours.pk, theirs.pk}


def test_an_accountant_reads_of_money_alone():
    lead = red_lead()
    Lead.objects.filter(pk=lead.pk).update(has_money=True)
    InteractionFactory(lead=lead, happened_at=LAST_WEEK)
    InvoiceFactory(lead=lead)

    mail = told(UserFactory(role=Role.ACCOUNTANT))

    assert mail.money.overdue.count == 1
    assert not mail.reads_leads
    assert (mail.decisions, mail.news, mail.effort.hours) == ((), (), 0)


def mailed(user: User, week: str, shown: dict[str, float]) -> None:
    """Note what an earlier mail asked for."""
    Digest.objects.create(
        recipient=user, period=week, due_at=MONDAY, next_try_at=MONDAY, shown=shown
    )


def test_a_lead_is_not_asked_about_three_weeks_running():
    lead, user = red_lead(), founder()
    points = told(user).decisions[0].points
    mailed(user, "2026-W47", {str(lead.pk): points})
    assert asked(user) == [lead.pk]

    mailed(user, "2026-W46", {str(lead.pk): points})

    assert asked(user) == []
    assert told(user).more == 1


def test_a_lead_whose_odds_doubled_is_asked_about_again():
    lead, user = red_lead(), founder()
    points = told(user).decisions[0].points
    for week in ("2026-W47", "2026-W46"):
        mailed(user, week, {str(lead.pk): points - 10})

    assert asked(user) == [lead.pk]


def test_what_one_reader_was_asked_does_not_rest_for_another():
    lead, other = red_lead(), founder()
    for week in ("2026-W47", "2026-W46"):
        mailed(other, week, {str(lead.pk): 40.0})

    assert asked(founder()) == [lead.pk]


def decided(lead: Lead, review_date: date | None, happened_at: datetime = LAST_WEEK) -> None:
    """Record a person's decision."""
    DecisionTaken.objects.create(
        lead=lead,
        kind=DecisionTaken.Kind.PAUSE,
        decided_by=UserFactory(),
        reason="the board meets in December",
        review_date=review_date,
        happened_at=happened_at,
        recorded_at=happened_at,
    )


def test_a_decided_lead_rests_until_its_review():
    lead, user = red_lead(), founder()
    decided(lead, date(2026, 12, 7), MONDAY - timedelta(days=20))

    assert asked(user) == []
    AssessmentFactory(lead=lead, as_of=datetime(2026, 12, 7, 1, tzinfo=MONDAY.tzinfo))
    assert asked(user, datetime(2026, 12, 7, 2, tzinfo=MONDAY.tzinfo)) == [lead.pk]


def test_a_decision_without_a_review_rests_a_week():
    lead, user = red_lead(), founder()
    decided(lead, None, MONDAY - timedelta(days=6))
    assert asked(user) == []

    assert asked(user, MONDAY + timedelta(days=2)) == [lead.pk]
