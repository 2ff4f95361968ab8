"""Any ledger comes back from a bundle, and no bundle breaks an import."""

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.models import (
    Account,
    Interaction,
)
from crm.services import payments
from crm.services.bundle import exporting, importing
from crm.services.bundle.problems import BundleRefused
from tests import factories
from tests.crm.ledgers import LATER, assert_the_same, full_ledger, there_and_back

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
moments = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2026, 11, 1), timezones=st.just(UTC)
)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2026, 11, 1))
hours = st.decimals(0, 999, places=1)
amounts = st.decimals(1, 10**12, places=2)
flags = st.sampled_from([True, False, None])
json_texts = st.dictionaries(
    texts, st.lists(texts | st.integers() | st.none(), max_size=2), max_size=2
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_ledger_comes_back_to_the_byte(db, data):
    with transaction.atomic():
        random_ledger(data)
        with there_and_back() as (first, second):
            assert_the_same(first, second)
        transaction.set_rollback(True)


def random_ledger(data: st.DataObject) -> None:
    """Make a small ledger with any values that the database takes."""
    draw = data.draw
    owner = factories.UserFactory(display_name=draw(texts), first_name=draw(texts))
    accounts = [
        factories.AccountFactory(
            name=draw(names)[:200],
            city=draw(texts),
            kind=draw(st.sampled_from(["", *Account.Kind.values])),
            employees=draw(st.none() | st.integers(0, 2**31 - 1)),
            has_ai_team=draw(flags),
            archived_at=draw(st.none() | moments),
        )
        for _ in range(2)
    ]
    people = [factories.ContactFactory(account=accounts[0], title=draw(texts)) for _ in range(2)]
    lead = factories.LeadFactory(
        account=accounts[0],
        owner=draw(st.sampled_from([owner, None])),
        opened_at=draw(moments),
        est_value_amount=draw(st.none() | amounts),
        custom_fields=draw(json_texts),
        outcome_lesson=draw(texts),
    )
    for happened_at in draw(st.lists(moments, max_size=4)):
        met = factories.InteractionFactory(
            lead=lead,
            happened_at=happened_at,
            recorded_at=draw(moments),
            kind=draw(st.sampled_from(Interaction.Kind.values)),
            asks=draw(st.none() | st.lists(st.sampled_from(["POC", "NONE", "PRODUCT"]))),
            client_gave=draw(st.none() | st.lists(st.sampled_from(Interaction.Gift.values))),
            competitors_count=draw(st.none() | st.integers(0, 9)),
            presales_hours=draw(st.none() | hours),
            note=draw(texts),
            paid_by_client=draw(st.booleans()),
        )
        met.attendees.set(draw(st.lists(st.sampled_from(people), unique=True)))
    factories.BidFactory(lead=lead, sheet=draw(json_texts), result_date=draw(st.none() | days))
    factories.PaymentTermsFactory(lead=lead, note=draw(texts), is_onsite=draw(flags))
    invoice = factories.InvoiceFactory(lead=lead, amount=draw(amounts), number=draw(texts))
    for amount in draw(st.lists(st.decimals("0.01", 10**9, places=2), max_size=3)):
        factories.PaymentFactory(invoice=invoice, amount=amount, paid_date=draw(days))
    payments.recount([invoice.pk])
    factories.AssessmentFactory(
        lead=lead,
        points=draw(st.floats(allow_nan=False, allow_infinity=False)),
        reasons=draw(st.lists(json_texts, max_size=2)),
    )


junk = st.sampled_from(
    [
        "",
        "-1",
        "NaN",
        "1e9",
        "2025-13-01",
        "9" * 30,
        "\0",
        "|",
        "-",
        "{}",
        "[]",
        "２",
        "x" * 5000,
        '"',
    ]
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_bundle_is_taken_or_refused_and_never_breaks_the_import(db, data):
    with transaction.atomic(), TemporaryDirectory() as folder:
        full_ledger()
        bundle = Path(folder) / "bundle"
        exporting.run(bundle, now=LATER)
        path = data.draw(st.sampled_from(sorted(bundle.glob("*.csv"))))
        cells = path.read_bytes().split(b",")
        place = data.draw(st.integers(0, len(cells) - 1))
        cells[place] = data.draw(junk.map(str.encode) | st.binary(max_size=6))
        path.write_bytes(b",".join(cells))

        with suppress(BundleRefused):
            importing.run(bundle, now=LATER, is_dry_run=data.draw(st.booleans()))

        transaction.set_rollback(True)
