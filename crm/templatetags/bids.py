"""Filters of the bid pages."""

from collections.abc import Mapping

from django import template

from crm import bid_sheet

register = template.Library()


@register.filter
def no_count(sheet: Mapping[str, str]) -> int:
    """Return how many questions of a sheet are answered "no"."""
    return bid_sheet.no_count(sheet)
