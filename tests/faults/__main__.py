"""Does every fault at every step and prints what came of it: python -m tests.faults --help."""

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path
from queue import Empty, Queue
from urllib.parse import urlsplit

import psycopg

from tests import postgres
from tests.faults import trial
from tests.faults.copy import Copy
from tests.faults.faults import FAULTS, Fault
from tests.faults.trial import Outcome

LONGEST_RECOVERY = 300  # seconds
START_SECONDS = 6  # of one copy on a processor of its own
COLUMNS = ("step", "sent", "refused", "lost", "doubled", "unknown", "seconds")
HEAD = f"{'fault':<32}" + "".join(f"{column:>9}" for column in COLUMNS)


@dataclass
class Template:
    """A database with eight readers, of which each trial gets a copy of its own."""

    folder: Path
    server_url: str = ""
    numbers: Iterator[int] = field(default_factory=count)

    def make(self) -> None:
        """Make it."""
        copy = Copy(self.folder / "template", database_url=self.url_of("template_of_trials"))
        if self.server_url:
            self.run(self.server_url, "CREATE DATABASE template_of_trials")
        copy.make_database()
        copy.close()

    def copy(self, *, hasty: bool) -> Copy:
        """Return a copy that is not started."""
        name = f"trial{next(self.numbers)}"
        copy = Copy(self.folder / name, hasty=hasty, database_url=self.url_of(name))
        if self.server_url:
            self.run(self.server_url, f"CREATE DATABASE {name} TEMPLATE template_of_trials")
        else:
            shutil.copy(self.folder / "template" / copy.database_file.name, copy.folder)
        return copy

    def url_of(self, name: str) -> str:
        """Return the URL of a database of the server, if there is one."""
        if not self.server_url:
            return ""
        return urlsplit(self.server_url)._replace(path=f"/{name}").geturl()

    @staticmethod
    def run(url: str, command: str) -> None:
        """Tell the server."""
        with psycopg.connect(url, autocommit=True) as line:
            line.execute(command.encode())


class Lane:
    """A running copy that does one trial after another, each in a week of its own."""

    def __init__(self, template: Template, *, hasty: bool, number: int) -> None:
        self.template, self.hasty, self.number = template, hasty, number
        self.copy: Copy | None = None

    def do(self, fault: Fault, step: int) -> Outcome:
        """Do a trial; after one that went wrong the next has a fresh copy."""
        self.copy = self.copy or self.template.copy(hasty=self.hasty)
        try:
            outcome = trial.do(self.copy, fault, step)
        except Exception:  # a trial that broke is told in its row; the others go on
            outcome = Outcome(fault.name, step, trouble=traceback.format_exc())
        if outcome.complaints(fault):
            self.close()
        return outcome

    def close(self) -> None:
        """End its copy."""
        if self.copy:
            self.copy.close()
        self.copy = None


def work(lane: Lane, jobs: Queue[tuple[Fault, int]], report: Callable[[Outcome], None]) -> None:
    """Do trials in a lane until none is left; lanes start one after another, for it costs most."""
    time.sleep(lane.number * START_SECONDS)
    try:
        while True:
            report(lane.do(*jobs.get_nowait()))
    except Empty:
        lane.close()


def row(outcome: Outcome) -> str:
    """Return an outcome as a line of the table."""
    counts = (
        outcome.step,
        outcome.sent,
        outcome.refused,
        len(outcome.lost),
        len(outcome.doubled),
        len(outcome.unknown),
        round(outcome.recovered),
    )
    return f"{outcome.fault:<32}" + "".join(f"{count:>9}" for count in counts)


def verdict(outcome: Outcome, *, hasty: bool) -> list[str]:
    """Return what must not be, in words."""
    fault = next(fault for fault in FAULTS if fault.name == outcome.fault)
    wrong = outcome.complaints(fault)
    if outcome.recovered > LONGEST_RECOVERY and not hasty:
        wrong.append(f"recovered after {outcome.recovered:.0f} s")
    return wrong


def lines(outcome: Outcome, *, hasty: bool) -> list[str]:
    """Return an outcome with what must not be, and the mails whose fate is not known."""
    found = [f"{row(outcome)}  {', '.join(verdict(outcome, hasty=hasty))}".rstrip()]
    return found + [f"{'':<32}unknown: {key} {words}" for key, words in outcome.told.items()]


def told(outcomes: list[Outcome], *, hasty: bool) -> tuple[str, bool]:
    """Return the whole table, and whether all is well."""
    order = [fault.name for fault in FAULTS]
    outcomes = sorted(outcomes, key=lambda one: (order.index(one.fault), one.step))
    table = [HEAD, *(line for outcome in outcomes for line in lines(outcome, hasty=hasty))]
    well = not any(verdict(outcome, hasty=hasty) for outcome in outcomes)
    longest = max((outcome.recovered for outcome in outcomes), default=0)
    summary = f"{len(outcomes)} trials, slowest recovery {longest:.0f} s"
    return "\n".join([*table, "", summary, "All is well." if well else "NOT WELL."]), well


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--out", type=Path, help="write the table to this file too")
    parser.add_argument("--only", action="append", help="a fault by its name; may be repeated")
    parser.add_argument("--steps", default="1,2,3,4,5,6,7,8", help="which mails are struck")
    parser.add_argument("--at-once", type=int, default=6 * (os.cpu_count() or 1))
    parser.add_argument("--hasty", action="store_true", help="with short waits: minutes in all")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL")
    return parser.parse_args()


def main() -> int:
    """Run the matrix; return 1 unless all is well."""
    options = arguments()
    faults = [fault for fault in FAULTS if not options.only or fault.name in options.only]
    steps = [int(step) for step in options.steps.split(",")]
    jobs: Queue[tuple[Fault, int]] = Queue()
    for step, fault in product(steps, faults):
        jobs.put((fault, step))
    outcomes: list[Outcome] = []

    def report(outcome: Outcome) -> None:
        outcomes.append(outcome)
        say("\n".join(lines(outcome, hasty=options.hasty)))

    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="touchstone-faults-")))
        url = held.enter_context(postgres.server()) if options.postgres else ""
        template = Template(folder, url)
        template.make()
        say(HEAD)
        pool = held.enter_context(ThreadPoolExecutor(options.at_once))
        lanes = [
            Lane(template, hasty=options.hasty, number=number) for number in range(options.at_once)
        ]
        for done in [pool.submit(work, lane, jobs, report) for lane in lanes]:
            done.result()
    table, well = told(outcomes, hasty=options.hasty)
    say(f"\n{table}")
    if options.out:
        options.out.write_text(f"{table}\n")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
