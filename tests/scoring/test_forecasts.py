"""Forecasts from the ledger: only what was known then, and files that a person can check."""

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.models import InvoiceForecast, Payment
from crm.services import payments
from scoring import bills, forecasts, payment_backtest
from tests.factories import AccountFactory, InvoiceFactory, PaymentMilestoneFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=timezone.get_default_timezone())


def billed(*, account=None, issued: date, term: int = 30, paid_after: int | None = None, **facts):
    """Make an invoice, paid so many days after its issue."""
    recorded = datetime.combine(issued, datetime.min.time(), NOW.tzinfo)
    invoice = InvoiceFactory(
        account=account or AccountFactory(kind="SME"),
        issued_date=issued,
        due_date=issued + timedelta(days=term),
        amount=Decimal(1000),
        recorded_at=recorded,
        **facts,
    )
    if paid_after is not None:
        pay(invoice, 1000, issued + timedelta(days=paid_after))
    return invoice


def pay(invoice, amount, day: date):
    payments.record(
        invoice=invoice,
        amount=Decimal(amount),
        paid_date=day,
        now=datetime.combine(day, datetime.max.time(), NOW.tzinfo),
        author=None,
    )


def said_of(invoice, as_of=NOW):
    return next(said for bill, said in forecasts.foreseen(as_of=as_of) if bill.key == invoice.pk)


def test_an_invoice_counts_as_paid_from_95_per_cent_on():
    invoice = billed(issued=date(2026, 8, 1))
    pay(invoice, 940, date(2026, 9, 1))
    assert [bill.paid_day for bill in bills.read(known_at=NOW)] == [None]
    pay(invoice, 10, date(2026, 9, 20))
    assert [bill.paid_day for bill in bills.read(known_at=NOW)] == [date(2026, 9, 20).toordinal()]


def test_a_credit_note_is_no_money_and_what_it_leaves_is_what_is_owed():
    invoice = billed(issued=date(2026, 8, 1))
    Payment.objects.create(
        invoice=invoice,
        amount=Decimal(400),
        paid_date=date(2026, 8, 20),
        kind=Payment.Kind.CREDIT_NOTE,
        recorded_at=NOW - timedelta(days=90),
    )
    assert bills.read(known_at=NOW)[0].paid_day is None
    pay(invoice, 570, date(2026, 9, 2))
    assert bills.read(known_at=NOW)[0].paid_day == date(2026, 9, 2).toordinal()


def test_a_past_forecast_does_not_change_when_money_comes_later():
    account = AccountFactory(kind="GOVERNMENT")
    open_one = billed(account=account, issued=date(2026, 9, 1))
    other = billed(account=account, issued=date(2026, 7, 1))
    then = NOW - timedelta(days=30)
    before = said_of(open_one, then)
    pay(other, 1000, date(2026, 11, 20))
    pay(open_one, 1000, date(2026, 11, 20))
    billed(account=account, issued=date(2026, 11, 1), paid_after=5)
    assert said_of(open_one, then) == before


def test_what_was_written_down_late_is_known_from_that_day_on():
    invoice = billed(issued=date(2026, 8, 1))
    Payment.objects.create(
        invoice=invoice,
        amount=Decimal(1000),
        paid_date=date(2026, 8, 20),
        recorded_at=datetime(2026, 11, 1, tzinfo=NOW.tzinfo),
    )
    assert said_of(invoice, datetime(2026, 10, 1, tzinfo=NOW.tzinfo))
    assert forecasts.foreseen(as_of=NOW) == []


def test_a_late_account_is_foreseen_late_and_its_history_is_named():
    slow, new = AccountFactory(kind="SME"), AccountFactory(kind="SME")
    for month in range(1, 6):
        billed(account=slow, issued=date(2026, month, 1), paid_after=150)
    late, fresh = (billed(account=one, issued=date(2026, 11, 1)) for one in (slow, new))
    assert said_of(late).long > said_of(fresh).long
    assert (said_of(late).own_count, said_of(late).own_median) == (5, 120.0)
    assert said_of(fresh).own_median is None


@pytest.mark.parametrize(
    ("label", "trigger_day", "is_advance"),
    [
        ("预付款", None, True),
        ("Prepayment", None, True),
        ("终验款", None, False),
        ("首笔", 0, True),
    ],
)
def test_an_advance_is_known_by_its_day_or_its_name(label, trigger_day, is_advance):
    milestone = PaymentMilestoneFactory(label=label, trigger_day=trigger_day)
    billed(issued=date(2026, 8, 1), milestone=milestone, milestone_label=label)
    assert bills.read(known_at=NOW)[0].is_advance is is_advance


def test_making_forecasts_twice_on_a_day_stores_each_once():
    billed(issued=date(2026, 8, 1))
    paid = billed(issued=date(2026, 7, 1), paid_after=20)
    for _again in range(2):
        assert forecasts.make(as_of=NOW, now=NOW) == 1
    stored = InvoiceForecast.objects.get()
    assert stored.invoice_id != paid.pk
    assert stored.days_p10 <= stored.days_p50 <= stored.days_p80 <= stored.days_p90
    assert stored.late_0 == 1.0  # it is overdue today
    assert stored.made_at == NOW


def test_the_command_writes_one_row_an_open_invoice(tmp_path: Path, capsys):
    invoice = billed(issued=date(2026, 1, 5))
    billed(issued=date(2026, 1, 6), paid_after=3)
    out = tmp_path / "f.csv"
    call_command("forecast_payments", as_of="2026-01-20", out=out)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [row["invoice_id"] for row in rows] == [invoice.ledger_id]
    assert rows[0]["as_of"] == "2026-01-20"
    assert 0 < float(rows[0]["p_long"]) < 1
    assert "Foresaw 1 open invoice as of 2026-01-20." in capsys.readouterr().out


def test_the_backtest_foresees_later_invoices_and_labels_what_is_known(tmp_path: Path, capsys):
    slow, quick = AccountFactory(kind="SME"), AccountFactory(kind="SME")
    for month in range(1, 11):
        billed(account=slow, issued=date(2025, month, 1), paid_after=160)
        billed(account=quick, issued=date(2025, month, 2), paid_after=20)
    open_one = billed(account=slow, issued=date(2025, 12, 1))
    young = billed(account=slow, issued=timezone.localdate() - timedelta(days=20))
    out = tmp_path / "b.csv"
    call_command("backtest", target="late_payment", out=out)
    rows = {
        row["invoice_id"]: row
        for row in csv.DictReader(out.read_text(encoding="utf-8").splitlines())
    }
    assert (rows[open_one.ledger_id]["long"], rows[open_one.ledger_id]["days_late"]) == ("1", "")
    assert rows[young.ledger_id]["long"] == ""
    assert "later invoices" in capsys.readouterr().out
    found = payment_backtest.backtest(now=NOW)
    assert found.as_json()["chances"]["long"]["auc"]["value"] == 1.0


def test_a_backtest_without_invoices_says_what_to_do():
    with pytest.raises(CommandError, match="too few invoices"):
        call_command("backtest", target="late_payment")
