"""The stored cash curves of one or two versions of terms, as a chart, tables and sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm import formats
from crm.models import DealCash, FirmFigure, PaymentTerms
from crm.selectors.terms import Version

COLUMNS, TICKS = 9, 6
FULL = 1000  # units of the drawing, stretched to the page
MISSING: Mapping[str, str | Promise] = {
    "contract_amount": gettext_lazy("the contract value"),
    "share_percent": gettext_lazy("the share of each milestone"),
    "prepay_percent": gettext_lazy("the prepayment, or the milestones"),
    "retention_percent": gettext_lazy("prepayment and retention that stay within 100%"),
    "trigger_day": gettext_lazy("when each milestone is due: days after signature, or a date"),
}
LEVERS: Mapping[str, str | Promise] = {
    "HIGHER_ADVANCE": pgettext_lazy("lever", "Advance 30%"),
    "WAIT_FOR_ADVANCE": pgettext_lazy("lever", "Advance 30%, and start only when it is paid"),
    "THIRDS": pgettext_lazy("lever", "30/30/30/10"),
    "BOTH_GATES": pgettext_lazy("lever", "30/30/30/10, and work waits for the first two payments"),
    "SHORTER_TERM": pgettext_lazy("lever", "30 days to pay after acceptance"),
    "DEEMED_ACCEPTANCE": pgettext_lazy("lever", "Counts as accepted after some days"),
    "LOWER_RETENTION": pgettext_lazy("lever", "Retention 3%"),
    "PAID_PRE_SALES": pgettext_lazy("lever", "Work before the contract is paid for"),
    "HALF_ON_SITE": pgettext_lazy("lever", "Half the months on site"),
}


@dataclass(frozen=True)
class Cash:
    """What was computed of one version: its figures, or why there are none yet."""

    version: Version
    result: Mapping[str, Any]
    is_waiting: bool

    @property
    def is_there(self) -> bool:
        """Say whether there is a curve."""
        return "peak" in self.result

    @property
    def missing(self) -> str:
        """Return what the terms must say first, in words."""
        code = self.result.get("missing", "")
        return str(MISSING.get(code, code)) if code else ""

    @property
    def currency(self) -> str:
        """Return the currency of the version."""
        return self.version.terms.currency

    def day(self, number: float) -> date | None:
        """Return the date of a day after signature where the signature is known."""
        signed = self.version.terms.signed_date
        return signed + timedelta(days=round(number)) if signed else None

    @property
    def low_date(self) -> date | None:
        """Return when the money out is at its most."""
        return self.day(self.result["peak_day"]["p50"])

    @property
    def back_date(self) -> date | None:
        """Return when the deal has paid itself back."""
        return self.day(self.result["last_negative_day"]["p50"])

    @property
    def margin_after(self) -> int:
        """Return the margin after what it costs to wait and what is never paid."""
        found = self.result
        return int(found["margin"] - found["expected_loss"] - found["financing"]["mean"])


def cash_of(version: Version) -> Cash:
    """Return what is stored of a version; where nothing is, an open lead's is still to come."""
    try:
        kept: DealCash | None = version.terms.cash
    except PaymentTerms.cash.RelatedObjectDoesNotExist:
        kept = None
    if kept is None:
        return Cash(version, {}, is_waiting=version.terms.lead.closed_at is None)
    return Cash(version, kept.result, is_waiting=kept.due_at is not None or kept.made_at is None)


@dataclass(frozen=True)
class Line:
    """One version in the chart."""

    name: str
    path: str
    band: str
    low_x: float
    low_y: float
    cash: Cash


@dataclass(frozen=True)
class Chart:
    """A chart in shares of its width and height, per cent as SVG takes them."""

    lines: Sequence[Line]
    zero_y: float
    grid: Sequence[tuple[float, str]]
    ticks: Sequence[tuple[float, date | int]]
    rows: Sequence[tuple[str, str, Sequence[float]]]
    columns: Sequence[date | int]


