"""What we handed over."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.models.base import DatedRow, Versioned, never_negative, one_of
from crm.models.interaction import Interaction, OfLeadQuerySet
from crm.models.lead import Lead
from crm.models.user import User


class DeliverableKind(models.TextChoices):
    """What kind of row it is."""

    GENERIC_DECK = "GENERIC_DECK", _("Generic deck")
    DEMO = "DEMO", _("Live demo")
    PRICE_RANGE = "PRICE_RANGE", _("Price range")
    REDACTED_CASE = "REDACTED_CASE", _("Redacted case")
    INDUSTRY_DATA = "INDUSTRY_DATA", _("Industry data")
    ARCHITECTURE = "ARCHITECTURE", _("Architecture outline")
    ITEMISED_QUOTE = "ITEMISED_QUOTE", _("Itemised quotation")
    SOLUTION_DOC = "SOLUTION_DOC", _("Solution document")
    POC_BUILD = "POC_BUILD", _("PoC build")
    TECH_SELECTION = "TECH_SELECTION", _("Technology selection")
    INTERNAL_REPORT = "INTERNAL_REPORT", _("Text for an internal report")
    TENDER_TEXT = "TENDER_TEXT", _("Text for a tender")
    OTHER = "OTHER", _("Other material")


class Deliverable(DatedRow, Versioned):
    """Something that we handed over, with its disclosure level 0 (public) to 6 (crown jewels)."""

    Kind = DeliverableKind
    lead = models.ForeignKey(
        Lead, verbose_name=_("lead"), on_delete=models.PROTECT, related_name="deliverables"
    )
    interaction = models.ForeignKey(
        Interaction,
        verbose_name=_("interaction"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="deliverables",
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    title = models.CharField(_("title"), max_length=160, blank=True)
    disclosure_level = models.PositiveSmallIntegerField(_("disclosure level"))
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=1, null=True, blank=True)
    requested_by_client = models.BooleanField(_("client asked for it"), null=True, blank=True)
    nda_signed = models.BooleanField(_("NDA signed"), null=True, blank=True)
    paid = models.BooleanField(_("paid"), null=True, blank=True)
    reusable = models.BooleanField(_("reusable"), null=True, blank=True)
    file_reference = models.CharField(_("file"), max_length=300, blank=True)
    override_reason = models.CharField(_("why above the allowed level"), max_length=300, blank=True)
    author = models.ForeignKey(
        User, verbose_name=_("logged by"), null=True, blank=True, on_delete=models.PROTECT
    )

    history = HistoricalRecords()
    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        ordering = ["happened_at", "pk"]
        constraints = [
            one_of("kind", DeliverableKind, "deliverable_kind_is_known"),
            models.CheckConstraint(
                name="disclosure_level_is_0_to_6", condition=Q(disclosure_level__lte=6)
            ),
            never_negative("hours", "deliverable_hours_are_never_negative"),
        ]
        indexes = [models.Index(fields=["lead", "-happened_at"], name="deliverable_lead")]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()
