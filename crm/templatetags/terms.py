"""Filters of the terms pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm import formats, wording

register = template.Library()


@register.filter
def term_value(value: Any, name: str) -> str:
    """Write a fact of terms: yes, no, not known, a per cent, days, an amount or a day."""
    if value is None or value == "":
        return _("not known")
    if isinstance(value, bool):
        return str(pgettext("chip", "Yes") if value else pgettext("chip", "No"))
    if isinstance(value, date):
        return wording.dated(value)
    if isinstance(value, str):
        return value
    figure = formats.plain(value, 2 if isinstance(value, Decimal) else 0)
    return f"{figure}%" if name.endswith("percent") else figure


@register.filter
def bare(amount: Decimal | None) -> str:
    """Write an amount with its thousands apart and no unit: that stands in the head."""
    return formats.DASH if amount is None else formats.plain(amount, 2)


@register.filter
def of_draft(amount: int | None) -> str:
    """Write a difference with its sign, in the unit of its column."""
    if amount is None:
        return ""
    said = formats.in_money_unit(amount)
    return f"+{said}" if amount > 0 and said.strip("0.") else said


@register.simple_tag
def money_unit() -> str:
    """Write the unit of a column of money."""
    return formats.money_unit()


@register.filter
def short_month(when: date) -> str:
    """Write a month of a chart: Mar ’27 or 27/3."""
    if formats.in_chinese():
        return f"{when:%y}/{when.month}"
    return f"{formats.ENGLISH_MONTHS.split()[when.month - 1]} ’{when:%y}"
