"""One step of each fault, done to one running copy; `make faults` does all steps of all.

Waits are short here (tests.faults.hasty), and the clock is pushed on instead of waited for.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults import trial
from tests.faults.copy import Copy
from tests.faults.faults import FAULTS, Fault, kill_sender, nothing

STEPS = 8
# A start of the worker is what costs most here; its death at the last word covers this one.
LEFT_TO_THE_MATRIX = {"worker killed"}
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux shows which process talks from which port"
)


@pytest.fixture(scope="module")
def copy(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """Give a copy, with the tables of the tests' own database, that its first trial starts."""
    copy = Copy(tmp_path_factory.mktemp("faults"), hasty=True)
    copy_tables(settings.DATABASES["default"]["NAME"], copy.database_file)
    copy.make_database()
    yield copy
    copy.close()


def copy_tables(source: str, target: Path) -> None:
    """Copy all tables without a row."""
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        ours = "sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
        for (sql,) in there.execute(
            f"SELECT sql FROM sqlite_master WHERE {ours} ORDER BY type = 'table' DESC"
        ):
            here.execute(sql)
        here.commit()


@pytest.mark.timeout(600)
def test_whatever_fails_no_mail_is_lost_and_none_comes_twice(copy):
    wrong = {}
    faults = [fault for fault in FAULTS if fault.name not in LEFT_TO_THE_MATRIX]
    for number, fault in enumerate(faults):
        outcome = trial.do(copy, fault, 1 + number % STEPS)
        if complaints := outcome.complaints(fault):
            wrong[fault.name] = complaints

    assert wrong == {}


def test_with_the_claim_switched_off_the_same_trial_finds_a_mail_that_came_twice(copy):
    fault = Fault("sender killed at the last word", kill_sender, nothing, at="DATA")

    with copy.without_claim():
        outcome = trial.do(copy, fault, 3)

    assert outcome.doubled


def test_a_mail_that_is_called_unknown_before_its_last_word_is_found(copy):
    fault = next(fault for fault in FAULTS if fault.name == "last reply lost")
    outcome = trial.do(copy, fault, 2)
    assert (len(outcome.unknown), outcome.needless) == (1, [])
    copy.server.invited.clear()  # as if the server had never asked for its words

    trial.count(copy, outcome)

    assert outcome.needless == outcome.unknown
    assert outcome.complaints(fault)
