"""Loads the demo into an empty ledger, and takes it out again."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max
from simple_history.utils import get_history_manager_for_model

from crm.demo import firm, story, users
from crm.demo.moments import Moments
from crm.demo.sheet import TABLES, Numbers, Sheet
from crm.demo.world import USUAL_TALKS, Plan, World
from crm.models import Firm, Heartbeat, Interaction, JobRun, Lead, Team, User
from crm.services import columns, figures, statistics
from crm.services.errors import LedgerError

ROWS_A_BATCH = 5_000
# Beyond so many leads the demo is a benchmark: no audit history, and one transaction a sheet.
LEADS_WITH_HISTORY = 2_000
KEPT = (User, Team, Firm, Heartbeat, JobRun)
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
        _let_tables_count_on()
        figures.refresh(None, now=until)
        Lead.objects.open().update(assessment_due_at=until)
        statistics.refresh()
    return written


def _sheets(leads: int, seed: int, moments: Moments, interactions: float) -> Iterable[Sheet]:
    """Yield the story first, then the world around it."""
    numbers, staff = Numbers(seed, taken=_highest_keys()), users.staff()
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
    for table in TABLES:
        found = sheet.rows[table]
        names = [field.attname for field in table._meta.concrete_fields]
        values = attrgetter(*names)
        columns.insert_rows(table, names, [values(row) for row in found])
        if with_history and hasattr(table, "history"):
            _keep_history(table, found)
    present = Interaction.attendees.through
    columns.insert_rows(present, ["interaction_id", "contact_id"], sheet.attendances)
    return sum(map(len, sheet.rows.values())) + len(sheet.attendances)


def _highest_keys() -> dict[type[models.Model], int]:
    """Return the highest key that each table holds; an empty ledger may hold accounts."""
    return {table: table._default_manager.aggregate(key=Max("pk"))["key"] or 0 for table in TABLES}


def _let_tables_count_on() -> None:
    """Have the database give the next keys after those that the demo took."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(TABLES)):
            cursor.execute(statement)


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
