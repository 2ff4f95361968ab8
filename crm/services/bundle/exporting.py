"""Writes the whole ledger as a bundle: beside its place first, then put there at once."""

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crm.models import Firm
from crm.selectors import snapshot
from crm.services.bundle.layout import Table
from crm.services.bundle.lines import lines_of
from crm.services.bundle.problems import BundleRefused
from crm.services.bundle.reading import FORMAT_VERSION, META
from crm.services.bundle.tables import TABLES

FORMAT = "touchstone-ledger"
Progress = Callable[[str, int], None]


def run(
    folder: Path, *, now: datetime, progress: Progress = lambda file, rows: None
) -> dict[str, int]:
    """Write all of the ledger into a folder and return the rows of each file.

    Raises BundleRefused where the folder holds anything that is no part of a bundle, or cannot
    be written; what was there before stays as it was.
    """
    target = _target(folder)
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise _cannot_write(target.parent, error) from None
    try:
        with snapshot.one_moment():
            counts = _write_all(draft, now, progress)
        _put_in_place(draft, target)
    except OSError as error:
        raise _cannot_write(target, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return counts


def _cannot_write(path: Path, error: OSError) -> BundleRefused:
    words = {"path": path, "reason": error.strerror or error}
    return BundleRefused(_("“%(path)s” cannot be written: %(reason)s") % words)


def _target(folder: Path) -> Path:
    """Return where the bundle goes; refuse a place that holds anything else."""
    target = folder.resolve()
    own = {f"{table.file}.csv" for table in TABLES} | {META}
    try:
        others = sorted({entry.name for entry in os.scandir(target)} - own)
    except FileNotFoundError:
        return target
    except NotADirectoryError:
        raise BundleRefused(_("“%s” is a file. Name a folder.") % folder) from None
    except OSError as error:
        raise _cannot_write(target, error) from None
    if others:
        raise BundleRefused(
            _("“%(folder)s” holds %(other)s, which is no part of a bundle. Name another folder.")
            % {"folder": folder, "other": ", ".join(others[:3])}
        )
    return target


def _put_in_place(draft: Path, target: Path) -> None:
    """Swap the finished folder in; the one before is put back when that fails."""
    draft.chmod(0o750)
    if not target.exists():
        draft.rename(target)
        return
    before = Path(tempfile.mkdtemp(prefix=f".{target.name}-before-", dir=target.parent))
    target.rename(before / target.name)
    try:
        draft.rename(target)
    except OSError:
        (before / target.name).rename(target)
        raise
    finally:
        shutil.rmtree(before, ignore_errors=True)


def _write_all(draft: Path, now: datetime, progress: Progress) -> dict[str, int]:
    firm = Firm.current()
    counts = {table.file: _write(table, draft, firm.zone, progress) for table in TABLES}
    meta = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "n_leads": counts["leads"],
        "snapshot_date": now.astimezone(firm.zone).date().isoformat(),
        "synthetic": firm.holds_demo_data,
        "exported_at": now.astimezone(firm.zone).isoformat(),
        "rows": counts,
    }
    path = draft / META
    path.write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return counts


def _write(table: Table, draft: Path, zone: ZoneInfo, progress: Progress) -> int:
    count = 0
    with (draft / f"{table.file}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        for lines in lines_of(table, zone):
            writer.writerows(lines)
            count += len(lines)
            progress(table.file, count)
        file.flush()
        os.fsync(file.fileno())
    return count
