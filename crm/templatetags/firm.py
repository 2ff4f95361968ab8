"""Tags that say things in the firm's own words."""

from typing import Any

from django import template
from django.utils.translation import get_language

from crm import own_lists
from crm.models import Firm, Stage

register = template.Library()


@register.simple_tag(takes_context=True)
def stage_word(context: dict[str, Any], stage: str) -> str:
    """Return the firm's own name of a stage, else the usual one."""
    firm = context.get("firm")
    names = firm.stage_names if isinstance(firm, Firm) else {}
    usual = str(Stage(stage).label) if stage in Stage.values else ""
    return own_lists.stage_name(names, stage, get_language() or "") or usual
