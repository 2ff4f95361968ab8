"""Small bundles as other programs write them: the format's own columns, nothing of ours."""

import csv
from pathlib import Path
from typing import Any

import pytest

from crm.models import Account, Lead, User
from crm.services.bundle import importing
from crm.services.bundle.problems import BundleRefused, Problem
from tests.factories import MONDAY

PLAIN: dict[str, list[dict[str, Any]]] = {
    "accounts": [
        {
            "account_id": "A1",
            "name": "海岳电网有限公司",
            "type": "gov",
            "city": "合肥",
            "distance_km": 0,
            "employees": "",
            "is_big_name": 1,
        },
        {
            "account_id": "A2",
            "name": "Kestrel Ltd",
            "type": "foreign",
            "city": "上海",
            "distance_km": 470,
            "employees": 90,
            "is_big_name": 0,
        },
    ],
    "contacts": [
        {
            "contact_id": "C1",
            "account_id": "A1",
            "name": "陈博",
            "title": "经理",
            "seniority": 2,
            "department": "IT",
            "first_seen": "2025-03-11",
        }
    ],
    "leads": [
        {
            "lead_id": "L1",
            "account_id": "A1",
            "owner": "rep4",
            "source": "referral",
            "opened_at": "2025-03-08",
            "first_ask": "tech_selection",
            "deal_type": "onsite_project",
            "est_value_cny": "",
            "status": "closed",
            "closed_at": "2025-10-12",
            "outcome_recorded": "won",
        },
        {
            "lead_id": "L2",
            "account_id": "A2",
            "owner": "",
            "source": "",
            "opened_at": "2025-04-01",
            "first_ask": "none",
            "deal_type": "",
            "est_value_cny": 67257,
            "status": "open",
            "closed_at": "",
            "outcome_recorded": "",
        },
    ],
    "interactions": [
        {
            "interaction_id": "I1",
            "lead_id": "L1",
            "seq": 1,
            "date": "2025-03-11",
            "kind": "background_check",
            "initiated_by": "us",
            "ask": "poc",
            "contact_id": "C1",
            "max_seniority": 2,
            "n_client_attendees": 2,
            "budget_holder_present": 0,
            "client_gave_material": 1,
            "next_step_dated": 0,
            "budget_stage": "planned",
            "competitors_named": 3,
            "response_latency_days": 2.8,
            "hours_presales": 2.3,
            "hours_travel": 0,
            "travel_cost_cny": 0,
        },
        {
            "interaction_id": "I2",
            "lead_id": "L1",
            "seq": 2,
            "date": "2025-05-16",
            "kind": "bid_talk",
            "initiated_by": "client",
            "ask": "none",
            "contact_id": "",
            "max_seniority": "",
            "n_client_attendees": 1,
            "budget_holder_present": "",
            "client_gave_material": "",
            "next_step_dated": "",
            "budget_stage": "",
            "competitors_named": "",
            "response_latency_days": "",
            "hours_presales": 1.5,
            "hours_travel": 2.0,
            "travel_cost_cny": 300,
        },
    ],
    "deliverables": [
        {
            "deliverable_id": "D1",
            "lead_id": "L1",
            "interaction_id": "I1",
            "date": "2025-03-15",
            "kind": "architecture",
            "ladder_level": 4,
            "hours": 16.1,
            "requested_by_client": 1,
            "nda_signed": "",
            "paid": 0,
        }
    ],
    "bids": [
        {
            "bid_id": "B1",
            "lead_id": "L1",
            "announced_at": "2025-05-21",
            "deadline_at": "2025-06-03",
            "prep_days": 13,
            "incumbent_known": "",
            "contact_before_notice": 1,
            "spec_matches_us": 0,
            "deposit_cny": 20000,
            "bid_hours": 13.4,
            "result": "cancelled_or_unknown",
        }
    ],
    "payment_terms": [
        {
            "lead_id": "L1",
            "status": "proposed_by_client",
            "date": "2025-07-02",
            "prepay_pct": 30,
            "retention_pct": 0,
            "term_days": 45,
            "back_to_back": 0,
            "acceptance_by_audit": 0,
            "pays_by_bill": 0,
            "onsite": 1,
            "vendor_funded_cost_cny": 0,
        },
        {
            "lead_id": "L1",
            "status": "agreed",
            "date": "2025-09-30",
            "prepay_pct": 40,
            "retention_pct": 5,
            "term_days": 30,
            "back_to_back": 0,
            "acceptance_by_audit": 1,
            "pays_by_bill": 0,
            "onsite": 0,
            "vendor_funded_cost_cny": 60000,
        },
    ],
    "milestones": [
        {
            "milestone_id": "M1",
            "lead_id": "L1",
            "name": "prepay",
            "pct": 95,
            "planned": "2025-10-10",
            "accepted": "2025-10-11",
        },
        {
            "milestone_id": "M2",
            "lead_id": "L1",
            "name": "retention",
            "pct": 5,
            "planned": "2026-10-10",
            "accepted": "",
        },
    ],
    "invoices": [
        {
            "invoice_id": "V1",
            "lead_id": "L1",
            "account_id": "A1",
            "milestone": "prepay",
            "amount_cny": 8500,
            "issued_at": "2025-10-12",
            "due_at": "2025-11-11",
            "paid_at": "2025-11-05",
            "status": "paid",
        },
        {
            "invoice_id": "V2",
            "lead_id": "L1",
            "account_id": "A1",
            "milestone": "retention",
            "amount_cny": 500.5,
            "issued_at": "2025-10-13",
            "due_at": "2025-11-12",
            "paid_at": "",
            "status": "open",
        },
    ],
}


def write(folder: Path, **changed: list[dict[str, Any]]) -> Path:
    """Write the plain bundle, with some files changed, and return its folder."""
    folder.mkdir(exist_ok=True)
    for file, rows in {**PLAIN, **changed}.items():
        with (folder / f"{file}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return folder


def with_cells(file: str, line: int, **cells: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the file's rows with some cells of one line changed; line 2 is the first row."""
    rows = [dict(row) for row in PLAIN[file]]
    rows[line - 2].update(cells)
    return {file: rows}


def read(folder: Path, file: str) -> list[dict[str, str]]:
    """Return the rows of a file."""
    with (folder / f"{file}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def imported(folder: Path, **options: Any) -> dict[str, tuple[int, int, int]]:
    """Import and return (created, updated, unchanged) by file."""
    result = importing.run(folder, now=MONDAY, **options)
    return {one.file: (one.created, one.updated, one.unchanged) for one in result.files}


def problems(folder: Path, encoding: str = "utf-8") -> list[Problem]:
    """Return what an import refuses; the ledger stays empty."""
    with pytest.raises(BundleRefused) as refused:
        importing.run(folder, now=MONDAY, encoding=encoding)
    written = [model for model in (Account, Lead, User) if model._default_manager.exists()]
    assert not written
    return refused.value.problems.listed


def sentence(folder: Path, encoding: str = "utf-8") -> str:
    """Return the one sentence of a refusal as a whole."""
    with pytest.raises(BundleRefused) as refused:
        importing.run(folder, now=MONDAY, encoding=encoding)
    return refused.value.message
