"""The learned forecast in the ledger's life: in shadow, in use, damaged, and sent back."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import ForecastMark, Invoice, Payment, User
from scoring import artifacts, forecasts, hazard_active, hazard_runs, originals, tasks
from scoring.models import Promotion, TrainedModel
from scoring.sweeps import held
from tests.factories import AccountFactory, InvoiceFactory, UserFactory

pytestmark = pytest.mark.django_db
PAID, ACCOUNTS = 450, 15
Decision = Promotion.Decision


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield
    hazard_active._read.cache_clear()


@pytest.fixture
def enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it take over from as many paid invoices as these tests hold."""
    monkeypatch.setattr(hazard_runs, "ACTIVE_FROM", PAID - 50)


def at(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())


def a_past(count: int = PAID) -> Invoice:
    """Bill and pay many invoices, the large ones two months late; return a large one that waits."""
    rng, today = np.random.default_rng(2), timezone.localdate()
    accounts = AccountFactory.create_batch(ACCOUNTS, kind="SME")
    billed, paid = [], []
    for n in range(count):
        issued = today - timedelta(days=120 + 30 * int(rng.integers(0, 30)))
        due, is_large = issued + timedelta(days=30), rng.random() < 0.5
        invoice = Invoice(
            ledger_id=f"V{n}",
            account=accounts[n % ACCOUNTS],
            number=f"{n}",
            amount=Decimal(200_000 if is_large else 1_000),
            issued_date=issued,
            due_date=due,
            recorded_at=at(issued),
        )
        day = due + timedelta(days=int(rng.integers(-10, 10)) + (60 if is_large else 0))
        billed.append(invoice)
        paid.append(
            Payment(
                ledger_id=f"P{n}",
                invoice=invoice,
                amount=invoice.amount,
                paid_date=day,
                recorded_at=at(day),
            )
        )
    Invoice.objects.bulk_create(billed)
    Payment.objects.bulk_create(paid)
    return InvoiceFactory(
        account=accounts[0],
        amount=Decimal(200_000),
        issued_date=today - timedelta(days=5),
        due_date=today + timedelta(days=25),
        recorded_at=at(today - timedelta(days=5)),
    )


def late_30(as_of: datetime) -> float:
    ((_bill, said),) = forecasts.foreseen(as_of=as_of)
    return said.late[1]


def text(client: Client) -> str:
    return client.get(reverse("score-late")).content.decode()


def test_below_400_paid_invoices_nothing_is_learned_and_the_page_says_so(
    client: Client, founder: User
) -> None:
    a_past(30)
    assert hazard_runs.train_if_due(now=timezone.now()) is None
    assert not Promotion.objects.exists()
    assert "From 400 on a learned forecast runs beside the curve" in text(client)


def test_from_400_on_it_runs_in_shadow_and_the_curve_foresees(
    client: Client, founder: User
) -> None:
    a_past()
    before = late_30(timezone.now())

    tasks.train_payments()

    logged = Promotion.objects.get(target="LATE_PAYMENT")
    assert (logged.decision, logged.numbers["paid"]) == (Decision.SHADOW, PAID)
    assert logged.numbers["contest"]["brier_wins"] > 0.9
    assert late_30(timezone.now()) == before
    page = text(client)
    assert "A learned forecast runs in shadow since" in page
    assert "From 1,500 on it takes over" in page
    tasks.train_payments()  # the same week
    assert Promotion.objects.filter(target="LATE_PAYMENT").count() == 1


def test_one_that_wins_is_put_to_use_from_then_on_and_never_for_the_past(enough: None) -> None:
    a_past()
    earlier = timezone.now()
    before = late_30(earlier)

    promotion = hazard_runs.train(now=timezone.now())

    assert promotion is not None
    assert promotion.decision == Decision.PROMOTED
    assert promotion.model is not None
    assert promotion.model.learner == TrainedModel.Learner.HAZARD
    assert late_30(timezone.now()) > max(0.9, before + 0.1)
    assert late_30(earlier) == before
    assert forecasts.make(as_of=timezone.now(), now=timezone.now()) == 1


def test_a_damaged_file_gives_way_to_the_curve_and_is_learned_anew(
    enough: None, client: Client, founder: User
) -> None:
    a_past()
    before = late_30(timezone.now())
    promotion = hazard_runs.train(now=timezone.now())
    assert promotion is not None
    assert promotion.model is not None
    path = artifacts.path_of(promotion.model.sha256, artifacts.folder(), ending=originals.ENDING)
    path.write_bytes(path.read_bytes()[:-1])
    hazard_active._read.cache_clear()

    assert late_30(timezone.now()) == before
    assert "The file of the learned forecast is damaged." in text(client)

    assert hazard_runs.train_if_due(now=timezone.now()) is not None
    assert late_30(timezone.now()) > 0.9


def test_a_founder_lets_the_curve_foresee_alone_and_a_manager_does_not(
    enough: None, client: Client, founder: User
) -> None:
    a_past()
    before = late_30(timezone.now())
    hazard_runs.train(now=timezone.now())
    address = reverse("score-return-curve")
    assert address in text(client)

    client.force_login(UserFactory(role=User.Role.MANAGER))
    assert client.post(address).status_code == 403
    client.force_login(founder)
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302

    assert late_30(timezone.now()) == before
    assert ForecastMark.objects.exists()
    page = text(client)
    assert "let the curve foresee alone on" in page
    assert address not in page


def test_two_trainings_never_overlap() -> None:
    with held(hazard_runs.JOB) as job:
        assert job is not None
        with pytest.raises(hazard_runs.PaymentTrainingRuns):
            hazard_runs.train(now=timezone.now())
    assert hazard_runs.train(now=timezone.now()) is None


def test_the_backtest_says_how_both_did_on_the_same_later_invoices() -> None:
    a_past()
    out = StringIO()
    call_command("backtest", target="late_payment", json=True, stdout=out)
    found = json.loads(out.getvalue())
    learned = found["hazard"]
    assert learned["chances"]["late_30"]["n"] == found["chances"]["late_30"]["n"]
    assert (
        learned["chances"]["late_30"]["brier"]["value"]
        < found["chances"]["late_30"]["brier"]["value"]
    )
    assert learned["contest"]["invoices"] == found["later_invoices"]
    plain = StringIO()
    call_command("backtest", target="late_payment", stdout=plain)
    assert "Learned from own invoices:" in plain.getvalue()


def test_the_page_asks_as_often_after_many_trainings(
    client: Client, founder: User, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def shadow(days: int) -> None:
        Promotion.objects.create(
            target="LATE_PAYMENT",
            decision=Decision.SHADOW,
            decided_at=timezone.now() - timedelta(days=days),
            numbers={"paid": 700},
        )

    shadow(0)
    text(client)
    before = count_queries(lambda: text(client))
    for week in range(1, 9):
        shadow(7 * week)
    assert count_queries(lambda: text(client)) == before
