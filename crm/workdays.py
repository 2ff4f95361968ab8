"""Working days of a country, public holidays and Chinese make-up days (调休) included."""

from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

import holidays

FIRST_DAY = date(2000, 1, 1)


@lru_cache(maxsize=8)
def _calendar(country: str, last_year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=range(FIRST_DAY.year, last_year + 2))


def _of(country: str, day: date) -> holidays.HolidayBase:
    return _calendar(country, max(day.year, FIRST_DAY.year))


def is_workday(day: date, *, country: str) -> bool:
    """Say whether people work on a day: a make-up Saturday counts, a holiday does not."""
    return _of(country, day).is_working_day(day)


def add_workdays(day: date, count: int, *, country: str) -> date:
    """Return the day that lies so many working days after a day."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day, country=country)
    return day


def workdays_between(earlier: date, later: date, *, country: str) -> int:
    """Return how many working days lie after one day, up to and with another."""
    span = (later - earlier).days
    days = (earlier + timedelta(days=after) for after in range(1, span + 1))
    return sum(is_workday(day, country=country) for day in days)


@lru_cache(maxsize=8)
def running_workdays(country: str, last_year: int) -> list[tuple[date, int]]:
    """Return each day from 2000 to the end of a year with the working days counted so far."""
    days = [
        FIRST_DAY + timedelta(days=after)
        for after in range((date(last_year + 1, 1, 1) - FIRST_DAY).days)
    ]
    counted = accumulate(is_workday(day, country=country) for day in days)
    return list(zip(days, counted, strict=True))
