"""Time zones to choose from: the firm's own first, those often met, then all by region."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from crm import places

COMMON = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Kuala_Lumpur",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Asia/Dubai",
    "Europe/Berlin",
    "Europe/London",
    "Australia/Sydney",
    "Pacific/Auckland",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)
REGIONS: dict[str, str | Promise] = {
    "Asia": pgettext_lazy("time zones", "Asia"),
    "Europe": pgettext_lazy("time zones", "Europe"),
    "America": pgettext_lazy("time zones", "America"),
    "Africa": pgettext_lazy("time zones", "Africa"),
    "Australia": pgettext_lazy("time zones", "Australia"),
    "Pacific": pgettext_lazy("time zones", "Pacific"),
    "Atlantic": pgettext_lazy("time zones", "Atlantic"),
    "Indian": pgettext_lazy("time zones", "Indian Ocean"),
    "Antarctica": pgettext_lazy("time zones", "Antarctica"),
}
Choice = tuple[str, str | Sequence[tuple[str, str]]]


def choices(*, usual: str, kept: str, now: datetime) -> list[Choice]:
    """Return the choices of a select; `usual` says what an empty one means.

    A zone of an old name that somebody has stays among them.
    """
    found: list[Choice] = [("", usual)]
    if kept in available_timezones() and kept not in {*COMMON, *of_regions()}:
        found.append((kept, label(kept, now)))
    found.append((_("Often chosen"), [(name, label(name, now)) for name in COMMON]))
    for region, title in REGIONS.items():
        names = [name for name in of_regions() if name.partition("/")[0] == region]
        names.sort(key=lambda name: (offset(name, now), places.city(name)))
        found.append((str(title), [(name, label(name, now)) for name in names]))
    return found


@cache
def of_regions() -> Sequence[str]:
    """Return the zones of all regions but the common ones; names of old are left out."""
    names = (name for name in available_timezones() if name.partition("/")[0] in REGIONS)
    old = {*COMMON, *places.names_of_old()}
    return sorted(name for name in names if "/" in name and name not in old)


def named(name: str) -> str:
    """Return a zone as people call it: Auckland time, 北京时间."""
    return name if name == "UTC" else _("%(city)s time") % {"city": places.city(name)}


def label(name: str, now: datetime) -> str:
    """Return a zone with its hours at a moment: Auckland time (UTC+13)."""
    minutes = round(offset(name, now).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "\u2212" if minutes < 0 else "+"
    beside = f"{sign}{hours}:{rest:02}" if rest else f"{sign}{hours}" if hours else ""
    return f"{named(name)} (UTC{beside})" if name != "UTC" else name


def offset(name: str, now: datetime) -> timedelta:
    """Return how far a zone is ahead of UTC at a moment."""
    return now.astimezone(ZoneInfo(name)).utcoffset() or timedelta(0)
