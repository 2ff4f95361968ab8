"""One pursuit of one deal, from first contact to outcome, and the dated facts about it."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.models.base import (
    LedgerQuerySet,
    LedgerRow,
    Versioned,
    never_negative,
    one_of,
    positive_or_unknown,
)
from crm.models.codes import Ask, Mark, Outcome, Pattern, Stage, Verdict
from crm.models.user import User


def opens_leads_of(user: User, *, owner_id: int | None, team_id: int | None) -> bool:
    """Say of one owner's leads what `visible_to` says of all; accountants are asked of money."""
    match user.role:
        case User.Role.FOUNDER:
            return True
        case User.Role.MANAGER:
            is_ours = user.team_id is not None and team_id == user.team_id
            return owner_id in (None, user.pk) or is_ours
        case User.Role.SELLER:
            return owner_id == user.pk
        case _:
            return False


class LeadQuerySet(LedgerQuerySet["Lead"]):
    """Leads."""

    def visible_to(self, user: User) -> Self:
        """Keep what the user's role opens.

        Founders see all; managers their team's, their own and those without an owner; sellers
        their own; accountants those with terms or invoices; viewers none (they read reports).
        """
        match user.role:
            case User.Role.FOUNDER:
                return self
            case User.Role.MANAGER:
                ours = Q(owner=user) | Q(owner=None)
                if user.team_id:
                    ours |= Q(owner__team=user.team_id)
                return self.filter(ours)
            case User.Role.SELLER:
                return self.filter(owner=user)
            case User.Role.ACCOUNTANT:
                return self.filter(has_money=True)
            case _:
                return self.none()

    def reportable_to(self, user: User) -> Self:
        """Keep what may stand in the user's reports; a viewer reads all of them."""
        return self if user.role == User.Role.VIEWER else self.visible_to(user)

    def open_at(self, moment: datetime) -> Self:
        """Keep the leads that were running at a moment, those closed since included."""
        return self.filter(
            Q(closed_at=None) | Q(closed_at__gt=moment), opened_at__lte=moment, archived_at=None
        )

    def open(self) -> Self:
        """Keep the leads that run now."""
        return self.filter(closed_at=None, archived_at=None)

    def resting_at(self, day: date) -> Self:
        """Keep the leads that somebody paused to a later day: never stale before it."""
        return self.filter(rest_kind="PAUSE", rests_until_date__gt=day)

    def awake_at(self, day: date) -> Self:
        """Keep the leads that do not rest."""
        is_awake = ~Q(rest_kind="PAUSE") | Q(rests_until_date=None) | Q(rests_until_date__lte=day)
        return self.filter(is_awake)

    def answered_at(self, day: date) -> Self:
        """Keep the leads whose flag is answered until a later day.

        A risk that somebody took is asked about again when the chance of an order has fallen by
        another third since.
        """
        still = Q(asked_again_below=None) | Q(order_chance=None)
        still |= Q(order_chance__gte=F("asked_again_below"))
        return self.filter(still, rests_until_date__gt=day)


