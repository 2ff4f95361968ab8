"""Dates and moments in cells: ISO only; a date alone is midnight in the firm's zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crm.services.bundle.problems import BadCell, excerpt

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    def read(self, text: str, zone: ZoneInfo) -> date:
        """Return the date."""
        return read_day(text.strip())

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return 2026-01-31."""
        return str(value.isoformat())


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time with its offset; a date alone is midnight in the firm's zone."""

    def read(self, text: str, zone: ZoneInfo) -> datetime:
        """Return the moment."""
        return read_moment(text.strip(), zone)

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return 2026-01-31T14:30:00+08:00."""
        return str(value.astimezone(zone).isoformat())


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the day, in the firm's zone."""

    def read(self, text: str, zone: ZoneInfo) -> time:
        """Return the time."""
        try:
            return time.fromisoformat(text.strip())
        except ValueError:
            raise BadCell(_("“%s” is not a time. Write it as 14:30.") % excerpt(text)) from None

    def write(self, value: Any, zone: ZoneInfo) -> str:
        """Return 14:30."""
        return str(value.isoformat())


@lru_cache(maxsize=8192)
def read_day(text: str) -> date:
    """Return a date, or raise BadCell."""
    try:
        day = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        raise BadCell(_("there is no day “%s”. Look it up and correct it.") % text) from None
    if day is None:
        raise BadCell(_("“%s” is not a date. Write it as 2026-01-31.") % excerpt(text))
    _check_year(day)
    return day


def _check_year(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCell(
            _("the year %(year)04d is not between %(first)d and %(last)d.")
            % {"year": day.year, "first": FIRST_YEAR, "last": LAST_YEAR}
        )


@lru_cache(maxsize=8192)
def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """Return a moment, or raise BadCell; without an offset it is the firm's own time."""
    if DAY.fullmatch(text):
        return datetime.combine(read_day(text), time.min, tzinfo=zone)
    try:
        moment = datetime.fromisoformat(text) if DAY.match(text) else None
    except ValueError:
        moment = None
    if moment is None:
        raise BadCell(
            _("“%s” is not a moment. Write it as 2026-01-31T14:30:00+08:00.") % excerpt(text)
        )
    _check_year(moment)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
