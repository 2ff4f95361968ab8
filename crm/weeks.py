"""ISO weeks in a reader's own time zone: which week it is, and when its mail is due."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = re.compile(r"(\d{4})-W(\d{2})")
END_OF_DAY = time(23, 59, 59, 999999)


def iso_week(day: date) -> str:
    """Return the name of a day's ISO week: 2026-W53."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def monday_of(week: str) -> date | None:
    """Return the Monday of a named ISO week; None where there is no such week."""
    found = WEEK.fullmatch(week)
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None


def week_start(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.isoweekday() - 1)


def weeks_before(day: date, count: int) -> list[str]:
    """Return the names of the ISO weeks before a day's, the latest first."""
    return [iso_week(day - timedelta(weeks=back)) for back in range(1, count + 1)]


def weeks_between(earlier: str, later: date) -> int:
    """Return how many weeks a day lies after a named ISO week."""
    year, week = earlier.split("-W")
    start = date.fromisocalendar(int(year), int(week), 1)
    return (week_start(later) - start).days // 7


def due_at(day: date, *, weekday: int, hour: int, zone: ZoneInfo) -> datetime:
    """Return the moment of a weekday (1 Monday … 7 Sunday) and hour in the week of a day.

    An hour that the change to summer time leaves out falls into the hour after it; one that
    comes twice means the first.
    """
    wanted = week_start(day) + timedelta(days=weekday - 1)
    return datetime.combine(wanted, time(hour), zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the start of a day."""
    return datetime.combine(day, time(0), zone)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the last moment of a day."""
    return datetime.combine(day, END_OF_DAY, zone)
