"""A round trip through a bundle loses nothing."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.models import (
    Account,
    Assessment,
    Decision,
    Firm,
    FirmFigure,
    Flag,
    Interaction,
    InteractionEffort,
    Invoice,
    Lead,
    User,
)
from crm.services import figures, payments
from crm.services.bundle import exporting, importing
from crm.services.bundle.layout import LEFT_OUT
from crm.services.bundle.tables import TABLES
from tests import factories
from tests.crm import bundles
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=2, microseconds=17)

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


def empty_the_ledger() -> None:
    """Take every row of the ledger away, as a new installation has none."""
    for table in reversed(TABLES):
        if table.file == "accounts":
            Account.objects.update(parent=None)
        table.model._default_manager.all().delete()


@contextmanager
def there_and_back() -> Iterator[tuple[Path, Path]]:
    """Export, import into an empty ledger and export again; give both folders."""
    with TemporaryDirectory() as folder:
        first, second = Path(folder) / "first", Path(folder) / "second"
        exporting.run(first, now=LATER)
        empty_the_ledger()
        importing.run(first, now=LATER)
        exporting.run(second, now=LATER)
        yield first, second


def assert_the_same(first: Path, second: Path) -> None:
    """Compare two bundles file by file, byte by byte."""
    assert [path.name for path in sorted(first.iterdir())] == [
        path.name for path in sorted(second.iterdir())
    ]
    for path in sorted(first.iterdir()):
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_every_column_of_the_ledger_is_in_a_bundle_or_left_out_on_purpose():
    for table in TABLES:
        model: type[models.Model] = table.model
        own = {field.name for field in model._meta.concrete_fields} - {"id"}
        told = {part.field for part in table.parts} - {""}
        assert own == told | LEFT_OUT.get(model, set()), table.file


def test_every_table_of_the_ledger_is_in_a_bundle():
    operational = {"Digest", "OutboxMail", "Heartbeat"}
    ledger = {
        model.__name__
        for model in models_of_the_app()
        if not model.__name__.startswith("Historical")
    }
    assert {table.model.__name__ for table in TABLES} == ledger - operational


def models_of_the_app() -> list[type[models.Model]]:
    """Return the models of the ledger."""
    return list(Lead._meta.app_config.get_models())  # type: ignore[union-attr]


def full_ledger() -> Lead:
    """Make a ledger in which every table has a row and most columns a value."""
    team = factories.TeamFactory()
    founder = factories.UserFactory(role=User.Role.FOUNDER, team=team, is_staff=True)
    Firm.objects.create(pk=1, city="合肥", stage_norms={"NEW": 5}, time_zone="Asia/Shanghai")
    FirmFigure.objects.create(
        kind=FirmFigure.Kind.HOUR_COST, amount=260, valid_from=MONDAY, recorded_at=MONDAY
    )
    group = factories.AccountFactory(size_class="LARGE", has_ai_team=True, industry="电力")
    account = factories.AccountFactory(parent=group, archived_at=MONDAY)
    boss, clerk = (
        factories.ContactFactory(account=account, name=name, decision_role=role, wechat="x")
        for name, role in (("陈博", "BUDGET_HOLDER"), ("林工", "IT"))
    )
    lead = factories.LeadFactory(
        account=account,
        owner=founder,
        custom_fields={"region": "华东", "n": [1, 2.5, None]},
        closed_at=MONDAY,
        outcome=Lead.Outcome.LOST,
        outcome_recorded_at=LATER,
        outcome_by=founder,
        outcome_is_guess=False,
        cap_hours=Decimal("12.5"),
        version=7,
    )
    met = factories.InteractionFactory(
        lead=lead,
        asks=["POC", "NONE"],
        client_gave=[],
        next_step_date=MONDAY.date(),
        has_dated_next_step=True,
        competitors_count=5,
        note='line one\r\nline "two", =3',
        client_token=uuid.UUID(int=7),
        author=founder,
    )
    met.attendees.set([clerk, boss])
    InteractionEffort.objects.create(interaction=met, person=founder, hours=Decimal("1.5"))
    factories.InteractionFactory(lead=lead, asks=["NONE"], client_gave=["NDA", "DATA"])
    factories.DeliverableFactory(lead=lead, interaction=met, author=founder, reusable=True)
    factories.BidFactory(lead=lead, sheet={"q1": "no"}, questions_asked_at=MONDAY, result="LOST")
    factories.StageChangeFactory(lead=lead, by=founder)
    factories.LeadFactFactory(lead=lead, who="总经理", author=founder)
    factories.PaidStepOfferFactory(
        lead=lead, answer="REFUSED", answered_at=MONDAY, answer_recorded_at=LATER
    )
    terms = factories.PaymentTermsFactory(lead=lead, contract_amount=Decimal("186000.50"))
    milestone = factories.PaymentMilestoneFactory(
        lead=lead, terms=terms, accepted_date=MONDAY.date(), accepted_recorded_at=LATER
    )
    invoice = factories.InvoiceFactory(lead=lead, milestone=milestone, number="NR-1")
    payments.record(
        invoice=invoice, amount=Decimal(100), paid_date=MONDAY.date(), now=MONDAY, author=founder
    )
    reasons = [{"code": "F10", "points": 10.0, "params": {"n": 1}, "rows": [f"I:{met.pk}"]}]
    factories.AssessmentFactory(lead=lead, reasons=reasons)
    score = factories.AssessmentFactory(lead=lead, reasons=reasons)
    flag = Flag.objects.create(
        lead=lead, target="NO_ORDER", level="LOW", raised_at=MONDAY, assessment=score
    )
    Decision.objects.create(
        lead=lead,
        flag=flag,
        kind=Decision.Kind.PAUSE,
        decided_by=founder,
        reason="No budget until spring",
        reason_codes=["F10"],
        shown={"chance": 0.06, "reasons": reasons},
        happened_at=MONDAY,
        recorded_at=MONDAY,
    )
    return lead


def test_a_full_ledger_comes_back_to_the_byte():
    full_ledger()

    with there_and_back() as (first, second):
        assert_the_same(first, second)
        counts = {table.file: len(bundles.read(second, table.file)) for table in TABLES}

    assert all(counts.values()), counts


def test_a_reason_still_leads_to_its_row():
    full_ledger()

    with there_and_back():
        pass

    row = Interaction.objects.get(asks__isnull=False, client_token__isnull=False)
    for score in Assessment.objects.all():
        assert score.reasons[0]["rows"] == [f"I:{row.pk}"]
    decision = Decision.objects.get()
    assert decision.shown["reasons"][0]["rows"] == [f"I:{row.pk}"]
    assert decision.flag is not None
    assert decision.flag.assessment == Assessment.objects.order_by("pk").last()


def test_figures_and_sums_follow_from_what_came_back():
    lead = full_ledger()
    figures.refresh(None, now=LATER)
    before = Lead.objects.values("unpaid_hours", "travel_amount", "interaction_count", "has_money")
    expected = before.get(ledger_id=lead.ledger_id)

    with there_and_back():
        pass

    assert before.get(ledger_id=lead.ledger_id) == expected
    assert Invoice.objects.get().paid_amount == Decimal(100)


def test_nobody_who_comes_back_can_sign_in_before_a_founder_gives_a_password():
    full_ledger()

    with there_and_back() as (first, _second):
        assert "password" not in bundles.read(first, "users")[0]

    assert User.objects.exists()
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_an_import_of_the_own_export_changes_nothing(tmp_path):
    full_ledger()
    exporting.run(tmp_path / "bundle", now=LATER)

    result = importing.run(tmp_path / "bundle", now=LATER)

    assert all(one.created == one.updated == 0 for one in result.files)
    assert result.leads_to_score == 0


def test_a_plain_bundle_comes_out_with_the_same_columns_and_values(tmp_path):
    importing.run(bundles.write(tmp_path / "in"), now=MONDAY)

    exporting.run(tmp_path / "out", now=MONDAY)

    for file, rows in bundles.PLAIN.items():
        out = bundles.read(tmp_path / "out", file)
        told = [{name: str(value) for name, value in row.items()} for row in rows]
        assert [{name: row[name] for name in rows[0]} for row in out] == told, file
        assert list(out[0])[: len(rows[0])] == list(rows[0])


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
