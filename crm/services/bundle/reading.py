"""Finds the files of a bundle and reads their rows, whatever is in them."""

import csv
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from crm.services.bundle import encodings
from crm.services.bundle.layout import Table
from crm.services.bundle.moments import read_day
from crm.services.bundle.problems import BadCell, BundleRefused, Problems, excerpt
from crm.services.bundle.tables import TABLES

FORMAT_VERSION = 1
META = "meta.json"
NEEDED = ("accounts", "leads")
NOT_READ = frozenset({"truth_leads.csv", "truth_invoices.csv"})
LARGEST_META = 1_000_000
LONGEST_CELL = 1_000_000
MOST_COLUMNS = 300
MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of a bundle that are there, and what its meta.json says."""

    folder: Path
    paths: dict[str, Path]
    others: list[str]
    snapshot_date: date | None = None
    is_synthetic: bool = False


@dataclass(slots=True)
class Sheet:
    """One file while it is read: its table, its header and the columns nobody reads."""

    table: Table
    path: Path
    encoding: str
    problems: Problems
    header: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (line, cells by column); what cannot be read is listed and left out."""
        try:
            yield from self._rows()
        except encodings.NotThisEncoding as wrong:
            advice = encodings.advice(self.path.name, self.encoding, wrong.found)
            self._add(wrong.line, advice)
        except encodings.LineTooLong:
            self._add(None, _("has a line without an end. Save it with line ends."))
        except OSError as error:
            self._add(None, _("cannot be read: %s") % (error.strerror or error))

    def _rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        reader = csv.reader(encodings.lines(self.path, self.encoding), strict=True)
        before = 0
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                self._add(before + 1, self._broken(str(error)))
                return
            line, before = before + 1, reader.line_num
            if row is None:
                break
            if not self.header:
                if not self._take_header(row):
                    return
            elif row and (cells := self._cells(line, row)):
                yield line, cells
        if not self.header:
            self._add(None, _("is empty. It needs a header: %s") % ",".join(self.table.columns))

    def _cells(self, line: int, row: list[str]) -> dict[str, str] | None:
        if len(row) == len(self.header):
            return dict(zip(self.header, row, strict=True))
        self._add(
            line,
            _("has %(n)d cells where the header has %(columns)d. Check its commas and quotes.")
            % {"n": len(row), "columns": len(self.header)},
        )
        return None

    def _take_header(self, row: list[str]) -> bool:
        names = [name.strip().lower() for name in row]
        needed = [part for part in self.table.parts if part.is_required]
        missing = [part.names[0] for part in needed if not set(part.names) & set(names)]
        if len(names) > MOST_COLUMNS:
            fault = _("has %d columns. A bundle has far fewer.") % len(names)
        elif doubled := {name for name in names if names.count(name) > 1}:
            fault = _("has the column “%s” twice.") % excerpt(min(doubled))
        elif missing and len(names) == 1 and any(sign in names[0] for sign in ";\t|"):
            fault = _("is not separated by commas. Save it as CSV with commas.")
        elif missing:
            fault = _("lacks the column %s. Add it to the header.") % ", ".join(missing)
        else:
            self.header = names
            self.unread = [name for name in names if name not in self.table.columns]
            return True
        self._add(1, fault)
        return False

    def _broken(self, error: str) -> str:
        if "field larger" in error or "unexpected end of data" in error:
            return _('has a quote (") that is never closed, or a cell of over a million letters.')
        if "new-line" in error:
            return _("has line ends of an old kind (CR). Save it with LF or CRLF.")
        return _('has a quote (") in the middle of a cell. Double it, and put the cell in quotes.')

    def _add(self, line: int | None, message: str) -> None:
        self.problems.add(self.path.name, message, line=line)


def find(folder: Path) -> Bundle:
    """Return the bundle in a folder; refuse what is none."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        names = {entry.name for entry in os.scandir(folder)}
    except FileNotFoundError:
        raise BundleRefused(_("There is no folder “%s”.") % folder) from None
    except NotADirectoryError:
        raise BundleRefused(
            _("“%s” is a file. Name the folder that holds the CSV files.") % folder
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BundleRefused(
            _("The folder “%(folder)s” cannot be read: %(reason)s")
            % {"folder": folder, "reason": reason}
        ) from None
    paths = {
        table.file: _plain_file(folder / f"{table.file}.csv")
        for table in TABLES
        if f"{table.file}.csv" in names
    }
    _refuse_incomplete(folder, paths)
    own = {path.name for path in paths.values()} | NOT_READ | {META}
    meta = _meta(_plain_file(folder / META)) if META in names else {}
    return Bundle(
        folder,
        paths,
        sorted(names - own)[:MOST_NAMED],
        _snapshot_date(meta),
        meta.get("synthetic") is True,
    )


def _refuse_incomplete(folder: Path, paths: dict[str, Path]) -> None:
    missing = [f"{file}.csv" for file in NEEDED if file not in paths]
    if missing:
        raise BundleRefused(
            _("“%(folder)s” is no ledger bundle: it lacks %(files)s.")
            % {"folder": folder, "files": ", ".join(missing)}
        )


def _plain_file(path: Path) -> Path:
    """Return a path that is a file of the bundle itself; links and pipes are refused."""
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        raise BundleRefused(
            _("%(file)s: %(reason)s") % {"file": path.name, "reason": error.strerror or error}
        ) from None
    if not stat.S_ISREG(mode):
        raise BundleRefused(
            _("%s is not a plain file. Put the file itself into the folder.") % path.name
        )
    return path


def _meta(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as raw:
            meta = json.loads(raw.read(LARGEST_META).decode("utf-8-sig"))
    except OSError as error:
        raise BundleRefused(f"{META}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise BundleRefused(_("meta.json is not JSON in UTF-8. Correct or remove it.")) from None
    if not isinstance(meta, dict):
        raise BundleRefused(_("meta.json has to begin with {. Correct or remove it."))
    version = meta.get("version", FORMAT_VERSION)
    if version != FORMAT_VERSION:
        raise BundleRefused(
            _("The bundle is of format version %(theirs)s; this program reads version %(ours)d.")
            % {"theirs": excerpt(str(version)), "ours": FORMAT_VERSION}
        )
    return meta


def _snapshot_date(meta: dict[str, Any]) -> date | None:
    value = meta.get("snapshot_date")
    if value is None:
        return None
    try:
        return read_day(str(value))
    except BadCell as bad:
        raise BundleRefused(_("meta.json: snapshot_date: %s") % bad.message) from None
