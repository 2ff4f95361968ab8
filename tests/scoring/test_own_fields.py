"""What the learned part reads of fields of the vendor's own."""

from datetime import timedelta

import polars as pl
import pytest

from crm.models import CustomField, Lead
from scoring import own_fields, services
from scoring.evaluation import Landmark
from tests.factories import MONDAY, LeadFactory

pytestmark = pytest.mark.django_db


def field(key: str, kind: str, known_from: str = "CREATION") -> CustomField:
    """Make a field."""
    return CustomField.objects.create(key=key, label=key, kind=kind, known_from=known_from)


def test_each_kind_becomes_a_column_and_what_is_not_known_stays_unknown():
    for key, kind in (("region", "CHOICE"), ("size", "NUMBER"), ("due", "DATE"), ("ok", "YES_NO")):
        field(key, kind)
    told = LeadFactory(
        custom_fields={"region": "华东", "size": 2.5, "due": "1970-01-03", "ok": False}
    )
    silent = LeadFactory(custom_fields={})

    frame = own_fields.read(Lead.objects.all())

    assert frame is not None
    by_lead = {row["lead_id"]: row for row in frame.iter_rows(named=True)}
    assert by_lead[told.pk] == {
        "lead_id": told.pk,
        "cf_region": "华东",
        "cf_size": 2.5,
        "cf_due": 2.0,
        "cf_ok": "false",
    }
    assert set(by_lead[silent.pk].values()) == {silent.pk, None}


def test_values_of_another_kind_than_the_field_are_not_known():
    field("size", "NUMBER")
    field("due", "DATE")
    LeadFactory(custom_fields={"size": "many", "due": "soon"})
    LeadFactory(custom_fields={"size": "NaN", "due": [1]})

    frame = own_fields.read(Lead.objects.all())

    assert frame is not None
    assert frame.drop("lead_id").null_count().row(0) == (2, 2)


def test_fields_known_later_and_free_text_are_never_read():
    field("tags", "CHOICE", known_from="LATER")
    field("note", "TEXT")
    LeadFactory(custom_fields={"tags": "will buy", "note": "x"})

    assert own_fields.read(Lead.objects.all()) is None


def test_a_backtest_learns_from_a_field_known_at_the_opening_and_not_from_a_later_one():
    field("region", "CHOICE")
    field("tags", "CHOICE", known_from="LATER")
    start = MONDAY - timedelta(days=400)
    for n in range(120):
        opened, is_won = start + timedelta(days=n), n % 3 == 0
        LeadFactory(
            opened_at=opened,
            closed_at=opened + timedelta(hours=1),
            outcome="WON" if is_won else "LOST",
            outcome_recorded_at=opened + timedelta(hours=1),
            custom_fields={"region": "north" if is_won else "south", "tags": str(is_won)},
        )

    found = services.backtest(
        target="NO_ORDER", landmark=Landmark(days=0), test_share=0.3, now=MONDAY
    )

    names = {column.feature for column in found.blend.columns}
    assert {name for name in names if name.startswith("cf_")} == {"cf_region"}
    means = found.rows.group_by("label").agg(pl.col("probability").mean()).sort("label")
    assert means["probability"][1] - means["probability"][0] > 0.1
