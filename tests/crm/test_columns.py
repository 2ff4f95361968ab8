"""Columns of many rows, written at once."""

import pytest

from crm.models import Account
from crm.services.columns import write_columns
from tests.factories import AccountFactory


@pytest.mark.django_db(transaction=True)
def test_they_are_written_outside_a_transaction_as_well():
    """A large demo is written so: its figures are counted in no transaction of its own."""
    first, second = AccountFactory(), AccountFactory()

    write_columns(Account, ("city",), [(first.pk, "杭州"), (second.pk, "成都")])

    assert dict(Account.objects.values_list("pk", "city")) == {first.pk: "杭州", second.pk: "成都"}
