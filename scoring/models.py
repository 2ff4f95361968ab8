"""What scoring keeps for itself: what was usual when, which job runs, what was learned.

The versions of the points are here, too, and the drafts that people weigh before they save one.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from crm.models import Target
from crm.models.assessment import LEARNED_ALONE


class UsualFigure(models.Model):
    """What was usual for the vendor from a moment on, for one account kind or for all ("*")."""

    from_at = models.DateTimeField(_("from"))
    account_kind = models.CharField(_("kind of account"), max_length=20)
    closed = models.PositiveIntegerField(_("leads closed"), default=0)
    orders = models.PositiveIntegerField(_("orders"), default=0)
    order_amount = models.FloatField(_("median order"), null=True)
    gap_days = models.FloatField(_("days between client contacts"), null=True)
    events = models.PositiveIntegerField(_("compelling events logged"), default=0)
    invoices = models.PositiveIntegerField(_("invoices judged"), default=0)
    late_invoices = models.PositiveIntegerField(_("paid late or never"), default=0)
    paid_invoices = models.PositiveIntegerField(_("invoices paid"), default=0)
    days_late = models.FloatField(_("median days late"), null=True)

    class Meta:
        verbose_name = _("usual figure")
        verbose_name_plural = _("usual figures")
        ordering = ["-from_at", "account_kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["from_at", "account_kind"], name="one_usual_figure_for_a_kind_and_moment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_kind} {self.from_at:%Y-%m-%d}"


TRAINING = "train"


class JobLock(models.Model):
    """Who runs a job, until when the others leave it alone, and how far it has come."""

    class Step(models.TextChoices):
        READING = "READING", _("reading the ledger")
        LEARNING = "LEARNING", _("learning from the outcomes")
        JUDGING = "JUDGING", _("judging it on later leads")
        COMPARING = "COMPARING", _("comparing it with its challengers")
        FIGURES = "FIGURES", _("computing the figures of this page")

    name = models.CharField(max_length=40, primary_key=True)
    owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField()
    taken_at = models.DateTimeField(_("began at"), null=True, blank=True)
    step = models.CharField(_("step"), max_length=12, choices=Step, blank=True)

    class Meta:
        verbose_name = _("running job")
        verbose_name_plural = _("running jobs")

    def __str__(self) -> str:
        return f"{self.name} until {self.lease_until:%H:%M:%S}"

    @classmethod
    def take(cls, name: str, *, owner: str, now: datetime, lease: timedelta) -> bool:
        """Take or prolong a job; say no while another's lease runs."""
        cls.objects.get_or_create(name=name, defaults={"lease_until": now})
        free = Q(lease_until__lte=now) | Q(owner=owner)
        began = Case(When(Q(owner=owner, taken_at__isnull=False), then=F("taken_at")), default=now)
        return bool(
            cls.objects.filter(free, name=name).update(
                owner=owner, lease_until=now + lease, taken_at=began
            )
        )

    @classmethod
    def at_work(cls, name: str, *, now: datetime) -> "JobLock | None":
        """Return the job if it runs."""
        return cls.objects.filter(name=name, lease_until__gt=now).exclude(owner="").first()

    @property
    def place(self) -> int:
        """Return at which of the steps it is, from 1; 0 where it has none."""
        return self.Step.values.index(self.step) + 1 if self.step else 0

    @classmethod
    def release(cls, name: str, *, owner: str, now: datetime) -> None:
        """Give a job back, if it is still ours."""
        cls.objects.filter(name=name, owner=owner).update(owner="", lease_until=now, step="")


# How a version learned, at the end of its name; the ledger reads these, too.
MARKS = {"LINE": LEARNED_ALONE, "BOOSTED": "-steps"}


