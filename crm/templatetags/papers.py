"""Filters of reports: bare figures where the head of the column carries the unit."""

from decimal import Decimal

from django import template

from crm import formats

register = template.Library()


@register.filter
def in_unit(amount: Decimal | None) -> str:
    """Write an amount in the unit of its column, a dash where there is none."""
    return formats.in_money_unit(amount if isinstance(amount, Decimal) else None)
