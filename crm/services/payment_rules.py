"""Brings the shipped payment rules and rates into the database, and reads what counts now."""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models, transaction

from crm import interest, payment_rules
from crm.models import PaymentRule, ReferenceRate, User
from crm.payment_rules import Rule

OWN_COLUMNS = tuple(name for name in payment_rules.COLUMNS if name != "buyer_types")


@dataclass(frozen=True)
class Loaded:
    """What loading the shipped files did."""

    new: int
    updated: int
    kept: int  # rows that a person had changed


@transaction.atomic
def load_shipped() -> Loaded:
    """Take over the shipped rules and rates; a row that a person changed stays as it is.

    Raises RuleFileError, and writes nothing, when a file cannot be used.
    """
    rules = {(rule.code, rule.valid_from): _columns(rule) for rule in payment_rules.read_rules()}
    rates = {
        (row["code"], date.fromisoformat(row["valid_from"])): {
            "percent": Decimal(row["percent"]),
            "source": row["source"],
            "sure": row["sure"],
        }
        for row in _rate_rows(payment_rules.SHIPPED_RATES)
    }
    payment_rules.read_rates()  # checks what is taken over as it stands
    one, two = _take_over(PaymentRule, rules), _take_over(ReferenceRate, rates)
    return Loaded(one.new + two.new, one.updated + two.updated, one.kept + two.kept)


def _rate_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _columns(rule: Rule) -> dict[str, Any]:
    values = asdict(rule)
    del values["code"], values["valid_from"]
    return values | {"buyer_types": " ".join(rule.buyer_types)}


def _take_over(
    model: type[PaymentRule] | type[ReferenceRate],
    shipped: Mapping[tuple[str, date], Mapping[str, Any]],
) -> Loaded:
    manager: models.Manager[Any] = model._default_manager
    there = {(row.code, row.valid_from): row for row in manager.all()}
    new, updated, kept = [], 0, 0
    for (code, valid_from), values in shipped.items():
        checksum = hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()
        row = there.get((code, valid_from))
        if row is None:
            new.append(model(code=code, valid_from=valid_from, shipped_checksum=checksum, **values))
        elif row.edited_at:
            kept += 1
        elif row.shipped_checksum != checksum:
            manager.filter(pk=row.pk).update(**values, shipped_checksum=checksum)
            updated += 1
    manager.bulk_create(new)
    return Loaded(len(new), updated, kept)


def mark_edited(row: PaymentRule | ReferenceRate, *, by: User, now: datetime) -> None:
    """Save a row that a person changed, so that no upgrade overwrites it."""
    row.edited_by, row.edited_at = by, now
    row.save()


def current_rules() -> list[Rule]:
    """Return the rules that count: those of the database, the shipped ones before any load."""
    rows = list(PaymentRule.objects.all())
    return [rule_of(row) for row in rows] if rows else payment_rules.read_rules()


def rule_of(row: PaymentRule) -> Rule:
    """Return a row as the plain values that rules are judged with."""
    own = {name: getattr(row, name) for name in OWN_COLUMNS}
    return Rule(buyer_types=tuple(row.buyer_types.split()), **own)


def current_rates() -> Mapping[str, interest.Rates]:
    """Return the reference rates that count, by code."""
    rows = ReferenceRate.objects.values_list("code", "valid_from", "percent")
    found = [(code, day, percent / 100) for code, day, percent in rows]
    return interest.rates_by_code(found or payment_rules.read_rates())
