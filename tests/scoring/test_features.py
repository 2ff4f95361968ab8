"""Each signal of intent, by the rows that make it speak and those that do not."""

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from scoring import features
from scoring.feature import Group
from scoring.frames import written
from scoring.vocabulary import Source
from tests.scoring.timelines import MONDAY, OPENED, at, frame, met, opening, row, value, values


def handed_over(day: float, level: int, **facts: Any) -> dict[str, Any]:
    return row(
        Source.DELIVERABLE, int(day * 100), OPENED + timedelta(days=day), level=level,
        **{"kind": "SOLUTION_DOC", **facts},
    )  # fmt: skip


def bid(day: float, **facts: Any) -> dict[str, Any]:
    return row(Source.BID, int(day * 100), OPENED + timedelta(days=day), **facts)


def fact(day: float, kind: str, **facts: Any) -> dict[str, Any]:
    return row(Source.FACT, int(day * 100), OPENED + timedelta(days=day), kind=kind, **facts)


def there(day: float, contact: int, **facts: Any) -> dict[str, Any]:
    return row(
        Source.PRESENCE, int(day * 100), OPENED + timedelta(days=day), contact_id=contact, **facts
    )


def evidence(name: str, *rows: dict[str, Any]) -> list[str]:
    found = values(frame([opening(), *rows]), at(MONDAY))
    return as_stored(found.get_column(f"{name}__rows").item())


def as_stored(ids: pl.Series) -> list[str]:
    return [json.loads(each) for each in pl.select(written(pl.lit(ids))).to_series()]


def test_the_catalogue_holds_every_signal_from_f01_to_f29() -> None:
    codes = {feature.reason_code for feature in features.FEATURES}

    assert codes == {f"F{number:02}" for number in range(1, 30)}


def test_signals_stand_in_the_groups_that_a_verdict_counts() -> None:
    groups: dict[Group, set[str]] = {}
    for feature in features.FEATURES:
        groups.setdefault(feature.group, set()).add(feature.reason_code)

    assert groups == {
        Group.ASK: {"F01", "F02", "F10", "F11", "F18", "F19", "F25"},
        Group.PEOPLE: {"F08", "F09", "F20", "F21"},
        Group.MONEY: {"F06", "F07", "F24"},
        Group.TIME: {"F12", "F13", "F14", "F15", "F16", "F17", "F29"},
        Group.BID: {"F03", "F22", "F23"},
        Group.NONE: {"F04", "F05", "F26", "F27", "F28"},
    }


@pytest.mark.parametrize(
    ("ask", "said"), [("BASIC_KNOWLEDGE", "BASIC_KNOWLEDGE"), ("PRODUCT", None), (None, None)]
)
def test_f01_speaks_of_a_first_ask_to_learn(ask: str | None, said: str | None) -> None:
    assert value("first_ask", first_ask=ask) == said


def test_f02_uses_the_fixed_limit_until_five_orders_are_known() -> None:
    assert value("large_first_project", est_value=6_000_000.0) == 2
    assert value("large_first_project", est_value=None) is None


def test_f02_is_silent_once_the_account_paid_before() -> None:
    paid = row(Source.EARLIER_PAYMENT, 1, OPENED - timedelta(days=9))

    assert value("large_first_project", paid, est_value=6_000_000.0) is None


def test_f03_speaks_of_a_tender_without_contact_before_the_notice() -> None:
    assert value("met_through_the_notice", bid(5), came_from="TENDER_NOTICE") == 1
    assert value("met_through_the_notice", met(2), bid(5), came_from="TENDER_NOTICE") == 0
    assert (
        value("met_through_the_notice", bid(5, contact_before=True), came_from="TENDER_NOTICE") == 0
    )
    assert value("met_through_the_notice", bid(5), came_from="EVENT") is None


