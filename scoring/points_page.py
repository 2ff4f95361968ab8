"""What the pages of the points show: the table, its versions, a draft and what it would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.models import CustomField, Lead, Mark, Target, User, Verdict
from scoring import points_cells, points_versions
from scoring.model_card import Page
from scoring.models import PointsDraft, PointsVersion, UsualFigure
from scoring.points_cells import Cell, Change

CARDS = {"intent": Target.NO_ORDER.value, "receivable": Target.LATE_PAYMENT.value}
WORDS: Mapping[str, type[Verdict] | type[Mark]] = {
    Target.NO_ORDER.value: Verdict,
    Target.LATE_PAYMENT.value: Mark,
}
MOST_VERSIONS = 20
MOST_FIELDS = 20


@dataclass(frozen=True)
class Version:
    """One version as its row shows it: what it changed, and whether it holds."""

    number: int
    stored: PointsVersion | None
    changes: Sequence[Change]
    is_in_force: bool
    is_to_come: bool


def own_fields(target: str) -> list[CustomField]:
    """Return the own fields whose answers may be worth points of a target."""
    if target != Target.NO_ORDER:
        return []
    return list(points_versions.with_answers()[:MOST_FIELDS])


def card_name(target: str) -> str:
    """Return the name of a target's points in addresses."""
    return next(name for name, each in CARDS.items() if each == target)


def cells_in_force(target: str, fields: Sequence[CustomField], *, as_of: datetime) -> list[Cell]:
    """Return the points that hold at a moment."""
    version = points_versions.in_force(target, as_of=as_of)
    return points_cells.cells(points_versions.data_of(version, target), fields)


def versions(target: str, fields: Sequence[CustomField], *, as_of: datetime) -> list[Version]:
    """Return the latest versions with what each changed, the shipped one last: one query."""
    stored = PointsVersion.objects.filter(target=target).select_related("decided_by")
    kept: list[PointsVersion | None] = [*stored.order_by("-number")[: MOST_VERSIONS + 1]]
    if len(kept) <= MOST_VERSIONS:
        kept.append(None)
    data = [points_versions.data_of(version, target) for version in kept]
    holds = next(
        place
        for place, version in enumerate(kept)
        if version is None or version.effective_at <= as_of or place == len(kept) - 1
    )
    found = [
        Version(
            number=points_versions.number_of(version),
            stored=version,
            changes=points_cells.changes(data[place + 1], data[place], fields)
            if place + 1 < len(data)
            else [],
            is_in_force=place == holds,
            is_to_come=place < holds,
        )
        for place, version in enumerate(kept)
    ]
    return found if kept[-1] is None else found[:-1]


def log(page: Page, target: str, *, as_of: datetime) -> list[dict[str, Any]]:
    """Return what trainings and people decided about the scorer, the latest first."""
    edits = [each for each in versions(target, (), as_of=as_of) if each.stored]
    found: list[dict[str, Any]] = [{"at": row.decided_at, "decided": row} for row in page.log]
    found += [{"at": each.stored.recorded_at, "edit": each} for each in edits if each.stored]
    return sorted(found, key=lambda row: row["at"], reverse=True)[:MOST_VERSIONS]


def version(target: str, number: int) -> PointsVersion | None:
    """Return a version by its number; None is the shipped one, or one that never was."""
    return PointsVersion.objects.filter(target=target, number=number).first()


def changes_of(draft: PointsDraft, fields: Sequence[CustomField]) -> list[Change]:
    """Return what a draft changes."""
    base = points_versions.data_of(version(draft.target, draft.base), draft.target)
    return points_cells.changes(base, draft.data, fields)


@dataclass(frozen=True)
class Conflict:
    """What two people made of the same version; a number that one left alone is None."""

    newest: PointsVersion
    rows: Sequence[Mapping[str, Any]]


def conflict(draft: PointsDraft, fields: Sequence[CustomField]) -> Conflict | None:
    """Return what someone else saved since the draft was begun, beside the draft."""
    newest = points_versions.newest(draft.target)
    if newest is None or newest.number == draft.base:
        return None
    base = points_versions.data_of(version(draft.target, draft.base), draft.target)
    theirs = _by_name(
        points_cells.changes(base, points_versions.data_of(newest, draft.target), fields)
    )
    mine = _by_name(points_cells.changes(base, draft.data, fields))
    rows = [
        {
            "change": theirs.get(name) or mine[name],
            "theirs": theirs.get(name),
            "mine": mine.get(name),
        }
        for name in sorted({*theirs, *mine})
    ]
    return Conflict(newest, rows)


def _by_name(changes: Sequence[Change]) -> dict[str, Change]:
    return {change.name: change for change in changes}


def upon_newest(draft: PointsDraft, fields: Sequence[CustomField]) -> dict[str, Any]:
    """Return the newest points with the draft's own changes put in."""
    mine = {change.name: change.becomes for change in changes_of(draft, fields)}
    newest = points_versions.newest(draft.target)
    return points_cells.edited(points_versions.data_of(newest, draft.target), mine)


def preview(draft: PointsDraft, user: User) -> dict[str, Any] | None:
    """Return what the draft would do to open leads, or None until the worker has computed it."""
    if draft.computed_at is None:
        return None
    said = draft.preview
    found = Lead.objects.visible_to(user).select_related("account")
    leads = found.in_bulk([row["lead"] for row in said["rows"]])
    words = WORDS[draft.target]
    rows = [
        {
            "lead": leads[row["lead"]],
            "was": _side(row["was"], words),
            "becomes": _side(row["becomes"], words),
            "changes_band": row["was"]["level"] != row["becomes"]["level"],
        }
        for row in said["rows"]
        if row["lead"] in leads
    ]
    counts = [
        {"word": label, "was": said["was"].get(code, 0), "becomes": said["becomes"].get(code, 0)}
        for code, label in words.choices
        if said["was"].get(code, 0) or said["becomes"].get(code, 0)
    ]
    changed = [row for row in rows if row["changes_band"]]
    return {
        **said,
        "bands": changed,
        "more_changed": said["changed"] - len(changed),
        "others": [row for row in rows if not row["changes_band"]],
        "counts": counts,
    }


def _side(side: Mapping[str, Any], words: type[Verdict] | type[Mark]) -> dict[str, Any]:
    return {**side, "word": words(side["level"]).label}


def invoices(as_of: datetime) -> Mapping[str, int]:
    """Return how many invoices are known to be paid, or late, by the latest stored figure."""
    names = ("invoices", "late_invoices", "paid_invoices")
    figures = UsualFigure.objects.filter(from_at__lte=as_of, account_kind="*")
    latest = figures.order_by("-from_at").values(*names).first()
    return latest or dict.fromkeys(names, 0)
