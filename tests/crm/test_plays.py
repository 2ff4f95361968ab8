"""The suggested play follows from the reasons."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from crm import going_on, play_messages, plays


def reason(code: str, points: float = 8.0, **params: object) -> dict[str, object]:
    """Return a stored reason."""
    return {"code": code, "points": points, "params": params, "rows": []}


@pytest.mark.parametrize(
    ("code", "message"),
    [("F10", "M1"), ("F06", "M2"), ("F11", "M4"), ("F12", "M5"), ("F23", "M9"), ("F16", "M10")],
)
def test_the_heaviest_reason_chooses_the_play(code, message):
    reasons = [reason("F26", 9.0), reason(code), reason("F01", 1.0)][: 3 if code != "F16" else 2]

    assert plays.for_intent(reasons).message == message


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pattern_has_the_word_in_every_language(language):
    reasons = [reason("F10", 9.0), reason("F23", 5.0)]

    with override(language):
        assert plays.for_intent(reasons, pattern="COLUMN_FODDER") is plays.NO_BID
        assert plays.for_intent(reasons, pattern="FREE_CONSULTING") is plays.PAID_STEP


def test_a_refused_paid_step_is_not_offered_again():
    reasons = [reason("F24", 12.0, answer="REFUSED"), reason("F10", 9.0), reason("F06", 6.0)]

    assert plays.for_intent(reasons, pattern="FREE_CONSULTING") is plays.BUDGET_HOLDER


def test_good_signs_suggest_nothing():
    assert plays.for_intent([reason("F06", -6.0)]) is plays.PAUSE


def test_bad_terms_are_renegotiated_and_site_work_becomes_a_licence():
    assert plays.for_payment([reason("R02")]) is plays.RENEGOTIATE
    assert plays.for_payment([reason("R08", 9.0), reason("R02")]) is plays.FRAMEWORK
    assert plays.for_payment([reason("R01")]) is plays.RENEGOTIATE


def test_each_situation_of_the_playbook_finds_its_play():
    late = [reason("R13", 12.0, open=95), reason("R02")]
    situation = plays.Situation(
        verdict="LOW",
        is_near_cap=True,
        is_above_ladder=True,
        is_big_name=True,
        mark="HIGH",
    )

    found = plays.fitting([reason("F10")], late, situation)

    assert [play.code for play in found] == ["P1", "P12", "P8", "P6", "P4", "P9", "P11"]


def test_a_chance_that_rose_by_half_is_worth_an_investment_and_a_quiet_one_nothing():
    rose = plays.Situation(verdict="NONE", chance=0.32, chance_before=0.2)
    stood = plays.Situation(verdict="NONE", chance=0.25, chance_before=0.2)

    assert plays.fitting([], [], rose) == [plays.INVEST]
    assert plays.fitting([], [], stood) == []


def test_every_message_of_the_playbook_is_there_in_both_languages_with_the_same_blanks():
    for play in plays.EVERY:
        if play.message:
            slots = [
                {piece.text for piece in _message(play.message, language).pieces if piece.is_slot}
                for language in play_messages.LANGUAGES
            ]
            assert slots[0] == slots[1] != set()


def _message(code: str, language: str) -> play_messages.Message:
    known = {
        slot: f"<{slot}>" for slot in play_messages.SLOT.findall(play_messages.FILE.read_text())
    }
    return play_messages.message(code, language, known)


def test_what_going_on_is_worth_is_chance_times_value_times_margin_less_the_cost_to_go():
    cost, is_planned = going_on.cost_to_go(
        hour_cost=Decimal(380),
        planned_hours=Decimal(10),
        planned_travel_amount=Decimal(1_600),
        hours_left=Decimal(3),
    ) or (Decimal(0), False)
    worth = going_on.GoingOn(0.06, Decimal(1_800_000), Decimal(45), cost, is_planned)

    assert (cost, is_planned) == (5_400, True)
    assert worth.amount == Decimal("43200.00")
    assert worth.pays


def test_what_going_on_is_worth_adds_up_with_the_figures_that_are_shown():
    worth = going_on.GoingOn(
        0.06367, Decimal("1234567.00"), Decimal("42.55"), Decimal("5400.50"), is_planned=True
    )

    shown = Decimal("6.4") * 1_234_567 * Decimal("42.6") / 10_000 - 5_400
    assert worth.amount == round(shown)


def test_without_meetings_planned_the_rest_of_the_cap_is_the_cost_to_go():
    nothing = {"planned_hours": Decimal(0), "planned_travel_amount": Decimal(0)}

    assert going_on.cost_to_go(hour_cost=Decimal(380), hours_left=Decimal(3), **nothing) == (
        1_140,
        False,
    )
    assert going_on.cost_to_go(hour_cost=None, hours_left=Decimal(3), **nothing) is None
    assert going_on.cost_to_go(hour_cost=Decimal(380), hours_left=None, **nothing) is None
