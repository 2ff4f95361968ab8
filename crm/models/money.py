"""What was agreed about paying, what was billed and what came in."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.models.account import Account
from crm.models.base import (
    DatedRow,
    LedgerQuerySet,
    LedgerRow,
    Row,
    Versioned,
    never_negative,
    one_of,
)
from crm.models.lead import Lead
from crm.models.user import User


class MoneyQuerySet(LedgerQuerySet[Row]):
    """Rows of a lead's money; the accountant reads them, too."""

    def visible_to(self, user: User) -> Self:
        """Keep the rows of leads that the user may see; accountants see all money."""
        if user.role in (User.Role.FOUNDER, User.Role.ACCOUNTANT):
            return self
        return self.filter(lead__in=Lead.objects.visible_to(user))


def percent_or_unknown(field: str, name: str) -> models.CheckConstraint:
    """Return the constraint that a share is 0 to 100 or not known."""
    return models.CheckConstraint(
        name=name, condition=Q(**{field: None}) | Q(**{f"{field}__gte": 0, f"{field}__lte": 100})
    )


class PaymentTermsStatus(models.TextChoices):
    """Where it stands."""

    PROPOSED_BY_CLIENT = "PROPOSED_BY_CLIENT", _("Client's draft")
    PROPOSED_BY_US = "PROPOSED_BY_US", _("Our proposal")
    AGREED = "AGREED", _("Agreed")


