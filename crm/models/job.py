"""How runs of background work went; the work itself waits elsewhere in the database."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import one_of


class JobOutcome(models.TextChoices):
    """How a run went."""

    RUNNING = "RUNNING", _("running")
    DONE = "DONE", _("done")
    FAILED = "FAILED", _("failed")
    BROKE_OFF = "BROKE_OFF", _("broke off")


class JobRunQuerySet(models.QuerySet["JobRun"]):
    """Runs of jobs."""

    def running_at(self, now: datetime) -> Self:
        """Keep what is still trusted to run."""
        return self.filter(outcome=JobOutcome.RUNNING, lease_until__gt=now)

    def lost_by(self, now: datetime) -> Self:
        """Keep what began, never said how it ended, and cannot run any more."""
        return self.filter(outcome=JobOutcome.RUNNING, lease_until__lte=now)


class JobRun(models.Model):
    """One run of a background job that did something, or failed; the last few of each are kept."""

    Outcome = JobOutcome
    name = models.CharField(_("job"), max_length=40)
    owner = models.CharField(max_length=64, blank=True)  # the same where a run is delivered again
    started_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    lease_until = models.DateTimeField()
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome, default=Outcome.RUNNING
    )
    done = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    # What failed and where in the code; the error's own words may name a client.
    error = models.CharField(_("error"), max_length=80, blank=True)
    place = models.CharField(_("place in the code"), max_length=160, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a job")
        verbose_name_plural = _("runs of jobs")
        ordering = ["-started_at", "-pk"]
        constraints = [
            one_of("outcome", JobOutcome, "job_outcome_is_known"),
            models.CheckConstraint(
                name="job_that_ended_says_when",
                condition=Q(outcome__in=["RUNNING", "BROKE_OFF"]) | Q(ended_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["name", "outcome", "-started_at"], name="job_runs")]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at:%Y-%m-%d %H:%M}"

    def broke_off_by(self, moment: datetime) -> bool:
        """Say whether it was killed, known by now or by its lease that is over."""
        is_lost = self.outcome == JobOutcome.RUNNING and self.lease_until <= moment
        return is_lost or self.outcome == JobOutcome.BROKE_OFF

    def went_wrong_by(self, moment: datetime) -> bool:
        """Say whether it failed or broke off."""
        return self.outcome == JobOutcome.FAILED or self.broke_off_by(moment)

    @property
    def seconds(self) -> float | None:
        """Return how long it took."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None
