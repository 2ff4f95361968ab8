"""Loads the demo into an empty ledger, and takes it out again."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from simple_history.utils import get_history_manager_for_model

from crm.demo import firm, story, users
from crm.demo.moments import Moments
from crm.demo.sheet import TABLES, Numbers, Sheet
from crm.demo.world import USUAL_TALKS, Plan, World
from crm.models import Firm, Heartbeat, Interaction, Lead, Team, User
from crm.services import figures
from crm.services.errors import LedgerError

ROWS_A_BATCH = 5_000
# Beyond so many leads the demo is a benchmark: no audit history, and one transaction a sheet.
LEADS_WITH_HISTORY = 2_000
KEPT = (User, Team, Firm, Heartbeat)
Progress = Callable[[int, int], None]


class LedgerHoldsLeads(LedgerError):
    """The demo goes into an empty ledger only."""


class DataAreReal(LedgerError):
    """What would be deleted is not the demo."""


@dataclass(frozen=True)
class Loaded:
    """What was written."""

    leads: int
    rows: int


def refuse_unless_empty() -> None:
    """Raise LedgerHoldsLeads when there is a lead already."""
    count = Lead.objects.count()
    if count:
        raise LedgerHoldsLeads(
            f"This database already holds {count:,} leads; the demo goes into an empty one."
        )


def refuse_real_data() -> None:
    """Raise DataAreReal when the leads here are not the demo's."""
    if not Firm.current().holds_demo_data and Lead.objects.exists():
        raise DataAreReal("The leads in this database are real: they are not deleted.")


def load(
    *,
    leads: int,
    seed: int,
    until: datetime,
    interactions: float = USUAL_TALKS,
    progress: Progress = lambda done, of: None,
) -> Loaded:
    """Write a demo of so many leads whose history ends at `until`.

    Open leads are marked for scoring; the sweep of the worker finds them.
    """
    refuse_unless_empty()
    moments = Moments(until, ZoneInfo(settings.TIME_ZONE))
    is_small = leads <= LEADS_WITH_HISTORY
    with transaction.atomic() if is_small else nullcontext():
        firm.settle(moments, seed=seed)
        written = _write(_sheets(leads, seed, moments, interactions), leads, is_small, progress)
        figures.refresh(None, now=until)
        Lead.objects.open().update(assessment_due_at=until)
    return written


def _sheets(leads: int, seed: int, moments: Moments, interactions: float) -> Iterable[Sheet]:
    """Yield the story first, then the world around it."""
    numbers, staff = Numbers(seed), users.staff()
    told = story.tell(Sheet(numbers), moments, staff)
    yield told
    plan = Plan(
        leads=max(0, leads - len(told.rows[Lead])),
        seed=seed,
        moments=moments,
        owners=staff.owners,
        talks=interactions,
    )
    yield from World(plan, numbers, taken=set(story.NAMES)).sheets()


def _write(sheets: Iterable[Sheet], leads: int, is_small: bool, progress: Progress) -> Loaded:
    written = rows = 0
    for sheet in sheets:
        with transaction.atomic():
            rows += _write_sheet(sheet, with_history=is_small)
        written += len(sheet.rows[Lead])
        progress(written, leads)
    return Loaded(leads=written, rows=rows)


def _write_sheet(sheet: Sheet, *, with_history: bool) -> int:
    rows = 0
    for table in TABLES:
        found = sheet.rows[table]
        rows += len(_create(table, found))
        if with_history and hasattr(table, "history"):
            _keep_history(table, found)
    present = Interaction.attendees.through
    return rows + len(
        _create(
            present,
            [
                present(interaction_id=talk.pk, contact_id=person.pk)
                for talk, person in sheet.attendances
            ],
        )
    )


def _create(table: type[models.Model], rows: list[Any]) -> list[Any]:
    return table._default_manager.bulk_create(rows, batch_size=ROWS_A_BATCH)


def _keep_history(table: type[models.Model], rows: list[Any]) -> None:
    for row in rows:
        row._history_date = getattr(row, "outcome_recorded_at", None) or row.recorded_at
    get_history_manager_for_model(table).bulk_history_create(rows, batch_size=ROWS_A_BATCH)


@transaction.atomic
def clear() -> None:
    """Delete the demo's ledger; people, their sign-ins and the firm's row stay."""
    refuse_real_data()
    for table in apps.get_app_config("crm").get_models(include_auto_created=True):
        if table not in KEPT:
            table._base_manager.all()._raw_delete(connection.alias)
    Firm.objects.update(holds_demo_data=False)