class PaymentTerms(DatedRow, Versioned):
    """One version of what a contract says about when money is due."""

    Status = PaymentTermsStatus
    lead = models.ForeignKey(
        Lead, verbose_name=_("lead"), on_delete=models.PROTECT, related_name="payment_terms"
    )
    status = models.CharField(_("status"), max_length=20, choices=Status)
    contract_amount = models.DecimalField(
        _("contract value"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    prepay_percent = models.DecimalField(
        _("prepayment in %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    retention_percent = models.DecimalField(
        _("retention in %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    retention_months = models.PositiveSmallIntegerField(
        _("retention in months"), null=True, blank=True
    )
    term_days = models.PositiveSmallIntegerField(_("payment term in days"), null=True, blank=True)
    is_back_to_back = models.BooleanField(_("back-to-back"), null=True, blank=True)
    accepted_by_audit = models.BooleanField(_("acceptance by audit"), null=True, blank=True)
    has_acceptance_criteria = models.BooleanField(
        _("written acceptance criteria"), null=True, blank=True
    )
    has_deemed_acceptance = models.BooleanField(_("deemed acceptance"), null=True, blank=True)
    pays_by_bill = models.BooleanField(_("pays by bill"), null=True, blank=True)
    bill_days = models.PositiveSmallIntegerField(_("bill runs for days"), null=True, blank=True)
    is_onsite = models.BooleanField(_("on-site work"), null=True, blank=True)
    onsite_person_days = models.PositiveSmallIntegerField(
        _("on-site person-days before the next payment"), null=True, blank=True
    )
    vendor_funded_amount = models.DecimalField(
        _("cost that we front"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    sme_declared = models.BooleanField(_("our SME status is declared"), null=True, blank=True)
    sme_declared_date = models.DateField(_("declared on"), null=True, blank=True)
    needs_internal_approval = models.BooleanField(
        _("paid after the client's own approval"), null=True, blank=True
    )
    inspection_days = models.PositiveSmallIntegerField(
        _("days to inspect before acceptance"), null=True, blank=True
    )
    performance_bond_percent = models.DecimalField(
        _("performance bond in %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    vat_percent = models.DecimalField(
        _("VAT in %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    signed_date = models.DateField(_("signed on, or planned for"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    note = models.CharField(_("note"), max_length=500, blank=True)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)

    history = HistoricalRecords()
    objects = MoneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment terms")
        verbose_name_plural = _("payment terms")
        ordering = ["happened_at", "pk"]
        constraints = [
            one_of("status", PaymentTermsStatus, "terms_status_is_known"),
            percent_or_unknown("prepay_percent", "terms_prepayment_is_a_share"),
            percent_or_unknown("retention_percent", "terms_retention_is_a_share"),
            percent_or_unknown("performance_bond_percent", "terms_bond_is_a_share"),
            percent_or_unknown("vat_percent", "terms_vat_is_a_share"),
            never_negative("vendor_funded_amount", "terms_fronted_cost_is_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.happened_at:%Y-%m-%d}"


class PaymentMilestone(LedgerRow, Versioned):
    """A share of the price that falls due on a condition; the last is the final payment."""

    class Instrument(models.TextChoices):
        TRANSFER = "TRANSFER", _("bank transfer")
        BILL = "BILL", _("bill")

    lead = models.ForeignKey(
        Lead, verbose_name=_("lead"), on_delete=models.PROTECT, related_name="milestones"
    )
    terms = models.ForeignKey(
        PaymentTerms,
        verbose_name=_("payment terms"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="milestones",
    )
    label = models.CharField(_("milestone"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    share_percent = models.DecimalField(
        _("share in %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    trigger = models.CharField(_("due on"), max_length=160, blank=True)
    planned_date = models.DateField(_("planned for"), null=True, blank=True)
    accepted_date = models.DateField(_("accepted on"), null=True, blank=True)
    accepted_recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    term_days = models.PositiveSmallIntegerField(_("days to pay"), null=True, blank=True)
    instrument = models.CharField(_("paid by"), max_length=8, choices=Instrument, blank=True)
    is_retention = models.BooleanField(_("retention"), default=False)
    trigger_day = models.SmallIntegerField(_("days after signature"), null=True, blank=True)
    is_acceptance = models.BooleanField(_("waits for an acceptance"), default=False)
    gates_work = models.BooleanField(_("work waits for this payment"), default=False)

    history = HistoricalRecords()
    objects = MoneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment milestone")
        verbose_name_plural = _("payment milestones")
        ordering = ["lead", "position", "pk"]
        constraints = [percent_or_unknown("share_percent", "milestone_share_is_a_share")]

    def __str__(self) -> str:
        return self.label


class InvoiceQuerySet(MoneyQuerySet["Invoice"]):
    """Invoices."""

    def visible_to(self, user: User) -> Self:
        """Add, for managers, what was billed to an account alone: they see all accounts, too."""
        found = super().visible_to(user)
        if user.role != User.Role.MANAGER:
            return found
        return self.filter(Q(lead=None) | Q(lead__in=Lead.objects.visible_to(user)))

    def unpaid(self) -> Self:
        """Keep those with something still to come in."""
        return self.filter(archived_at=None, written_off_date=None, paid_amount__lt=F("amount"))


class Invoice(LedgerRow, Versioned):
    """What was billed; `paid_amount` is the sum of its payments, kept by the payment service."""

    account = models.ForeignKey(
        Account, verbose_name=_("account"), on_delete=models.PROTECT, related_name="invoices"
    )
    lead = models.ForeignKey(
        Lead,
        verbose_name=_("lead"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invoices",
    )
    milestone = models.ForeignKey(
        PaymentMilestone,
        verbose_name=_("milestone"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="invoices",
    )
    milestone_label = models.CharField(_("milestone"), max_length=80, blank=True)
    number = models.CharField(_("invoice number"), max_length=60, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    issued_date = models.DateField(_("issued on"))
    due_date = models.DateField(_("due on"))
    paid_amount = models.DecimalField(
        _("paid so far"), max_digits=18, decimal_places=2, default=0, editable=False
    )
    settled_date = models.DateField(_("paid in full on"), null=True, blank=True, editable=False)
    disputed_date = models.DateField(_("disputed or returned on"), null=True, blank=True)
    written_off_date = models.DateField(_("written off on"), null=True, blank=True)
    write_off_reason = models.CharField(_("why it was written off"), max_length=200, blank=True)

    history = HistoricalRecords()
    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["due_date", "pk"]
        constraints = [
            models.CheckConstraint(name="invoice_amount_is_above_zero", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="invoice_falls_due_after_its_issue",
                condition=Q(due_date__gte=F("issued_date")),
            ),
            never_negative("paid_amount", "invoice_paid_sum_is_never_negative"),
        ]
        indexes = [
            models.Index(fields=["settled_date", "due_date"], name="invoice_open_due"),
            models.Index(fields=["account", "issued_date"], name="invoice_account"),
            models.Index(fields=["settled_date", "issued_date"], name="invoice_open_issued"),
            models.Index(fields=["settled_date", "amount"], name="invoice_open_amount"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.milestone_label} {self.issued_date:%Y-%m-%d}".strip()

    @property
    def receivable_amount(self) -> Decimal:
        """Return what is billed and not yet paid; what came in above it is owed to nobody."""
        return max(self.amount - self.paid_amount, Decimal(0))


class Payment(LedgerRow):
    """Money that came in for an invoice, or a credit note that takes its place."""

    class Kind(models.TextChoices):
        MONEY = "MONEY", _("money")
        CREDIT_NOTE = "CREDIT_NOTE", _("credit note")

    invoice = models.ForeignKey(
        Invoice, verbose_name=_("invoice"), on_delete=models.PROTECT, related_name="payments"
    )
    paid_date = models.DateField(_("paid on"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.MONEY)
    note = models.CharField(_("note"), max_length=200, blank=True)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)

    history = HistoricalRecords()
    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["paid_date", "pk"]
        constraints = [
            models.CheckConstraint(name="payment_amount_is_not_zero", condition=~Q(amount=0))
        ]

    def __str__(self) -> str:
        return f"{self.paid_date:%Y-%m-%d} {self.amount}"
