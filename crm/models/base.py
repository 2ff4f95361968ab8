"""What every dated row of the ledger shares."""

import uuid
from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def new_ledger_id() -> str:
    """Return an id that no other ledger will hold."""
    return uuid.uuid4().hex


class LedgerRow(models.Model):
    """A row that ledger bundles carry: known by `ledger_id`, put away instead of deleted."""

    ledger_id = models.CharField(
        _("ledger id"), max_length=64, unique=True, default=new_ledger_id, editable=False
    )
    recorded_at = models.DateTimeField(
        _("recorded at"), help_text=_("When we came to know it; no score before then uses it.")
    )
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class DatedRow(LedgerRow):
    """Something that took place at a moment."""

    happened_at = models.DateTimeField(_("happened at"))

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A row that people edit at the same time; a write names the version it read."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=models.Model)


class LedgerQuerySet(models.QuerySet[Row]):
    """Rows of one kind."""

    def current(self) -> Self:
        """Leave out what was put away."""
        return self.filter(archived_at=None)

    def known_at(self, moment: datetime) -> Self:
        """Keep what had happened and was recorded at a moment."""
        return self.filter(happened_at__lte=moment, recorded_at__lte=moment, archived_at=None)


def positive_or_unknown(field: str, name: str) -> models.CheckConstraint:
    """Return the constraint that an amount is above zero or not known at all."""
    return models.CheckConstraint(
        name=name, condition=Q(**{field: None}) | Q(**{f"{field}__gt": 0})
    )


def never_negative(field: str, name: str) -> models.CheckConstraint:
    """Return the constraint that a number is not below zero."""
    return models.CheckConstraint(
        name=name, condition=Q(**{field: None}) | Q(**{f"{field}__gte": 0})
    )


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """Return the constraint that a code is a known one, or blank."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": ["", *choices.values]}))
