"""What the pages of invoices promise."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from crm.models import Invoice, InvoiceForecast, InvoiceReminder, Payment, User
from crm.services import payment_rules
from tests.factories import (
    AccountFactory,
    ContactFactory,
    InvoiceFactory,
    LeadFactory,
    PaymentFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/money/invoices/"


def today() -> date:
    """Return the day where the firm is."""
    return timezone.localdate()


def bill(*, due: int, age: int = 40, **facts: object) -> Invoice:
    """Return an invoice due so many days ago."""
    return InvoiceFactory(
        issued_date=today() - timedelta(days=age), due_date=today() - timedelta(days=due), **facts
    )


def foresee(invoice: Invoice, **facts: float) -> InvoiceForecast:
    """Keep a forecast of today."""
    told = {
        "late_0": 0.9, "late_30": 0.5, "late_60": 0.3, "late_90": 0.2, "long_chance": 0.4,
        "days_p10": 20, "days_p50": 60, "days_p80": 90, "days_p90": 120,
        "own_count": 5, "own_median_days": 41.0, "pool_count": 20,
    } | facts  # fmt: skip
    return InvoiceForecast.objects.create(
        invoice=invoice, as_of_date=today(), made_at=timezone.now(), **told
    )


def page(client: Client, address: str = LIST) -> str:
    """Return a page's text."""
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def detail(invoice: Invoice) -> str:
    """Return the address of an invoice."""
    return reverse("invoice-detail", args=[invoice.pk])


def pay(client: Client, invoice: Invoice, **facts: object) -> tuple[int, str]:
    """Send the form of a payment."""
    told = {"amount": "100", "paid_date": today().isoformat(), "token": uuid4().hex} | facts
    answer = client.post(reverse("invoice-pay", args=[invoice.pk]), told, follow=True)
    return answer.status_code, answer.content.decode()


def test_the_list_says_what_is_overdue_and_when_it_will_come(client: Client, founder: User):
    late = bill(due=10, number="2026-031")
    foresee(late)

    text = page(client)

    assert "¥96k of ¥96k is overdue" in strip_tags(text)
    assert "2026-031" in text
    assert "10 d overdue" in text
    assert "40%" in text
    assert "call now" in text


def test_an_invoice_over_120_days_old_is_late_already(client: Client, founder: User):
    foresee(bill(due=94, age=130))

    assert "already" in page(client)


def test_an_invoice_without_a_forecast_says_that_it_is_being_computed(
    client: Client, founder: User
):
    bill(due=3)

    assert "being computed" in page(client)


def test_tabs_keep_what_they_say(client: Client, founder: User):
    bill(due=10, number="LATE")
    bill(due=-3, number="SOON")
    bill(due=-30, number="AHEAD")
    done = bill(due=20, number="DONE")
    PaymentFactory(invoice=done, paid_date=today())
    Invoice.objects.filter(pk=done.pk).update(paid_amount=done.amount, settled_date=today())
    bill(due=5, number="ARGUED", disputed_date=today())

    shown = {
        which: {name for name in ("LATE", "SOON", "AHEAD", "DONE", "ARGUED")
                if f">{name}" in page(client, f"{LIST}?which={which}")}
        for which in ("open", "overdue", "soon", "paid", "disputed")
    }  # fmt: skip

    assert shown == {
        "open": {"LATE", "SOON", "AHEAD", "ARGUED"},
        "overdue": {"LATE", "ARGUED"},
        "soon": {"SOON"},
        "paid": {"DONE"},
        "disputed": {"ARGUED"},
    }


def test_the_ageing_adds_up_and_each_number_leads_to_its_rows(client: Client, founder: User):
    lead = LeadFactory()
    for age, amount in ((10, 1_000), (45, 2_000), (90, 3_000), (200, 4_000)):
        bill(due=0, age=age, amount=Decimal(amount), lead=lead, number=f"N{age}x")
    bill(due=0, age=300, amount=Decimal(5_000), lead=lead, milestone_label="质保金", number="RET")

    answer = client.get(LIST)
    aged = answer.context["ageing"]

    assert [amount for _age, amount in aged.total.cells] == [1_000, 2_000, 3_000, 4_000, 5_000]
    assert aged.total.total == answer.context["sums"].open == 15_000
    rows = page(client, f"{LIST}?account={lead.account_id}&age=120%2B&currency=CNY")
    assert "N200x" in rows
    assert "N90x" not in rows
    assert "RET" not in rows


