"""Durations, sizes and failures of background work in words that a founder understands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import formats, wording
from crm.models import JobRun

MINUTE, HOUR, DAY = 60, 3600, 86_400
KILO, MEGA, GIGA = 10**3, 10**6, 10**9


@dataclass(frozen=True)
class Trouble:
    """What happened, and what somebody can do about it."""

    happened: str | Promise
    to_do: str | Promise


BY_ITSELF = gettext_lazy("It is tried again by itself at its next time.")
BROKE_OFF = Trouble(
    gettext_lazy("It broke off: its process was killed, or the machine stopped."),
    gettext_lazy(
        "Nothing is lost, it is begun again within minutes. If it repeats, the server is short of "
        "memory."
    ),
)
DATABASE_AWAY = Trouble(
    gettext_lazy("The database did not answer, or was held by another program for too long."),
    BY_ITSELF,
)
TOO_LONG = Trouble(
    gettext_lazy("It took longer than 24 minutes and was stopped."),
    gettext_lazy("It is tried again at its next time. If it repeats, the server is too slow."),
)
DAMAGED_COPY = Trouble(
    gettext_lazy("The copy did not pass its check and was thrown away."),
    gettext_lazy("Back up again. If it repeats, the disk may be failing: copy what you have."),
)
KNOWN = {
    "OperationalError": DATABASE_AWAY,
    "InterfaceError": DATABASE_AWAY,
    "SoftTimeLimitExceeded": TOO_LONG,
    "MemoryError": Trouble(
        gettext_lazy("The server ran out of memory."),
        gettext_lazy("Give it more memory, or set WORKER_PROCESSES=1."),
    ),
    "NoRoom": Trouble(
        gettext_lazy("The disk has too little space for a backup; older ones were not given up."),
        gettext_lazy(
            "Make room there, keep fewer (BACKUP_KEEP), or use another disk (BACKUP_DIR)."
        ),
    ),
    "NoProgram": Trouble(
        gettext_lazy("PostgreSQL’s program for backups, pg_dump, is not installed."),
        gettext_lazy("On Debian or Ubuntu: sudo apt-get install -y postgresql-client"),
    ),
    "DumpFailed": Trouble(
        gettext_lazy("PostgreSQL’s program for backups, pg_dump, gave up."),
        gettext_lazy("Run manage.py backup on the server: it says why."),
    ),
    "Damaged": DAMAGED_COPY,
    "BackupFailed": Trouble(
        gettext_lazy("The folder for backups cannot be written to."),
        gettext_lazy("Run manage.py backup on the server: it names the folder and the reason."),
    ),
}


def trouble(run: JobRun) -> Trouble:
    """Return what became of a run that failed or broke off."""
    if run.outcome != JobRun.Outcome.FAILED:
        return BROKE_OFF
    if known := KNOWN.get(run.error):
        return known
    where = f"{run.error}, {run.place}" if run.place else run.error
    return Trouble(
        _("An error in the program (%(where)s).") % {"where": where},
        _(
            "It is tried again at its next time. If it repeats, report the words in brackets; "
            "they name no client."
        ),
    )


def ago(span: timedelta) -> str:
    """Return how long ago something was: 12 s ago, 3 min ago, 2 days ago."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < MINUTE:
        return _("%(n)d s ago") % {"n": seconds}
    if seconds < HOUR:
        return _("%(n)d min ago") % {"n": seconds // MINUTE}
    if seconds < 2 * DAY:
        return _("%(n)d h ago") % {"n": seconds // HOUR}
    return _("%(n)d days ago") % {"n": seconds // DAY}


def moment(when: datetime, *, now: datetime) -> str:
    """Return a moment: Fri 18:05 of these days, else its date and time."""
    if abs(now - when) < timedelta(days=6):
        return wording.day_and_time(when)
    return f"{wording.dated(when)} {timezone.localtime(when):%H:%M}"


def lasting(seconds: float) -> str:
    """Return how long something took: 0.4 s, 12 s, 3 min 20 s."""
    if seconds < 10:
        return _("%(n)s s") % {"n": formats.plain(seconds, 1)}
    if seconds < MINUTE:
        return _("%(n)s s") % {"n": formats.plain(seconds)}
    minutes, rest = divmod(round(seconds), MINUTE)
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}


def every(seconds: int) -> str:
    """Return how often something comes: each minute, every 2 minutes."""
    if seconds == MINUTE:
        return _("each minute")
    if seconds < MINUTE:
        return _("every %(n)d s") % {"n": seconds}
    return _("every %(n)d minutes") % {"n": seconds // MINUTE}


def size(count: int) -> str:
    """Return a number of bytes with its unit: 13.1 MB, 42 GB."""
    for unit, letter in ((GIGA, "GB"), (MEGA, "MB"), (KILO, "kB")):
        if count >= unit:
            return f"{formats.plain(count / unit, 1 if count < 100 * unit else 0)} {letter}"
    return f"{count} B"
