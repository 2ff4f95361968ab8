"""The values of new rows: what the bundle says, what follows from it, and defaults."""

from typing import Any

from django.db import models

from crm import names
from crm.models import Account, Contact, User
from crm.services.bundle.layout import Table, attribute
from crm.services.bundle.resolving import own_reference
from crm.services.bundle.rows import Row

SEARCH_KEYS = ("pinyin", "initials", "name_key")


class Columns:
    """The columns of a table, each with the default of the model."""

    def __init__(self, table: Table) -> None:
        """Look the columns up once for many rows."""
        own = own_reference(table)
        self.later = attribute(own) if own else ""
        self.fields = [
            field for field in table.model._meta.concrete_fields if not field.primary_key
        ]
        self.names = [field.attname for field in self.fields]
        self.has_search_keys = issubclass(table.model, (Account, Contact))

    def values(self, row: Row) -> list[Any]:
        """Return a row's values in the order of the columns."""
        facts = {**row.soft, **row.values}
        facts.pop(self.later, None)
        if self.has_search_keys:
            facts |= search_keys(facts["name"])
        return [
            facts[field.attname] if field.attname in facts else field.get_default()
            for field in self.fields
        ]


def search_keys(name: str) -> dict[str, str]:
    """Return the columns that follow from the name of an account or a person."""
    keys = (names.pinyin(name), names.initials(name), names.name_key(name))
    return dict(zip(SEARCH_KEYS, keys, strict=True))


def made(table: Table, row: Row) -> models.Model:
    """Return a new row as an object; people come without password and with their role's rights."""
    row_made = table.model(**{**row.soft, **row.values})
    if isinstance(row_made, User):
        row_made.set_unusable_password()
        row_made.is_staff = row_made.role == User.Role.FOUNDER
    return row_made
