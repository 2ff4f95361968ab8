"""What we plan, think and decide is no fact about the client: no score ever moves by it."""

from datetime import timedelta
from typing import Any

import pytest

from crm.models import Contest, Decision, Lead, LeadTag, SystemEvent, Tag, Target, User
from scoring import runs
from tests.factories import (
    MONDAY,
    InteractionFactory,
    LeadFactory,
    PlannedMeetingFactory,
    QualificationNoteFactory,
    TravelCheckFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
BEFORE = MONDAY - timedelta(days=5)
THEN = {"happened_at": BEFORE, "recorded_at": BEFORE}


@pytest.fixture
def founder() -> User:
    return UserFactory(role=User.Role.FOUNDER)


@pytest.fixture
def lead() -> Lead:
    lead = LeadFactory()
    for days_ago in (60, 50, 40, 30):
        InteractionFactory(lead=lead, happened_at=MONDAY - timedelta(days=days_ago))
    return lead


def said() -> dict[tuple[int, str], Any]:
    batches = runs.score(None, as_of=MONDAY, now=MONDAY, refresh_usual=True)
    return {
        (score.lead_id, score.target): (score.probability, score.points, score.reasons)
        for batch in batches
        for score in batch.scores
    }


def a_plan(lead: Lead, founder: User) -> None:
    PlannedMeetingFactory(lead=lead, author=founder, recorded_at=BEFORE)


def a_travel_check(lead: Lead, founder: User) -> None:
    TravelCheckFactory(lead=lead, author=founder, **THEN)


def an_objection(lead: Lead, founder: User) -> None:
    Contest.objects.create(lead=lead, by=founder, reason_code="F10", why="NOT_SO", **THEN)


def evidence(lead: Lead, founder: User) -> None:
    QualificationNoteFactory(lead=lead, **THEN)


def a_copied_message(lead: Lead, founder: User) -> None:
    SystemEvent.objects.create(lead=lead, by=founder, kind="MESSAGE_COPIED", **THEN)


def a_call_in_vain(lead: Lead, founder: User) -> None:
    SystemEvent.objects.create(lead=lead, by=founder, kind="CALLED_IN_VAIN", **THEN)


def a_tag(lead: Lead, founder: User) -> None:
    LeadTag.objects.create(lead=lead, tag=Tag.objects.create(name="big fish"))


@pytest.mark.parametrize("kind", ["CONTINUE", "PAUSE", "WALK_AWAY", "ACCEPT_RISK"])
def test_a_decision_never_moves_a_score(lead: Lead, founder: User, kind: str) -> None:
    before = said()
    Decision.objects.create(
        lead=lead, kind=kind, decided_by=founder, reason="for reasons of our own", **THEN
    )
    assert said() == before


@pytest.mark.parametrize(
    "ours",
    [a_plan, a_travel_check, an_objection, evidence, a_copied_message, a_call_in_vain, a_tag],
    ids=lambda each: each.__name__,
)
def test_what_is_ours_alone_never_moves_a_score(lead: Lead, founder: User, ours: Any) -> None:
    before = said()
    ours(lead, founder)
    assert said() == before
    assert (lead.pk, Target.NO_ORDER) in before
