"""The vendor itself: settings, dated figures, and whether background work is alive."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm import own_lists
from crm.models.base import one_of
from crm.models.codes import Stage
from crm.models.user import User


class Firm(models.Model):
    """The one row of settings that a founder may change."""

    name = models.CharField(_("name of the firm"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    horizon_days = models.PositiveSmallIntegerField(_("horizon in days"), default=180)
    holiday_country = models.CharField(_("holidays of"), max_length=2, default="CN")
    stage_norms = models.JSONField(
        _("days without client contact that make a lead stale, by stage"), default=dict, blank=True
    )
    thresholds = models.JSONField(_("thresholds of the scores"), default=dict, blank=True)
    stage_names = models.JSONField(_("names of the stages"), default=dict, blank=True)
    own_sources = models.JSONField(_("own lead sources"), default=list, blank=True)
    limits = models.JSONField(_("limits on effort and logo deals"), default=dict, blank=True)
    own_reasons = models.JSONField(_("own reasons of an outcome"), default=dict, blank=True)
    evidence_is_required = models.BooleanField(
        _("a lead moves on only with its evidence"), default=False
    )
    holds_demo_data = models.BooleanField(default=False, editable=False)
    demo_password_shown_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("settings of the firm")
        verbose_name_plural = _("settings of the firm")
        constraints = [models.CheckConstraint(name="there_is_one_firm", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.name or str(self._meta.verbose_name)

    @classmethod
    def current(cls) -> "Firm":
        """Return the firm's settings, the defaults where none are saved yet."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def stage_word(self, stage: str) -> str:
        """Return the firm's own name of a stage in the reader's language, else the usual one."""
        usual = str(Stage(stage).label) if stage in Stage.values else ""
        return own_lists.stage_name(self.stage_names, stage, get_language() or "") or usual

    @property
    def stages(self) -> list[tuple[str, str]]:
        """Return the stages as choices of a form."""
        return [(stage, self.stage_word(stage)) for stage in Stage.values]

    @property
    def zone(self) -> ZoneInfo:
        """Return the firm's time zone."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)

    def zone_of(self, person: User) -> ZoneInfo:
        """Return the zone that a person lives in; the firm's where none, or a wrong one, is set."""
        try:
            return ZoneInfo(person.time_zone) if person.time_zone else self.zone
        except (KeyError, ValueError, OSError):
            return self.zone


class FirmFigureQuerySet(models.QuerySet["FirmFigure"]):
    """Dated figures of the firm."""

    def at(self, kind: "FirmFigureKind", moment: datetime) -> Decimal | None:
        """Return a figure as it was known at a moment, or None."""
        return (
            self.filter(kind=kind, valid_from__lte=moment, recorded_at__lte=moment)
            .order_by("-valid_from", "-pk")
            .values_list("amount", flat=True)
            .first()
        )


class FirmFigureKind(models.TextChoices):
    """What kind of row it is."""

    HOUR_COST = "HOUR_COST", _("Cost of an hour")
    PERSON_DAY_COST = "PERSON_DAY_COST", _("Cost of a person-day")
    CASH = "CASH", _("Cash at hand")
    MONTHLY_BURN = "MONTHLY_BURN", _("Monthly burn")
    MARGIN_PERCENT = "MARGIN_PERCENT", _("Margin of a deal in %")


class FirmFigure(models.Model):
    """A figure of the firm that changes: cost of an hour or a person-day, cash, monthly burn."""

    Kind = FirmFigureKind
    kind = models.CharField(_("figure"), max_length=16, choices=Kind)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    valid_from = models.DateTimeField(_("valid from"))
    recorded_at = models.DateTimeField(_("recorded at"))

    objects = FirmFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure of the firm")
        verbose_name_plural = _("figures of the firm")
        ordering = ["kind", "-valid_from"]
        constraints = [
            one_of("kind", FirmFigureKind, "firm_figure_kind_is_known"),
            models.UniqueConstraint(fields=["kind", "valid_from"], name="one_figure_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class Heartbeat(models.Model):
    """When a part of the background work was last seen alive."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at:%H:%M:%S}"
