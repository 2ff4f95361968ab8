"""Dates rows by their order in a column, where a file has no dates."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from crm.services.bundle.problems import BadCell
from crm.services.tables.cells import read_amount
from crm.services.tables.mapping import Order
from crm.services.tables.sheet import Sheet


def moments(sheet: Sheet, order: Order) -> Callable[[int], datetime | None]:
    """Read the column once and return the moment of each row: one step after another."""
    keys: list[tuple[Decimal | str, int]] = []
    for row, cells in sheet.rows(lambda row, message: None):
        said = cells[sheet.places[order.column]].strip()
        try:
            key: Decimal | str = read_amount(said) if order.is_number else said
        except BadCell:
            continue
        if said:
            keys.append((key, row))
    sheet.skipped = 0
    keys.sort()  # all are numbers, or all are texts
    places = {row: place for place, (_key, row) in enumerate(keys)}

    def moment(row: int) -> datetime | None:
        place = places.get(row)
        return None if place is None else order.first_at + order.step * place

    return moment
