"""What `formats` has no word for: long dates, moments, signed points, monograms.

Plain values in, text out; the reader's language is the one that is active.
"""

from datetime import date, datetime

from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS

from crm import formats


def points(amount: float) -> str:
    """Return points with their sign: +10 speaks against an order."""
    whole = round(amount)
    if whole == 0:
        return "0"
    return f"+{whole}" if whole > 0 else f"{formats.MINUS}{-whole}"


def day_of(when: date | datetime) -> date:
    """Return the day of a moment where the reader is."""
    return timezone.localtime(when).date() if isinstance(when, datetime) else when


def day_and_weekday(when: date | datetime) -> str:
    """Return a day with its weekday: Fri 27 Nov or 11 月 27 日 周五."""
    on = day_of(when)
    if formats.in_chinese():
        return f"{on.month} 月 {on.day} 日 {formats.weekday(on)}"
    return f"{formats.weekday(on)} {formats.day(on)}"


def long_day(when: date | datetime) -> str:
    """Return a day as a heading: Monday, 23 November or 11 月 23 日 周一."""
    on = day_of(when)
    if formats.in_chinese():
        return day_and_weekday(on)
    return f"{WEEKDAYS[on.weekday()]}, {on.day} {MONTHS[on.month]}"


def dated(when: date | datetime) -> str:
    """Return a day with its year: 22 Jan 2026 or 2026 年 1 月 22 日."""
    on = day_of(when)
    if formats.in_chinese():
        return f"{on.year} 年 {on.month} 月 {on.day} 日"
    return f"{formats.day(on)} {on.year}"


def day_and_time(when: datetime) -> str:
    """Return a moment of these days: Fri 18:05 or 周五 18:05."""
    return f"{formats.weekday(day_of(when))} {timezone.localtime(when):%H:%M}"


def monogram(name: str) -> str:
    """Return what stands for a person in a small circle: 李 or LY."""
    words = name.split()
    if not words:
        return "?"
    if "\u4e00" <= words[0][0] <= "\u9fff":
        return words[0][0]
    return "".join(word[0] for word in words[:2]).upper()
