"""What waits for background work, counted in the database, which is the truth of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from config import job_words
from crm.models import DealCash, Digest, ForecastMark, Lead
from crm.selectors import mails

LONG = timedelta(minutes=15)
Status = Digest.Status


@dataclass(frozen=True)
class Wait:
    """Something that waits: how much, the oldest since when, or until when."""

    name: str
    count: int
    since: str = ""
    until: str = ""
    address: str = ""
    takes_long: bool = False


def waits(*, now: datetime) -> list[Wait]:
    """Return what waits; a row of each kind, also where nothing does."""
    return [_scores(now), _curves(now), _forecasts(now), *_mails(now)]


def mails_in_doubt(*, now: datetime) -> Wait:
    """Return the mails that failed, or of which nobody knows, and where to look at them."""
    count = mails.in_need(now).count()
    return Wait(_("Mails that failed or may be lost"), count, address=reverse("digest-look"))


def _scores(now: datetime) -> Wait:
    marked = Lead.objects.filter(assessment_due_at__lte=now)
    found = marked.aggregate(count=Count("pk"), since=Min("assessment_due_at"))
    return _waiting(_("Leads to score"), found["count"], found["since"], now=now)


def _curves(now: datetime) -> Wait:
    found = DealCash.objects.filter(due_at__isnull=False).aggregate(
        count=Count("pk"), since=Min("due_at")
    )
    return _waiting(_("Cash curves to draw"), found["count"], found["since"], now=now)


def _forecasts(now: datetime) -> Wait:
    found = ForecastMark.objects.aggregate(count=Count("pk"), since=Min("asked_at"))
    return _waiting(
        _("Bills and payments to foresee anew"), found["count"], found["since"], now=now
    )


def _mails(now: datetime) -> list[Wait]:
    in_hand = Q(status__in=[Status.SENDING, Status.HANDED_OVER])
    is_due = in_hand | Q(status=Status.PENDING, next_try_at__lte=now)
    deferred = Q(status=Status.PENDING, next_try_at__gt=now)
    found = Digest.objects.filter(is_due | deferred).aggregate(
        count=Count("pk", filter=is_due),
        since=Min("due_at", filter=is_due),
        put_off=Count("pk", filter=deferred),
        until=Min("next_try_at", filter=deferred),
    )
    return [
        _waiting(_("Mails to send"), found["count"], found["since"], now=now),
        Wait(
            _("Mails put off by the mail server"),
            found["put_off"],
            until=job_words.moment(found["until"], now=now) if found["until"] else "",
        ),
    ]


def _waiting(name: str, count: int, since: datetime | None, *, now: datetime) -> Wait:
    if since is None:
        return Wait(name, count)
    words = job_words.moment(since, now=now)
    return Wait(name, count, since=words, takes_long=now - since > LONG)
