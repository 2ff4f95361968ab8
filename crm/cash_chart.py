"""The places of a cash chart: weeks to the right, money upwards; plain values, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 900, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 12, 26
STEPS = (1, 2, 5)
MOST_LINES = 8
TICK_WEEKS = (0, 4, 8, 12, 16, 20, 24)


@dataclass(frozen=True)
class Point:
    """A place with what stands there."""

    x: float
    y: float
    amount: int
    day: date

    @property
    def anchor(self) -> str:
        """Return on which side a label has room."""
        return "end" if self.x > WIDTH * 0.7 else "start" if self.x < WIDTH * 0.2 else "middle"


@dataclass(frozen=True)
class Chart:
    """Paths and places of a chart, in the units of its view box."""

    base: str
    later: str
    band: str
    grid: Sequence[tuple[float, int]]
    ticks: Sequence[tuple[float, date]]
    zero: float
    alarm: float
    base_low: Point
    later_low: Point
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def drawn(lines: Mapping[str, Sequence[int]], *, alarm: float, start: date) -> Chart:
    """Return the chart of the base with its band to the 10 % point, and of every receipt late."""
    shown = [*lines["base"], *lines["base_low"], *lines["later"], 0, round(alarm)]
    step = _step(max(shown) - min(shown))
    low, high = (min(shown) // step) * step, -(-max(shown) // step) * step
    count = len(lines["base"]) - 1

    def x(week: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * week / count, 1)

    def y(amount: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - amount) / ((high - low) or 1), 1)

    def path(values: Sequence[int]) -> str:
        return " ".join(f"{x(week)},{y(amount)}" for week, amount in enumerate(values))

    def lowest(values: Sequence[int]) -> Point:
        week = min(range(len(values)), key=lambda place: values[place])
        day = start + timedelta(weeks=week)
        return Point(x(week), y(values[week]), values[week], day)

    back = [
        f"{x(week)},{y(amount)}" for week, amount in reversed(list(enumerate(lines["base_low"])))
    ]
    return Chart(
        base=path(lines["base"]),
        later=path(lines["later"]),
        band=f"{path(lines['base'])} {' '.join(back)}",
        grid=[(y(amount), amount) for amount in range(int(low), int(high) + 1, step)],
        ticks=[(x(week), start + timedelta(weeks=week)) for week in TICK_WEEKS if week <= count],
        zero=y(0),
        alarm=y(alarm),
        base_low=lowest(lines["base"]),
        later_low=lowest(lines["later"]),
    )


def _step(span: float) -> int:
    """Return a round step that makes at most eight grid lines."""
    size = 1
    while True:
        for step in STEPS:
            if span / (step * size) < MOST_LINES - 1:
                return step * size
        size *= 10
