"""What happened with a lead: talks, material handed over, tenders."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.models.account import Contact
from crm.models.base import DatedRow, LedgerQuerySet, Row, Versioned, never_negative, one_of
from crm.models.codes import BudgetStage
from crm.models.lead import Lead
from crm.models.user import User


class OfLeadQuerySet(LedgerQuerySet[Row]):
    """Rows that belong to a lead."""

    def visible_to(self, user: User) -> Self:
        """Keep the rows of leads that the user may see; accountants read no sales notes."""
        if user.role == User.Role.ACCOUNTANT:
            return self.none()
        return self.filter(lead__in=Lead.objects.visible_to(user))


class InteractionKind(models.TextChoices):
    """What kind of row it is."""

    WECHAT = "WECHAT", _("WeChat")
    CALL = "CALL", _("Call")
    ONLINE_MEETING = "ONLINE_MEETING", _("Online meeting")
    VISIT_TO_CLIENT = "VISIT_TO_CLIENT", _("Visit to client")
    VISIT_TO_US = "VISIT_TO_US", _("Visit to us")
    DEMO = "DEMO", _("Demo")
    SOLUTION_REQUEST = "SOLUTION_REQUEST", _("Solution request")
    INQUIRY = "INQUIRY", _("Inquiry")
    BACKGROUND_CHECK = "BACKGROUND_CHECK", _("Background check")
    INTERNAL_REPORT = "INTERNAL_REPORT", _("Internal report")
    EVALUATION = "EVALUATION", _("Evaluation")
    BID_TALK = "BID_TALK", _("Bid talk")
    NEGOTIATION = "NEGOTIATION", _("Negotiation")


class InteractionSide(models.TextChoices):
    """Who got in touch."""

    CLIENT = "CLIENT", _("client")
    US = "US", _("we")


class Interaction(DatedRow, Versioned):
    """One visit, call, request or talk: dated, with what was asked, given and spent."""

    Kind = InteractionKind
    Side = InteractionSide

    class Gift(models.TextChoices):
        DATA = "DATA", _("Sample data")
        REQUIREMENTS = "REQUIREMENTS", _("Requirement document")
        ACCESS = "ACCESS", _("System access")
        NDA = "NDA", _("Signed NDA")
        NAMES = "NAMES", _("Names and roles")
        MATERIAL = "MATERIAL", _("Other material")

    lead = models.ForeignKey(
        Lead, verbose_name=_("lead"), on_delete=models.PROTECT, related_name="interactions"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    initiated_by = models.CharField(_("who got in touch"), max_length=6, choices=Side, blank=True)
    # Codes of Ask and Gift; null is "not known", an empty list "nothing".
    asks = models.JSONField(_("what they asked for"), null=True, blank=True)
    client_gave = models.JSONField(_("what the client gave"), null=True, blank=True)
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("contact"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    attendees = models.ManyToManyField(
        Contact, verbose_name=_("who was there"), blank=True, related_name="interactions"
    )
    max_seniority = models.PositiveSmallIntegerField(
        _("highest seniority"), choices=Contact.Seniority, null=True, blank=True
    )
    client_attendees = models.PositiveSmallIntegerField(
        _("people of the client"), null=True, blank=True
    )
    budget_holder_present = models.BooleanField(_("budget holder was there"), null=True, blank=True)
    budget_stage = models.CharField(
        _("budget stage as stated"), max_length=20, choices=BudgetStage, blank=True
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_date = models.DateField(_("date of the next step"), null=True, blank=True)
    has_dated_next_step = models.BooleanField(_("next step has a date"), null=True, blank=True)
    competitors_count = models.PositiveSmallIntegerField(
        _("competitors named"), null=True, blank=True
    )
    competitors = models.CharField(_("competitors"), max_length=200, blank=True)
    incumbent = models.CharField(_("incumbent supplier"), max_length=120, blank=True)
    response_latency_days = models.DecimalField(
        _("client's reply time in days"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    presales_hours = models.DecimalField(
        _("our hours"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    travel_hours = models.DecimalField(
        _("travel hours"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    travel_amount = models.DecimalField(
        _("travel cost"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    paid_by_client = models.BooleanField(_("paid by the client"), default=False)
    note = models.TextField(_("note"), max_length=4000, blank=True)
    author = models.ForeignKey(
        User, verbose_name=_("logged by"), null=True, blank=True, on_delete=models.PROTECT
    )
    client_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    history = HistoricalRecords()
    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering = ["happened_at", "pk"]
        constraints = [
            one_of("kind", InteractionKind, "interaction_kind_is_known"),
            one_of("initiated_by", InteractionSide, "interaction_side_is_known"),
            one_of("budget_stage", BudgetStage, "interaction_budget_stage_is_known"),
            never_negative("presales_hours", "interaction_hours_are_never_negative"),
            never_negative("travel_hours", "interaction_travel_hours_are_never_negative"),
            never_negative("travel_amount", "interaction_travel_cost_is_never_negative"),
            models.CheckConstraint(
                name="interaction_with_a_next_date_has_a_dated_next_step",
                condition=Q(next_step_date=None) | Q(has_dated_next_step=True),
            ),
        ]
        indexes = [models.Index(fields=["lead", "-happened_at", "-id"], name="interaction_lead")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%Y-%m-%d}"


class InteractionEffort(models.Model):
    """Hours that one of us spent on an interaction."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="effort")
    person = models.ForeignKey(User, on_delete=models.PROTECT)
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=1)

    class Meta:
        verbose_name = _("hours of a person")
        verbose_name_plural = _("hours by person")
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "person"], name="effort_is_said_once_for_a_person"
            ),
            never_negative("hours", "effort_hours_are_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.hours}"


class AttendeeTrail(models.Model):
    """From when until when a person counted as present at a talk, where that was corrected.

    Who was never corrected has no row; the last row of who is there now has no end.
    """

    interaction = models.ForeignKey(
        Interaction, verbose_name=_("interaction"), on_delete=models.CASCADE, related_name="+"
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), on_delete=models.PROTECT, related_name="+"
    )
    since_at = models.DateTimeField(_("counts since"), null=True, blank=True)
    until_at = models.DateTimeField(_("counted until"), null=True, blank=True)

    class Meta:
        verbose_name = _("corrected presence")
        verbose_name_plural = _("corrected presences")
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "contact"],
                condition=Q(until_at=None),
                name="a_person_counts_once_at_a_talk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} {self.interaction}"
