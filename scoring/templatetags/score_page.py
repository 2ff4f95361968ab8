"""Filters of the score page."""

from django import template

from crm import formats

register = template.Library()


@register.filter
def signed_percent(share: float) -> str:
    """Write by how much something lies above or below, with its sign."""
    whole = round(100 * share)
    if whole == 0:
        return "0%"
    return f"+{whole}%" if whole > 0 else f"{formats.MINUS}{-whole}%"
