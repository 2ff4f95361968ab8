"""The later leads as they stood at their moment: what was said, and how they ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models import Lead, User
from crm.reports import files
from crm.reports.columns import Column, Kind
from scoring import model_card, thresholds
from scoring.model_card import Page
from scoring.thresholds import LaterLead

LEADS_A_READ = 500
COLUMNS = (
    Column("account", _("Account")),
    Column("title", _("Lead")),
    Column("date", _("said on"), Kind.DAY),
    Column("chance", _("chance then"), Kind.SHARE),
    Column("usual", _("usual then"), Kind.SHARE),
    Column("end", _("how it ended")),
    Column("hours", _("unpaid hours after"), Kind.HOURS),
    Column("ledger_id", _("Ledger id")),
)


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


@dataclass(frozen=True)
class Line:
    """One of them as a file says it."""

    then: LaterLead
    lead: Lead

    @property
    def account(self) -> str:
        """Return the name of the account."""
        return str(self.lead.account.name)

    @property
    def end(self) -> str:
        """Return how it ended, nothing where it has no end yet."""
        return str(self.lead.get_outcome_display()) if self.lead.outcome else ""

    def __getattr__(self, name: str) -> Any:
        """Return what was said then, or else what the lead itself holds."""
        return getattr(self.then if hasattr(self.then, name) else self.lead, name)


def csv_lines(found: Sequence[LaterLead]) -> Iterator[str]:
    """Yield the file of them line by line."""
    parts = (found[n : n + LEADS_A_READ] for n in range(0, len(found), LEADS_A_READ))
    lines = (Line(**row) for part in parts for row in rows(part))
    return files.csv_lines(COLUMNS, lines)


def running(page: Page, user: User) -> list[dict[str, Any]]:
    """Return the leads that run and that the user may see, with the chance of the target."""
    kept = page.facts.get("running", [])
    seen = Lead.objects.visible_to(user).open().select_related("account")
    found = seen.in_bulk([lead_id for lead_id, _chance in kept])
    return [
        {"lead": found[lead_id], "chance": chance} for lead_id, chance in kept if lead_id in found
    ]