def test_f06_speaks_only_while_no_budget_stage_was_ever_said() -> None:
    talks = [met(day) for day in (1, 2, 3, 4)]

    assert value("budget_unknown", *talks) == 4
    assert value("budget_unknown", *talks, met(5, budget="PLANNED")) is None
    assert value("budget_unknown", *talks[:3]) is None


def test_a_budget_stage_told_beside_a_talk_counts_as_one_said_in_it() -> None:
    talks = [met(day) for day in (1, 2, 3, 4)]
    told = fact(5, "BUDGET_STAGE", budget="APPLIED")

    assert value("budget_unknown", *talks, told) is None
    assert value("last_known_budget_stage", *talks, told) == "APPLIED"
    assert evidence("last_known_budget_stage", *talks, told) == ["F:500"]


def test_f07_takes_the_last_stage_that_was_said() -> None:
    talks = [met(1, budget="PLANNED"), met(2, budget="APPROVED"), met(3)]

    assert value("last_known_budget_stage", *talks) == "APPROVED"
    assert evidence("last_known_budget_stage", *talks) == ["I:200"]


def test_f08_forgets_the_absences_once_the_budget_holder_came() -> None:
    absent = [met(day, budget_holder=False) for day in (1, 2, 3)]

    assert value("budget_holder_missing", *absent) == 3
    assert value("budget_holder_missing", *absent, met(4, budget_holder=True)) is None
    assert value("budget_holder_joined", *absent, met(4, budget_holder=True)) == 1


def test_f09_compares_the_last_three_with_the_first_two() -> None:
    ranks = [2, 5, 4, 3, 2, 1]
    talks = [met(day, seniority=rank) for day, rank in enumerate(ranks, start=1)]

    assert value("seniority_drop", *talks) == 2
    assert value("seniority_drop", *talks[:4]) is None
    assert evidence("seniority_drop", *talks) == ["I:100", "I:200", "I:400", "I:500", "I:600"]


def test_f10_counts_each_unpaid_round_once() -> None:
    rounds = [
        met(1, kind="SOLUTION_REQUEST", asks=["SOLUTION_DOC", "TECH_SELECTION"]),
        met(2, asks=["POC"]),
        met(3, asks=["QUOTATION"]),
        met(4, asks=["TECH_SELECTION"], is_paid=True),
    ]

    assert value("unpaid_solution_rounds", *rounds) == 2
    assert evidence("unpaid_solution_rounds", *rounds) == ["I:100", "I:200"]


def test_f11_sets_what_we_gave_against_what_came_back() -> None:
    rows = [met(1, gave_count=2), met(2), met(3)]
    rows += [handed_over(day, level) for day, level in ((4, 2), (5, 5), (6, 6), (7, 1))]

    assert value("given_minus_received", *rows) == 1
    assert value("given_minus_received", *rows[3:]) is None


def test_f12_counts_far_trips_that_ended_without_a_dated_step() -> None:
    far = {"kind": "VISIT_TO_CLIENT", "distance_km": 900.0, "travel_hours": 11.0}
    trips = [
        met(1, **far, next_step_dated=False),
        met(2, **far, next_step_dated=True),
        met(3, **far),
        met(4, kind="VISIT_TO_CLIENT", distance_km=8.0, next_step_dated=False),
    ]

    assert value("trips_without_next_step", *trips) == 1


@pytest.mark.parametrize(
    ("said", "without"),
    [([True, True, True], 0), ([True, False, None, False], 2), ([False, False], None)],
)
def test_f13_looks_at_the_last_three_of_which_it_is_known(
    said: list[bool | None], without: int | None
) -> None:
    talks = [met(day, next_step_dated=step) for day, step in enumerate([None, *said], start=1)]

    assert value("no_dated_next_step", *talks) == without