def test_pages_follow_each_other_without_a_gap(client: Client, founder: User):
    lead = LeadFactory()
    for place in range(60):
        bill(due=place % 7, lead=lead, number=f"#{place:03}#")

    first = client.get(LIST).context["page"]
    second = client.get(LIST, {"after": first.after}).context["page"]
    back = client.get(LIST, {"before": second.before}).context["page"]

    numbers = [row.invoice.number for row in [*first.rows, *second.rows]]
    assert len(numbers) == len(set(numbers)) == 60
    assert [row.invoice.pk for row in back.rows] == [row.invoice.pk for row in first.rows]
    assert not second.after


def test_the_list_asks_the_database_as_often_for_a_hundred_rows_as_for_ten(
    client: Client,
    founder: User,
    worker_is_alive: None,
    count_queries: Callable[[Callable[[], object]], int],
):
    for _place in range(10):
        foresee(bill(due=5))
    client.get(LIST)
    few = count_queries(lambda: client.get(LIST))
    for _place in range(90):
        foresee(bill(due=5))

    assert count_queries(lambda: client.get(LIST)) == few
    assert few <= 20


def test_the_claim_of_an_overdue_invoice_is_exact(client: Client, founder: User):
    payment_rules.load_shipped()
    account = AccountFactory(kind="SOE", size_class="LARGE")
    late = bill(due=94, age=130, lead=LeadFactory(account=account), account=account)

    text = page(client, detail(late))

    assert "¥4,512" in text  # 96,000 x 0.0005 x 94
    assert "check with a lawyer" in text


def test_the_reason_stands_in_one_line_and_the_message_in_both_languages(
    client: Client, founder: User
):
    late = bill(due=10, number="YL-07", milestone_label="acceptance")
    foresee(late)

    text = page(client, detail(late))

    assert "5 paid invoices of this client: median 41 days late." in text
    assert "payment of ¥96,000 for acceptance of contract YL-07 fell due on" in text
    assert "合同 YL-07 的acceptance款 96,000 元" in text
    assert "____您好" in text
    assert text.count("readonly") == 2  # to be selected without a script
    ContactFactory(account=late.account, name="周洁", decision_role="FINANCE")
    assert "周洁您好" in page(client, detail(late))


def test_a_part_a_rest_and_too_much_are_said(client: Client, founder: User):
    late = bill(due=10, amount=Decimal("1000.10"))

    assert "Still open: ¥900.10" in pay(client, late, amount="100")[1]
    assert "Paid in full" in pay(client, late, amount="900.10")[1]
    assert "¥50 too much" in pay(client, late, amount="50")[1]
    late.refresh_from_db()
    assert late.paid_amount == Decimal("1050.10")


