"""Stored scores, the flags they raise and what a person decided."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm import rules
from crm.models.base import DatedRow, one_of
from crm.models.codes import Mark, Pattern, Verdict
from crm.models.interaction import OfLeadQuerySet
from crm.models.kept_json import KeptJson
from crm.models.lead import Lead
from crm.models.user import User

LEARNED_ALONE = "-alone"


class Target(models.TextChoices):
    """What a score is the chance of."""

    NO_ORDER = "NO_ORDER", _("no order")
    LATE_PAYMENT = "LATE_PAYMENT", _("paid late or never")


def learned_from_outcomes(scorer_version: str) -> bool:
    """Say whether a scorer is a trained one: "points-1" is not, "points-1+80aba0ab" is."""
    return "+" in scorer_version


def leaves_points_out(scorer_version: str) -> bool:
    """Say whether own outcomes score alone: "points-1+80aba0ab-alone" does."""
    return learned_from_outcomes(scorer_version) and scorer_version.endswith(LEARNED_ALONE)


class Assessment(models.Model):
    """A score of one lead at one moment, with its reasons and the rows behind them.

    `probability`, `low` and `high` (an 80 % interval) are of the target named; the chance of an
    order is 1 - probability. `reasons` is a list of {code, points, params, rows}: points against
    an order (or for late payment), rows as "I:12" (see `crm/reason_texts.py`). `what_if` says what
    the score would be: a list of {code, probability, verdict, points, moves}, the best first.
    """

    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="assessments", db_index=False
    )
    target = models.CharField(max_length=12, choices=Target)
    as_of = models.DateTimeField(_("as of"))
    recorded_at = models.DateTimeField(_("recorded at"))
    probability = models.FloatField(_("probability"), null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    base_rate = models.FloatField(_("base rate of the target"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, default=Verdict.UNKNOWN)
    mark = models.CharField(_("late payment"), max_length=8, choices=Mark, default=Mark.UNKNOWN)
    pattern = models.CharField(_("pattern"), max_length=28, choices=Pattern, blank=True)
    points = models.FloatField(_("points"), default=0)
    reasons = KeptJson(_("reasons"), default=list)
    what_if = KeptJson(_("what if"), default=list, blank=True)
    scorer_version = models.CharField(_("scorer"), max_length=40)
    outcomes_count = models.PositiveIntegerField(_("outcomes known"), default=0)
    interactions_count = models.PositiveIntegerField(_("interactions known"), default=0)
    # Of what it says: a score that says the same is not stored again.
    fingerprint = models.CharField(max_length=32, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="assessment_probability_is_never_0_or_1",
                condition=Q(probability=None) | Q(probability__gt=0, probability__lt=1),
            ),
            models.CheckConstraint(
                name="assessment_interval_holds_its_probability",
                condition=Q(probability=None)
                | Q(low__lte=F("probability"), high__gte=F("probability")),
            ),
            one_of("target", Target, "assessment_target_is_known"),
        ]
        indexes = [models.Index(fields=["lead", "target", "-as_of"], name="assessment_latest")]

    def __str__(self) -> str:
        return f"{self.target} {self.probability} {self.as_of:%Y-%m-%d}"

    @property
    def is_too_wide(self) -> bool:
        """Say whether the interval is too wide for a single figure."""
        return rules.is_too_wide(self.low, self.high)

    @property
    def is_learned(self) -> bool:
        """Say whether own outcomes moved the score, or expert points alone made it."""
        return learned_from_outcomes(self.scorer_version)


class Flag(models.Model):
    """A warning that stands from `raised_at` until `cleared_at`; it informs, a person decides."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="flags")
    target = models.CharField(max_length=12, choices=Target)
    level = models.CharField(_("level"), max_length=8)
    pattern = models.CharField(_("pattern"), max_length=28, choices=Pattern, blank=True)
    raised_at = models.DateTimeField(_("raised at"))
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    assessment = models.ForeignKey(Assessment, null=True, on_delete=models.SET_NULL)

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "target"],
                condition=Q(cleared_at=None),
                name="one_standing_flag_for_a_lead_and_target",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.level} {self.raised_at:%Y-%m-%d}"


