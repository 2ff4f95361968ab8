"""The points of terms on plain values: what each version is worth, and the chance it comes to.

A page may call this while somebody types. What terms do not say (who pays, what happened since)
is taken from the lead's latest stored score.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm import reason_texts
from crm.models import Assessment, DealCash, Lead, PaymentTerms, Target
from scoring import points_page, points_versions, receivable, scorecard
from scoring.scorecard import LOG_ODDS_PER_POINT, Scorecard
from scoring.usual import PRIOR_INVOICES, PRIOR_LATE_RATE
from scoring.vocabulary import INTEGRATOR

TARGET = Target.LATE_PAYMENT.value
CODES = {feature.name: feature.reason_code for feature in receivable.FEATURES}
OF_TERMS = frozenset(
    feature.name for feature in receivable.TERMS if feature.name != "work_without_contract"
)
TERMS_CODES = frozenset(CODES[name] for name in OF_TERMS)


@dataclass(frozen=True)
class Beside:
    """What counts beside the terms: base odds, points in force, and points of the lead itself."""

    card: Scorecard
    base_rate: float
    invoices: int
    of_lead: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Worth:
    """What a version is worth: its reasons by code, their sum and the chance."""

    reasons: Mapping[str, Mapping[str, Any]]
    points: float
    chance: float


def beside(lead: Lead, *, now: datetime) -> Beside:
    """Read what counts beside the terms of a lead at a moment."""
    card = points_versions.card_at(TARGET, as_of=now)
    known = points_page.invoices(now)
    base = base_rate(known["late_invoices"], known["invoices"])
    stored = (
        Assessment.objects.filter(lead=lead, target=TARGET, as_of__lte=now)
        .order_by("-as_of", "-pk")
        .first()
    )
    if stored is not None:
        kept = [one for one in stored.reasons if one["code"] not in TERMS_CODES]
        return Beside(card, stored.base_rate, known["invoices"], kept)
    return Beside(card, base, known["invoices"], list(_of_account(lead, card)))


def base_rate(late: int, invoices: int) -> float:
    """Return the base chance from own invoices, ten assumed ones beside them."""
    return (late + PRIOR_INVOICES * PRIOR_LATE_RATE) / (invoices + PRIOR_INVOICES)


def _of_account(lead: Lead, card: Scorecard) -> list[dict[str, Any]]:
    """Return what the kind of account is worth before any score was stored."""
    kind = lead.account.kind
    facts = {"account_kind_start": kind, "through_an_integrator": int(kind == INTEGRATOR)}
    return [
        {"code": CODES[name], "points": worth, "params": {"type": kind}}
        for name, worth in scorecard.points(facts, card).items()
    ]


def facts_of(terms: PaymentTerms) -> dict[str, Any]:
    """Return what terms say by the names of the features; what is not known is None."""
    kept, months = terms.retention_percent, terms.retention_months
    if months is None:
        months = receivable.RETENTION_MONTHS
    funded, curve = terms.vendor_funded_amount, _curve(terms)
    return {
        "prepayment": None if terms.prepay_percent is None else float(terms.prepay_percent),
        "retention": None if kept is None else float(kept) * months,
        "payment_term": terms.term_days,
        "back_to_back": int(bool(terms.is_back_to_back)),
        "by_audit": int(bool(terms.accepted_by_audit)),
        "no_acceptance_criteria": int(terms.has_acceptance_criteria is False),
        "no_deemed_acceptance": int(terms.has_deemed_acceptance is False),
        "onsite_before_payment": terms.onsite_person_days,
        "funded_by_us": float(funded) if funded and "low_point_months" not in curve else None,
        "cash_low_point": curve.get("low_point_months") if curve.get("runway_months") else None,
        "pays_by_bill": int(bool(terms.pays_by_bill)),
    }


def _curve(terms: PaymentTerms) -> Mapping[str, Any]:
    """Return what the stored cash curve says of the low point; of typed terms there is none yet."""
    kept: DealCash | None = getattr(terms, "cash", None) if terms.pk else None
    return {} if kept is None or kept.result.get("low_point_months") is None else kept.result


def _params(name: str, terms: PaymentTerms) -> dict[str, Any]:
    """Return what the sentence of a feature names."""
    months = terms.retention_months
    if months is None:
        months = receivable.RETENTION_MONTHS
    words: dict[str, dict[str, Any]] = {
        "prepayment": {"p": _plain(terms.prepay_percent)},
        "retention": {"p": _plain(terms.retention_percent), "m": months},
        "payment_term": {"d": terms.term_days},
        "no_acceptance_criteria": {"criteria": 1},
        "no_deemed_acceptance": {"deemed": 1},
        "onsite_before_payment": {"h": terms.onsite_person_days},
        "funded_by_us": {"x": _plain(terms.vendor_funded_amount)},
        "cash_low_point": {
            "m": _curve(terms).get("low_point_months"),
            "y": _curve(terms).get("low_point"),
            "x": _plain(terms.vendor_funded_amount or None),
        },
        "pays_by_bill": {"d": terms.bill_days},
    }
    return words.get(name, {})


def _plain(value: Any) -> float | None:
    """Return a figure as a sentence names it: 30, not 30.0."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def worth(terms: PaymentTerms, found: Beside) -> Worth:
    """Return what terms are worth beside what else counts; the sum is clipped as in every score."""
    facts = facts_of(terms)
    reasons: dict[str, dict[str, Any]] = {
        one["code"]: {"points": one["points"], "params": one["params"]} for one in found.of_lead
    }
    for name, points in scorecard.points(facts, found.card).items():
        reason = reasons.setdefault(CODES[name], {"points": 0.0, "params": {}})
        reason["points"] += points
        reason["params"] |= _params(name, terms)
    total = sum(reason["points"] for reason in reasons.values())
    clip = found.card.clip
    if abs(total) > clip:
        for reason in reasons.values():
            reason["points"] *= clip / abs(total)
        total = math.copysign(clip, total)
    return Worth(reasons, total, chance(found.base_rate, total))


def chance(base: float, points: float) -> float:
    """Return a chance from its base and points: +10 double the odds."""
    odds = base / (1 - base) * math.exp(LOG_ODDS_PER_POINT * points)
    return odds / (1 + odds)


@dataclass(frozen=True)
class ReasonRow:
    """One reason in two versions."""

    code: str
    text: str
    before: float
    after: float | None


def reason_rows(before: Worth, after: Worth | None) -> list[ReasonRow]:
    """Return the reasons of two versions side by side, the heaviest first."""
    codes = {**before.reasons, **(after.reasons if after else {})}
    found = [
        ReasonRow(
            code,
            _sentence(code, before.reasons.get(code), after.reasons.get(code) if after else None),
            _points(before.reasons.get(code)),
            _points(after.reasons.get(code)) if after else None,
        )
        for code in codes
    ]
    return sorted(found, key=lambda row: -max(abs(row.before), abs(row.after or 0)))


def _points(reason: Mapping[str, Any] | None) -> float:
    return float(reason["points"]) if reason else 0.0


def _sentence(code: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """Return the sentence of a reason; where both versions say one, that of each, ended once."""
    said = [
        reason_texts.text({"code": code, "params": one["params"]}) for one in (before, after) if one
    ]
    *earlier, last = dict.fromkeys(said)
    return " → ".join([*(sentence.rstrip(".。") for sentence in earlier), last])
