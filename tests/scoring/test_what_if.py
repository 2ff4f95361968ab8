"""What a score would be: the same as the score once the fact is really logged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars import selectors as cs

from crm.models import (
    Ask,
    Assessment,
    BudgetStage,
    Interaction,
    Lead,
    LeadFact,
    PaidStepOffer,
    Verdict,
)
from crm.services import leads
from scoring import foretold, past, reader, runs, services, what_if
from scoring.feature import TOLD, features_at, fed
from scoring.frames import with_days, with_workdays
from scoring.scenarios import CODES, SCENARIOS, WARNINGS, rows_logged
from scoring.scorers import moment
from tests.factories import (
    MONDAY,
    DeliverableFactory,
    InteractionFactory,
    LeadFactFactory,
    LeadFactory,
    PaidStepOfferFactory,
)

pytestmark = pytest.mark.django_db
A_MOMENT = timedelta(seconds=1)


def score(*scored: Lead, as_of: Any = MONDAY) -> None:
    for _ in runs.score([lead.pk for lead in scored], as_of=as_of, now=as_of):
        pass


def said_of(lead: Lead) -> Assessment:
    return Assessment.objects.filter(lead=lead, target="NO_ORDER").latest("as_of", "pk")


def foreseen(lead: Lead) -> dict[str, Any]:
    return {each["code"]: each for each in said_of(lead).what_if}


def call(lead: Lead, **facts: Any) -> None:
    leads.log_interaction(
        lead=lead,
        kind=Interaction.Kind.CALL,
        happened_at=MONDAY,
        now=MONDAY,
        author=None,
        **{"initiated_by": Interaction.Side.US, **facts},
    )


def answer(lead: Lead, said: str) -> None:
    PaidStepOfferFactory(
        lead=lead,
        happened_at=MONDAY,
        answer=said,
        answered_at=MONDAY,
        answer_recorded_at=MONDAY,
    )


def name_the_owner(lead: Lead) -> None:
    leads.note_fact(
        lead=lead,
        kind=LeadFact.Kind.BUSINESS_OWNER,
        happened_at=MONDAY,
        now=MONDAY,
        author=None,
        who="Zhou Min",
    )


LOG: Mapping[str, Callable[[Lead], None]] = {
    "BUDGET_APPROVED": lambda lead: call(lead, budget_stage=BudgetStage.APPROVED),
    "PAID_STEP_ACCEPTED": lambda lead: answer(lead, PaidStepOffer.Answer.ACCEPTED),
    "CLIENT_CALLS": lambda lead: call(lead, initiated_by=Interaction.Side.CLIENT),
    "BUDGET_HOLDER_JOINS": lambda lead: call(lead, budget_holder_present=True),
    "NEXT_STEP_DATED": lambda lead: call(lead, has_dated_next_step=True),
    "BUSINESS_OWNER_NAMED": name_the_owner,
    "PAID_STEP_REFUSED": lambda lead: answer(lead, PaidStepOffer.Answer.REFUSED),
}


def a_lead_in_trouble(talks: int = 4, **facts: Any) -> Lead:
    """Ask for solutions, say nothing of a budget, bring no budget holder, fall silent."""
    lead = LeadFactory()
    for step in range(talks):
        InteractionFactory(
            lead=lead,
            happened_at=MONDAY - timedelta(days=40 - step * 3),
            **{
                "asks": [Ask.SOLUTION_DOC] if step < 2 else [],
                "has_dated_next_step": step % 2 == 0,
                **facts,
            },
        )
    return lead


def a_lead_that_evaluates() -> Lead:
    """Go through the steps of a purchase with a budget that does not move."""
    lead = a_lead_in_trouble(5, budget_stage=BudgetStage.PLANNED, competitors_count=4)
    for kind in (Interaction.Kind.EVALUATION, Interaction.Kind.BACKGROUND_CHECK):
        InteractionFactory(lead=lead, kind=kind, initiated_by=Interaction.Side.US)
    return lead


def a_lead_without_dates() -> Lead:
    """Have the budget and its holder at the table and never agree on a date."""
    return a_lead_in_trouble(
        budget_stage=BudgetStage.APPROVED, budget_holder_present=True, has_dated_next_step=False
    )


def a_lead_with_a_paid_step() -> Lead:
    """Offer a paid step that nobody answers."""
    lead = a_lead_in_trouble(3)
    PaidStepOfferFactory(lead=lead, happened_at=MONDAY - timedelta(days=30))
    LeadFactFactory(lead=lead)
    return lead


def a_hopeless_lead() -> Lead:
    """Collect so many points that they are clipped."""
    lead = a_lead_in_trouble(
        9,
        kind=Interaction.Kind.VISIT_TO_CLIENT,
        travel_hours=6,
        budget_holder_present=False,
        has_dated_next_step=False,
    )
    DeliverableFactory(lead=lead, happened_at=MONDAY - timedelta(days=14))
    return lead


def a_lead_after_a_hand_over() -> Lead:
    """Send the solution and hear nothing."""
    lead = a_lead_in_trouble(4, budget_holder_present=False, budget_stage=BudgetStage.APPLIED)
    DeliverableFactory(lead=lead, happened_at=MONDAY - timedelta(days=20))
    return lead


TROUBLES: Sequence[Callable[[], Lead]] = (
    lambda: a_lead_in_trouble(3),
    a_lead_in_trouble,
    a_hopeless_lead,
    a_lead_after_a_hand_over,
    a_lead_that_evaluates,
    a_lead_with_a_paid_step,
    a_lead_without_dates,
)


@pytest.mark.parametrize("code", CODES)
def test_what_if_is_what_a_new_score_says_once_the_fact_is_logged(code: str) -> None:
    troubled = [trouble() for trouble in TROUBLES]
    score(*troubled)
    told = {lead: foreseen(lead).get(code) for lead in troubled}
    before = {lead: said_of(lead) for lead in troubled}

    for lead in troubled:
        LOG[code](lead)
    score(*troubled, as_of=MONDAY + A_MOMENT)

    assert any(told.values())
    for lead in troubled:
        after, what = said_of(lead), told[lead]
        if what is None:
            assert is_not_worth_saying(code, before[lead], after)
            continue
        assert what["probability"] == pytest.approx(after.probability, abs=1e-9)
        assert what["points"] == pytest.approx(after.points - before[lead].points)
        assert what["verdict"] == after.verdict
        now = {reason["code"]: reason["points"] for reason in after.reasons}
        for move in what["moves"]:
            assert move["becomes"] == pytest.approx(now.get(move["code"], 0.0))


def is_not_worth_saying(code: str, before: Assessment, after: Assessment) -> bool:
    """Say whether a fact wins nothing, or less than what is told already."""
    gain = before.probability - after.probability
    if code in WARNINGS:
        return -gain < foretold.WORTH_SAYING
    better = [each["probability"] for each in before.what_if if each["code"] not in WARNINGS]
    is_full = len(before.what_if) == foretold.MOST
    return gain < foretold.WORTH_SAYING or (is_full and after.probability >= max(better))


def test_what_if_holds_with_what_was_learned_too(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    for n in range(40):
        won = n % 3 == 0
        opened = MONDAY - timedelta(days=40 + 4 * n)
        closed = opened + timedelta(days=25)
        lead = LeadFactory(
            opened_at=opened,
            closed_at=closed,
            outcome_recorded_at=closed,
            outcome=Lead.Outcome.WON if won else Lead.Outcome.NO_DECISION,
        )
        for step in range(4):
            InteractionFactory(
                lead=lead,
                happened_at=opened + timedelta(days=step * 3),
                budget_stage="APPROVED" if won else "NO_BUDGET",
                budget_holder_present=won,
            )
    services.train(target="NO_ORDER", now=MONDAY)
    troubled = a_lead_in_trouble(budget_stage="NO_BUDGET")
    score(troubled)
    assert said_of(troubled).scorer_version != "points-1"
    told = foreseen(troubled)["BUDGET_APPROVED"]

    LOG["BUDGET_APPROVED"](troubled)
    score(troubled, as_of=MONDAY + A_MOMENT)

    assert told["probability"] == pytest.approx(said_of(troubled).probability, abs=1e-9)


def test_the_best_comes_first_and_the_warning_last() -> None:
    lead = a_lead_in_trouble()
    score(lead)

    told = said_of(lead).what_if
    *best, warning = told
    assert len(told) == foretold.MOST
    assert warning["code"] == "PAID_STEP_REFUSED"
    assert warning["probability"] > said_of(lead).probability
    chances = [each["probability"] for each in best]
    assert chances == sorted(chances)
    assert all(chance < said_of(lead).probability for chance in chances)


def test_nothing_is_foreseen_before_there_is_a_verdict() -> None:
    lead = a_lead_in_trouble(2)
    score(lead)

    assert said_of(lead).verdict == Verdict.UNKNOWN
    assert said_of(lead).what_if == []


def test_what_is_done_already_is_not_asked_for() -> None:
    lead = a_lead_in_trouble(budget_holder_present=True, budget_stage=BudgetStage.APPROVED)
    PaidStepOfferFactory(
        lead=lead, answer="ACCEPTED", answered_at=lead.opened_at, answer_recorded_at=lead.opened_at
    )
    score(lead)

    done = {"BUDGET_APPROVED", "BUDGET_HOLDER_JOINS", "PAID_STEP_ACCEPTED", "PAID_STEP_REFUSED"}
    assert not done & foreseen(lead).keys()


def test_many_leads_are_foreseen_as_each_alone() -> None:
    troubled = [trouble() for trouble in TROUBLES]
    score(*troubled)
    together = {lead: said_of(lead).what_if for lead in troubled}
    Assessment.objects.all().delete()

    for lead in troubled:
        score(lead)

    for lead in troubled:
        alone = said_of(lead).what_if
        assert [each["code"] for each in alone] == [each["code"] for each in together[lead]]
        assert [each["probability"] for each in alone] == pytest.approx(
            [each["probability"] for each in together[lead]]
        )


def test_a_fact_moves_no_signal_but_those_that_are_computed_again() -> None:
    before_the_fifth = a_lead_in_trouble(4, max_seniority=3, response_latency_days=9)
    troubled = [before_the_fifth, *(trouble() for trouble in TROUBLES)]
    at = moment(MONDAY)
    chunk = next(reader.chunks([lead.pk for lead in troubled]))
    scorer, ground, leads_read = next(runs.grounds_of(chunk, at))
    ground = replace(ground, catalogue=past.CATALOGUE)
    values, _ = runs.values_of(replace(scorer, catalogue=past.CATALOGUE), ground, leads_read)
    rows = reader.intent_timeline(chunk, leads_read, zone=str(at.zone))
    rows = with_days(rows, moment="happened_at", day="day", zone=str(at.zone))
    rows = with_workdays(rows, at.calendar, day="day", workday="workday")

    judged = values.drop(cs.contains(TOLD))
    one_by_one = what_if.one_by_one(ground, judged)
    assert one_by_one.equals(what_if.together(ground, judged))
    names = [feature.name for feature in fed(past.CATALOGUE)]
    for scenario in range(len(SCENARIOS)):
        found = one_by_one.filter(scenario=scenario)
        places = ground.places.filter(pl.col("lead_id").is_in(found["lead_id"].to_list()))
        pairs = places.with_columns(scenario=pl.lit(scenario, dtype=pl.Int64))
        more = rows_logged(pairs).select(cs.by_name(rows.columns, require_all=False))
        logged = pl.concat([rows, more], how="diagonal")
        all_again = features_at(logged, places, catalogue=past.CATALOGUE, marks=ground.marks)
        assert found.select("lead_id", *names).equals(all_again.select("lead_id", *names))
