"""Reads the rows of a CSV file, whatever is in it, with the columns of files beside it."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from crm.services.bundle import encodings
from crm.services.bundle.problems import excerpt
from crm.services.tables.mapping import Join, TableMapping
from crm.services.tables.nodes import refuse_unreadable
from crm.services.tables.refusals import TableRefused

LONGEST_CELL = 1_000_000
MOST_COLUMNS = 2_000
MOST_ROWS = 1_000_000
MOST_JOINED_LETTERS = 20_000_000
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
FaultOfRow = Callable[[int, str], None]


@dataclass(slots=True)
class File:
    """One CSV file: its header, and its rows as lists of cells."""

    path: Path
    encoding: str
    delimiter: str
    header: list[str] = field(default_factory=list)

    def rows(self, fault: FaultOfRow) -> Iterator[tuple[int, list[str]]]:
        """Yield (row, cells); ragged rows are told to `fault`; refuse what is no CSV."""
        try:
            yield from self._rows(fault)
        except encodings.NotThisEncoding as wrong:
            advice = encodings.advice(self.path.name, self.encoding, wrong.found)
            raise self._refused(advice) from None
        except encodings.LineTooLong:
            raise self._refused(_("has a line without an end. Save it with line ends.")) from None
        except OSError as error:
            raise self._refused(_("cannot be read: %s") % (error.strerror or error)) from None

    def _rows(self, fault: FaultOfRow) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(LONGEST_CELL)
        lines = encodings.lines(self.path, self.encoding)
        reader = enumerate(csv.reader(lines, delimiter=self.delimiter, strict=True), start=1)
        number = 0
        while True:
            try:
                number, cells = next(reader, (0, []))
            except csv.Error as error:
                raise self._broken(number + 1, str(error)) from None
            if not number:
                break
            if number > MOST_ROWS:
                raise self._refused(_("has more than %d rows. Split it.") % MOST_ROWS)
            if number == 1:
                self._take_header(cells)
            elif len(cells) == len(self.header):
                yield number, cells
            elif cells:
                message = _("has %(n)d cells where the header has %(columns)d.")
                fault(number, message % {"n": len(cells), "columns": len(self.header)})
        if not self.header:
            raise self._refused(_("is empty."))

    def _take_header(self, cells: Sequence[str]) -> None:
        if len(cells) > MOST_COLUMNS:
            raise self._refused(_("has more than %d columns.") % MOST_COLUMNS)
        self.header = [name.strip() for name in cells]

    def _broken(self, row: int, error: str) -> TableRefused:
        if "field larger" in error or "unexpected end of data" in error:
            why = _('has a quote (") that is never closed, or a cell of over a million letters.')
        elif "new-line" in error:
            why = _("has line ends of an old kind (CR). Save it with LF or CRLF.")
        else:
            why = _(
                'has a quote (") in the middle of a cell. Double it, and put the cell in quotes.'
            )
        return self._refused(_("row %(row)d %(why)s") % {"row": row, "why": why})

    def _refused(self, message: str) -> TableRefused:
        return TableRefused(f"{excerpt(self.path.name)}: {message}")


@dataclass(slots=True)
class Sheet:
    """The table that is imported, joined and checked against its mapping."""

    path: Path
    encoding: str
    mapping: TableMapping
    places: dict[str, int] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    skipped: int = 0

    def rows(self, fault: FaultOfRow) -> Iterator[tuple[int, list[str]]]:
        """Yield (row, cells) of the rows that are meant; `places` says which cell is which."""
        refuse_workbook(self.path)
        file = File(self.path, self.encoding, self.mapping.delimiter)
        joined: list[Joined] | None = None
        only: list[tuple[int, frozenset[str]]] = []
        for number, cells in file.rows(fault):
            if joined is None:
                joined = self._opened(file)
                only = [(self.places[name], words) for name, words in self.mapping.only.items()]
            for each in joined:
                cells.extend(each.of(cells))
            if all(cells[place].strip() in words for place, words in only):
                yield number, cells
            else:
                self.skipped += 1
        if joined is None:
            self._opened(file)

    def _opened(self, file: File) -> "list[Joined]":
        """Find all columns that the mapping names, in this file or in those beside it."""
        header = list(file.header)
        wanted = self.mapping.columns()
        joined = []
        for join in self.mapping.joins:
            each = Joined.read(join, self, header, set(wanted))
            header += each.names
            joined.append(each)
        for column, where in wanted.items():
            self._check(column, where, header, file)
        self.places = {name: place for place, name in reversed(list(enumerate(header)))}
        self.unread = [name for name in file.header if name and name not in wanted]
        return joined

    def _check(self, column: str, where: str, header: list[str], file: File) -> None:
        told = {"file": self.path.name, "column": excerpt(column), "where": where}
        if header.count(column) > 1:
            raise TableRefused(_("%(file)s has the column “%(column)s” twice.") % told)
        if column in header:
            return
        if len(file.header) == 1 and any(sign in file.header[0] for sign in ",;\t|"):
            raise TableRefused(
                _(
                    "%(file)s has one column only. Say in the mapping what stands between"
                    ' cells: "delimiter": "semicolon", "tab", "bar" or "comma".'
                )
                % told
            )
        raise TableRefused(
            _("%(file)s has no column “%(column)s”, which the mapping names at %(where)s.") % told
        )


@dataclass(slots=True)
class Joined:
    """The columns that another file adds to rows of the same key."""

    place: int
    names: list[str]
    cells: dict[str, list[str]]

    def of(self, row: Sequence[str]) -> list[str]:
        """Return the cells for a row; blank ones where the other file has none."""
        return self.cells.get(row[self.place].strip()) or [""] * len(self.names)

    @classmethod
    def read(cls, join: Join, sheet: Sheet, header: list[str], wanted: set[str]) -> "Joined":
        """Read the file of a join: only what the mapping names is kept."""
        path = sheet.path.parent / join.file
        refuse_unreadable(path)
        refuse_workbook(path)
        if join.column not in header:
            told = {"file": sheet.path.name, "column": join.column, "where": join.path}
            raise TableRefused(
                _("%(file)s has no column “%(column)s”, which the mapping names at %(where)s.")
                % told
            )
        file = File(path, sheet.encoding, sheet.mapping.delimiter)
        found = cls(header.index(join.column), [], {})
        found._fill(file, join, wanted - set(header))
        return found

    def _fill(self, file: File, join: Join, wanted: set[str]) -> None:
        places: list[int] = []
        key, letters = -1, 0
        for number, cells in file.rows(_refuser(file.path.name)):
            if key < 0:
                if join.key not in file.header:
                    raise TableRefused(
                        _("%(file)s has no column “%(column)s”, named at %(where)s.")
                        % {"file": join.file, "column": join.key, "where": join.path}
                    )
                key = file.header.index(join.key)
                places = [place for place, name in enumerate(file.header) if name in wanted]
                self.names = [file.header[place] for place in places]
            name = cells[key].strip()
            if name in self.cells:
                raise TableRefused(
                    _("%(file)s: “%(key)s” stands there twice, again in row %(row)d.")
                    % {"file": join.file, "key": excerpt(name), "row": number}
                )
            self.cells[name] = [cells[place] for place in places]
            letters += len(name) + sum(map(len, self.cells[name]))
            if letters > MOST_JOINED_LETTERS:
                raise TableRefused(_("%s is too large to be joined.") % join.file)


def _refuser(file: str) -> FaultOfRow:
    def refuse(row: int, message: str) -> None:
        raise TableRefused(_("%(file)s: row %(row)d") % {"file": file, "row": row} + f" {message}")

    return refuse


def refuse_workbook(path: Path) -> None:
    """Refuse what is no text: a workbook under another name."""
    refuse_unreadable(path)
    try:
        with path.open("rb") as raw:
            first = raw.read(4)
    except OSError as error:
        raise TableRefused(
            _("%(file)s cannot be read: %(reason)s.")
            % {"file": path.name, "reason": error.strerror or error}
        ) from None
    if first in WORKBOOKS:
        raise TableRefused(_("%s is a workbook. Save the sheet as “CSV UTF-8”.") % path.name)