@pytest.mark.parametrize(
    ("latencies", "slower"),
    [([1, 1, 1, 3, 3, 3], 1), ([1, 1, 1, 2, 2, 2], 0), ([8, 8, 8, 8, 8, 8], 1)],
)
def test_f14_speaks_of_replies_that_doubled_or_take_a_week(
    latencies: list[int], slower: int
) -> None:
    talks = [met(day, latency_days=float(days)) for day, days in enumerate(latencies, start=1)]

    assert value("slower_replies", *talks) == slower


def test_f15_counts_working_days_since_the_first_unanswered_hand_over() -> None:
    friday = OPENED + timedelta(days=(4 - OPENED.weekday()) % 7)
    day = (friday - OPENED).days
    rows = [met(0, by_client=True), handed_over(day, 5), handed_over(day + 7, 5)]

    found = value("silence_after_hand_over", *rows, as_of=friday + timedelta(days=14))

    assert found == 10


def test_f15_is_silent_once_the_client_spoke_or_may_have() -> None:
    assert value("silence_after_hand_over", handed_over(1, 5), met(2, by_client=True)) is None
    assert value("silence_after_hand_over", handed_over(1, 5), met(2)) is None
    assert value("silence_after_hand_over", handed_over(1, 5), met(2, by_client=False)) > 100
    assert value("silence_after_hand_over", handed_over(1, 3)) is None


def test_f16_measures_silence_by_the_usual_gap_of_14_days_until_one_is_known() -> None:
    quiet = met(1, by_client=True)

    assert value("silence", quiet, as_of=OPENED + timedelta(days=43)) == pytest.approx(3)


def test_f17_counts_steps_since_the_budget_moved() -> None:
    steps = ["BACKGROUND_CHECK", "INTERNAL_REPORT", "EVALUATION", "EVALUATION"]
    talks = [met(day, kind=kind) for day, kind in enumerate(steps, start=2)]

    assert value("process_without_movement", met(1, budget="PLANNED"), *talks) == 4
    moved = [met(1, budget="PLANNED"), *talks[:2], met(3.5, budget="APPLIED"), *talks[2:]]
    assert value("process_without_movement", *moved) == 2


def test_f18_turns_when_we_set_the_criteria_as_well() -> None:
    asked = met(1, asks=["TENDER_TEXT"])

    assert value("asked_us_to_write", asked) == "ASKED"
    assert value("asked_us_to_write", asked, bid(2, set_criteria=True)) == "WITH_OUR_CRITERIA"
    assert value("asked_us_to_write", met(1)) is None


def test_f19_speaks_of_our_requirements_or_of_two_changes() -> None:
    talks = [met(1), met(2)]
    change = [fact(3, "SCOPE_CHANGE"), fact(4, "SCOPE_CHANGE")]

    assert value("requirements_by_us", *talks, fact(3, "REQUIREMENT_AUTHOR", value="US")) == 1
    assert value("requirements_by_us", *talks, *change) == 1
    assert value("requirements_by_us", *talks, change[0]) == 0


def test_f20_hears_a_business_owner_in_the_role_or_in_a_fact() -> None:
    learners = [
        met(1),
        met(2),
        there(1, 1, department="创新/战略"),
        there(2, 2, department="战略部"),
    ]

    assert value("only_learning_department", *learners) == 2
    assert value("only_learning_department", *learners, there(3, 3, department="采购")) is None
    assert value("only_learning_department", *learners, fact(3, "BUSINESS_OWNER")) is None
    assert value("business_owner_named", *learners, there(3, 3, role="BUSINESS_OWNER")) == 1


def test_f21_counts_roles_and_takes_the_department_where_none_was_logged() -> None:
    people = [
        there(1, 1, role="SPONSOR"),
        there(1, 2, department="采购"),
        there(1, 3, department="财务部"),
        there(1, 4, role="IT", department="采购"),
    ]

    assert value("roles_engaged", *people) == 4
    talks = [met(day) for day in (1, 2, 3, 4)]
    assert value("single_contact", *talks, people[0], there(2, 1)) == 4
    assert value("single_contact", *talks, *people) is None
    assert value("single_contact", *talks) is None


