"""What we mean to do: meetings ahead, and the check before a trip. Never a fact of contact."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from crm.models.account import Contact
from crm.models.base import DatedRow, LedgerRow, Versioned, never_negative, one_of
from crm.models.codes import BudgetStage
from crm.models.interaction import Interaction, InteractionKind, OfLeadQuerySet
from crm.models.lead import Lead
from crm.models.user import User


class PlanStatus(models.TextChoices):
    """What became of a plan."""

    PLANNED = "PLANNED", pgettext_lazy("plan", "planned")
    DONE = "DONE", pgettext_lazy("plan", "took place")
    CANCELLED = "CANCELLED", pgettext_lazy("plan", "cancelled")


class PlannedMeetingQuerySet(OfLeadQuerySet["PlannedMeeting"]):
    """Meetings ahead, and those that were."""

    def waiting(self) -> Self:
        """Keep what is planned and neither logged nor cancelled yet."""
        return self.filter(status=PlanStatus.PLANNED, archived_at=None)

    def between(self, first: date, last: date) -> Self:
        """Keep the meetings of some days, both ends included."""
        return self.filter(meeting_date__gte=first, meeting_date__lte=last)


class PlannedMeeting(LedgerRow, Versioned):
    """One meeting that we mean to have; the talk that came of it is a row of its own."""

    Kind = InteractionKind
    Status = PlanStatus
    lead = models.ForeignKey(
        Lead, verbose_name=_("lead"), on_delete=models.PROTECT, related_name="planned_meetings"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=InteractionKind)
    topic = models.CharField(_("what it is about"), max_length=200, blank=True)
    meeting_date = models.DateField(_("day"))
    meeting_time = models.TimeField(_("time"), null=True, blank=True)
    is_online = models.BooleanField(_("online"), default=False)
    place = models.CharField(_("place"), max_length=120, blank=True)
    attendees = models.ManyToManyField(
        Contact, verbose_name=_("who comes"), blank=True, related_name="planned_meetings"
    )
    hours = models.DecimalField(
        _("our hours"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    travel_hours = models.DecimalField(
        _("travel hours"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    travel_amount = models.DecimalField(
        _("travel cost"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    status = models.CharField(
        _("status"), max_length=10, choices=PlanStatus, default=PlanStatus.PLANNED
    )
    status_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=200, blank=True)
    interaction = models.OneToOneField(
        Interaction,
        verbose_name=_("interaction"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="plan",
    )
    author = models.ForeignKey(
        User, verbose_name=_("planned by"), null=True, blank=True, on_delete=models.PROTECT
    )

    history = HistoricalRecords()
    objects = PlannedMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned meeting")
        verbose_name_plural = _("planned meetings")
        ordering = ["meeting_date", "meeting_time", "pk"]
        constraints = [
            one_of("kind", InteractionKind, "planned_meeting_kind_is_known"),
            one_of("status", PlanStatus, "planned_meeting_status_is_known"),
            never_negative("hours", "planned_hours_are_never_negative"),
            never_negative("travel_hours", "planned_travel_hours_are_never_negative"),
            never_negative("travel_amount", "planned_travel_cost_is_never_negative"),
            models.CheckConstraint(
                name="planned_meeting_with_a_talk_took_place",
                condition=Q(interaction=None) | Q(status=PlanStatus.DONE),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "meeting_date"], name="plan_day"),
            models.Index(fields=["lead", "status"], name="plan_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.meeting_date:%Y-%m-%d}"

    @property
    def goes_to_client(self) -> bool:
        """Say whether it is a visit at the client's."""
        return self.kind == InteractionKind.VISIT_TO_CLIENT and not self.is_online


class TravelChoice(models.TextChoices):
    """What was chosen after the check."""

    GO = "GO", pgettext_lazy("trip", "go anyway")
    ONLINE = "ONLINE", pgettext_lazy("trip", "online first")
    POSTPONE = "POSTPONE", pgettext_lazy("trip", "postpone")


class TravelCheck(DatedRow):
    """The five answers before a trip, what it costs, and what a person chose; written once."""

    Choice = TravelChoice
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="travel_checks")
    plan = models.ForeignKey(
        PlannedMeeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="checks"
    )
    budget_holder_comes = models.BooleanField(_("budget holder comes"), null=True, blank=True)
    needs_us_on_site = models.BooleanField(_("agenda needs us on site"), null=True, blank=True)
    client_will = models.CharField(_("what the client will do"), max_length=200, blank=True)
    could_be_online = models.BooleanField(_("could be online"), null=True, blank=True)
    budget_stage = models.CharField(
        _("budget stage as stated"), max_length=20, choices=BudgetStage, blank=True
    )
    trip_hours = models.DecimalField(
        _("hours of the trip"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    trip_amount = models.DecimalField(
        _("cost of the trip"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    hours_before = models.DecimalField(_("hours so far"), max_digits=14, decimal_places=1)
    travel_amount_before = models.DecimalField(
        _("travel cost so far"), max_digits=18, decimal_places=2
    )
    choice = models.CharField(_("chosen"), max_length=10, choices=TravelChoice)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    author = models.ForeignKey(User, verbose_name=_("checked by"), on_delete=models.PROTECT)

    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("travel check")
        verbose_name_plural = _("travel checks")
        ordering = ["-happened_at", "-pk"]
        constraints = [
            one_of("choice", TravelChoice, "travel_choice_is_known"),
            one_of("budget_stage", BudgetStage, "travel_check_budget_stage_is_known"),
        ]
        indexes = [models.Index(fields=["lead", "-happened_at"], name="travel_check_lead")]

    def __str__(self) -> str:
        return f"{self.get_choice_display()} {self.happened_at:%Y-%m-%d}"

    @property
    def answers(self) -> tuple[bool, ...]:
        """Return for each of the five questions whether its answer speaks for the trip."""
        return (
            self.budget_holder_comes is True,
            self.needs_us_on_site is True,
            bool(self.client_will),
            self.could_be_online is False,
            self.budget_stage not in {"", BudgetStage.NO_BUDGET},
        )

    @property
    def speaks_for_count(self) -> int:
        """Return how many of the five answers speak for the trip."""
        return sum(self.answers)
