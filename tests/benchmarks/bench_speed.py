"""Prints how long the usual work takes on a demo ledger of some size, on the database in use.

    python -m tests.benchmarks.bench_speed [--leads 2000]

The data folder and, without DATABASE_URL, the database are its own and go when it ends; a
PostgreSQL database named by DATABASE_URL has to be empty.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

RUNS = 15
PAGES = ("/", "/leads/", "/leads/?verdict=LOW&sort=chance", "/leads/?q=dian", "/clients/")


def main(arguments: list[str]) -> None:
    """Load, score, open pages, export and import; print seconds, milliseconds and queries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=2000)
    leads = parser.parse_args(arguments).leads
    folder = Path(tempfile.mkdtemp(prefix="touchstone-bench-"))
    os.environ["DATA_DIR"] = str(folder)
    os.environ["LOG_LEVEL"] = "ERROR"
    try:
        commands(leads, folder)
        pages()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def commands(leads: int, folder: Path) -> None:
    """Print how long each command takes in a process of its own."""
    bundle = str(folder / "bundle")
    for words in (
        ["migrate", "-v0"],
        ["load_demo", f"--leads={leads}"],
        ["score"],
        ["score"],
        ["export_ledger", bundle],
        ["import_ledger", bundle],
        ["report", "pipeline", "--format=csv", f"--out={folder / 'report.csv'}"],
        ["train"],
    ):
        with timed(f"manage.py {words[0]}"):
            subprocess.run(
                [sys.executable, "manage.py", *words], check=True, stdout=subprocess.DEVNULL
            )


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print wall and processor seconds of what runs within, and the peak of memory so far."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    yield
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{what:<34}{wall:8.1f} s {processor:8.1f} s cpu {after.ru_maxrss / 1024:8.0f} MB at most"
    )


def pages() -> None:
    """Print the milliseconds of processor time and the queries of each page, for a founder."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # settings read the environment that main() sets

    (Path(os.environ["DATA_DIR"]) / "static").mkdir(exist_ok=True)
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from crm.models import Lead, User

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="founder"))
    busiest = Lead.objects.open().order_by("-interaction_count", "pk")[0]
    for address in (*PAGES, f"/leads/{busiest.pk}/", f"/log/?lead={busiest.pk}"):
        spent = [cost(partial(client.get, address)) for _ in range(RUNS)]
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        print(f"GET {address:<34}{median(spent):8.0f} ms cpu {len(seen):4} queries")


def cost(call: Callable[[], object]) -> float:
    """Return the milliseconds of processor time that a call takes."""
    before = time.process_time()
    call()
    return (time.process_time() - before) * 1000


if __name__ == "__main__":
    main(sys.argv[1:])
