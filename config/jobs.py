"""The background jobs by name: what each is for, its lock, and when it comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from celery.schedules import crontab
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.services.backup import writing
from scoring.models import TRAINING

FORECASTS = "forecast_payments"  # the lock of both jobs that foresee invoices
BACKUP = writing.JOB
# What a worker is asked for a sign of life by; no job of its own.
SIGN_OF_LIFE = "crm.beat"
A_DAY_LATE = timedelta(hours=26)
HALF_A_MINUTE = timedelta(seconds=30)
TIMES_LATE = 10  # intervals of a job that comes each minute or so


@dataclass(frozen=True)
class Job:
    """A background job.

    `lock` names the row that says who is at it, `starts` stands on the button that starts it with
    those `facts`, and `counted` says what it does many of.
    """

    task: str
    title: str | Promise
    about: str | Promise
    lock: str = ""
    starts: str | Promise = ""
    counted: str | Promise = ""
    facts: Mapping[str, int] = field(default_factory=dict)


JOBS = (
    Job(
        "scoring.score_due",
        _("Scores of changed leads"),
        _("Each change of a lead is scored within a minute or so."),
        lock="score_due",
        counted=_("leads"),
    ),
    Job(
        "scoring.score_open_leads",
        _("Scores of all open leads"),
        _("Time passes for quiet leads, too."),
        lock="score_open_leads",
        starts=_("Score all now"),
        counted=_("leads with a new score"),
    ),
    Job(
        "scoring.train",
        _("Learning from outcomes"),
        _("Learns once a week, or after five new outcomes; on other nights there is nothing new."),
        lock=TRAINING,
        starts=_("Learn now"),
        counted=_("versions learned"),
        facts={"is_asked": True},
    ),
    Job(
        "scoring.train_payments",
        _("Learning when invoices are paid"),
        _("Learns once a week, from 400 paid invoices on."),
        lock="train_payments",
        counted=_("versions learned"),
    ),
    Job(
        "scoring.foresee_payments",
        _("Forecasts of all open invoices"),
        _("And the firm's cash of the next 26 weeks."),
        lock=FORECASTS,
        starts=_("Foresee now"),
        counted=_("invoices"),
    ),
    Job(
        "scoring.foresee_due",
        _("Forecasts after a bill or a payment"),
        _("What was billed or paid is foreseen anew within minutes."),
        lock=FORECASTS,
    ),
    Job(
        "scoring.compute_cash",
        _("Cash curves of deals"),
        _("Drawn anew when terms change."),
        lock="compute_cash",
        counted=pgettext_lazy("background work", "deals"),
    ),
    Job(
        "scoring.preview_points",
        _("Preview of edited points"),
        _("What a draft would do to the open leads."),
    ),
    Job(
        "crm.send_due_digests",
        _("Mails that are due"),
        _("Finds the Monday mails and reminders whose moment has come."),
        counted=pgettext_lazy("background work", "mails"),
    ),
    Job("crm.send_digest", _("Sending one mail"), _("Hands one mail to the mail server.")),
    Job(
        "crm.run_again",
        _("Jobs that broke off"),
        _("Begins again what was killed, three times in six hours at most."),
        counted=pgettext_lazy("background work", "jobs"),
    ),
    Job(
        BACKUP,
        _("Backup"),
        _("One file with everything, looked through before it counts."),
        starts=_("Back up now"),
    ),
)


@dataclass(frozen=True)
class Planned:
    """When a job comes: each so many seconds, or next at a moment."""

    every_seconds: int = 0
    next_at: datetime | None = None

    @property
    def is_late_after(self) -> timedelta:
        """Return how long it may be silent."""
        if self.every_seconds:
            return timedelta(seconds=TIMES_LATE * self.every_seconds)
        return A_DAY_LATE


def planned(*, now: datetime) -> dict[str, Planned]:
    """Return when each scheduled job comes, by its name."""
    entries: Mapping[str, Mapping[str, object]] = settings.CELERY_BEAT_SCHEDULE
    return {
        str(entry["task"]): _planned(entry["schedule"], now=now)
        for entry in entries.values()
        if entry["task"] != SIGN_OF_LIFE
    }


def _planned(schedule: object, *, now: datetime) -> Planned:
    if isinstance(schedule, crontab):
        about = now + schedule.remaining_estimate(now)  # some milliseconds off its minute
        return Planned(next_at=(about + HALF_A_MINUTE).replace(second=0, microsecond=0))
    return Planned(every_seconds=int(str(schedule)))


def by_task() -> dict[str, Job]:
    """Return the jobs by the names of their tasks."""
    return {job.task: job for job in JOBS}
