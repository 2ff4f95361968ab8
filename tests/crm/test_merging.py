"""Merges of accounts that belong to each other's group."""

from datetime import timedelta

import pytest

from crm.models import Account
from crm.services import merging
from tests.factories import MONDAY, AccountFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=1)


def merge(winner: Account, loser: Account) -> merging.Undoable:
    return merging.merge(
        winner=winner,
        loser=loser,
        versions=(winner.version, loser.version),
        chosen=(),
        by=UserFactory(role="FOUNDER"),
        now=NOW,
    )


def parents(*rows: Account) -> list[Account | None]:
    for row in rows:
        row.refresh_from_db()
    return [row.parent for row in rows]


def test_a_merged_account_never_belongs_to_itself_or_to_one_of_its_own():
    group = AccountFactory(name="group")
    middle = AccountFactory(name="middle", parent=group)
    below = AccountFactory(name="below", parent=middle)

    done = merge(below, group)

    assert parents(middle, below) == [below, None]
    merging.take_back(undoable=done, by=done.by, now=NOW)
    assert parents(middle, below) == [group, middle]


def test_an_account_that_takes_in_its_group_belongs_to_what_the_group_belonged_to():
    top = AccountFactory(name="top")
    group = AccountFactory(name="group", parent=top)
    branch = AccountFactory(name="branch", parent=group)

    done = merge(branch, group)

    assert parents(branch) == [top]
    merging.take_back(undoable=done, by=done.by, now=NOW)
    assert parents(branch) == [group]
