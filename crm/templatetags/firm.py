"""Tags that say things in the firm's own words."""

from typing import Any

from django import template

from crm.models import Firm

register = template.Library()


@register.simple_tag(takes_context=True)
def stage_word(context: dict[str, Any], stage: str) -> str:
    """Return the firm's own name of a stage, else the usual one."""
    firm = context.get("firm")
    return (firm if isinstance(firm, Firm) else Firm()).stage_word(stage)
