"""Joins two accounts or two people that are one; the other row stays, put away, and can come back.

What moves follows from the tables themselves: every row that points to the one that goes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from crm.models import Account, AttendeeTrail, Contact, Interaction, Lead, Undoable, User
from crm.services import accounts, attendance, history
from crm.services.errors import EditedMeanwhile, LedgerError

Row = TypeVar("Row", Account, Contact)
UNDO_FOR = timedelta(days=7)
OF_ACCOUNT = (
    "name", "kind", "industry", "size_class", "employees", "country", "city", "distance_km",
    "is_big_name", "has_ai_team", "parent_id",
)  # fmt: skip
OF_CONTACT = (
    "name", "title", "seniority", "department", "decision_role", "stance", "email", "phone",
    "wechat", "first_seen_date",
)  # fmt: skip
FIELDS: Mapping[type[models.Model], Sequence[str]] = {Account: OF_ACCOUNT, Contact: OF_CONTACT}
KINDS = {Account: Undoable.Kind.MERGE_ACCOUNTS, Contact: Undoable.Kind.MERGE_CONTACTS}


class NotTheSame(LedgerError):
    """Two rows that cannot be one."""

    def __init__(self) -> None:
        """Say why."""
        super().__init__(
            _("These two cannot be merged: choose two of one kind, and people of one account.")
        )


class ColleaguesLeads(LedgerError):
    """A merge that would move leads or people of leads which the person may not see."""

    def __init__(self, *, of_people: bool) -> None:
        """Say who can."""
        super().__init__(
            _("A colleague has leads at this account, too. Ask a manager or founder to merge them.")
            if of_people
            else _(
                "A colleague has leads at one of the two. Ask a manager or founder to merge them."
            )
        )


class TooLateToUnmerge(LedgerError):
    """A merge that stands too long, or whose account was edited since."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(
            _("This merge cannot be taken back any more: it is a week old, or was edited since.")
        )


