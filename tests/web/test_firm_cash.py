"""What the page of the firm's cash promises, and what an accountant may read."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from crm import formats
from crm.models import FirmCash, FirmFigure, User
from scoring import cash_runs
from tests.factories import (
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    PaymentTermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ADDRESS = "/money/cash/"
SECRET = "顾总私下说预算没批"


def line(weeks: list[int], *, empty: str | None = None) -> dict[str, Any]:
    """Return an assumption as the worker stores it."""
    day = (timezone.localdate() + timedelta(days=70)).isoformat()
    return {"weeks": weeks, "low": min(weeks), "low_date": day, "empty_date": empty}


def computed(*, base: int, low: int, later: int) -> None:
    """Keep a curve that lies at these amounts, with a burn of 100,000."""
    empty = (timezone.localdate() + timedelta(days=60)).isoformat()
    told = {
        "base": line([base] * 26, empty=empty if base < 0 else None),
        "base_low": line([low] * 26),
        "later": line([later] * 26, empty=empty if later < 0 else None),
        "none": line([later] * 26),
    }
    result = {"cash": 900_000.0, "burn": 100_000.0, "base": told, "with_pipeline": told}
    FirmCash.objects.create(as_of_date=timezone.localdate(), made_at=timezone.now(), result=result)


@pytest.mark.parametrize(
    ("base", "low", "later", "said"),
    [
        (500_000, 400_000, 300_000, "Cash holds for 26 weeks"),
        (500_000, 150_000, 300_000, "one time in ten it falls below two months of burn"),
        (500_000, 400_000, -1, "90 days of delay empty the account on"),
        (-1, -9, -9, "Cash runs out on"),
    ],
)
def test_the_headline_says_the_gravest_that_is_true(
    client: Client, founder: User, base: int, low: int, later: int, said: str
):
    computed(base=base, low=low, later=later)

    assert said in client.get(ADDRESS).content.decode()


def test_chart_and_figures_name_one_day_for_a_low_point(client: Client, founder: User):
    computed(base=500_000, low=400_000, later=300_000)
    low_on = formats.day(timezone.localdate() + timedelta(days=70))

    text = client.get(ADDRESS).content.decode()

    assert f"base: low ¥500k, {low_on}" in text
    assert f"+90 days: low ¥300k, {low_on}" in text


def test_without_cash_and_burn_the_page_says_what_to_note(client: Client, founder: User):
    text = client.get(ADDRESS).content.decode()

    assert "Cash at hand, Monthly burn" in text
    assert reverse("firm-settings") in text


def test_what_the_worker_computes_is_shown(client: Client, founder: User):
    for kind, amount in (("CASH", 600_000), ("MONTHLY_BURN", 100_000)):
        now = timezone.now()
        FirmFigure.objects.create(kind=kind, amount=amount, valid_from=now, recorded_at=now)
    assert "Being computed" in client.get(ADDRESS).content.decode()
    InvoiceFactory(
        issued_date=timezone.localdate() - timedelta(days=20),
        due_date=timezone.localdate() + timedelta(days=10),
        amount=Decimal(300_000),
    )

    cash_runs.compute_firm(now=timezone.now() + timedelta(seconds=1))

    answer = client.get(ADDRESS)
    quarters = answer.context["page"].quarters
    assert sum(one.signed for one in quarters) == 300_000
    assert answer.context["largest_share"] == 0.5
    assert "open invoices: 1" in answer.content.decode()
    assert "with the pipeline" in answer.content.decode()
    assert client.get(ADDRESS, {"pipeline": "1"}).status_code == 200


def test_the_alarm_says_what_signing_a_draft_would_do(client: Client, founder: User):
    computed(base=500_000, low=150_000, later=300_000)
    ours, theirs, small, signed = (
        PaymentTermsFactory(status=status, contract_amount=1)
        for status in ("PROPOSED_BY_US", "PROPOSED_BY_CLIENT", "PROPOSED_BY_US", "AGREED")
    )
    row = FirmCash.objects.get()
    row.result["drafts"] = [
        {"terms": terms.pk, "lead": terms.lead_id, "from": 500_000, "to": to, "date": "2027-05-10"}
        for terms, to in ((signed, 1_000), (theirs, 163_000), (ours, 320_000), (small, 499_000))
    ]
    row.save()

    text = " ".join(strip_tags(client.get(ADDRESS).content.decode()).split())
    links = client.get(ADDRESS).content.decode()

    name = theirs.lead.account.name
    assert f"Signing the draft of {name} as it is moves the low point from ¥500k to ¥163k" in text
    assert "on 10 May 2027." in text
    assert f"Signing our proposal to {ours.lead.account.name} moves" in text
    assert reverse("lead-terms", args=[theirs.lead_id]) in links
    for silent in (small, signed):  # hardly moves it; is no draft any more
        assert reverse("lead-terms", args=[silent.lead_id]) not in links
    assert "Signing" not in client.get(ADDRESS, {"pipeline": "1"}).content.decode()


def test_a_draft_alone_can_raise_the_alarm(client: Client, founder: User):
    computed(base=500_000, low=400_000, later=300_000)
    draft = PaymentTermsFactory(status="PROPOSED_BY_CLIENT", contract_amount=1)
    row = FirmCash.objects.get()
    told = {"terms": draft.pk, "lead": draft.lead_id, "from": 500_000, "date": "2027-05-10"}
    for to, is_alarm in ((163_000, True), (320_000, False)):
        row.result["drafts"] = [told | {"to": to}]
        row.save()
        text = strip_tags(client.get(ADDRESS).content.decode())
        assert "moves the low point" in text
        assert ("That is below two months of burn (¥200k)." in text) is is_alarm


def test_today_says_that_reminders_are_due_and_that_cash_is_thin(client: Client, founder: User):
    InvoiceFactory()
    computed(base=500_000, low=150_000, later=300_000)

    text = client.get("/").content.decode()

    assert "1 reminder is due" in text
    assert "Cash may fall below two months of burn" in text


def test_the_page_asks_the_database_as_often_for_many_invoices_as_for_few(
    client: Client,
    founder: User,
    worker_is_alive: None,
    count_queries: Callable[[Callable[[], object]], int],
):
    computed(base=1, low=1, later=1)
    for _place in range(10):
        InvoiceFactory()
    client.get(ADDRESS)
    few = count_queries(lambda: client.get(ADDRESS))
    for _place in range(90):
        InvoiceFactory()

    assert count_queries(lambda: client.get(ADDRESS)) == few


def test_an_accountant_finds_no_sales_notes_on_any_page(client: Client):
    lead = LeadFactory(next_step=SECRET, next_step_date=timezone.localdate(), has_money=True)
    InteractionFactory(lead=lead, note=SECRET)
    PaymentTermsFactory(lead=lead)
    bill = InvoiceFactory(lead=lead)
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))

    for address in (
        "/", "/leads/", f"/leads/{lead.pk}/", "/board/", "/clients/",
        f"/clients/{lead.account_id}/", "/contacts/", "/search/?q=海岳", "/money/invoices/",
        f"/money/invoices/{bill.pk}/", "/money/invoices/new/", ADDRESS, "/reports/",
        reverse("report-pipeline"), reverse("lead-export", args=["all", "csv"]),
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = b"".join(answer) if answer.streaming else answer.content
        assert SECRET not in text.decode(), address