def chart(cashes: Sequence[Cash], *, names: Sequence[str]) -> Chart | None:
    """Return the curves of versions on one scale, with the table beneath."""
    drawn = [(cash, name) for cash, name in zip(cashes, names, strict=True) if cash.is_there]
    if not drawn:
        return None
    first = min(cash.result["curve"]["day"][0] for cash, _ in drawn)
    last = max(cash.result["curve"]["day"][-1] for cash, _ in drawn)
    values = [v for cash, _ in drawn for key in ("p10", "p90") for v in cash.result["curve"][key]]
    high, low = max([*values, 0]), min([*values, 0])
    step = _step(high - low)
    bottom = step * (low // step)
    top = -step * (-high // step)
    scale = _Scale(first, last, bottom, top)
    days = drawn[0][0].result["curve"]["day"]
    picked = [days[round(n * (len(days) - 1) / (COLUMNS - 1))] for n in range(COLUMNS)]
    dated = drawn[0][0]
    count = round((top - bottom) / step)
    return Chart(
        lines=[_line(cash, name, scale) for cash, name in drawn],
        zero_y=scale.y(0),
        grid=[
            (scale.y(bottom + n * step), formats.in_money_unit(bottom + n * step))
            for n in range(count + 1)
        ],
        ticks=[
            (scale.x(day), dated.day(day) or day)
            for n in range(TICKS)
            for day in [round(first + (n + 0.5) * (last - first) / TICKS)]
        ],
        rows=[
            (name, key, [_at(cash.result["curve"], key, day) for day in picked])
            for cash, name in drawn
            for key in ("p90", "p50", "p10")
        ],
        columns=[dated.day(day) or day for day in picked],
    )


def _step(spread: float) -> float:
    """Return a round step that cuts a spread into four to eight parts."""
    size = 1.0
    while spread / size > 8:
        size *= 10
    for part in (0.1, 0.2, 0.5):
        if spread / (size * part) <= 8:
            return max(1.0, size * part)
    return size


@dataclass(frozen=True)
class _Scale:
    first: float
    last: float
    bottom: float
    top: float

    def x(self, day: float) -> float:
        """Return a day in per cent of the width."""
        return round(100 * (day - self.first) / max(1, self.last - self.first), 2)

    def y(self, amount: float) -> float:
        """Return an amount in per cent of the height, from above."""
        return round(100 * (self.top - amount) / max(1.0, self.top - self.bottom), 2)


def _line(cash: Cash, name: str, scale: _Scale) -> Line:
    curve = cash.result["curve"]

    def points(key: str) -> list[str]:
        return [
            f"{scale.x(day) * FULL / 100:.0f} {scale.y(amount) * FULL / 100:.0f}"
            for day, amount in zip(curve["day"], curve[key], strict=True)
        ]

    low = min(range(len(curve["p50"])), key=lambda place: curve["p50"][place])
    return Line(
        name=name,
        path="M" + "L".join(points("p50")),
        band="M" + "L".join([*points("p90"), *reversed(points("p10"))]) + "Z",
        low_x=scale.x(curve["day"][low]),
        low_y=scale.y(curve["p50"][low]),
        cash=cash,
    )


def _at(curve: Mapping[str, Sequence[float]], key: str, day: float) -> float:
    """Return a curve's value in the week of a day."""
    place = min(range(len(curve["day"])), key=lambda n: abs(curve["day"][n] - day))
    return curve[key][place]


@dataclass(frozen=True)
class LeverRow:
    """One lever: what the peak becomes, drawn on the scale of the table."""

    name: str
    figures: Mapping[str, Any]
    against: int | None
    bar: float
    whisker: float
    margin_after: int
    kind: str = ""


def levers(before: Cash, after: Cash | None) -> list[LeverRow]:
    """Return the draft, each lever on it, and what our own version does altogether."""
    if not before.is_there:
        return []
    base = before.result
    found = [("base", "", base)]
    found += [("", str(LEVERS.get(row["code"], row["code"])), row) for row in base["levers"]]
    if after and after.is_there:
        found.append(("after", "", after.result))
    full = max(1, *(row["peak"]["p90"] for _kind, _name, row in found))
    return [
        LeverRow(
            name=name,
            figures=row,
            against=None if kind == "base" else row["peak"]["p50"] - base["peak"]["p50"],
            bar=round(100 * row["peak"]["p50"] / full, 1),
            whisker=round(100 * row["peak"]["p90"] / full, 1),
            margin_after=int(row["margin"] - row["expected_loss"] - row["financing"]["mean"]),
            kind=kind,
        )
        for kind, name, row in found
    ]


def cash_is_known(now: Any) -> bool:
    """Say whether the firm's cash was written down, which the share of cash needs."""
    return FirmFigure.objects.at(FirmFigure.Kind.CASH, now) is not None
