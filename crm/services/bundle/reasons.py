"""Rows behind stored reasons: "I:12" in the ledger, "I:<ledger id>" in a bundle."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from crm.services.bundle.layout import Table
from crm.services.bundle.lookups import BEHIND, IDS_A_QUERY, chunks

LOST = "#"  # a row that the ledger does not have; its old key must not name another row
FIELDS = {"assessments": "reasons", "decisions": "shown"}


def to_primary_keys(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Rewrite the reasons of a batch for the ledger."""
    _rewrite(table, rows, _primary_keys)


def to_ledger_ids(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Rewrite the reasons of a batch for a bundle."""
    _rewrite(table, rows, _ledger_ids)


def _rewrite(
    table: Table,
    rows: Sequence[dict[str, Any]],
    translate: Callable[[set[str]], dict[str, str]],
) -> None:
    field = FIELDS.get(table.file)
    if field is None:
        return
    told = [row for row in rows if row.get(field)]
    names = translate({name for row in told for name in _named(row[field])})
    for row in told:
        row[field] = _renamed(row[field], names)


def _named(value: Any) -> Iterable[str]:
    """Yield what stands in lists called "rows", however deep."""
    if isinstance(value, list):
        for item in value:
            yield from _named(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "rows" and isinstance(item, list):
                yield from (name for name in item if isinstance(name, str))
            else:
                yield from _named(item)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if isinstance(value, dict):
        return {
            key: [names.get(name, name) if isinstance(name, str) else name for name in item]
            if key == "rows" and isinstance(item, list)
            else _renamed(item, names)
            for key, item in value.items()
        }
    return value


def _split(names: set[str]) -> dict[str, list[str]]:
    by_letter: dict[str, list[str]] = {}
    for name in sorted(names):
        letter, sign, key = name.partition(":")
        if sign and letter in BEHIND and not key.startswith(LOST):
            by_letter.setdefault(letter, []).append(key)
    return by_letter


def _primary_keys(names: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for letter, ids in _split(names).items():
        for chunk in chunks(ids, IDS_A_QUERY):
            rows = BEHIND[letter]._default_manager.filter(ledger_id__in=chunk)
            there = dict(rows.values_list("ledger_id", "pk"))
            found |= {
                f"{letter}:{name}": f"{letter}:{there.get(name, LOST + name)}" for name in chunk
            }
    return found


def _ledger_ids(names: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for letter, keys in _split(names).items():
        numbers = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
        for chunk in chunks(numbers, IDS_A_QUERY):
            rows = BEHIND[letter]._default_manager.filter(pk__in=chunk)
            there = dict(rows.values_list("pk", "ledger_id"))
            found |= {
                f"{letter}:{key}": f"{letter}:{there.get(key, f'{LOST}{key}')}" for key in chunk
            }
    return found
