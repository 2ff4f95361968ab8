"""What the payment rules say of versions of terms, in words with article and how sure it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm import article_names, formats, payment_law
from crm.models import Account, PaymentMilestone, PaymentTerms
from crm.models.payment_rule import HowSure
from crm.payment_law import Finding, TermsFacts
from crm.payment_rules import Rule

WORDS: Mapping[str, str | Promise] = {
    "VOID": pgettext_lazy("legal status", "Void"),
    "UNLAWFUL": pgettext_lazy("legal status", "Unlawful"),
    "UNUSUAL": pgettext_lazy("legal status", "Unusual"),
    "UNKNOWN": pgettext_lazy("legal status", "Unknown"),
    "OK": pgettext_lazy("legal status", "OK"),
}
TITLES: Mapping[str, str | Promise] = {
    "": gettext_lazy("Days to pay"),
    "PAY_WHEN_PAID": gettext_lazy("Pay-when-paid"),
    "SETTLED_BY_AUDIT": gettext_lazy("Settled by an audit"),
    "INTERNAL_APPROVAL": gettext_lazy("Paid after the client’s own approval"),
    "BILL_DAYS": gettext_lazy("Term of the bill"),
    "PERFORMANCE_BOND": gettext_lazy("Performance bond"),
    "RETENTION": gettext_lazy("Retention"),
    payment_law.SME_DECLARED: gettext_lazy("We are an SME"),
}
SME_ARTICLE = gettext_lazy("Order 802 art 3")


@dataclass(frozen=True)
class Said:
    """One finding in the reader's language."""

    code: str
    status: str
    title: str
    text: str
    article: str = ""
    sure: str = ""

    @property
    def word(self) -> str:
        """Return the status as a word."""
        return str(WORDS[self.status])


@dataclass(frozen=True)
class LawRow:
    """What one rule says of two versions; a side that has no such finding is None."""

    shown: Said  # the first version's, which gives title, sentence and article
    before: Said | None
    after: Said | None


def facts_of(terms: PaymentTerms, *, today: date) -> TermsFacts:
    """Return what terms say, as the rules are asked: the longest wait of a payment after work."""
    rows = list(terms.milestones.all()) if terms.pk else []
    by_bill = terms.pays_by_bill or any(row.instrument == "BILL" for row in rows)
    if rows and not by_bill and all(row.instrument for row in rows):
        by_bill = False
    return TermsFacts(
        signed_date=terms.signed_date or today,
        term_days=terms.term_days,
        bill_days=terms.bill_days if by_bill else 0,
        inspection_days=terms.inspection_days,
        sme_declared=terms.sme_declared,
        clauses={
            "PAY_WHEN_PAID": terms.is_back_to_back,
            "SETTLED_BY_AUDIT": terms.accepted_by_audit,
            "INTERNAL_APPROVAL": terms.needs_internal_approval,
        },
        caps={
            "BILL_DAYS": _bill_days(terms, rows),
            "PERFORMANCE_BOND": terms.performance_bond_percent,
            "RETENTION": terms.retention_percent,
        },
    )


def _bill_days(terms: PaymentTerms, rows: Sequence[PaymentMilestone]) -> Decimal | None:
    """Return how long a bill runs: no day where none is used, None where it is not known."""
    if terms.pays_by_bill or any(row.instrument == "BILL" for row in rows):
        return None if terms.bill_days is None else Decimal(terms.bill_days)
    return Decimal(0) if terms.pays_by_bill is False else None


def findings(
    rules: Sequence[Rule], terms: PaymentTerms, account: Account, *, today: date
) -> list[Finding]:
    """Return what the rules say of terms, the gravest first."""
    return payment_law.findings(
        rules,
        facts_of(terms, today=today),
        kind=account.kind,
        size_class=account.size_class,
        country=account.country,
    )


def rows(before: Sequence[Finding], after: Sequence[Finding]) -> list[LawRow]:
    """Return the findings of two versions side by side, the gravest of the first one first."""
    left = {_key(one): say(one) for one in before}
    right = {_key(one): say(one) for one in after}
    found = [LawRow(said, left.get(key), right.get(key)) for key, said in {**right, **left}.items()]
    return sorted(found, key=lambda row: payment_law.ORDER.index(row.shown.status))


def _key(finding: Finding) -> str:
    """Return what makes findings of two versions the same question, also under other rules."""
    if finding.rule is None:
        return finding.code if finding.code == payment_law.SME_DECLARED else "TERM"
    return f"{finding.rule.kind}{finding.rule.clause}"


def say(finding: Finding) -> Said:
    """Return a finding in words."""
    rule = finding.rule
    if rule is None:
        return _without_rule(finding)
    title = str(TITLES.get(rule.clause, rule.clause))
    sure = str(HowSure(rule.sure).label)
    article = article_names.named(rule.article)
    return Said(finding.code, finding.status, title, _sentence(finding, rule), article, sure)


def _without_rule(finding: Finding) -> Said:
    match finding.code:
        case payment_law.SME_DECLARED:
            said = finding.status == payment_law.OK
            text = _("Declared.") if said else _("Tell them in writing before signing.")
            title, sure = str(TITLES[payment_law.SME_DECLARED]), str(HowSure.READ.label)
            return Said(finding.code, finding.status, title, text, str(SME_ARTICLE), sure)
        case payment_law.UNKNOWN_SIZE:
            text = _("The client’s size is not known, so neither is the limit.")
        case _:
            text = _("No rule on file speaks about this client.")
    return Said(finding.code, finding.status, str(TITLES[""]), text)


def _sentence(finding: Finding, rule: Rule) -> str:
    if rule.kind == "CLAUSE":
        return _of_clause(finding.status)
    measured, limit = _measure(finding.measured, rule), _measure(finding.limit, rule)
    if finding.measured is None:
        return _("Not in the terms yet: ask.")
    if finding.limit is None or finding.status == payment_law.OK:
        return measured
    if finding.status == payment_law.UNUSUAL:
        return _("%(measured)s; above %(limit)s is unusual.") % {
            "measured": measured, "limit": limit,
        }  # fmt: skip
    return _("%(measured)s; the most allowed is %(limit)s.") % {
        "measured": measured, "limit": limit,
    }  # fmt: skip


def _of_clause(status: str) -> str:
    if status == payment_law.UNKNOWN:
        return _("Not known: read the contract.")
    if status == payment_law.OK:
        return _("Not in the terms.")
    return _("It stands in the terms.")


def _measure(value: Decimal | None, rule: Rule) -> str:
    if value is None:
        return ""
    if rule.cap_unit == "PERCENT":
        return f"{formats.plain(value, 2)}%"
    return _("%(days)s days") % {"days": formats.plain(value)}
