"""What the payment rules say of terms: unlawful, unusual, fine or unknown; plain values only.

Unknown is a status of its own: a buyer whose size nobody wrote down is never taken as large.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from crm.payment_rules import ANY, Rule

UNLAWFUL, VOID, UNUSUAL, OK, UNKNOWN = "UNLAWFUL", "VOID", "UNUSUAL", "OK", "UNKNOWN"
ORDER = (VOID, UNLAWFUL, UNUSUAL, UNKNOWN, OK)
UNKNOWN_SIZE = "unknown_size"
EU = frozenset(
    {"AT", "BE", "BG", "HR", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
BY_SIZE = {"SOE": "soe_large", "LISTED": "private_large", "FORTUNE500_CN": "private_large"}
PUBLIC = frozenset({"GOVERNMENT", "PUBLIC_INSTITUTION"})
PRIORS = {
    "government": "cn_government",
    "public_institution": "cn_government",
    "soe_large": "cn_soe_or_large",
    "private_large": "cn_soe_or_large",
    "private_sme": "cn_private_sme",
    "foreign_mnc_in_cn": "foreign_mnc_in_cn",
    "federal_agency": "us_federal",
}
SME_DECLARED = "SME_DECLARED"  # not a rule of the file: Order 802 art 3 puts it on the vendor
CLAUSES = ("PAY_WHEN_PAID", "SETTLED_BY_AUDIT", "INTERNAL_APPROVAL")


@dataclass(frozen=True)
class TermsFacts:
    """What terms say, None for not known; shares in per cent, days as calendar days."""

    signed_date: date
    term_days: int | None = None
    bill_days: int | None = None
    inspection_days: int | None = None
    sme_declared: bool | None = None
    payee_is_sme: bool = True
    clauses: Mapping[str, bool | None] = field(default_factory=dict)
    caps: Mapping[str, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One verdict of one rule: its status, what was measured and where the limit lies."""

    code: str
    status: str
    measured: Decimal | None = None
    limit: Decimal | None = None
    rule: Rule | None = None


def law_of(country: str) -> str:
    """Return whose rules a buyer's country has: its own, or EU for a member state."""
    return "EU" if country in EU else country


def buyer_type(*, kind: str, size_class: str, country: str) -> str:
    """Return a buyer's type in the rules' words; "unknown_size" where its size must be asked."""
    law = law_of(country)
    if law != "CN":
        public = "federal_agency" if law == "US" else "public_authority"
        return public if kind in PUBLIC else "company"
    match kind:
        case "GOVERNMENT" | "PUBLIC_INSTITUTION":
            return kind.lower()
        case "SME":
            return "private_sme"
        case "FOREIGN":
            return "foreign_mnc_in_cn"
    if size_class == "LARGE":
        return BY_SIZE.get(kind, "private_large")
    return "private_sme" if size_class else UNKNOWN_SIZE


def prior_of(*, kind: str, size_class: str, country: str) -> str:
    """Return the name of the day-zero prior of a buyer, "unknown" where none fits."""
    law = law_of(country)
    if law == "EU":
        return "eu_public" if kind in PUBLIC else "eu_b2b"
    if law == "GB":
        return "uk_large_company" if kind not in PUBLIC else "unknown"
    if law == "CN" and kind in BY_SIZE:
        return "cn_soe_or_large"
    buyer = buyer_type(kind=kind, size_class=size_class, country=country)
    return PRIORS.get(buyer, "unknown")


def effective_days(facts: TermsFacts) -> int | None:
    """Return the days from delivery to money: term, inspection and the run of a bill."""
    if facts.term_days is None:
        return None
    return facts.term_days + (facts.bill_days or 0) + (facts.inspection_days or 0)


def findings(
    rules: Sequence[Rule], facts: TermsFacts, *, kind: str, size_class: str, country: str
) -> list[Finding]:
    """Return what the rules say of terms, the gravest first."""
    law = law_of(country)
    buyer = buyer_type(kind=kind, size_class=size_class, country=country)
    found = list(_findings(rules, facts, law=law, buyer=buyer))
    if law == "CN" and buyer not in {"private_sme", "foreign_mnc_in_cn"}:
        found.append(Finding(SME_DECLARED, OK if facts.sme_declared else UNKNOWN))
    return sorted(found, key=lambda one: ORDER.index(one.status))


def _findings(
    rules: Sequence[Rule], facts: TermsFacts, *, law: str, buyer: str
) -> Iterator[Finding]:
    applying = {
        (rule.kind, rule.clause): rule
        for rule in sorted(rules, key=lambda one: (ANY not in one.buyer_types, one.valid_from))
        if rule.holds_for(
            country=law, buyer=buyer, payee_is_sme=facts.payee_is_sme, day=facts.signed_date
        )
    }
    for rule in applying.values():
        yield judge(rule, facts)
    if ("TERM", "") not in applying:
        yield Finding(UNKNOWN_SIZE if buyer == UNKNOWN_SIZE else "NO_RULE", UNKNOWN)


def judge(rule: Rule, facts: TermsFacts) -> Finding:
    """Return what one rule says of terms."""
    match rule.kind:
        case "CLAUSE":
            stands = facts.clauses.get(rule.clause)
            status = UNKNOWN if stands is None else rule.status_if_broken if stands else OK
            return Finding(rule.code, status, rule=rule)
        case "CAP":
            measured = facts.caps.get(rule.clause)
            if measured is None or rule.cap_value is None:
                return Finding(rule.code, UNKNOWN, limit=rule.cap_value, rule=rule)
            status = rule.status_if_broken if measured > rule.cap_value else OK
            return Finding(rule.code, status, measured, rule.cap_value, rule)
    days = effective_days(facts)
    if days is None:
        return Finding(rule.code, UNKNOWN, rule=rule)
    return _judge_days(rule, days)


def _judge_days(rule: Rule, days: int) -> Finding:
    """Return what a clock says: above a hard limit unlawful, above a warning unusual."""
    if rule.max_kind == "HARD" and rule.max_days is not None and days > rule.max_days:
        return Finding(rule.code, UNLAWFUL, Decimal(days), Decimal(rule.max_days), rule)
    limit = rule.warn_days if rule.warn_days is not None else rule.max_days
    if limit is None:
        return Finding(rule.code, OK, Decimal(days), None, rule)
    status = UNUSUAL if days > limit else OK
    return Finding(rule.code, status, Decimal(days), Decimal(limit), rule)


def term_rule(
    rules: Sequence[Rule],
    *,
    kind: str,
    size_class: str,
    country: str,
    day: date,
    payee_is_sme: bool = True,
) -> Rule | None:
    """Return the rule whose clock and interest count for a contract signed on a day."""
    buyer = buyer_type(kind=kind, size_class=size_class, country=country)
    holding = [
        rule
        for rule in rules
        if rule.kind == "TERM"
        and rule.holds_for(country=law_of(country), buyer=buyer, payee_is_sme=payee_is_sme, day=day)
    ]
    return max(
        holding, key=lambda rule: (ANY not in rule.buyer_types, rule.valid_from), default=None
    )
