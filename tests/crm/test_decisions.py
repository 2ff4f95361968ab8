"""What a decision keeps, until when it lets a lead rest, and how it is taken back."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crm import rules
from crm.models import Decision, Flag, Lead, Stage, Target, User, Verdict
from crm.selectors import standing_decisions, unlabelled
from crm.services import answers, decisions, leads
from crm.services.answers import Answer
from crm.services.errors import EditedMeanwhile, LeadIsClosed
from tests.factories import (
    MONDAY,
    AssessmentFactory,
    LeadFactory,
    PaidStepOfferFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
Kind = Decision.Kind
WHY = "their budget round opens in December"


def answered(
    lead: Lead, kind: str = Kind.PAUSE, *, by: User | None = None, **more: Any
) -> Decision:
    """Answer the flag of a lead, until in two weeks."""
    said = {"reason": WHY, "review_date": TODAY + timedelta(days=14), **more}
    who = by or lead.owner or UserFactory()
    return decisions.decide(
        lead=lead, answer=Answer(kind=kind, **said), by=who, now=MONDAY, today=TODAY
    )


def red() -> Lead:
    """Return a lead of low intent with its score and its flag."""
    lead: Lead = LeadFactory(verdict=Verdict.LOW, order_chance=0.06)
    score = AssessmentFactory(lead=lead, as_of=MONDAY - timedelta(days=1))
    Flag.objects.create(
        lead=lead, target=Target.NO_ORDER, level="LOW", raised_at=MONDAY, assessment=score
    )
    return lead


def test_a_decision_keeps_who_when_what_why_and_the_score_as_shown():
    lead = red()

    made = answered(lead)

    assert (made.decided_by, made.happened_at, made.kind) == (lead.owner, MONDAY, "PAUSE")
    assert made.reason == WHY
    assert made.flag is not None
    assert made.scorer_version == "points-1"
    assert made.shown["order"]["probability"] == 0.94
    assert (made.shown["order"]["low"], made.shown["order"]["high"]) == (0.89, 0.97)
    assert made.shown["order"]["reasons"][0]["code"] == "F10"


def test_the_score_that_stood_before_the_person_is_kept_even_if_a_newer_one_came():
    lead = red()
    seen = lead.assessments.get()
    AssessmentFactory(lead=lead, probability=0.5, low=0.4, high=0.6, as_of=MONDAY)

    made = decisions.decide(
        lead=lead,
        answer=Answer(Kind.CONTINUE, reason=WHY, review_date=TODAY + timedelta(days=9)),
        by=UserFactory(),
        now=MONDAY,
        today=TODAY,
        seen=[seen.pk],
    )

    assert made.shown["order"]["probability"] == 0.94


@pytest.mark.parametrize(
    ("why", "is_enough"),
    [
        ("budget", False),
        ("the budget comes in December", True),
        ("等预算", False),
        ("十二月份才开预算会", True),
        ("等他们的 Q4 budget 会", True),
        ("", False),
    ],
)
def test_a_why_is_five_words_or_eight_chinese_characters(why, is_enough):
    assert rules.says_why(why, []) is is_enough


def test_a_decision_without_a_why_is_refused():
    with pytest.raises(answers.ReasonIsMissing):
        answered(red(), reason="no idea")


def test_a_ready_reason_is_enough_and_stands_in_words():
    made = answered(red(), reason="", reason_codes=["BUDGET_LATER"])

    assert (made.reason_codes, made.reason) == (["BUDGET_LATER"], "The budget comes later")


@pytest.mark.parametrize("days", [31, 0, -3])
def test_a_risk_is_taken_for_thirty_days_at_most(days):
    with pytest.raises(answers.ReviewDateIsMissing):
        answered(
            red(), Kind.ACCEPT_RISK, handling="ACCEPT", review_date=TODAY + timedelta(days=days)
        )


def test_a_pause_may_last_longer_but_names_its_day():
    assert answered(red(), review_date=TODAY + timedelta(days=120)).review_date
    with pytest.raises(answers.ReviewDateIsMissing):
        answered(red(), review_date=None)


def test_taking_a_risk_says_how_it_is_dealt_with():
    with pytest.raises(answers.HandlingIsMissing):
        answered(red(), Kind.ACCEPT_RISK)
    assert answered(red(), Kind.ACCEPT_RISK, handling="TRANSFER").handling == "TRANSFER"


def test_the_database_lets_nobody_change_a_decision():
    made = answered(red())

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=made.pk).update(reason="something nicer than that")
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()
    Decision.objects.filter(pk=made.pk).update(archived_at=MONDAY)
    assert Decision.objects.get(pk=made.pk).reason == WHY


def test_a_decision_sets_the_day_to_decide_and_lets_the_lead_rest_until_then():
    lead = red()

    answered(lead)

    lead.refresh_from_db()
    assert lead.decide_by_date == TODAY + timedelta(days=14)
    for day, rests in ((TODAY, True), (TODAY + timedelta(days=14), False)):
        assert Lead.objects.answered_at(day).exists() is rests
        assert Lead.objects.resting_at(day).exists() is rests
        assert Lead.objects.awake_at(day).exists() is not rests


def test_only_a_pause_makes_a_lead_rest_as_paused():
    answered(red(), Kind.CONTINUE)

    assert Lead.objects.answered_at(TODAY).exists()
    assert not Lead.objects.resting_at(TODAY).exists()


def test_a_paused_lead_is_never_stale_before_its_day():
    lead = LeadFactory(stage=Stage.NEW, last_client_contact_at=MONDAY - timedelta(days=60))
    answered(lead)
    Lead.objects.update(decide_by_date=None)

    def stale(day: date) -> bool:
        found = unlabelled.stale(Lead.objects.all(), now=MONDAY, today=day, norms={})
        return found.exists()

    assert not stale(TODAY)
    assert stale(TODAY + timedelta(days=14))


def test_a_risk_that_was_taken_is_asked_about_again_when_the_chance_fell_by_another_third():
    lead = red()
    answered(lead, Kind.ACCEPT_RISK, handling="ACCEPT")

    for chance, rests in ((0.06, True), (0.041, True), (0.039, False)):
        Lead.objects.update(order_chance=chance)
        assert Lead.objects.answered_at(TODAY).exists() is rests


def test_a_decision_is_taken_back_by_a_row_of_its_own_and_stays():
    lead = red()
    Lead.objects.update(decide_by_date=TODAY + timedelta(days=2))
    made = answered(lead)

    later = MONDAY + timedelta(hours=1)
    back = decisions.take_back(decision=made, by=made.decided_by, now=later)

    lead.refresh_from_db()
    assert back.takes_back == made.ledger_id
    assert Decision.objects.count() == 2
    assert not Decision.objects.standing().exists()
    assert lead.decide_by_date == TODAY + timedelta(days=2)
    assert not Lead.objects.answered_at(TODAY).exists()
    # What stood at a moment is asked as of that moment.
    assert list(Decision.objects.standing_at(MONDAY)) == [made]


def test_taking_back_the_latest_lets_the_one_before_count_again():
    lead = red()
    answered(lead, Kind.PAUSE)
    latest = decisions.decide(
        lead=lead,
        answer=Answer(Kind.CONTINUE, reason=WHY, review_date=TODAY + timedelta(days=3)),
        by=lead.owner,
        now=MONDAY + timedelta(minutes=1),
        today=TODAY,
    )
    assert not Lead.objects.resting_at(TODAY).exists()

    decisions.take_back(decision=latest, by=lead.owner, now=MONDAY + timedelta(minutes=2))

    assert Lead.objects.resting_at(TODAY).exists()


@pytest.mark.parametrize("oldest_first", [True, False])
def test_two_decisions_taken_back_leave_the_day_that_stood_before_both(oldest_first: bool):
    lead, before = red(), TODAY + timedelta(days=2)
    Lead.objects.update(decide_by_date=before)
    made = [
        decisions.decide(
            lead=lead,
            answer=Answer(Kind.PAUSE, reason=WHY, review_date=TODAY + timedelta(days=days)),
            by=lead.owner,
            now=MONDAY + timedelta(minutes=days),
            today=TODAY,
        )
        for days in (20, 40, 60)
    ]

    for decision in made if oldest_first else reversed(made):
        decisions.take_back(decision=decision, by=lead.owner, now=MONDAY + timedelta(hours=2))

    lead.refresh_from_db()
    assert lead.decide_by_date == before


def test_a_decision_is_taken_back_once_by_its_own_person_within_a_day():
    made = answered(red())
    with pytest.raises(decisions.TooLateToTakeBack):
        decisions.take_back(decision=made, by=UserFactory(), now=MONDAY)
    with pytest.raises(decisions.TooLateToTakeBack):
        decisions.take_back(decision=made, by=made.decided_by, now=MONDAY + timedelta(hours=25))
    decisions.take_back(decision=made, by=made.decided_by, now=MONDAY)
    with pytest.raises(decisions.TooLateToTakeBack):
        decisions.take_back(decision=made, by=made.decided_by, now=MONDAY)


def test_a_double_tap_is_one_decision():
    lead, token = red(), uuid.uuid4()
    said = Answer(Kind.PAUSE, reason=WHY, review_date=TODAY + timedelta(days=9))

    first, again = (
        decisions.decide(
            lead=lead, answer=said, by=lead.owner, now=MONDAY, today=TODAY, token=token
        )
        for _ in range(2)
    )

    assert first == again
    assert Decision.objects.count() == 1


def test_many_leads_are_paused_in_one_go_and_brought_back_in_one():
    many = [red() for _ in range(3)]
    who = UserFactory(role=User.Role.FOUNDER)

    made = decisions.decide_all(
        lead_ids=[lead.pk for lead in many],
        answer=Answer(Kind.PAUSE, reason=WHY, review_date=TODAY + timedelta(days=9)),
        by=who,
        now=MONDAY,
        today=TODAY,
    )
    assert Lead.objects.resting_at(TODAY).count() == 3

    decisions.take_back_all(decisions=made, by=who, now=MONDAY)
    assert not Lead.objects.resting_at(TODAY).exists()


def test_one_closed_lead_among_many_leaves_all_as_they_were():
    closed = LeadFactory(closed_at=MONDAY)
    with pytest.raises(LeadIsClosed):
        decisions.decide_all(
            lead_ids=[red().pk, closed.pk],
            answer=Answer(Kind.PAUSE, reason=WHY, review_date=TODAY + timedelta(days=9)),
            by=UserFactory(),
            now=MONDAY,
            today=TODAY,
        )
    assert not Decision.objects.exists()


def test_an_edit_begun_before_a_decision_overwrites_nothing():
    lead = red()
    answered(lead)
    with pytest.raises(EditedMeanwhile):
        leads.edit(lead=lead, version=1, now=MONDAY, decide_by_date=None)


def test_an_answer_is_due_fourteen_days_after_the_day_of_the_offer():
    after_midnight = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # 00:30 of the 23rd in Shanghai
    lead = LeadFactory()
    PaidStepOfferFactory(lead=lead, happened_at=after_midnight)

    found = standing_decisions.of_lead(lead, user=lead.owner, moment=MONDAY, today=TODAY)

    assert found.offers[0].due_date == date(2026, 12, 7)
