"""The suggested play follows from the reasons."""

import pytest
from django.utils.translation import override

from crm import plays


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
