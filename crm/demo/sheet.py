"""A sheet of rows that are written together; the same seed gives each the same ledger id."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count
from typing import TypeVar

from django.db.models import Model

from crm.models import (
    Account,
    Bid,
    Contact,
    DealCost,
    Decision,
    Deliverable,
    Interaction,
    InteractionEffort,
    Invoice,
    Lead,
    LeadFact,
    PaidStepOffer,
    Payment,
    PaymentMilestone,
    PaymentTerms,
    StageChange,
)
from crm.models.base import LedgerRow

Row = TypeVar("Row", bound=Model)

# In the order in which rows can be written: what others point to comes first.
TABLES: tuple[type[Model], ...] = (
    Account,
    Contact,
    Lead,
    StageChange,
    Interaction,
    InteractionEffort,
    Deliverable,
    Bid,
    LeadFact,
    PaidStepOffer,
    Decision,
    PaymentTerms,
    PaymentMilestone,
    DealCost,
    Invoice,
    Payment,
)


class Numbers:
    """Running numbers of all rows of one demo."""

    def __init__(self, seed: int, taken: Mapping[type[Model], int] | None = None) -> None:
        """Count from one for each table; `taken` are the highest keys that tables hold already."""
        self._next = {table: count(1) for table in TABLES}
        self._names = {table: f"demo{seed}-{table._meta.model_name}-" for table in TABLES}
        self._taken = taken or {}

    def give(self, row: Model) -> None:
        """Give a row its key and the ledger id that the same seed gives it again."""
        table = type(row)
        number = next(self._next[table])
        row.pk = self._taken.get(table, 0) + number
        if isinstance(row, LedgerRow):
            row.ledger_id = self._names[table] + str(number)


class Sheet:
    """Rows of all tables that are written together, with the keys they will have."""

    def __init__(self, numbers: Numbers) -> None:
        """Begin an empty sheet."""
        self.numbers = numbers
        self.rows: dict[type[Model], list[Model]] = defaultdict(list)
        self.attendances: list[tuple[int, int]] = []

    def add(self, row: Row) -> Row:
        """Put a row on the sheet; whatever points to it is made after this."""
        self.numbers.give(row)
        self.rows[type(row)].append(row)
        return row

    def attend(self, interaction: Interaction, people: Sequence[Contact]) -> None:
        """Say who was there."""
        self.attendances.extend((interaction.pk, person.pk) for person in people)
