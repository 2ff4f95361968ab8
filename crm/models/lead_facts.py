"""Dated facts about a lead: stages, what changed, paid steps offered."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.base import DatedRow, LedgerQuerySet, one_of, positive_or_unknown
from crm.models.codes import Stage
from crm.models.lead import Lead
from crm.models.user import User


class StageChange(DatedRow):
    """A lead went from one stage to another."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="stage_changes")
    from_stage = models.CharField(_("from"), max_length=12, choices=Stage, blank=True)
    to_stage = models.CharField(_("to"), max_length=12, choices=Stage)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage change")
        verbose_name_plural = _("stage changes")
        ordering = ["happened_at", "pk"]
        constraints = [one_of("to_stage", Stage, "stage_change_goes_to_a_known_stage")]
        indexes = [models.Index(fields=["from_stage", "-happened_at"], name="stage_change_left")]

    def __str__(self) -> str:
        return f"{self.from_stage} > {self.to_stage}"


class LeadFactKind(models.TextChoices):
    """What kind of row it is."""

    LEADERSHIP_STANCE = "LEADERSHIP_STANCE", _("Leadership stance")
    REQUIREMENT_AUTHOR = "REQUIREMENT_AUTHOR", _("Who wrote the requirements")
    SCOPE_CHANGE = "SCOPE_CHANGE", _("Scope change")
    COMPELLING_EVENT = "COMPELLING_EVENT", _("Event that forces a decision")
    BUSINESS_OWNER = "BUSINESS_OWNER", _("Business owner named")
    WORK_STARTED = "WORK_STARTED", _("Work started")
    CONTRACT_SIGNED = "CONTRACT_SIGNED", _("Contract signed")
    BUDGET_STAGE = "BUDGET_STAGE", _("Budget stage")


class LeadFactValue(models.TextChoices):
    """What a dated fact says."""

    VETO = "VETO", _("veto")
    WATCHING = "WATCHING", _("watching")
    MANDATE = "MANDATE", _("mandate with a target")
    US = "US", _("we wrote them")
    CLIENT = "CLIENT", _("the client wrote them")
    THIRD_PARTY = "THIRD_PARTY", _("a third party wrote them")
    NO_BUDGET = "NO_BUDGET", pgettext_lazy("budget", "none")
    PILOT_WITHOUT_BUDGET = "PILOT_WITHOUT_BUDGET", _("pilot without budget")
    PLANNED = "PLANNED", _("planned")
    APPLIED = "APPLIED", _("applied for")
    APPROVED = "APPROVED", _("approved")


class LeadFact(DatedRow):
    """One dated fact about a lead that may change and that a score may use."""

    Kind = LeadFactKind
    Value = LeadFactValue
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    value = models.CharField(_("value"), max_length=20, choices=Value, blank=True)
    due_date = models.DateField(_("by when"), null=True, blank=True)
    who = models.CharField(_("who"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("dated fact")
        verbose_name_plural = _("dated facts")
        ordering = ["happened_at", "pk"]
        constraints = [
            one_of("kind", LeadFactKind, "lead_fact_kind_is_known"),
            one_of("value", LeadFactValue, "lead_fact_value_is_known"),
        ]
        indexes = [models.Index(fields=["lead", "happened_at"], name="lead_fact_lead")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_value_display()}".strip()


class PaidStepOffer(DatedRow):
    """A small paid step that we offered, and the answer."""

    class Answer(models.TextChoices):
        ACCEPTED = "ACCEPTED", _("accepted")
        REFUSED = "REFUSED", _("refused")

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="paid_step_offers")
    what = models.CharField(_("what"), max_length=200, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    answer = models.CharField(_("answer"), max_length=8, choices=Answer, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer_recorded_at = models.DateTimeField(null=True, blank=True)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("paid step offer")
        verbose_name_plural = _("paid step offers")
        ordering = ["happened_at", "pk"]
        constraints = [
            positive_or_unknown("amount", "offer_amount_is_unknown_rather_than_zero"),
            models.CheckConstraint(
                name="offer_answer_and_its_dates_go_together",
                condition=Q(answer="", answered_at=None, answer_recorded_at=None)
                | Q(~Q(answer=""), answered_at__isnull=False, answer_recorded_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.what or str(self._meta.verbose_name)
