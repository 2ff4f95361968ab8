"""A stage asks for evidence; a named person may go on without it, and that is kept."""

from datetime import date, timedelta

import pytest

from crm import evidence
from crm.models import Firm, Lead, Stage, SystemEvent
from crm.selectors import evidence as selector
from crm.services import bulk, leads
from crm.services.errors import EvidenceMissing
from tests.factories import (
    MONDAY,
    InteractionFactory,
    LeadFactFactory,
    LeadFactory,
    QualificationNoteFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
GATE = ["BUDGET", "AUTHORITY", "NEED", "TIMING"]


def move(lead, to_stage=Stage.QUALIFIED, **more):
    """Move a lead as its owner does."""
    return leads.move(
        lead=lead, to_stage=to_stage, version=lead.version, now=MONDAY, by=lead.owner, **more
    )


def test_a_later_stage_asks_for_all_that_the_earlier_ones_ask_for():
    assert evidence.asked_at(Stage.QUALIFIED) == GATE
    assert set(evidence.asked_at(Stage.CONTRACT)) == set(evidence.Item.values)
    assert evidence.gaps((), from_stage=Stage.BID, to_stage=Stage.NEW) == []


def test_a_move_onwards_names_what_is_not_proved_and_moves_nothing():
    lead = LeadFactory()

    with pytest.raises(EvidenceMissing, match="Budget, Authority, Need, Timing") as refused:
        move(lead)

    lead.refresh_from_db()
    assert (lead.stage, lead.version) == (Stage.NEW, 1)
    assert refused.value.may_go_on


def test_what_the_ledger_says_by_itself_needs_no_note():
    lead = LeadFactory(use_case="maintenance search")
    InteractionFactory(lead=lead, budget_stage="PLANNED", budget_holder_present=True)
    LeadFactFactory(lead=lead, kind="COMPELLING_EVENT", value="", due_date=date(2027, 1, 31))

    assert move(lead).lead.stage == Stage.QUALIFIED


def test_a_budget_of_none_is_no_evidence_of_a_budget():
    lead = LeadFactory()
    InteractionFactory(lead=lead, budget_stage="NO_BUDGET")
    LeadFactFactory(lead=lead, kind="BUDGET_STAGE", value="NO_BUDGET")

    gaps = selector.missing([lead], to_stage=Stage.QUALIFIED, moment=MONDAY, today=MONDAY.date())
    assert "BUDGET" in gaps[lead.pk]


def test_the_newest_note_counts():
    lead = LeadFactory()
    QualificationNoteFactory(lead=lead, happened_at=MONDAY - timedelta(days=5))
    known = selector.known_items([lead.pk], MONDAY, MONDAY.date())
    QualificationNoteFactory(lead=lead, answer="UNKNOWN", evidence="", happened_at=MONDAY)

    assert known == {lead.pk: {"BUDGET"}}
    assert selector.known_items([lead.pk], MONDAY, MONDAY.date()) == {lead.pk: set()}


def test_who_goes_on_without_evidence_is_kept_by_name():
    lead = LeadFactory()

    move(lead, despite=True)

    kept = SystemEvent.objects.get()
    assert (kept.kind, kept.by, kept.what) == ("MOVED_WITH_GAPS", lead.owner, " ".join(GATE))


def test_a_firm_may_want_no_move_without_evidence():
    Firm.objects.create(pk=1, evidence_is_required=True)
    lead = LeadFactory()

    with pytest.raises(EvidenceMissing) as refused:
        move(lead, despite=True)

    assert not refused.value.may_go_on


def test_many_moved_at_once_pass_the_same_gate():
    founder = UserFactory(role="FOUNDER")
    many = [lead.pk for lead in LeadFactory.create_batch(3)]

    bulk.move(lead_ids=many, to_stage=Stage.QUALIFIED, by=founder, now=MONDAY)
    Firm.objects.create(pk=1, evidence_is_required=True)
    with pytest.raises(EvidenceMissing):
        bulk.move(lead_ids=many, to_stage=Stage.SOLUTION, by=founder, now=MONDAY)

    assert SystemEvent.objects.count() == 3
    assert set(Lead.objects.values_list("stage", flat=True)) == {Stage.QUALIFIED}


def test_a_move_back_asks_for_nothing():
    lead = LeadFactory(stage=Stage.BID)

    assert move(lead, Stage.QUALIFIED).lead.stage == Stage.QUALIFIED


def test_any_number_of_leads_takes_as_many_queries(django_assert_num_queries):
    many = [lead.pk for lead in LeadFactory.create_batch(5, owner=UserFactory())]

    with django_assert_num_queries(2):
        selector.known_items(many, MONDAY, MONDAY.date())
