"""Small tables of another program, and their mappings."""

import csv
import json
from pathlib import Path
from typing import Any

from crm.services.tables import importing
from crm.services.tables.importing import Result
from tests.factories import MONDAY

HEADER = ("id", "company", "opened", "closed", "result", "value", "region", "score", "agreed")
ROWS = (
    (
        "A1",
        "海岳电力有限公司",
        "03.02.2026",
        "05.05.2026",
        "Won",
        "¥1,200,000.50",
        "华东",
        "7",
        "yes",
    ),
    ("A2", "海岳电力", "04.02.2026", "", "", "96万", "华北", "", "no"),
    ("A3", "Nordwind GmbH", "05.02.2026", "05.02.2026", "Lost", "0", "", "2.5", ""),
)
MAPPING: dict[str, Any] = {
    "lead": {
        "id": "id",
        "opened_at": {"column": "opened", "format": "%d.%m.%Y"},
        "closed_at": {"column": "closed", "format": "%d.%m.%Y"},
        "outcome": {"column": "result", "values": {"Won": "WON", "Lost": "LOST"}},
        "est_value_amount": "value",
    },
    "account": {"name": "company", "kind": {"constant": "LISTED"}},
    "custom_fields": [
        {"column": "region", "label": "区域", "kind": "choice", "known_from": "creation"},
        {"column": "score", "kind": "number", "known_from": "later"},
        {"column": "agreed", "kind": "yes_no", "known_from": "creation"},
    ],
}


def write(folder: Path, rows: Any = ROWS, header: Any = HEADER, name: str = "leads.csv") -> Path:
    """Write a table."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_mapping(folder: Path, mapping: Any = None, **changes: Any) -> Path:
    """Write a mapping; `changes` replace what stands at its top."""
    path = folder / "mapping.json"
    plain = {**MAPPING, **changes} if mapping is None else mapping
    told = {name: value for name, value in plain.items() if value is not None}
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return path


def with_lead(**changes: Any) -> dict[str, Any]:
    """Return the lead's part of the mapping, changed."""
    lead = {**MAPPING["lead"], **changes}
    return {name: value for name, value in lead.items() if value is not None}


def imported(path: Path, mapping: Path | None = None, **options: Any) -> Result:
    """Import a table on MONDAY."""
    mapping = mapping or write_mapping(path.parent)
    given = {"kind": "leads", "mapping": mapping, "now": MONDAY, **options}
    return importing.run(path, **given)
