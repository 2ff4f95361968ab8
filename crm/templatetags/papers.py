"""Filters of reports: bare figures where the head of the column carries the unit."""

from decimal import Decimal

from django import template

from crm import formats

register = template.Library()


@register.filter
def in_unit(amount: Decimal | None) -> str:
    """Write an amount in the unit of its column, a dash where there is none."""
    return formats.in_money_unit(amount if isinstance(amount, Decimal) else None)


@register.filter
def whole_in_unit(amount: int) -> str:
    """Write the round figure at a line of a chart in the unit of its head, without idle zeros."""
    text = formats.in_money_unit(Decimal(amount))
    return text.removesuffix(".0")


@register.filter
def money_words(amount: Decimal | int) -> str:
    """Write an amount in short where no markup may stand, as in a drawing."""
    return formats.money(amount)
