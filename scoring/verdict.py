"""What a chance means: the verdict beside the vendor's usual rate, the pattern, the late mark."""

from collections.abc import Iterable, Mapping, Sequence

from scoring.feature import Group
from scoring.reasons import Reason
from scoring.vocabulary import Mark, Pattern, Verdict

ENOUGH_INTERACTIONS = 3
LOW_BELOW, LOW_UNTIL = 1 / 3, 0.4
WATCH_BELOW, WATCH_UNTIL = 2 / 3, 0.75
ENOUGH_GROUPS = 2
PATTERN_POINTS = 10
LATE_WATCH, LATE_HIGH = 0.30, 0.50

Groups = Mapping[str, Group]

MOTIONS = frozenset({"F08", "F09", "F13", "F17", "F29"})
CONSULTING = frozenset({"F15", "F24"})  # and every signal of the asks
SHORT_TENDER = "F23"


def raising(reasons: Iterable[Reason]) -> dict[str, float]:
    """Return the signals: the codes whose points speak for the bad end."""
    return {reason["code"]: reason["points"] for reason in reasons if reason["points"] > 0}


def may_judge(signals: Mapping[str, float], *, interactions: int, groups: Groups) -> bool:
    """Say whether enough is known: three interactions, or a short tender and a signal of asking."""
    asks = any(groups.get(code) is Group.ASK for code in signals)
    return interactions >= ENOUGH_INTERACTIONS or (SHORT_TENDER in signals and asks)


def verdict(
    *,
    order_chance: float,
    usual_rate: float,
    signals: Mapping[str, float],
    groups: Groups,
    previous: str = "",
) -> Verdict:
    """Judge a chance beside the usual rate; a lead leaves a mark later than it came to it."""
    behind = {groups.get(code, Group.NONE) for code in signals} - {Group.NONE}
    if len(behind) < ENOUGH_GROUPS:
        return Verdict.NONE
    ratio = order_chance / usual_rate
    was_watched = previous in {Verdict.LOW, Verdict.WATCH}
    if ratio < (LOW_UNTIL if previous == Verdict.LOW else LOW_BELOW):
        return Verdict.LOW
    if ratio < (WATCH_UNTIL if was_watched else WATCH_BELOW):
        return Verdict.WATCH
    return Verdict.NONE


def pattern(signals: Mapping[str, float], groups: Groups) -> Pattern:
    """Name what is going on in a lead of low intent, by the heaviest set of signals."""
    sums = {
        Pattern.FREE_CONSULTING: sum(
            points
            for code, points in signals.items()
            if groups.get(code) is Group.ASK or code in CONSULTING
        ),
        Pattern.COLUMN_FODDER: sum(
            points for code, points in signals.items() if groups.get(code) is Group.BID
        ),
        Pattern.GOING_THROUGH_THE_MOTIONS: sum(
            points for code, points in signals.items() if code in MOTIONS
        ),
    }
    (second, _), (largest, name) = _two_largest(sums)
    if largest < PATTERN_POINTS or largest == second:
        return Pattern.LOW_INTENT
    return name


def _two_largest(sums: Mapping[Pattern, float]) -> Sequence[tuple[float, Pattern]]:
    return sorted((round(points, 6), name) for name, points in sums.items())[-2:]


def late_mark(chance: float | None) -> Mark:
    """Mark the chance of a late payment; without terms there is none."""
    if chance is None:
        return Mark.UNKNOWN
    if chance >= LATE_HIGH:
        return Mark.HIGH
    return Mark.WATCH if chance >= LATE_WATCH else Mark.LOW
