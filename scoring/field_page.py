"""Own fields on the score page: how well each ranks alone, and whether it is learned from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.models import CustomField
from scoring import field_decisions, own_values, titles
from scoring.model_card import Page
from scoring.models import FieldDecision, ModelCard

MOST_ROWS, MOST_SIGNALS = 12, 3
LEAK_FROM = 0.9


@dataclass(frozen=True)
class FieldRow:
    """One field as the card shows it; a signal of the catalogue has no key."""

    words: str
    n: int
    auc: float | None
    late: float | None = None
    key: str = ""
    is_leak: bool = False
    is_left_out: bool = False
    decision: FieldDecision | None = None

    @property
    def is_allowed(self) -> bool:
        """Say whether a person's word lets it be learned from all the same."""
        return bool(self.decision and self.decision.is_allowed)

    @property
    def is_hindsight(self) -> bool:
        """Say whether it looks like a leak for being entered after the close alone."""
        return self.is_leak and (self.auc is None or self.auc <= LEAK_FROM)

    @property
    def waits(self) -> bool:
        """Say whether the word is newer than what was learned."""
        return self.is_leak and self.is_allowed == self.is_left_out


def rows(page: Page, *, as_of: datetime) -> list[FieldRow]:
    """Return own fields, the leaks first, and the signals that rank best: two queries."""
    probes = page.facts.get("probes", [])
    own = _own(probes, as_of=as_of) if probes else []
    signals = [
        FieldRow(titles.title(row["feature"]), row["n"], row["auc"], is_leak=row["auc"] > LEAK_FROM)
        for row in page.facts.get("strongest", [])
        if not row["feature"].startswith(own_values.PREFIX)
    ]
    return [*own[:MOST_ROWS], *signals[:MOST_SIGNALS]]


def row_of(key: str, target: str, *, as_of: datetime) -> FieldRow | None:
    """Return the field of a key if it looks like a leak."""
    card = ModelCard.objects.filter(target=target).first()
    probes = card.facts.get("probes", []) if card else []
    found = [row for row in _own(probes, as_of=as_of) if row.key == key and row.is_leak]
    return found[0] if found else None


def _own(probes: list[Mapping[str, Any]], *, as_of: datetime) -> list[FieldRow]:
    labels = dict(CustomField.objects.values_list("key", "label"))
    said = field_decisions.latest(as_of=as_of)
    return [
        FieldRow(
            words=labels[key],
            n=probe["n"],
            auc=probe["auc"],
            late=probe["late"],
            key=key,
            is_leak=probe["is_leak"],
            is_left_out=probe["left_out"],
            decision=said.get(key),
        )
        for probe in probes
        if (key := str(probe["field"]).removeprefix(own_values.PREFIX)) in labels
    ]
