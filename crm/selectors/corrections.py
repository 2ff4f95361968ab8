"""Who may correct a row of a lead, and what was changed in it before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import formats
from crm.models import Bid, Deliverable, Interaction, LeadFact, User

MODELS: dict[str, type[models.Model]] = {
    "I": Interaction,
    "D": Deliverable,
    "B": Bid,
    "F": LeadFact,
}
MOST_CHANGES = 20
OWN = frozenset(
    {"version", "ledger_id", "recorded_at", "accepted_recorded_at", "pinyin", "client_token"}
)


@dataclass(frozen=True)
class Change:
    """One field that somebody changed."""

    label: str
    was: str
    became: str


@dataclass(frozen=True)
class Revision:
    """What somebody changed at a moment."""

    at: datetime
    by: str
    changes: Sequence[Change]


def may_correct(row: Any, user: User) -> bool:
    """Say whether a person may correct a row: who logged it, its lead's owner, who leads."""
    if user.role in (User.Role.FOUNDER, User.Role.MANAGER):
        return True
    author = getattr(row, "author_id", None)
    return user.role == User.Role.SELLER and user.pk in {author, row.lead.owner_id}


def revisions(row: Any) -> list[Revision]:
    """Return who changed what in a row, the newest first."""
    if not hasattr(row, "history"):
        return []
    trail = list(row.history.select_related("history_user")[: MOST_CHANGES + 1])
    return [_revision(row, later, earlier) for later, earlier in pairwise(trail)]


def _revision(row: Any, later: Any, earlier: Any) -> Revision:
    changes = [
        Change(str(field.verbose_name), said(row, field.name, was), said(row, field.name, became))
        for field in row._meta.concrete_fields
        if field.name not in OWN
        and (was := getattr(earlier, field.attname)) != (became := getattr(later, field.attname))
    ]
    return Revision(later.history_date, str(later.history_user or ""), changes)


def said(row: Any, name: str, value: Any) -> str:
    """Return a stored value as a reader says it."""
    if name == "archived_at":
        return _("taken back") if value else _("in use")
    if value is None or value == "":
        return formats.DASH
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or formats.DASH
    return _plain(row, name, value)


def _plain(row: Any, name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d}"
    choices = dict(getattr(row._meta.get_field(name), "flatchoices", ()) or ())
    return str(choices.get(value, value))
