"""What a chance means: the verdict beside the vendor's usual rate, the pattern, the late mark."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.feature import Group
from scoring.scorecard import Numbers
from scoring.vocabulary import Pattern, Verdict

ENOUGH_INTERACTIONS = 3
LOW_BELOW, LOW_UNTIL = 1 / 3, 0.4
WATCH_BELOW, WATCH_UNTIL = 2 / 3, 0.75
ENOUGH_GROUPS = 2
PATTERN_POINTS = 10

Groups = Mapping[str, Group]

MOTIONS = frozenset({"F08", "F09", "F13", "F17", "F29"})
CONSULTING = frozenset({"F15", "F24"})  # and every signal of the asks
SHORT_TENDER = "F23"


@dataclass(frozen=True)
class Signals:
    """The points of each code, a row for each lead; those that raise the risk are its signals."""

    codes: Sequence[str]
    points: Numbers
    groups: Groups

    @property
    def are_there(self) -> NDArray[np.bool_]:
        """Return which codes raise the risk of which lead."""
        found: NDArray[np.bool_] = self.points > 0
        return found

    def of(self, place: int) -> dict[str, float]:
        """Return the signals of one lead."""
        named = zip(self.codes, self.points[place].tolist(), strict=True)
        return {code: points for code, points in named if points > 0}

    def any_of(self, codes: Iterable[str]) -> NDArray[np.bool_]:
        """Say of each lead whether one of some codes is a signal."""
        wanted = set(codes)
        places = [place for place, code in enumerate(self.codes) if code in wanted]
        found: NDArray[np.bool_] = np.any(self.are_there[:, places], axis=1)
        return found

    @property
    def groups_behind(self) -> NDArray[np.int64]:
        """Count the groups that the signals of each lead belong to."""
        of_group = [
            self.any_of(code for code in self.codes if self.groups.get(code) is group)
            for group in Group
            if group is not Group.NONE
        ]
        count: NDArray[np.int64] = np.sum(of_group, axis=0)
        return count


def may_judge(signals: Signals, interactions: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say whether enough is known: three interactions, or a short tender and a signal of asking."""
    asking = [code for code in signals.codes if signals.groups.get(code) is Group.ASK]
    tender = signals.any_of([SHORT_TENDER]) & signals.any_of(asking)
    enough: NDArray[np.bool_] = (interactions >= ENOUGH_INTERACTIONS) | tender
    return enough


def verdicts(
    *, order_chance: Numbers, usual_rate: Numbers, signals: Signals, previous: NDArray[np.str_]
) -> NDArray[np.str_]:
    """Judge chances beside the usual rate; a lead leaves a mark later than it came to it."""
    ratio = order_chance / usual_rate
    was_low = previous == Verdict.LOW.value
    was_watched = was_low | (previous == Verdict.WATCH.value)
    is_low = ratio < np.where(was_low, LOW_UNTIL, LOW_BELOW)
    is_watched = ratio < np.where(was_watched, WATCH_UNTIL, WATCH_BELOW)
    enough = signals.groups_behind >= ENOUGH_GROUPS
    found: NDArray[np.str_] = np.select(
        [enough & is_low, enough & is_watched],
        [Verdict.LOW.value, Verdict.WATCH.value],
        Verdict.NONE.value,
    )
    return found


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
