"""A sheet of rows that are written together, each numbered so that the same seed names it alike."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import TypeVar

from django.db.models import Model

from crm.models import (
    Account,
    Bid,
    Contact,
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
    Invoice,
    Payment,
)


class Numbers:
    """Running numbers of all rows of one demo."""

    def __init__(self, seed: int) -> None:
        """Count from one for each table; the seed is part of each number."""
        self.seed = seed
        self._next = {table: count(1) for table in TABLES}
        self._names = {table: f"demo{seed}-{table._meta.model_name}-" for table in TABLES}

    def name(self, table: type[Model]) -> str:
        """Return the next ledger id of a table."""
        return self._names[table] + str(next(self._next[table]))


class Sheet:
    """Rows of all tables that are written together; they point at each other, not yet at keys."""

    def __init__(self, numbers: Numbers) -> None:
        """Begin an empty sheet."""
        self.numbers = numbers
        self.rows: dict[type[Model], list[Model]] = defaultdict(list)
        self.attendances: list[tuple[Interaction, Contact]] = []

    def add(self, row: Row) -> Row:
        """Put a row on the sheet."""
        if isinstance(row, LedgerRow):
            row.ledger_id = self.numbers.name(type(row))
        self.rows[type(row)].append(row)
        return row

    def attend(self, interaction: Interaction, people: Sequence[Contact]) -> None:
        """Say who was there."""
        self.attendances.extend((interaction, person) for person in people)