def test_f22_counts_rivals_only_while_the_budget_is_unknown() -> None:
    assert value("rivals_without_budget", met(1, competitors=3)) == 3
    assert value("rivals_without_budget", met(1, competitors=3, budget="PLANNED")) is None
    assert value("incumbent_known", bid(1, incumbent=True), met(2)) == 1


def test_f23_judges_the_last_bid() -> None:
    asked = {"asked_at": OPENED + timedelta(days=6), "answered_at": MONDAY + timedelta(days=1)}
    bids = [bid(1, prep_days=5, fits_us=False), bid(5, prep_days=15, fits_us=True, **asked)]

    assert value("days_to_prepare", *bids) == 15
    assert value("specification_fits_others", *bids) == 0
    assert value("questions_not_answered", *bids) == 1
    assert value("questions_not_answered", *bids, as_of=MONDAY + timedelta(days=2)) == 0


def test_f24_waits_14_days_for_an_answer() -> None:
    offered = row(Source.OFFER, 1, OPENED)
    accepted = row(Source.OFFER_ANSWER, 1, OPENED + timedelta(days=20), value="ACCEPTED")

    assert value("paid_step", offered, as_of=OPENED + timedelta(days=13)) is None
    assert value("paid_step", offered, as_of=OPENED + timedelta(days=14)) == "NO_ANSWER"
    assert value("paid_step", offered, accepted) == "ACCEPTED"
    assert value("paid_step") is None


def test_f25_speaks_of_a_quotation_before_the_client_gave_anything() -> None:
    assert value("quotation_before_requirements", met(1, asks=["QUOTATION"])) == 1
    assert (
        value("quotation_before_requirements", met(1, gave_count=1), met(2, asks=["QUOTATION"]))
        == 0
    )


def test_f27_takes_the_last_stance() -> None:
    said = [
        fact(1, "LEADERSHIP_STANCE", value="VETO"),
        fact(2, "LEADERSHIP_STANCE", value="MANDATE"),
    ]

    assert value("leadership_stance", *said) == "MANDATE"


def test_f28_is_held_to_the_vendor_by_four_pseudo_leads() -> None:
    ended = [
        row(Source.EARLIER_LEAD, key, OPENED - timedelta(days=key), outcome="LOST")
        for key in (1, 2, 3, 4)
    ]

    # Usual share without an order 0.8; own (4 + 4 x 0.8) / 8 = 0.9; excess 0.1 / 0.2.
    assert value("earlier_leads_without_order", *ended) == pytest.approx(0.5)
    paid = row(Source.EARLIER_PAYMENT, 9, OPENED - timedelta(days=1))
    assert value("earlier_leads_without_order", *ended, paid) is None
    assert value("paid_us_before", *ended, paid) == 1


def test_f29_misses_an_event_only_where_the_vendor_logs_them() -> None:
    talks = [met(day) for day in (1, 2, 3, 4)]
    event = fact(5, "COMPELLING_EVENT", due_date=date(2026, 12, 24))

    assert value("no_compelling_event", *talks) is None
    assert value("compelling_event", event) == "DATED"
    assert value("compelling_event", event, as_of=MONDAY + timedelta(days=60)) is None


def test_a_lead_without_interactions_has_its_row() -> None:
    found = values(frame([opening()]), at(MONDAY))

    assert found.get_column("interactions").to_list() == [0]


def test_no_leads_at_all_are_no_rows() -> None:
    assert values(frame([]), at()).height == 0


def test_ids_of_two_tables_never_meet() -> None:
    found = values(
        frame([opening(), met(1, key=7, gave_count=1), handed_over(0.07, 5), met(2), met(3)]),
        at(MONDAY),
    )
    ids = found.get_column("given_minus_received__rows").item()

    assert sorted(as_stored(ids)) == ["D:7", "I:7"]
    assert isinstance(found, pl.DataFrame)
