"""Prints what the Monday mails of fifty readers cost on a big ledger that is all open.

    python -m tests.benchmarks.bench_mails --leads 10000 --times 10 --database postgres://crm@/bench

A demo is loaded, learned from and scored once; its leads are dealt out to fifty readers (two
founders, four managers with their teams, an accountant, sellers). The sweep and all sends of a
Monday morning are then run as the worker runs them; a stand-in takes the place of the mail server.
"""

import argparse
import os
import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_scale import fill, score, timed

READERS, FOUNDERS, MANAGERS = 50, 2, 4


def main(arguments: list[str]) -> None:
    """Fill the folder where it is empty; print seconds and queries of a Monday morning."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=1, help="copies of it (PostgreSQL)")
    parser.add_argument("--database", default="", help="URL; SQLite of its own without it")
    parser.add_argument("--folder", type=Path, help="data folder to keep; else one that goes")
    said = parser.parse_args(arguments)
    folder = said.folder or Path(tempfile.mkdtemp(prefix="touchstone-bench-"))
    folder.mkdir(exist_ok=True)
    os.environ |= {"DATA_DIR": str(folder), "LOG_LEVEL": "ERROR", "OMP_NUM_THREADS": "1"}
    if said.database:
        os.environ["DATABASE_URL"] = said.database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        fill(said.leads, said.times)
        morning()
    finally:
        if not said.folder:
            shutil.rmtree(folder, ignore_errors=True)


def morning() -> None:
    """Score once where nothing is scored, then send the mails of fifty readers."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from crm.models import Assessment, Digest, Lead
    from crm.services import digests
    from scoring import runs

    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    now = timezone.now()
    if not Assessment.objects.exists():
        with timed("score all"):
            score(runs.score, None, now)
    readers = deal_out()
    running = Lead.objects.open().count()
    print(f"{Lead.objects.count():,} leads, {running:,} of them running, {len(readers)} readers")
    monday = next_monday(now)
    with timed("sweep: rows and words of all"), CaptureQueriesContext(connection) as swept:
        due = digests.sweep(now=monday)
    with timed("claim and send each"), CaptureQueriesContext(connection) as sent:
        for digest_id in due:
            digests.send(digest_id=digest_id, now=monday)
    fates = Digest.objects.filter(pk__in=due).values_list("status", flat=True)
    print(f"{len(due)} mails, all {set(fates)}")
    outbox = sum("outboxmail" in query["sql"] for query in sent)
    print(
        f"{len(swept)} queries to write all, {len(sent) - outbox} to send ({outbox} of the outbox)"
    )
    for digest in Digest.objects.filter(pk__in=due[:3]):
        print(f"  {digest.recipient.role}: {digest.subject}")


def deal_out() -> list[Any]:
    """Return fifty readers and give them all running leads in turn."""
    from crm.models import Digest, Lead, Team, User

    Digest.objects.all().delete()
    User.objects.exclude(username__startswith="bench").update(is_active=False)
    teams = [Team.objects.get_or_create(name=f"Bench {number}")[0] for number in range(MANAGERS)]
    roles = [User.Role.FOUNDER] * FOUNDERS + [User.Role.MANAGER] * MANAGERS
    roles += [User.Role.ACCOUNTANT] + [User.Role.SELLER] * (READERS - len(roles) - 1)
    readers = [
        User.objects.update_or_create(
            username=f"bench{number}",
            defaults={
                "role": role, "team": teams[number % MANAGERS], "digest_hour": 0,
                "email": f"bench{number}@vendor.example", "mail_secret": f"{number:043}",
                "language": "zh-hans" if number % 2 else "en", "wants_reminders": False,
            },
        )[0]
        for number, role in enumerate(roles)
    ]  # fmt: skip
    for number, user in enumerate(readers):
        Lead.objects.filter(pk__in=every(number)).update(owner=user)
    return readers


def every(number: int) -> Any:
    """Return the leads of one of fifty, dealt out by their ids."""
    from django.db.models import F

    from crm.models import Lead

    return Lead.objects.alias(left=F("pk") % READERS).filter(left=number).values("pk")


def next_monday(now: datetime) -> datetime:
    """Return the noon of the Monday after a moment."""
    return (now + timedelta(days=8 - now.isoweekday())).replace(hour=12)


if __name__ == "__main__":
    main(sys.argv[1:])
