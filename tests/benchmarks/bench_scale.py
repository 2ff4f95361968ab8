"""Prints what scoring and the daily pages cost on a big ledger that is all open.

    python -m tests.benchmarks.bench_scale --leads 10000 --times 10 --database postgres://crm@/bench

The database has to be empty, or one that this benchmark filled before. A demo is loaded and
learned from; then all but some of its leads run again, so that nearly all of them are scored. On
PostgreSQL it may be copied in place: 10 times 10,000 leads are there far sooner than 100,000.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

ENDED_LEADS = 500  # which stay ended: what is usual is made of them
TOUCHED = 100  # one lead in so many has news
RUNS = 9
PAGES = (
    "/",
    "/leads/",
    "/leads/?verdict=LOW&sort=chance",
    "/leads/?q=dian",
    "/board/",
    "/clients/",
)


def main(arguments: list[str]) -> None:
    """Fill the database where it is empty; print seconds, memory, milliseconds and queries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=1, help="copies of it (PostgreSQL)")
    parser.add_argument("--database", default="", help="URL; SQLite of its own without it")
    parser.add_argument("--folder", type=Path, help="data folder to keep; else one that goes")
    said = parser.parse_args(arguments)
    folder = said.folder or Path(tempfile.mkdtemp(prefix="touchstone-bench-"))
    folder.mkdir(exist_ok=True)
    os.environ |= {"DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "POLARS_MAX_THREADS"), "1")
    if said.database:
        os.environ["DATABASE_URL"] = said.database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        fill(said.leads, said.times)
        scoring()
        pages()
    finally:
        if not said.folder:
            shutil.rmtree(folder, ignore_errors=True)


def fill(leads: int, times: int) -> None:
    """Load a demo with ten talks a lead, learn from it, let its leads run again, copy them."""
    import django  # settings read the environment that main() sets

    django.setup()
    from django.core.management import call_command

    from crm.models import Lead

    call_command("migrate", verbosity=0)
    if Lead.objects.exists():
        return
    for words in (["load_demo", f"--leads={leads}", "--interactions=10"], ["train"]):
        with timed(words[0]):
            call_command(*words, stdout=StringIO())
    ended = Lead.objects.exclude(closed_at=None).order_by("-closed_at").values("pk")
    again = Lead.objects.filter(pk__in=list(ended[ENDED_LEADS:].values_list("pk", flat=True)))
    again.update(closed_at=None, outcome="")
    if times > 1:
        from tests.benchmarks.multiply import multiply

        multiply(times)


def scoring() -> None:
    """Print what a first score of all leads costs, one without news, of those touched, of one."""
    from django.db import connection
    from django.utils import timezone

    from crm.models import Assessment, Interaction, Lead
    from scoring import runs

    # What Django collects before it deletes, and what a database clears up after it, would count.
    Assessment.objects.all()._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    running = Lead.objects.open()
    talks = Interaction.objects.filter(lead__closed_at=None).count()
    print(f"{running.count():,} running leads with {talks:,} interactions")
    now = timezone.now()
    with timed("score all, all new"):
        score(runs.score, None, now)
    with timed("score all, no news"):
        score(runs.score, None, now)
    touched = list(running.order_by("pk").values_list("pk", flat=True)[::TOUCHED])
    Assessment.objects.filter(lead__in=touched).delete()
    with timed(f"score {len(touched):,} touched leads"):
        score(runs.score, touched, now)
    Assessment.objects.filter(lead=touched[0]).delete()
    with timed("score one lead"):
        score(runs.score, touched[:1], now)


def score(run: Callable[..., Iterator[object]], lead_ids: list[int] | None, now: datetime) -> None:
    """Score some leads or all."""
    for _ in run(lead_ids, as_of=now, now=now, refresh_usual=lead_ids is None):
        pass


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print wall and own processor seconds of what runs within, and the peak of memory so far."""
    wall, processor = time.monotonic(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what:<34}{time.monotonic() - wall:8.1f} s"
        f"{time.process_time() - processor:8.1f} s cpu {peak:8.0f} MB at most",
        flush=True,
    )


def pages() -> None:
    """Print the milliseconds of processor time and the queries of pages and of a digest."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from crm.models import User

    (settings.DATA_DIR / "static").mkdir(exist_ok=True)
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="founder"))
    calls = {f"GET {address}": partial(opened, client, address) for address in PAGES}
    for what, call in {**calls, "digest of one person": digest}.items():
        spent = [milliseconds(call) for _ in range(RUNS)]
        with CaptureQueriesContext(connection) as seen:
            call()
        print(f"{what:<40}{median(spent):8.0f} ms cpu {len(seen):4} queries", flush=True)


def opened(client: Any, address: str) -> None:
    """Open a page; it has to answer."""
    assert client.get(address).status_code == 200


def digest() -> None:
    """Write a founder's Monday mail."""
    from django.core.management import call_command

    call_command("digest", user="founder", stdout=StringIO())


def milliseconds(call: Callable[[], object]) -> float:
    """Return the processor time that a call takes."""
    before = time.process_time()
    call()
    return (time.process_time() - before) * 1000


if __name__ == "__main__":
    main(sys.argv[1:])
