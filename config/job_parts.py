"""What background work stands on: clock, workers, broker, disk, backup; and what to do if not."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config import jobs
from config.job_words import ago, moment, size, trouble
from crm.models import JobRun
from crm.selectors import health

OLD_BACKUP = timedelta(hours=48)
WELL, UNSURE, BAD = "well", "unsure", "bad"


@dataclass(frozen=True)
class Part:
    """One part: how it is in a word, its facts, and what to do where it is not well.

    What `is_minor` is not said at the top of the page: another part is to blame, or nothing is
    wrong yet. What `may_be_asked` can be woken by a button.
    """

    key: str
    name: str
    level: str
    word: str
    fact: str = ""
    to_do: str = ""
    more: str = ""
    is_minor: bool = False
    may_be_asked: bool = False

    @property
    def is_well(self) -> bool:
        """Say whether nobody has to look at it."""
        return self.level == WELL


@dataclass(frozen=True)
class Asked:
    """What the parts answered at a moment; None where they did not."""

    beats: Mapping[str, datetime]
    messages: int | None
    disk: health.Disk | None
    now: datetime

    def is_alive(self, name: str) -> bool:
        """Say whether a part gave a sign of life of late."""
        return health.state(self.beats.get(name), now=self.now) == "alive"


def parts(asked: Asked, runs: Sequence[JobRun]) -> list[Part]:
    """Return all parts; `runs` are the kept runs of all jobs, the latest first."""
    return [
        clock(asked),
        worker(asked, "worker", _("Worker for scores")),
        worker(asked, "mailer", _("Worker for mails")),
        broker(asked),
        disk(asked.disk),
        backup(runs, now=asked.now),
    ]


def clock(asked: Asked) -> Part:
    """Tell of beat, which starts what comes by itself."""
    name, fact = _("Clock of the jobs"), _seen(asked, health.CLOCK)
    if asked.is_alive(health.CLOCK):
        return Part("clock", name, WELL, pgettext("background work", "alive"), fact)
    if asked.messages is None:
        to_do = _("It waits for the message broker; see there.")
        return Part("clock", name, UNSURE, _("not known"), fact, to_do, is_minor=True)
    to_do = _(
        "Nothing starts by itself now: no scores at night, no mails. Restart Touchstone on the "
        "server; parts that are run one by one need celery --app=config beat."
    )
    return Part("clock", name, BAD, pgettext("background work", "silent"), fact, to_do)


def worker(asked: Asked, key: str, name: str) -> Part:
    """Tell of a worker, which the clock asks twice a minute through the broker."""
    fact = _seen(asked, key)
    if asked.is_alive(key):
        return Part(key, name, WELL, pgettext("background work", "alive"), fact)
    if asked.messages is None:
        to_do = _("It waits for the message broker; see there.")
        return Part(key, name, UNSURE, _("not known"), fact, to_do, is_minor=True)
    if not asked.is_alive(health.CLOCK):
        to_do = _("The clock asks it for a sign of life, and the clock is silent. Ask it yourself:")
        silent = _("not known")
        return Part(key, name, UNSURE, silent, fact, to_do, is_minor=True, may_be_asked=True)
    if key not in asked.beats:
        to_do = _("The clock asks it twice a minute. Or ask it yourself:")
        return Part(key, name, UNSURE, _("not known"), fact, to_do, may_be_asked=True)
    to_do = _(
        "The clock is alive, so either all its processes are busy (see what runs below) or it is "
        "down. Nothing is lost meanwhile. If it stays silent, restart Touchstone on the server."
    )
    return Part(key, name, BAD, pgettext("background work", "silent"), fact, to_do)


def broker(asked: Asked) -> Part:
    """Tell of the broker, which carries the messages that wake the workers."""
    name = _("Message broker")
    if asked.messages is not None:
        fact = _("messages that wait: %(n)d") % {"n": asked.messages}
        return Part("broker", name, WELL, pgettext("background work", "answers"), fact)
    to_do = _(
        "Pages work and nothing is lost; background work waits. Touchstone restarts its own "
        "broker by itself; one of yours is named in BROKER_URL."
    )
    return Part("broker", name, BAD, pgettext("background work", "does not answer"), "", to_do)


def disk(found: health.Disk | None) -> Part:
    """Tell of the disk that holds the data folder."""
    name = _("Disk space")
    if found is None:
        return Part(
            "disk",
            name,
            BAD,
            pgettext("background work", "does not answer"),
            "",
            _("Look at the disk of DATA_DIR."),
        )
    fact = _("%(free)s of %(total)s free") % {"free": size(found.free), "total": size(found.total)}
    match found.state:
        case "ok":
            return Part("disk", name, WELL, pgettext("background work", "enough"), fact)
        case "low":
            to_do = _("Make room soon: backups stop before they would fill it.")
            return Part("disk", name, UNSURE, pgettext("background work", "low"), fact, to_do)
    to_do = _("Make room now: soon nothing can be saved any more.")
    return Part("disk", name, BAD, pgettext("background work", "full"), fact, to_do)


def backup(runs: Sequence[JobRun], *, now: datetime) -> Part:
    """Tell of the last backup: when, how large, where, and whether it was looked through."""
    name = _("Backup")
    if not settings.BACKUP_KEEP:
        return Part("backup", name, WELL, _("off (BACKUP_KEEP=0)"), _("Something else backs up."))
    made = next((run for run in runs if run.name == jobs.BACKUP and run.facts.get("file")), None)
    if made is None or made.ended_at is None:
        return _no_backup(runs, now=now)
    fact = _("%(when)s (%(ago)s), %(size)s, looked through") % {
        "when": moment(made.ended_at, now=now),
        "ago": ago(now - made.ended_at),
        "size": size(int(made.facts["bytes"])),
    }
    where = str(made.facts["file"])
    if now - made.ended_at > OLD_BACKUP:
        word = pgettext("background work", "old")
        to_do = _("It is older than two days. Look below why none was made since, or make one now:")
        return Part("backup", name, BAD, word, fact, to_do, more=where)
    word = pgettext("background work", "made")
    return Part("backup", name, WELL, word, fact, _where_it_lies(where), more=where)


def _no_backup(runs: Sequence[JobRun], *, now: datetime) -> Part:
    """Tell of a missing backup; nothing is wrong with that before the second night."""
    name, to_do = _("Backup"), _("One is made each night at 03:30, or now:")
    bad = next((run for run in runs if run.name == jobs.BACKUP and run.went_wrong_by(now)), None)
    fact = str(trouble(bad).happened) if bad else ""
    works_since = min((run.started_at for run in runs), default=now)
    if bad or now - works_since > OLD_BACKUP:
        return Part("backup", name, BAD, pgettext("background work", "none"), fact, to_do)
    word = pgettext("background work", "none yet")
    return Part("backup", name, UNSURE, word, fact, to_do, is_minor=True)


def _where_it_lies(file: str) -> str:
    """Say what its owner should know of the place, nothing where all is well."""
    path = Path(file)
    if not path.parent.is_dir():
        return ""  # another machine wrote it
    if not path.exists():
        return _("The file is not there any more.")
    if os.stat(path.parent).st_dev == os.stat(settings.DATA_DIR).st_dev:
        return _("It lies on the disk of the data: copy it elsewhere, too, or set BACKUP_DIR.")
    return ""


def _seen(asked: Asked, key: str) -> str:
    seen = asked.beats.get(key)
    if seen is None:
        return _("no sign of life yet")
    return _("last sign of life %(ago)s") % {"ago": ago(asked.now - seen)}
