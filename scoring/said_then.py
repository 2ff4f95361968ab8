"""The later leads as they stood at their moment: what was said, and how they ended."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from crm.models import Lead, User
from scoring import model_card, thresholds
from scoring.model_card import Page
from scoring.thresholds import LaterLead


def leads(page: Page, user: User, *, below: Fraction | None) -> list[LaterLead]:
    """Return those that the user may see, the least likely first; all where no share is named."""
    found = thresholds.read(page.facts.get("leads", []))
    kept = [lead for lead in found if below is None or lead.ratio < below]
    seen = model_card.visible_ids([lead.lead_id for lead in kept], user)
    return sorted((lead for lead in kept if lead.lead_id in seen), key=lambda lead: lead.ratio)


def rows(shown: Sequence[LaterLead]) -> list[dict[str, Any]]:
    """Return a page of them with their leads, in one query."""
    found = Lead.objects.select_related("account").in_bulk([lead.lead_id for lead in shown])
    return [{"then": each, "lead": found[each.lead_id]} for each in shown if each.lead_id in found]


def running(page: Page, user: User) -> list[dict[str, Any]]:
    """Return the leads that run and that the user may see, with the chance of the target."""
    kept = page.facts.get("running", [])
    seen = Lead.objects.visible_to(user).open().select_related("account")
    found = seen.in_bulk([lead_id for lead_id, _chance in kept])
    return [
        {"lead": found[lead_id], "chance": chance} for lead_id, chance in kept if lead_id in found
    ]
