"""A report as an XLSX workbook, written row by row; no cell is ever a formula."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from crm.reports.columns import NO_LETTERS, Cell, Column, Kind

NUMBER_FORMATS = {
    Kind.MONEY: "#,##0",
    Kind.HOURS: "#,##0.0",
    Kind.SHARE: "0%",
    Kind.COUNT: "0",
    Kind.DAY: "yyyy-mm-dd",
}
LONGEST_TEXT, MOST_ROWS = 32_767, 1_048_575
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


class TooManyRows(ValueError):
    """A sheet ends at 1,048,576 rows; CSV does not."""


def write(
    target: str | IO[bytes],
    *,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[object],
    notes: Iterable[tuple[str, str]],
) -> None:
    """Write a workbook of two sheets; the notes are read after the last row."""
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": n}) for kind, n in NUMBER_FORMATS.items()}
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, formats.get(column.kind))
            sheet.write_string(0, place, str(column.head), head)
        last = _write_rows(sheet, columns, rows, formats)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        _write_notes(book, notes)


def _write_rows(
    sheet: Any, columns: Sequence[Column], rows: Iterable[object], formats: dict[Kind, Any]
) -> int:
    place = 0
    for place, row in enumerate(rows, start=1):
        if place > MOST_ROWS:
            raise TooManyRows
        for number, column in enumerate(columns):
            _write_cell(sheet, place, number, column.of(row), formats.get(column.kind))
    return place


def _write_cell(sheet: Any, row: int, column: int, value: Cell, number_format: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, number_format)
    elif isinstance(value, Decimal | float | int):
        sheet.write_number(row, column, float(value), number_format)
    else:
        sheet.write_string(row, column, value.translate(NO_LETTERS)[:LONGEST_TEXT])


def _write_notes(book: Any, notes: Iterable[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(_("Notes"))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    bold = book.add_format({"bold": True, "valign": "top"})
    for row, (head, words) in enumerate(notes):
        sheet.write_string(row, 0, head, bold)
        sheet.write_string(row, 1, words)
