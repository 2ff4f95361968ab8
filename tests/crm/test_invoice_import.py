"""Invoices of an accounting system, imported from a table."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crm.models import Account, Invoice, Payment
from crm.services.tables.importing import Result
from crm.services.tables.refusals import TableRefused
from tests.crm import tables
from tests.factories import MONDAY, AccountFactory, InvoiceFactory, LeadFactory

pytestmark = pytest.mark.django_db
HEADER = ("no", "customer", "issued", "due", "settled", "amount", "paid", "paid on", "cur", "lead")
PLAIN = ("A-1", "云岭能源", "6/22/2026", "8/21/2026", "", "96000", "", "", "", "")
SETTLED = ("A-2", "云岭能源", "1/5/2026", "2/4/2026", "3/1/2026", "1000.10", "", "", "CNY", "")
PART = ("A-3", "Nordwind GmbH", "5/1/2026", "6/1/2026", "", "500", "200.25", "6/3/2026", "EUR", "")
DAY = "%m/%d/%Y"
MAPPING: dict[str, Any] = {
    "invoice": {
        "number": "no",
        "amount": "amount",
        "currency": "cur",
        "issued_date": {"column": "issued", "format": DAY},
        "due_date": {"column": "due", "format": DAY},
        "settled_date": {"column": "settled", "format": DAY},
        "paid_amount": "paid",
        "paid_date": {"column": "paid on", "format": DAY},
        "lead_title": "lead",
    },
    "account": {"name": "customer", "kind": {"constant": "SOE"}},
}


def taken(folder: Path, *rows: tuple[str, ...], **options: Any) -> Result:
    """Import rows on MONDAY."""
    path = tables.write(folder, rows, HEADER, name="invoices.csv")
    mapping = tables.write_mapping(folder, MAPPING)
    return tables.imported(path, mapping, kind="invoices", **options)


def changed(row: tuple[str, ...], **cells: str) -> tuple[str, ...]:
    """Return a row with some cells changed."""
    return tuple(
        cells.get(name.replace(" ", "_"), cell) for name, cell in zip(HEADER, row, strict=True)
    )


def test_invoices_come_in_with_their_payments_and_their_new_accounts(tmp_path: Path):
    result = taken(tmp_path, PLAIN, SETTLED, PART)

    assert (result.created, result.bad, result.accounts_created) == (3, 0, 2)
    told = Invoice.objects.order_by("number").values_list(
        "number", "amount", "currency", "paid_amount", "settled_date"
    )
    assert list(told) == [
        ("A-1", Decimal(96_000), "CNY", Decimal(0), None),
        ("A-2", Decimal("1000.10"), "CNY", Decimal("1000.10"), date(2026, 3, 1)),
        ("A-3", Decimal(500), "EUR", Decimal("200.25"), None),
    ]
    assert Account.objects.get(name="云岭能源").kind == "SOE"


def test_old_history_counts_as_known_when_it_happened(tmp_path: Path):
    taken(tmp_path, SETTLED)

    invoice, payment = Invoice.objects.get(), Payment.objects.get()
    assert (invoice.recorded_at.date(), payment.paid_date) == (date(2026, 1, 4), date(2026, 3, 1))
    assert payment.recorded_at < MONDAY


def test_the_same_file_again_changes_nothing(tmp_path: Path):
    taken(tmp_path, PLAIN, SETTLED, PART)

    again = taken(tmp_path, PLAIN, SETTLED, PART)

    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    assert Payment.objects.count() == 2


def test_what_came_in_since_is_added_and_known_from_now_on(tmp_path: Path):
    taken(tmp_path, PART)

    again = taken(tmp_path, changed(PART, paid="500", paid_on="11/2/2026"))

    assert again.updated == 1
    invoice = Invoice.objects.get()
    assert (invoice.paid_amount, invoice.settled_date) == (Decimal(500), date(2026, 11, 2))
    assert Payment.objects.order_by("pk").last().recorded_at == MONDAY


def test_an_invoice_made_by_hand_is_found_by_account_and_number(tmp_path: Path):
    account = AccountFactory(name="云岭能源")
    InvoiceFactory(account=account, lead=None, number="A-1", amount=Decimal(90_000))

    assert taken(tmp_path, PLAIN).updated == 1
    assert Invoice.objects.get().amount == Decimal(96_000)


def test_a_lead_is_found_by_its_title_within_the_account(tmp_path: Path):
    lead = LeadFactory(account=AccountFactory(name="云岭能源"), title="调度助手")
    LeadFactory(title="调度助手")

    taken(tmp_path, changed(PLAIN, lead="调度助手"))

    assert Invoice.objects.get().lead == lead


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"settled": "1/1/2026"}, "2026-01-01 lies before the day of issue, 2026-06-22."),
        ({"due": "6/21/2026"}, "2026-06-21 lies before the day of issue, 2026-06-22."),
        ({"amount": "-5"}, "is below zero or too large"),
        ({"amount": "0"}, "is blank or nothing. What was billed?"),
        ({"issued": "2/29/2026"}, "is not a date written as %m/%d/%Y"),
        ({"issued": "11/24/2026", "due": "12/24/2026"}, "2026-11-24 lies in the future."),
        ({"paid": "10"}, "is blank, but there is a paid amount."),
        ({"cur": "C1Y"}, "“C1Y” is no currency"),
        ({"no": ""}, "is blank. It tells invoices apart."),
        ({"lead": "nobody’s"}, "there is no lead “nobody’s” of this account."),
        ({"amount": "1.005"}, "more than two decimals"),
    ],
)
def test_a_row_that_cannot_be_is_listed_with_its_reason(
    tmp_path: Path, cells: dict[str, str], said: str
):
    result = taken(tmp_path, SETTLED, changed(PLAIN, **cells))

    assert (result.created, result.bad) == (1, 1)
    assert said in str(result.problems[0])
    assert str(result.problems[0]).startswith("row 3")


def test_the_29th_of_february_of_a_leap_year_is_a_day(tmp_path: Path):
    taken(tmp_path, changed(PLAIN, issued="2/29/2024"))

    assert Invoice.objects.get().issued_date == date(2024, 2, 29)


def test_an_invoice_in_another_currency_than_the_ledger_has_is_refused(tmp_path: Path):
    taken(tmp_path, PLAIN, SETTLED)

    again = taken(tmp_path, changed(PLAIN, cur="USD"), SETTLED)

    assert again.bad == 1
    assert "the file says USD, the ledger has it in CNY" in str(again.problems[0])


def test_a_file_never_takes_back_what_the_ledger_has_as_paid(tmp_path: Path):
    taken(tmp_path, PART, PLAIN)

    again = taken(tmp_path, changed(PART, paid="100"), PLAIN)

    assert "the file has 100.00 paid, the ledger 200.25" in str(again.problems[0])
    assert Invoice.objects.get(number="A-3").paid_amount == Decimal("200.25")


def test_strict_leaves_nothing_half_saved(tmp_path: Path):
    with pytest.raises(TableRefused):
        taken(tmp_path, PLAIN, changed(SETTLED, amount="-1"), is_strict=True)

    assert not Invoice.objects.exists()
    assert not Account.objects.exists()


def test_a_refused_file_ends_with_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tables.write(tmp_path, [changed(PLAIN, amount="x")], HEADER, name="invoices.csv")
    mapping = tables.write_mapping(tmp_path, MAPPING)

    with pytest.raises(CommandError) as refused:
        call_command("import_table", path, kind="invoices", mapping=mapping, json=True)

    assert refused.value.returncode == 2
    assert json.loads(capsys.readouterr().out)["bad"] == 1


def test_a_mapping_without_a_due_date_is_refused_with_its_place(tmp_path: Path):
    invoice = {name: told for name, told in MAPPING["invoice"].items() if name != "due_date"}
    path = tables.write(tmp_path, [PLAIN], HEADER, name="invoices.csv")
    mapping = tables.write_mapping(tmp_path, {**MAPPING, "invoice": invoice})

    with pytest.raises(TableRefused, match=r"invoice\.due_date"):
        tables.imported(path, mapping, kind="invoices")