def test_a_payment_that_is_sent_twice_counts_once(client: Client, founder: User):
    late, token = bill(due=10), uuid4().hex

    pay(client, late, token=token)
    pay(client, late, token=token)

    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"amount": "-5"}, "Write an amount above zero."),
        ({"amount": "0"}, "Write an amount above zero."),
        ({"paid_date": "2020-01-01"}, "nothing was paid of it before"),
        ({"paid_date": (date.today() + timedelta(days=5)).isoformat()}, "still to come"),
        ({"currency": "USD"}, "The invoice is in CNY."),
        ({"paid_date": "2025-02-29"}, "Write a day of the calendar"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_beside_its_field(
    client: Client, founder: User, told: dict[str, str], said: str
):
    status, text = pay(client, bill(due=10), **told)

    assert status == 422
    assert said in text
    assert not Payment.objects.exists()


def test_a_payment_can_be_taken_back(client: Client, founder: User):
    late = bill(due=10)
    pay(client, late, amount="96000")

    client.post(reverse("payment-away", args=[Payment.objects.get().pk]))

    late.refresh_from_db()
    assert (late.paid_amount, late.settled_date) == (Decimal(0), None)


def test_a_credit_note_closes_an_invoice_and_is_no_money(client: Client, founder: User):
    late = bill(due=10)

    pay(client, late, amount="96000", kind="CREDIT_NOTE")

    assert Payment.objects.get().kind == Payment.Kind.CREDIT_NOTE
    assert Invoice.objects.get().settled_date == today()


def test_credit_notes_never_take_back_more_than_was_billed(client: Client, founder: User):
    late = bill(due=10)
    pay(client, late, amount="96000")

    code, text = pay(client, late, amount="96000.01", kind="CREDIT_NOTE", note="as agreed by call")
    assert code == 422
    assert "¥96,000 are left of that" in text
    assert "as agreed by call" in text
    assert pay(client, late, amount="90000", kind="CREDIT_NOTE")[0] == 200
    assert "¥6,000 are left of that" in pay(client, late, amount="6001", kind="CREDIT_NOTE")[1]
    assert Payment.objects.count() == 2


def state(client: Client, invoice: Invoice, what: str, **facts: object) -> str:
    """Send one of the buttons of an invoice."""
    told = {"what": what, "version": invoice.version} | facts
    answer = client.post(reverse("invoice-state", args=[invoice.pk]), told, follow=True)
    invoice.refresh_from_db()
    return answer.content.decode()


def test_a_dispute_rests_the_ladder_until_it_is_settled(client: Client, founder: User):
    late = bill(due=10)

    assert "Noted as disputed" in state(client, late, "dispute")
    assert "call now" not in page(client)
    state(client, late, "resolve")
    assert "call now" in page(client)


def test_a_dispute_or_write_off_that_cannot_be_is_said_beside_its_field(
    client: Client, founder: User
):
    late = bill(due=10)
    ahead = (today() + timedelta(days=1)).isoformat()
    address = reverse("invoice-state", args=[late.pk])
    for told, sentence, kept in (
        ({"what": "dispute", "day": ahead}, "This day is still to come.", ahead),
        ({"what": "dispute", "day": "2027-02-29"}, "Write a day of the calendar", "2027-02-29"),
        ({"what": "write_off", "reason": "x" * 71}, "at most 70 characters", "x" * 71),
        ({"what": "write_off", "reason": "gone", "version": 9}, "Someone else saved", "gone"),
    ):
        answer = client.post(address, {"version": late.version} | told)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in text
        assert f'value="{kept}"' in text
    late.refresh_from_db()
    assert (late.disputed_date, late.written_off_date) == (None, None)


def test_a_write_off_needs_a_reason_and_can_be_taken_back(client: Client, founder: User):
    late = bill(due=200, age=230)

    assert "Say why" in state(client, late, "write_off")
    assert late.written_off_date is None
    text = state(client, late, "write_off", reason="the client is bankrupt")
    assert "the client is bankrupt" in text
    assert late.written_off_date == today()
    assert late.write_off_reason == f"the client is bankrupt ({founder})"
    assert late.settled_date is None
    state(client, late, "bring_back")
    assert (late.written_off_date, late.write_off_reason) == (None, "")


def test_an_older_version_overwrites_nothing(client: Client, founder: User):
    late = bill(due=10)
    pay(client, late)

    assert "Someone else saved this meanwhile" in state(client, late, "write_off", reason="x")
    assert late.written_off_date is None


def test_a_step_is_noted_once_under_a_name_and_can_be_taken_back(client: Client, founder: User):
    late, address = bill(due=12), "invoice-remind"

    for _time in range(2):
        client.post(reverse(address, args=[late.pk]), {"step": "10", "note": "财务在走流程"})

    sent = InvoiceReminder.objects.get()
    assert (sent.step, sent.sent_by, sent.note) == (10, founder, "财务在走流程")
    assert "call now" not in page(client)
    client.post(reverse(address, args=[late.pk]), {"step": "10", "undo": "1"})
    assert not InvoiceReminder.objects.exists()


def test_no_reminder_is_noted_of_an_invoice_that_was_paid_meanwhile(client: Client, founder: User):
    late = bill(due=12)
    pay(client, late, amount=f"{late.amount}")

    answer = client.post(reverse("invoice-remind", args=[late.pk]), {"step": "10"}, follow=True)

    assert "Nothing is open of this invoice any more." in answer.content.decode()
    assert not InvoiceReminder.objects.exists()
