"""Fills in what a bundle of other makers lacks: ids, and when a row came to be known."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from crm.services.bundle.rows import Parser, Row

LONGEST_ID = 64
RETENTION_LABELS = frozenset({"retention", "质保金", "尾款"})
# The date that tells when a row was known, where it has no recorded_at; else happened_at.
KNOWN_SINCE = {
    "accounts": "",
    "contacts": "first_seen_date",
    "leads": "opened_at",
    "milestones": "",
    "invoices": "issued_date",
    "payments": "paid_date",
    "firm_figures": "valid_from",
    "assessments": "as_of",
}


@dataclass(slots=True)
class Completer:
    """Completes the rows of one file."""

    parser: Parser
    counts: Counter[str] = field(default_factory=Counter)

    def complete(self, row: Row) -> None:
        """Fill in the soft values of a row, and its id where it needs none of its own."""
        table = self.parser.table
        if any(part.field == "recorded_at" for part in table.parts):
            self._know(row, table.file)
        match table.file:
            case "leads":
                self._lead(row)
            case "interactions":
                self._interaction(row)
            case "payment_terms":
                self._terms(row)
            case "milestones":
                self._milestone(row)
            case "paid_step_offers" if not self.parser.has_column("answer_recorded_at"):
                row.soft["answer_recorded_at"] = row.values.get("answered_at")

    def _know(self, row: Row, file: str) -> None:
        if row.values.get("recorded_at") is not None:
            return
        row.values.pop("recorded_at", None)
        source = KNOWN_SINCE.get(file, "happened_at")
        known = self.parser.moments.known_since(row.values.get(source))
        of_the_key = "recorded_at" in self.parser.table.key
        (row.values if of_the_key else row.soft)["recorded_at"] = known

    def _lead(self, row: Row) -> None:
        if not self.parser.has_column("outcome_recorded_at") and row.values.get("outcome"):
            row.soft["outcome_recorded_at"] = row.values["closed_at"]

    def _interaction(self, row: Row) -> None:
        if row.many is None and row.values.get("contact_id"):
            row.soft_many = [row.values["contact_id"]]

    def _terms(self, row: Row) -> None:
        if row.values.get("ledger_id"):
            return
        key = f"{row.values['lead_id']}/{row.values['status'].lower()}"
        self.counts[key] += 1
        row.values["ledger_id"] = derived_id(key, self.counts[key])

    def _milestone(self, row: Row) -> None:
        lead, values = row.values["lead_id"], row.values
        if not self.parser.has_column("position"):
            row.soft["position"] = min(self.counts[lead], 32_767)
            self.counts[lead] += 1
        if not self.parser.has_column("is_retention"):
            row.soft["is_retention"] = values["label"].lower() in RETENTION_LABELS
        if not self.parser.has_column("accepted_recorded_at") and values.get("accepted_date"):
            row.soft["accepted_recorded_at"] = self.parser.moments.known_since(
                values["accepted_date"]
            )


def derived_id(key: str, n: int = 1) -> str:
    """Return the id of a row that has none of its own; the same again at the next import."""
    name = key if n == 1 else f"{key}/{n}"
    return name if len(name) <= LONGEST_ID else sha256(name.encode()).hexdigest()
