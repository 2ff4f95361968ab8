"""A round trip through a bundle loses nothing."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import models

from crm.models import (
    Assessment,
    Decision,
    Interaction,
    Invoice,
    Lead,
    User,
)
from crm.services import figures
from crm.services.bundle import exporting, importing
from crm.services.bundle.layout import LEFT_OUT
from crm.services.bundle.tables import TABLES
from tests.crm import bundles
from tests.crm.ledgers import LATER, assert_the_same, full_ledger, there_and_back
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def test_every_column_of_the_ledger_is_in_a_bundle_or_left_out_on_purpose():
    for table in TABLES:
        model: type[models.Model] = table.model
        own = {field.name for field in model._meta.concrete_fields} - {"id"}
        told = {part.field for part in table.parts} - {""}
        assert own == told | LEFT_OUT.get(model, set()), table.file


COMPUTED = ("InvoiceForecast", "ForecastMark", "DealCash", "FirmCash")  # made anew from the ledger


def test_every_table_of_the_ledger_is_in_a_bundle():
    operational = {"Digest", "OutboxMail", "Heartbeat", "JobRun", "Undoable", *COMPUTED}
    trail = {"AttendeeTrail"}  # stays behind with the audit trail
    ledger = {
        model.__name__
        for model in models_of_the_app()
        if not model.__name__.startswith("Historical")
    }
    assert {table.model.__name__ for table in TABLES} == ledger - operational - trail


def models_of_the_app() -> list[type[models.Model]]:
    """Return the models of the ledger."""
    return list(apps.get_app_config("crm").get_models())


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


def test_why_an_invoice_was_written_off_comes_back():
    full_ledger()
    with there_and_back():
        pass
    gone = Invoice.objects.exclude(written_off_date=None).get()
    assert gone.write_off_reason == "the client is gone (陈)"


def test_figures_and_sums_follow_from_what_came_back():
    lead = full_ledger()
    figures.refresh(None, now=LATER)
    before = Lead.objects.values("unpaid_hours", "travel_amount", "interaction_count", "has_money")
    expected = before.get(ledger_id=lead.ledger_id)

    with there_and_back():
        pass

    assert before.get(ledger_id=lead.ledger_id) == expected
    assert Invoice.objects.get(number="NR-1").paid_amount == Decimal(100)


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
