"""The moment that a page speaks of: now, or the end of a day that `?as_of=` names."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.contrib import messages
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from crm.views.requests import HtmxRequest

FIRST_DAY = date(1970, 1, 1)  # no ledger reaches further back, and weeks before it still exist


@dataclass(frozen=True)
class Moment:
    """When a page speaks of; `day` is set when the reader asked for a day in the past."""

    at: datetime
    day: date | None = None

    @property
    def today(self) -> date:
        """Return the day of the moment where the reader is."""
        return self.day or timezone.localtime(self.at).date()


def moment(request: HtmxRequest) -> Moment:
    """Return the end of the day named by `?as_of=YYYY-MM-DD` in the vendor's zone, else now.

    A day that is none, or that is not over yet, is answered with now; the first one says so.
    """
    now = timezone.now()
    asked = request.GET.get("as_of", "")
    if not asked:
        return Moment(now)
    day = _parsed(asked)
    if day is None:
        messages.warning(request, _("“%(day)s” is no date; this is now.") % {"day": asked[:20]})
        return Moment(now)
    at = datetime.combine(day, time.max, tzinfo=request.firm.zone)
    return Moment(at, day) if at < now else Moment(now)


def _parsed(asked: str) -> date | None:
    try:
        day = parse_date(asked)
    except ValueError:
        return None
    return day if day and day >= FIRST_DAY else None