class TrainedModel(models.Model):
    """One version of what own outcomes taught; its numbers lie in a file named by their SHA-256."""

    class Target(models.TextChoices):
        NO_ORDER = "NO_ORDER", _("no order")
        FREE_CONSULTING = "FREE_CONSULTING", _("free consulting")
        LATE_PAYMENT = "LATE_PAYMENT", _("late payment")

    class Learner(models.TextChoices):
        BLEND = "BLEND", _("own data beside experience")
        LINE = "LINE", _("own data alone")
        BOOSTED = "BOOSTED", _("own data in steps, beside experience")
        HAZARD = "HAZARD", _("days to pay, learned from own invoices")

    target = models.CharField(_("target"), max_length=16, choices=Target)
    sha256 = models.CharField(max_length=64)
    points_version = models.CharField(_("points"), max_length=40)
    trained_at = models.DateTimeField(_("trained at"))
    deals = models.PositiveIntegerField(_("outcomes known"))
    positives = models.PositiveIntegerField(_("with the target"))
    negatives = models.PositiveIntegerField(_("without it"))
    share = models.FloatField(_("weight of own outcomes"))
    learner = models.CharField(
        _("learned as"), max_length=8, choices=Learner, default=Learner.BLEND
    )
    original_sha256 = models.CharField(max_length=64, blank=True)  # of the learner's own file

    class Meta:
        verbose_name = _("trained version")
        verbose_name_plural = _("trained versions")
        ordering = ["-trained_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.target} {self.trained_at:%Y-%m-%d} {self.sha256[:8]}"

    @property
    def version(self) -> str:
        """Return its name: the points that it was trained beside, and its numbers."""
        return self.version_with(self.points_version)

    def version_with(self, points_version: str) -> str:
        """Return the name that scores made of it and of some version of the points carry."""
        return f"{points_version}+{self.sha256[:8]}{MARKS.get(self.learner, '')}"


class Promotion(models.Model):
    """What became of a training, with the numbers behind it; never changed after.

    The latest row that is not about too few outcomes says which version is in use, if any.
    """

    class Decision(models.TextChoices):
        TOO_FEW = "TOO_FEW", _("too few outcomes")
        PROMOTED = "PROMOTED", _("put to use")
        REFUSED = "REFUSED", _("refused")
        RETURNED = "RETURNED", _("returned to")
        SHADOW = "SHADOW", _("runs in shadow")

    target = models.CharField(_("target"), max_length=16, choices=TrainedModel.Target)
    model = models.ForeignKey(TrainedModel, null=True, on_delete=models.PROTECT)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision)
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    numbers = models.JSONField(_("numbers"), default=dict)

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.target} {self.decision} {self.decided_at:%Y-%m-%d}"


class ModelCard(models.Model):
    """The figures of the score page for one target, as the latest training computed them."""

    target = models.CharField(
        _("target"), max_length=16, choices=TrainedModel.Target, primary_key=True
    )
    computed_at = models.DateTimeField(_("computed at"))
    facts = models.JSONField(_("figures"), default=dict)

    class Meta:
        verbose_name = _("model card")
        verbose_name_plural = _("model cards")

    def __str__(self) -> str:
        return f"{self.target} {self.computed_at:%Y-%m-%d}"


class PointsVersion(models.Model):
    """One version of the expert points of a target; never changed after.

    The shipped file is version 1 and has no row. `data` has the form of that file, and under "own"
    the points of the vendor's own fields: {key: {value: points}}. In force at a moment is the
    newest version that was recorded and effective by then. `applied_at` is when the leads that run
    were marked for scores with it.
    """

    target = models.CharField(_("target"), max_length=12, choices=Target)
    number = models.PositiveIntegerField(_("version"))
    data = models.JSONField(_("points"))
    effective_at = models.DateTimeField(_("effective from"))
    recorded_at = models.DateTimeField(_("recorded at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    returns_to = models.PositiveIntegerField(_("returns to version"), null=True, blank=True)
    preview = models.JSONField(_("what it did to open leads"), default=dict, blank=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of the points")
        verbose_name_plural = _("versions of the points")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "number"], name="one_version_of_the_points_for_a_number"
            ),
            models.CheckConstraint(
                name="points_version_says_why",
                condition=~Q(reason="") | Q(returns_to__isnull=False),
            ),
            models.CheckConstraint(
                name="points_never_hold_before_they_were_made",
                condition=Q(effective_at__gte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.number} {self.effective_at:%Y-%m-%d}"


class PointsDraft(models.Model):
    """Points that a person weighs, with what they would do to the leads that run.

    `base` is the number of the version that was edited; `preview` is empty until the worker has
    computed it; `version` is what it was saved as.
    """

    target = models.CharField(_("target"), max_length=12, choices=Target)
    base = models.PositiveIntegerField(_("edited version"))
    data = models.JSONField(_("points"))
    effective_at = models.DateTimeField(_("effective from"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    computed_at = models.DateTimeField(_("computed at"), null=True, blank=True)
    preview = models.JSONField(_("what it would do to open leads"), default=dict, blank=True)
    version = models.OneToOneField(PointsVersion, null=True, blank=True, on_delete=models.CASCADE)

    class Meta:
        verbose_name = _("draft of the points")
        verbose_name_plural = _("drafts of the points")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.target} {self.created_at:%Y-%m-%d %H:%M}"


class FieldDecision(models.Model):
    """A person's word on an own field that looks like a leak; the latest row of a key holds."""

    key = models.CharField(_("own field"), max_length=40, db_index=True)
    is_allowed = models.BooleanField(_("learned from"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)

    class Meta:
        verbose_name = _("decision on an own field")
        verbose_name_plural = _("decisions on own fields")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="field_is_allowed_for_a_reason",
                condition=Q(is_allowed=False) | ~Q(reason=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.is_allowed} {self.decided_at:%Y-%m-%d}"