class DecisionKind(models.TextChoices):
    """What kind of row it is."""

    CONTINUE = "CONTINUE", _("Continue")
    OFFER_PAID_STEP = "OFFER_PAID_STEP", _("Offer a paid step")
    PAUSE = "PAUSE", _("Pause")
    WALK_AWAY = "WALK_AWAY", _("Walk away")
    ACCEPT_RISK = "ACCEPT_RISK", _("Accept the risk")
    HAND_OVER_ABOVE_LEVEL = "HAND_OVER_ABOVE_LEVEL", _("Handed over above the allowed level")
    REVIEW_EFFORT = "REVIEW_EFFORT", _("Reviewed the effort")
    TAKE_BACK = "TAKE_BACK", _("Taken back")


# The kinds that answer a flag: until their day the lead is not asked about again.
ANSWERS = (
    DecisionKind.CONTINUE,
    DecisionKind.OFFER_PAID_STEP,
    DecisionKind.PAUSE,
    DecisionKind.WALK_AWAY,
    DecisionKind.ACCEPT_RISK,
)


# Material that was handed over stays handed over: that row cannot be taken back.
UNDOABLE = (*ANSWERS, DecisionKind.REVIEW_EFFORT)
UNDO_FOR = timedelta(hours=24)


class DecisionQuerySet(OfLeadQuerySet["Decision"]):
    """Decisions; the database lets nothing of a row change but whether it is put away."""

    def standing(self) -> Self:
        """Leave out the decisions that were taken back, and the rows that took them back."""
        back = self.model._default_manager.filter(
            takes_back=OuterRef("ledger_id"), archived_at=None
        )
        return self.exclude(kind=DecisionKind.TAKE_BACK).filter(~Exists(back))

    def standing_at(self, moment: datetime) -> Self:
        """Keep the decisions that were known and had not been taken back at a moment."""
        back = self.model._default_manager.filter(takes_back=OuterRef("ledger_id"))
        known = self.known_at(moment).exclude(kind=DecisionKind.TAKE_BACK)
        return known.filter(~Exists(back.known_at(moment)))

    def answers(self) -> Self:
        """Keep the decisions that answer a flag."""
        return self.filter(kind__in=ANSWERS)


class Decision(DatedRow):
    """What a named person decided about a lead or a flag, when and why; never changed after."""

    Kind = DecisionKind

    class Handling(models.TextChoices):
        AVOID = "AVOID", _("avoid")
        REDUCE = "REDUCE", _("reduce")
        TRANSFER = "TRANSFER", _("transfer")
        ACCEPT = "ACCEPT", _("accept")

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="decisions")
    flag = models.ForeignKey(Flag, null=True, blank=True, on_delete=models.PROTECT)
    kind = models.CharField(_("decision"), max_length=24, choices=Kind)
    handling = models.CharField(_("handling"), max_length=8, choices=Handling, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT)
    reason = models.CharField(_("reason"), max_length=500)
    reason_codes = models.JSONField(default=list, blank=True)
    review_date = models.DateField(_("review on"), null=True, blank=True)
    shown = models.JSONField(_("score and reasons as shown then"), default=dict, blank=True)
    scorer_version = models.CharField(max_length=40, blank=True)
    # The ledger id of the decision that this row takes back.
    takes_back = models.CharField(max_length=64, blank=True, editable=False)
    client_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-happened_at", "-pk"]
        constraints = [
            one_of("kind", DecisionKind, "decision_kind_is_known"),
            models.CheckConstraint(name="decision_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="decision_that_takes_back_names_another",
                condition=Q(kind=DecisionKind.TAKE_BACK) ^ Q(takes_back=""),
            ),
            models.UniqueConstraint(
                fields=["takes_back"],
                condition=~Q(takes_back=""),
                name="decision_is_taken_back_once",
            ),
        ]
        indexes = [models.Index(fields=["lead", "-happened_at", "-id"], name="decision_lead")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%Y-%m-%d}"

    @property
    def is_answer(self) -> bool:
        """Say whether it answers a flag."""
        return self.kind in ANSWERS

    def may_be_taken_back(self, *, by: User, now: datetime) -> bool:
        """Say whether a person may take it back: it is his own, and a day old at most."""
        is_fresh = now - self.recorded_at <= UNDO_FOR
        is_own = self.decided_by_id == by.pk and self.kind in UNDOABLE
        return is_fresh and is_own
