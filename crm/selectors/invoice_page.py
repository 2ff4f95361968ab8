"""One invoice as its page shows it: what is claimed by law, the message to copy, what was paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Max
from django.utils import translation

from crm import article_names, formats, interest, payment_law, play_messages, wording
from crm.interest import Rates, RateUnknown
from crm.models import Account, Contact, Invoice, Payment, PaymentMilestone, PaymentTerms, User
from crm.payment_rules import Rule
from crm.play_messages import Message
from crm.selectors import invoice_rows
from crm.selectors.invoice_rows import Row

REMINDER_MESSAGE = "M11"
MOST_PAYMENTS, MOST_MILESTONES, MOST_ACCOUNTS = 60, 30, 20
LPR = "LPR1Y"
IN_WORDS = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True)
class Claim:
    """Interest on an overdue invoice: what the statute gives, and what a court gives at least."""

    rule: Rule | None
    days: int
    principal: Decimal
    amount: Decimal | None
    daily: Decimal | None
    percent: Decimal | None
    floor: Decimal | None
    floor_percent: Decimal | None
    flat: tuple[Decimal, str] | None = None

    @property
    def article(self) -> str:
        """Return what the claim rests on, in the reader's language."""
        return article_names.named(self.rule.article) if self.rule else ""


@dataclass(frozen=True)
class InvoicePage:
    """What the page of one invoice shows."""

    row: Row
    payments: Sequence[Payment]
    claim: Claim | None
    messages: Sequence[Message]


def page(
    invoice: Invoice, *, today: date, rules: Sequence[Rule], rates: Mapping[str, Rates]
) -> InvoicePage:
    """Return everything of one invoice."""
    row = invoice_rows.rows_of([invoice], today=today)[0]
    paid = invoice.payments.filter(archived_at=None).select_related("author")
    return InvoicePage(
        row=row,
        payments=list(paid.order_by("paid_date", "pk")[:MOST_PAYMENTS]),
        claim=claim(invoice, today=today, rules=rules, rates=rates)
        if row.is_open and row.days_late
        else None,
        messages=messages(invoice) if row.is_open and row.days_late else (),
    )


def claim(
    invoice: Invoice, *, today: date, rules: Sequence[Rule], rates: Mapping[str, Rates]
) -> Claim:
    """Return what an overdue invoice bears to a day, exact and by the rule at its signature.

    The floor is the reference rate of the day of signature, simple, as courts grant it.
    """
    signed, account = _signed_on(invoice), invoice.account
    rule = payment_law.term_rule(
        rules,
        kind=account.kind,
        size_class=account.size_class,
        country=account.country,
        day=signed,
    )
    amount = _statutory(invoice, rule, rates, today)
    days, rate = (today - invoice.due_date).days, _floor_rate(account, rule, rates, signed)
    principal, due = invoice.receivable_amount, invoice.due_date
    return Claim(
        rule=rule,
        days=days,
        principal=principal,
        amount=amount,
        daily=None if amount is None else amount / days,
        percent=rule.rate * 100 if rule and rule.rate is not None else None,
        floor=None if rate is None else interest.floor(principal, rate, due_date=due, until=today),
        floor_percent=None if rate is None else rate * 100,
        flat=interest.fixed_sum(rule.fixed_sum, principal) if rule and amount is not None else None,
    )


def _statutory(
    invoice: Invoice, rule: Rule | None, rates: Mapping[str, Rates], today: date
) -> Decimal | None:
    if rule is None or rule.interest_kind not in interest.KINDS:
        return None
    terms = interest.Terms(rule.interest_kind, rule.rate or Decimal(0), rates.get(rule.reference))
    try:
        return interest.interest(
            invoice.receivable_amount, terms, due_date=invoice.due_date, until=today
        )
    except RateUnknown:
        return None


def _floor_rate(
    account: Account, rule: Rule | None, rates: Mapping[str, Rates], signed: date
) -> Decimal | None:
    """Return the rate that courts grant at least, known for China only."""
    reference = rates.get((rule.floor_reference if rule else "") or LPR)
    if reference is None or payment_law.law_of(account.country) != "CN":
        return None
    try:
        return reference.on(signed)
    except RateUnknown:
        return None


def _signed_on(invoice: Invoice) -> date:
    """Return the day of signature: of its terms, else of the lead's agreed ones, else its issue."""
    terms = invoice.milestone.terms if invoice.milestone else None
    if terms and terms.signed_date:
        return terms.signed_date
    if invoice.lead_id:
        agreed = PaymentTerms.objects.filter(
            lead=invoice.lead_id, status=PaymentTerms.Status.AGREED, archived_at=None
        )
        signed: date | None = agreed.aggregate(day=Max("signed_date"))["day"]
        if signed:
            return min(signed, invoice.issued_date)
    return invoice.issued_date


def messages(invoice: Invoice) -> list[Message]:
    """Return the reminder to copy, in both languages, the facts filled in."""
    found, name = [], _addressed(invoice)
    for language in play_messages.LANGUAGES:
        with translation.override(IN_WORDS[language]):
            facts = {
                "name": name,
                "amount": formats.money_in_full(invoice.receivable_amount, invoice.currency),
                # The Chinese text says 款 itself.
                "milestone": invoice.milestone_label.removesuffix("款")
                if language == "zh"
                else invoice.milestone_label,
                "contract": invoice.number,
                "due": wording.dated(invoice.due_date),
            }
            found.append(play_messages.message(REMINDER_MESSAGE, language, facts))
    return found


def _addressed(invoice: Invoice) -> str:
    """Return who keeps the client's money; whom else to write to is for the sender to say."""
    people = Contact.objects.current().filter(
        account=invoice.account_id, decision_role=Contact.Role.FINANCE
    )
    return people.order_by("name", "pk").values_list("name", flat=True).first() or ""


def billable(user: User) -> list[PaymentMilestone]:
    """Return milestones of agreed terms that no invoice bills yet: those reached, the nearest."""
    rows = PaymentMilestone.objects.visible_to(user).filter(
        terms__status=PaymentTerms.Status.AGREED,
        terms__archived_at=None,
        terms__contract_amount__isnull=False,
        share_percent__gt=0,
        archived_at=None,
        invoices=None,
        lead__archived_at=None,
    )
    found = rows.select_related("lead__account", "terms").prefetch_related("terms__milestones")
    reached_first = F("accepted_date").asc(nulls_last=True)
    return list(found.order_by(reached_first, "planned_date", "position", "pk")[:MOST_MILESTONES])