def pointing(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Yield the tables and columns that point to a table, without those of what was before."""
    for field in model._meta.get_fields(include_hidden=True):
        if isinstance(field, models.ManyToOneRel):
            of = field.related_model
            if of is not AttendeeTrail and not of.__name__.startswith("Historical"):
                yield of, field.field.attname


def gains(winner: Row, loser: Row, chosen: Sequence[str] = ()) -> dict[str, Any]:
    """Return the values that the winner takes over: those chosen, and what it does not know."""
    empty = ("", None)
    return {
        name: theirs
        for name in FIELDS[type(winner)]
        if (theirs := getattr(loser, name)) not in empty
        and (name in chosen or getattr(winner, name) in empty)
        and theirs != getattr(winner, name)
    }


@transaction.atomic
def merge(
    *,
    winner: Row,
    loser: Row,
    versions: tuple[int, int],
    chosen: Sequence[str],
    by: User,
    now: datetime,
) -> Undoable:
    """Let the winner take all rows of the loser, which is put away and leads to the winner.

    Raises EditedMeanwhile where one of the two is of another version than `versions` says.
    """
    stays, goes = _locked(winner, loser, versions)
    if isinstance(stays, Account):
        _refuse_colleagues_leads([stays.pk, goes.pk], by)
    else:
        _refuse_colleagues_leads([stays.account_id], by, of_people=True)
    met = _met(stays, goes)
    moved, doubles = _move(type(stays), stays.pk, goes.pk, now=now, by=by)
    attendance.keep(met, now=now)
    after = _taken_over(stays, goes, chosen)
    before = {name: getattr(stays, name) for name in after}
    for name, value in after.items():
        setattr(stays, name, value)
    stays.version += 1
    accounts.with_search_keys(stays).save()
    goes.archived_at, goes.merged_into, goes.version = now, stays.ledger_id, goes.version + 1
    goes.save()
    accounts.score_again(stays, now=now)
    told = {
        "winner": stays.pk,
        "loser": goes.pk,
        "version": stays.version,
        "before": {name: _plain(value) for name, value in before.items()},
        "moved": moved,
        "doubles": doubles,
    }
    return Undoable.objects.create(kind=KINDS[type(stays)], by=by, made_at=now, rows=[told])


def _taken_over(stays: Row, goes: Row, chosen: Sequence[str]) -> dict[str, Any]:
    """Return the new values of the row that stays, once all rows of the other are its own."""
    after = gains(stays, goes, chosen)
    if isinstance(stays, Account) and isinstance(goes, Account):
        asked = after.get("parent_id", stays.parent_id)
        group = _group(stays, goes, asked)
        if group != asked:
            after["parent_id"] = group
    return after


def _group(stays: Account, goes: Account, parent: int | None) -> int | None:
    """Return the group of a merged account: never itself, nor one that belongs to it."""
    group = goes.parent_id if parent == goes.pk else parent
    above, passed = group, set[int]()
    while above is not None and above not in passed:
        if above == stays.pk:
            return None
        passed.add(above)
        above = Account.objects.filter(pk=above).values_list("parent", flat=True).first()
    return group


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _locked(winner: Row, loser: Row, versions: tuple[int, int]) -> tuple[Row, Row]:
    model: Any = type(winner)
    if type(loser) is not model or winner.pk == loser.pk:
        raise NotTheSame
    rows = model.objects.current().select_for_update().order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[winner.pk, loser.pk])}
    if len(found) < 2:
        raise EditedMeanwhile
    stays, goes = found[winner.pk], found[loser.pk]
    if (stays.version, goes.version) != versions:
        raise EditedMeanwhile
    if isinstance(stays, Contact) and stays.account_id != goes.account_id:
        raise NotTheSame
    return stays, goes


def _refuse_colleagues_leads(keys: Sequence[int], by: User, *, of_people: bool = False) -> None:
    if by.role in (User.Role.FOUNDER, User.Role.MANAGER):
        return
    there = Lead.objects.filter(account__in=keys)
    if there.exclude(pk__in=Lead.objects.visible_to(by).values("pk")).exists():
        raise ColleaguesLeads(of_people=of_people)


def _move(
    model: type[models.Model], to: int, away: int, *, now: datetime, by: User
) -> tuple[dict[str, list[int]], dict[str, list[list[int]]]]:
    """Point all rows from one to the other; who was named twice in a talk is named once."""
    moved: dict[str, list[int]] = {}
    doubles: dict[str, list[list[int]]] = {}
    for table, column in pointing(model):
        rows = table._default_manager.filter(**{column: away})
        if table._meta.auto_created:
            other = _other_column(table, column)
            both = table._default_manager.filter(**{column: to}).values(other)
            twice = rows.filter(**{f"{other}__in": both})
            doubles[f"{table._meta.label}.{column}"] = [
                [value] for value in twice.values_list(other, flat=True)
            ]
            twice.delete()
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.update(**{column: to})
        if ids:
            moved[f"{table._meta.label}.{column}"] = ids
            _keep_history(table, ids, now=now, by=by)
    return moved, doubles


def _met(*rows: Account | Contact) -> attendance.Presence:
    """Return who was at the talks with people; an account takes nobody's place."""
    people = [row.pk for row in rows if isinstance(row, Contact)]
    named = Interaction.attendees.through._default_manager.filter(contact__in=people)
    met = Interaction.objects.filter(contact__in=people).order_by()
    return attendance.there(
        {
            *named.values_list("interaction_id", flat=True),
            *met.values_list("pk", flat=True),
        }
    )


def _other_column(table: type[models.Model], column: str) -> str:
    """Return the other end of a table of pairs."""
    keys = (field for field in table._meta.concrete_fields if field.is_relation)
    return next(field.attname for field in keys if field.attname != column)


def _keep_history(
    table: type[models.Model], ids: Sequence[int], *, now: datetime, by: User
) -> None:
    if hasattr(table, "history"):
        history.keep(table, ids, kind=history.CHANGED, now=now, reason=history.MERGE, by=by.pk)


@transaction.atomic
def take_back(*, undoable: Undoable, by: User, now: datetime) -> None:
    """Part two merged rows again; raise TooLateToUnmerge where that would undo somebody's edit."""
    stored = Undoable.objects.select_for_update().get(pk=undoable.pk)
    if stored.undone_at:
        raise TooLateToUnmerge
    (told,) = stored.rows
    model: Any = Account if stored.kind == Undoable.Kind.MERGE_ACCOUNTS else Contact
    rows = {
        row.pk: row
        for row in model.objects.select_for_update().filter(pk__in=[told["winner"], told["loser"]])
    }
    stays, goes = rows[told["winner"]], rows[told["loser"]]
    is_late = now - stored.made_at > UNDO_FOR or stays.version != told["version"]
    if is_late or goes.merged_into != stays.ledger_id:
        raise TooLateToUnmerge
    met = _met(stays, goes)
    _move_back(told, now=now, by=by)
    attendance.keep(met, now=now)
    for name, value in told["before"].items():
        setattr(stays, name, stays._meta.get_field(name.removesuffix("_id")).to_python(value))
    stays.version += 1
    accounts.with_search_keys(stays).save()
    goes.archived_at, goes.merged_into, goes.version = None, "", goes.version + 1
    goes.save()
    for row in (stays, goes):
        accounts.score_again(row, now=now)
    stored.undone_at = now
    stored.save(update_fields=["undone_at"])


def _move_back(told: Mapping[str, Any], *, now: datetime, by: User) -> None:
    stays, goes = told["winner"], told["loser"]
    for place, ids in told["moved"].items():
        label, column = place.rsplit(".", 1)
        table = apps.get_model(label)
        table._default_manager.filter(pk__in=ids, **{column: stays}).update(**{column: goes})
        _keep_history(table, ids, now=now, by=by)
    for place, pairs in told["doubles"].items():
        label, column = place.rsplit(".", 1)
        table = apps.get_model(label)
        other = _other_column(table, column)
        table._default_manager.bulk_create(
            [table(**{column: goes, other: value}) for (value,) in pairs], ignore_conflicts=True
        )
