"""One trial: a fault at one step, its healing, and what came of eight mails."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from tests.faults.copy import MONDAY, Copy
from tests.faults.faults import Fault
from tests.faults.processes import TookTooLong, until

BEGINS_WITHIN, QUIET_WITHIN = 400, 900  # seconds
POLL, HASTY_POLL = 1.0, 0.1
LINGER = 75  # seconds of quiet in which one more sweep would double what can be doubled
FINISHED = {"SENT", "FAILED", "UNKNOWN"}


@dataclass
class Outcome:
    """What came of one trial, by the mails that the server took and by the ledger."""

    fault: str
    step: int
    sent: int = 0
    refused: int = 0
    unknown: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)  # of each of those
    needless: list[str] = field(default_factory=list)  # of those: could not have arrived
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    recovered: float = 0  # seconds from the fault's end until nothing waited any more
    trouble: str = ""

    def complaints(self, fault: Fault) -> list[str]:
        """Return what must not be."""
        wrong = [f"lost {key}" for key in self.lost] + [f"doubled {key}" for key in self.doubled]
        if self.unknown and not fault.may_be_unknown:
            wrong += [f"unknown {key}" for key in self.unknown]
        wrong += [f"called unknown, but cannot have arrived {key}" for key in self.needless]
        if self.refused != int(fault.refuses):
            wrong.append(f"{self.refused} refused")
        return wrong + ([self.trouble] if self.trouble else [])


def do(copy: Copy, fault: Fault, step: int) -> Outcome:
    """Do a fault in a week of its own, so that eight mails are due; start the copy if need be."""
    arm(copy, fault, step)
    copy.set_clock(MONDAY + timedelta(weeks=copy.week) + fault.after)
    copy.week += 3
    if copy.process is None:
        copy.start()
    return run(copy, fault, step)


def run(copy: Copy, fault: Fault, step: int) -> Outcome:
    """Do a fault when the n-th mail is under way, undo it, wait for quiet and count."""
    outcome = Outcome(fault.name, step)
    try:
        until(
            lambda: pushed(copy) and copy.server.struck.is_set(),
            "the mail that is struck",
            seconds=BEGINS_WITHIN,
            every=poll(copy),
        )
        wait(copy, fault, step)
    except TookTooLong as error:
        outcome.trouble = str(error)
    if copy.server.struck.is_set():
        fault.end(copy)
        healed = time.monotonic()
        try:
            quiet(copy)
        except TookTooLong as error:
            outcome.trouble = str(error)
        outcome.recovered = time.monotonic() - healed
        if not copy.hasty:
            time.sleep(LINGER)
    count(copy, outcome)
    return outcome


def arm(copy: Copy, fault: Fault, step: int) -> None:
    """Have the fault strike with the n-th mail."""
    copy.server.heal()
    copy.server.taken.clear()
    copy.server.invited.clear()
    copy.server.ended.clear()
    copy.earlier = {row.key for row in copy.rows()}
    copy.server.strike_at(fault.at, step, lambda talk: fault.begin(copy, talk))


def wait(copy: Copy, fault: Fault, step: int) -> None:
    """Let the fault last; where half of the mails hang, until the good half is served."""
    if copy.server.troubled:
        until(lambda: pushed(copy) and len(copy.server.taken) >= 4, "the good half",
              seconds=fault.seconds, every=poll(copy))  # fmt: skip
        return
    if fault.lasts_until_quiet:
        quiet(copy)
    if copy.hasty and not copy.server.trouble:
        copy.push_on()  # once: each try that a mail server spoils makes the next one come later
    time.sleep(fault.hasty_seconds if copy.hasty else fault.seconds)


def poll(copy: Copy) -> float:
    """Return the seconds between two looks."""
    return HASTY_POLL if copy.hasty else POLL


def pushed(copy: Copy) -> bool:
    """Push the clock on in the ordinary suite, where nobody can wait for minutes."""
    return copy.push_on() if copy.hasty else True


def quiet(copy: Copy) -> None:
    """Wait until all eight mails of the newest week have their fate."""

    def all_done() -> bool:
        newest = newest_of_each(copy)
        done = len(newest) == len(copy.readers()) and set(newest.values()) <= FINISHED
        return done or not pushed(copy)

    until(all_done, "quiet", seconds=60 if copy.hasty else QUIET_WITHIN, every=poll(copy))


def newest_of_each(copy: Copy) -> dict[int, str]:
    """Return the fate of each reader's newest mail."""
    week = max((row.period for row in copy.rows()), default="")
    return {row.reader: row.status for row in copy.rows() if row.period == week}


def count(copy: Copy, outcome: Outcome) -> None:
    """Compare what the server took with what the ledger says, by X-Digest-Key."""
    taken: Counter[str] = copy.server.keys
    rows = [row for row in copy.rows() if row.key not in copy.earlier]
    newest = max((row.period for row in rows), default="")
    outcome.doubled = sorted(key for key, times in taken.items() if times > 1)
    unknown = [row for row in rows if row.status == "UNKNOWN"]
    outcome.unknown = sorted(row.key for row in unknown)
    for row in unknown:
        came = "arrived" if taken[row.key] else "did not arrive"
        if not taken[row.key] and row.address in copy.server.ended:
            came = "came in whole, and was not taken"
        outcome.told[row.key] = f"{came}: {row.answer}"
    # Only a mail whose words the server asked for can have been near its last one.
    invited = copy.server.invited
    outcome.needless = sorted(row.key for row in unknown if row.address not in invited)
    fates = {row.reader: row for row in rows if row.period == newest}
    for reader in copy.readers():
        row = fates.get(reader)
        if row is None:
            outcome.lost.append(f"{reader}: no mail")
        elif taken[row.key]:
            outcome.sent += 1
        elif row.status == "FAILED" and row.answer.startswith("5"):
            outcome.refused += 1
        elif row.status != "UNKNOWN":
            outcome.lost.append(f"{row.key} {row.status} {row.answer}")
