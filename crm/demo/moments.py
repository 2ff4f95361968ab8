"""Moments of a working day, none of them after the end of the demo's history."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

from crm.workdays import is_workday

COUNTRY = "CN"


@lru_cache(maxsize=16_384)
def workday_from(day: date) -> date:
    """Return the day itself, or the next one on which people work."""
    while not is_workday(day, country=COUNTRY):
        day += timedelta(days=1)
    return day


class Moments:
    """Working hours in the firm's zone, up to the end of the history."""

    def __init__(self, until: datetime, zone: ZoneInfo) -> None:
        """End the history at a moment."""
        self.until, self.zone = until, zone
        self.today = until.astimezone(zone).date()

    def day_of(self, moment: datetime) -> date:
        """Return the vendor's day of a moment."""
        return moment.astimezone(self.zone).date()

    def on(self, day: date, clock: time) -> datetime:
        """Return a moment of a day."""
        return datetime.combine(day, clock, self.zone)

    def at_work(self, rng: Random, day: date) -> datetime:
        """Return a moment in the working hours of a day, or of the next working day."""
        minutes = 5 * rng.randrange(12 * 9)
        return self.on(workday_from(day), time(9)) + timedelta(minutes=minutes)

    def after(self, rng: Random, moment: datetime, days: float) -> datetime:
        """Return a later moment, some days after another."""
        later = self.at_work(rng, self.day_of(moment) + timedelta(days=round(days)))
        return later if later > moment else moment + timedelta(minutes=45)

    def written_down(self, rng: Random, happened_at: datetime) -> datetime:
        """Return when somebody logged it: mostly within hours, at times days after."""
        draw = rng.random()
        if draw < 0.72:
            lag = timedelta(minutes=rng.randint(5, 240))
        elif draw < 0.9:
            lag = timedelta(hours=rng.randint(14, 30))
        else:
            lag = timedelta(days=rng.randint(2, 6))
        return max(happened_at, min(happened_at + lag, self.until))
