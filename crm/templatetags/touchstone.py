"""Filters of the pages: figures and dates in the reader's language, and the shapes of the marks."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from math import cos, pi, sin
from typing import Any
from uuid import uuid4

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm import formats, scorer_words, wording

register = template.Library()

RING_FLOOR = 0.06  # the thinnest wedge that can be seen
HALF_BAR_POINTS = 12  # points that fill half of a points bar


@register.filter
def money(amount: Decimal | None, currency: str = "CNY") -> SafeString | str:
    """Write an amount in short, the full figure on hover; an unknown one is no zero."""
    if amount is None:
        return _("unknown")
    return format_html(
        '<span class="num" title="{}">{}</span>',
        formats.money_in_full(amount, currency),
        formats.money(amount, currency),
    )


@register.filter
def moneys(amounts: Mapping[str, Decimal]) -> SafeString:
    """Write sums of several currencies, each for itself."""
    told = [(money(amount, code),) for code, amount in amounts.items()]
    return format_html_join(" + ", "{}", told or [(money(Decimal(0)),)])


@register.filter
def whole_money(amount: Decimal | None, currency: str = "CNY") -> str:
    """Write an amount with all its digits, without the cents."""
    return _("unknown") if amount is None else formats.money_in_full(round(amount), currency)


@register.filter
def full_money(amount: Decimal | None, currency: str = "CNY") -> str:
    """Write an amount with all its digits."""
    return _("unknown") if amount is None else formats.money_in_full(amount, currency)


@register.filter
def hours(amount: Decimal | None) -> str:
    """Write hours with their unit."""
    return _("unknown") if amount is None else formats.hours(amount)


@register.filter
def percent(share: float | None) -> str:
    """Write a share as a per cent, nothing where it is not known."""
    return "" if share is None else formats.percent(share)


@register.filter
def fine_percent(share: float) -> str:
    """Write a share with one decimal, for sums that somebody may want to follow."""
    return f"{share * 100:.1f}%"


@register.filter
def points(amount: float) -> str:
    """Write points with their sign."""
    return wording.points(amount)


@register.filter
def scorer(version: str) -> str:
    """Write which points scored, and which learned version beside them."""
    return scorer_words.version(version)


@register.filter
def day(when: date | datetime | None, today: date | None = None) -> str:
    """Write a day in short, with the year when it is not that of `today`."""
    return "" if when is None else formats.day(wording.day_of(when), beside=today)


@register.filter
def weekday(when: date | datetime | None) -> str:
    """Write the weekday in short."""
    return "" if when is None else formats.weekday(wording.day_of(when))


@register.filter
def day_and_weekday(when: date | datetime | None) -> str:
    """Write a day with its weekday."""
    return "" if when is None else wording.day_and_weekday(when)


@register.filter
def long_day(when: date | datetime | None) -> str:
    """Write a day as a heading."""
    return "" if when is None else wording.long_day(when)


@register.filter
def dated(when: date | datetime | None) -> str:
    """Write a day with its year."""
    return "" if when is None else wording.dated(when)


@register.filter
def day_and_time(when: datetime | None) -> str:
    """Write a moment of these days."""
    return "" if when is None else wording.day_and_time(when)


@register.filter
def monogram(name: Any) -> str:
    """Write what stands for a person in a small circle."""
    return wording.monogram(str(name or ""))


@register.filter
def ring(chance: float | None, usual: float | None) -> str:
    """Return the path that fills the ring clockwise: half is the usual rate, full is twice it."""
    if chance is None or not usual:
        return ""
    share = min(1.0, max(RING_FLOOR, chance / (2 * usual)))
    if share > 0.995:
        return "M7 3a4 4 0 1 1 0 8a4 4 0 1 1 0-8Z"
    angle = 2 * pi * share
    x, y = 7 + 4 * sin(angle), 7 - 4 * cos(angle)
    return f"M7 7V3A4 4 0 {int(share > 0.5)} 1 {x:.2f} {y:.2f}Z"


@register.filter
def bar_width(amount: float) -> str:
    """Return how long a points bar of 36 units is on its side."""
    return f"{min(1.0, abs(amount) / HALF_BAR_POINTS) * 18:.1f}"


@register.filter
def bar_start(amount: float) -> str:
    """Return where a points bar begins: against an order to the left, for it to the right."""
    return f"{18 - float(bar_width(amount)):.1f}" if amount > 0 else "18"


@register.filter
def scaled(value: float | None, full: float) -> str:
    """Return a value as a per cent of the full scale, for the width of a drawn bar."""
    if value is None or not full:
        return "0"
    return f"{min(100.0, max(0.0, float(value) / float(full) * 100)):.1f}"


@register.filter
def other(share: float | None) -> float | None:
    """Return the rest to one: the chance of an order from the stored chance of none."""
    return None if share is None else 1 - share


@register.filter
def days_until(earlier: date, later: date) -> int:
    """Return how many days lie between two days."""
    return (later - earlier).days


@register.filter
def hundreds(share: float) -> str:
    """Return a share in per cent without the sign: 7.7, and from twenty on without decimals."""
    return f"{share * 100:.0f}" if share >= 0.2 else f"{share * 100:.1f}".removesuffix(".0")


@register.filter
def band_width(score: Any) -> str:
    """Return how wide the interval of a score is drawn, within its scale."""
    start = float(scaled(score.low, score.scale_end))
    return f"{float(scaled(score.high, score.scale_end)) - start:.1f}"


@register.filter
def near_full(drawn: str) -> bool:
    """Say whether a drawn share of a cap is at its warning mark or above."""
    return float(drawn) >= 80


@register.filter
def worth_width(amount: float) -> str:
    """Return how long points are on their side of a bar of 48 units."""
    return f"{min(1.0, abs(amount) / HALF_BAR_POINTS) * 24:.1f}"


@register.filter
def worth_start(amount: float) -> str:
    """Return where points against an order begin, to the left of the middle."""
    return f"{24 - float(worth_width(amount)):.1f}"


@register.simple_tag
def next_sentence() -> str:
    """Write what stands between two sentences: a space, nothing in Chinese."""
    return "" if formats.in_chinese() else " "


@register.simple_tag
def new_token() -> str:
    """Write what tells a tap that is sent twice from two taps."""
    return str(uuid4())
