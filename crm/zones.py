"""Time zones to choose from: the firm's own first, those often met, then all by region."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

COMMON = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Dubai",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)
REGIONS = {
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
}
Choice = tuple[str, str | Sequence[tuple[str, str]]]


def choices(*, firm_zone: str, kept: str, now: datetime) -> list[Choice]:
    """Return the choices of a select; one that a person has stays among them."""
    found: list[Choice] = [("", _("Like the firm: %(zone)s") % {"zone": label(firm_zone, now)})]
    if kept in available_timezones() and kept not in {*COMMON, *of_regions()}:
        found.append((kept, label(kept, now)))
    found.append((_("Often chosen"), [(name, label(name, now)) for name in COMMON]))
    by_region: dict[str, list[tuple[str, str]]] = {}
    for name in of_regions():
        by_region.setdefault(name.partition("/")[0], []).append((name, label(name, now)))
    return [*found, *by_region.items()]


@cache
def of_regions() -> Sequence[str]:
    """Return the zones of all regions but the common ones; names of old are left out."""
    names = (name for name in available_timezones() if name.partition("/")[0] in REGIONS)
    return sorted(name for name in names if "/" in name and name not in COMMON)


def label(name: str, now: datetime) -> str:
    """Return a zone as a person reads it: Asia/Shanghai (UTC+8)."""
    offset = now.astimezone(ZoneInfo(name)).utcoffset() or timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "\u2212" if minutes < 0 else "+"
    beside = f"{sign}{hours}:{rest:02}" if rest else f"{sign}{hours}" if hours else ""
    return f"{name.replace('_', ' ')} (UTC{beside})"
