"""Filters of reports: bare figures where the head of the column carries the unit."""

from decimal import Decimal

from django import template

from crm import formats

register = template.Library()
WIDE_FROM, ROW = 0x2E80, 72  # letters as wide as two; letters in a row of a mail
ABOVE_AND_BELOW, PIXELS_A_ROW = 120, 26


@register.filter
def in_unit(amount: Decimal | float | None) -> str:
    """Write an amount in the unit of its column, a dash where there is none."""
    return formats.in_money_unit(amount if isinstance(amount, Decimal | float | int) else None)


@register.filter
def whole_in_unit(amount: int) -> str:
    """Write the round figure at a line of a chart in the unit of its head, without idle zeros."""
    text = formats.in_money_unit(Decimal(amount))
    return text.removesuffix(".0")


@register.filter
def mail_height(text: str) -> int:
    """Return about how many pixels high a mail's HTML part is, by its text part."""
    rows = sum(
        1 + sum(1 + (ord(sign) >= WIDE_FROM) for sign in line) // ROW for line in text.split("\n")
    )
    return ABOVE_AND_BELOW + PIXELS_A_ROW * rows


@register.filter
def money_words(amount: Decimal | int) -> str:
    """Write an amount in short where no markup may stand, as in a drawing."""
    return formats.money(amount)
