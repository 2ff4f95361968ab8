"""Tenders, invitations and price inquiries."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.models.base import DatedRow, Versioned, never_negative, one_of
from crm.models.interaction import OfLeadQuerySet
from crm.models.lead import Lead
from crm.models.user import User


class BidKind(models.TextChoices):
    """What kind of row it is."""

    OPEN = "OPEN", _("Open tender")
    INVITED = "INVITED", _("Invited tender")
    RFI = "RFI", _("Request for information")
    PRICE_INQUIRY = "PRICE_INQUIRY", _("Price inquiry")
    SOLE_SOURCE = "SOLE_SOURCE", _("Sole source")


class BidResult(models.TextChoices):
    """How a bid ended."""

    WON = "WON", _("won")
    LOST = "LOST", _("lost to a rival")
    CANCELLED = "CANCELLED", _("cancelled or unknown")


class Bid(DatedRow, Versioned):
    """One tender, invitation or price inquiry; `happened_at` is the notice."""

    Kind = BidKind

    class Choice(models.TextChoices):
        BID = "BID", _("bid")
        NO_BID = "NO_BID", _("no bid")

    Result = BidResult
    lead = models.ForeignKey(
        Lead, verbose_name=_("lead"), on_delete=models.PROTECT, related_name="bids"
    )
    kind = models.CharField(_("kind"), max_length=14, choices=Kind, blank=True)
    deadline_date = models.DateField(_("deadline"), null=True, blank=True)
    prep_days = models.PositiveSmallIntegerField(_("days to prepare"), null=True, blank=True)
    contact_before_notice = models.BooleanField(_("contact before notice"), null=True, blank=True)
    incumbent_known = models.BooleanField(_("incumbent known"), null=True, blank=True)
    specification_fits_us = models.BooleanField(_("specification fits us"), null=True, blank=True)
    set_criteria = models.BooleanField(_("we set the criteria"), null=True, blank=True)
    bidders_count = models.PositiveSmallIntegerField(_("bidders"), null=True, blank=True)
    deposit_amount = models.DecimalField(
        _("deposit"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    deposit_paid_date = models.DateField(_("deposit paid on"), null=True, blank=True)
    deposit_due_date = models.DateField(_("deposit due back on"), null=True, blank=True)
    deposit_back_date = models.DateField(_("deposit back on"), null=True, blank=True)
    hours_planned = models.DecimalField(
        _("hours it will take"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=1, null=True, blank=True)
    questions_asked_at = models.DateTimeField(_("questions asked"), null=True, blank=True)
    questions_answered_at = models.DateTimeField(_("questions answered"), null=True, blank=True)
    sheet = models.JSONField(_("bid sheet"), default=dict, blank=True)
    # When facts of the notice were learned later than the notice; no score before then uses them.
    facts_recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    choice = models.CharField(_("bid or no bid"), max_length=6, choices=Choice, blank=True)
    choice_reason = models.CharField(_("why"), max_length=300, blank=True)
    choice_by = models.ForeignKey(
        User,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    choice_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)
    result_date = models.DateField(_("result known on"), null=True, blank=True)

    history = HistoricalRecords()
    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("bid")
        verbose_name_plural = _("bids")
        ordering = ["happened_at", "pk"]
        constraints = [
            one_of("kind", BidKind, "bid_kind_is_known"),
            one_of("result", BidResult, "bid_result_is_known"),
            never_negative("deposit_amount", "bid_deposit_is_never_negative"),
            never_negative("hours", "bid_hours_are_never_negative"),
            never_negative("hours_planned", "bid_planned_hours_are_never_negative"),
        ]
        indexes = [
            models.Index(fields=["deadline_date"], name="bid_deadline"),
            models.Index(fields=["result", "deadline_date"], name="bid_result"),
            models.Index(fields=["deposit_back_date", "deposit_due_date"], name="bid_deposit"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display() or self._meta.verbose_name} {self.happened_at:%Y-%m-%d}"