class Lead(LedgerRow, Versioned):
    """One pursuit of one deal, from first contact to outcome."""

    Stage = Stage
    Outcome = Outcome

    class Source(models.TextChoices):
        INBOUND_WECHAT = "INBOUND_WECHAT", _("they added us on WeChat")
        INBOUND = "INBOUND", _("they wrote to us")
        EVENT = "EVENT", _("event")
        REFERRAL = "REFERRAL", _("referral")
        TENDER_NOTICE = "TENDER_NOTICE", _("tender notice")
        OUTBOUND = "OUTBOUND", _("our own call")
        EXISTING_CUSTOMER = "EXISTING_CUSTOMER", _("existing customer")

    class DealType(models.TextChoices):
        ONSITE_PROJECT = "ONSITE_PROJECT", _("On-site project")
        LICENCE = "LICENCE", _("Licence")
        SMALL_PAID = "SMALL_PAID", _("Small paid step")
        POC_FIRST = "POC_FIRST", _("PoC first")
        LOGO = "LOGO", _("Logo deal")
        LEARNING = "LEARNING", _("Learning deal")
        UNDEFINED = "UNDEFINED", _("Not defined yet")

    EARN_NOTHING = (DealType.LOGO, DealType.LEARNING)  # in every forecast

    account = models.ForeignKey(
        "crm.Account", verbose_name=_("account"), on_delete=models.PROTECT, related_name="leads"
    )
    title = models.CharField(_("subject"), max_length=160, blank=True)
    owner = models.ForeignKey(
        User,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,  # the index by owner and date serves it
    )
    source = models.CharField(_("source"), max_length=20, choices=Source, blank=True)
    own_source = models.CharField(_("own source"), max_length=60, blank=True)
    first_ask = models.CharField(_("first ask"), max_length=20, choices=Ask, blank=True)
    stated_purpose = models.CharField(_("stated purpose"), max_length=200, blank=True)
    deal_type = models.CharField(_("deal type"), max_length=16, choices=DealType, blank=True)
    use_case = models.CharField(_("use case"), max_length=160, blank=True)
    est_value_amount = models.DecimalField(
        _("estimated value"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.NEW)
    opened_at = models.DateTimeField(_("opened at"))
    cap_hours = models.DecimalField(
        _("cap on unpaid hours"), max_digits=7, decimal_places=1, null=True, blank=True
    )
    cap_amount = models.DecimalField(
        _("cap on cost"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    cap_date = models.DateField(_("effort ends on"), null=True, blank=True)
    decide_by_date = models.DateField(_("decide by"), null=True, blank=True)
    logo_right_date = models.DateField(_("written logo right since"), null=True, blank=True)
    tags = models.ManyToManyField(
        "crm.Tag", verbose_name=_("tags"), through="crm.LeadTag", related_name="leads", blank=True
    )
    custom_fields = models.JSONField(_("own fields"), default=dict, blank=True)

    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome, blank=True)
    outcome_recorded_at = models.DateTimeField(_("outcome recorded at"), null=True, blank=True)
    outcome_by = models.ForeignKey(
        User,
        verbose_name=_("judged by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,  # nobody asks for the leads that a person judged
        related_name="+",
    )
    outcome_is_guess = models.BooleanField(_("a guess"), null=True, blank=True)
    outcome_reason = models.CharField(_("reason"), max_length=60, blank=True)
    outcome_basis = models.CharField(_("how we know"), max_length=300, blank=True)
    outcome_lesson = models.CharField(_("what we learned"), max_length=500, blank=True)

    # What lists sort and filter by, kept on the row by services (never by hand).
    assessment_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    scored_at = models.DateTimeField(null=True, blank=True, editable=False)
    order_chance = models.FloatField(null=True, blank=True, editable=False)
    order_chance_is_wide = models.BooleanField(default=False, editable=False)
    usual_order_rate = models.FloatField(null=True, blank=True, editable=False)
    verdict = models.CharField(
        _("verdict"), max_length=8, choices=Verdict, default=Verdict.UNKNOWN, editable=False
    )
    pattern = models.CharField(
        _("pattern"), max_length=28, choices=Pattern, blank=True, editable=False
    )
    late_payment_chance = models.FloatField(null=True, blank=True, editable=False)
    payment_mark = models.CharField(
        _("late payment"), max_length=8, choices=Mark, default=Mark.UNKNOWN, editable=False
    )
    # What made the mark red or amber where the chance did not: a clause, the cash, a loss.
    payment_cause = models.CharField(max_length=8, blank=True, editable=False)
    expected_loss_amount = models.DecimalField(
        max_digits=18, decimal_places=2, null=True, blank=True, editable=False
    )
    has_money = models.BooleanField(default=False, editable=False)
    interaction_count = models.PositiveIntegerField(default=0, editable=False)
    # Sums are wide enough for whatever their rows hold: PostgreSQL refuses what is not.
    unpaid_hours = models.DecimalField(max_digits=14, decimal_places=1, default=0, editable=False)
    travel_amount = models.DecimalField(max_digits=18, decimal_places=2, default=0, editable=False)
    last_interaction_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_client_contact_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_step_date = models.DateField(null=True, blank=True, editable=False)
    next_step = models.CharField(max_length=200, blank=True, editable=False)
    rest_kind = models.CharField(max_length=24, blank=True, editable=False)
    rests_until_date = models.DateField(null=True, blank=True, editable=False)
    asked_again_below = models.FloatField(null=True, blank=True, editable=False)
    effort_share = models.FloatField(null=True, blank=True, editable=False)
    effort_reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)

    history = HistoricalRecords(
        excluded_fields=[
            "assessment_due_at",
            "scored_at",
            "order_chance",
            "order_chance_is_wide",
            "usual_order_rate",
            "verdict",
            "pattern",
            "late_payment_chance",
            "payment_mark",
            "payment_cause",
            "expected_loss_amount",
            "has_money",
            "interaction_count",
            "unpaid_hours",
            "travel_amount",
            "last_interaction_at",
            "last_client_contact_at",
            "next_step_date",
            "next_step",
            "rest_kind",
            "rests_until_date",
            "asked_again_below",
            "effort_share",
            "effort_reviewed_at",
        ]
    )
    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            one_of("stage", Stage, "lead_stage_is_known"),
            one_of("outcome", Outcome, "lead_outcome_is_known"),
            positive_or_unknown("est_value_amount", "lead_value_is_unknown_rather_than_zero"),
            models.CheckConstraint(
                name="lead_with_an_outcome_is_closed",
                condition=Q(outcome="") | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="lead_closes_after_it_opens",
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
            ),
            never_negative("unpaid_hours", "lead_hours_are_never_negative"),
        ]
        indexes = [
            # Each score that changes writes to every index: those of rare dates hold no others.
            models.Index(
                fields=["assessment_due_at"],
                condition=Q(assessment_due_at__isnull=False),
                name="lead_due",
            ),
            models.Index(fields=["closed_at", "decide_by_date", "id"], name="lead_open_decide"),
            models.Index(fields=["closed_at", "verdict", "order_chance"], name="lead_verdict"),
            models.Index(fields=["closed_at", "order_chance", "id"], name="lead_chance"),
            models.Index(fields=["closed_at", "late_payment_chance", "id"], name="lead_late"),
            models.Index(fields=["closed_at", "expected_loss_amount", "id"], name="lead_loss"),
            models.Index(fields=["closed_at", "est_value_amount", "id"], name="lead_value"),
            models.Index(fields=["closed_at", "unpaid_hours", "id"], name="lead_hours"),
            models.Index(fields=["closed_at", "last_client_contact_at", "id"], name="lead_quiet"),
            models.Index(fields=["closed_at", "opened_at", "id"], name="lead_opened"),
            models.Index(fields=["closed_at", "stage", "decide_by_date"], name="lead_stage"),
            models.Index(fields=["owner", "closed_at", "decide_by_date"], name="lead_owner"),
            models.Index(fields=["next_step_date"], name="lead_next_step"),
            models.Index(
                fields=["closed_at", "rests_until_date"],
                condition=Q(rests_until_date__isnull=False),
                name="lead_rests",
            ),
            models.Index(fields=["closed_at", "effort_share", "id"], name="lead_effort"),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.title}" if self.title else str(self.account)

    @property
    def is_open(self) -> bool:
        """Say whether the lead runs now."""
        return self.closed_at is None and self.archived_at is None
