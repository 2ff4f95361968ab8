"""What scores read of fields of the vendor's own, and from which moment on."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from crm.models import CustomField, Lead
from crm.services import history as trail
from scoring import own_fields, own_values, services
from scoring.evaluation import Landmark
from tests.crm.ledgers import assert_the_same, there_and_back
from tests.factories import MONDAY, LeadFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def field(key: str, kind: str, known_from: str = "CREATION") -> CustomField:
    """Make a field."""
    return CustomField.objects.create(key=key, label=key, kind=kind, known_from=known_from)


def said(lead: Lead, moment: datetime, *keys: str) -> tuple[Any, ...]:
    """Return what a lead said in some fields at a moment."""
    rows = pl.DataFrame({"lead_id": [lead.pk], "as_of": [moment]}).with_columns(
        pl.col("as_of").dt.cast_time_unit("us")
    )
    names = [own_fields.PREFIX + key for key in keys]
    found = own_fields.at(rows, names=names, leads=Lead.objects.filter(pk=lead.pk))
    assert found is not None
    return found.select(own_fields.PREFIX + key for key in keys).row(0)


def entered(lead: Lead, moment: datetime, **values: Any) -> None:
    """Enter values by hand at a moment, as the form of a lead does."""
    lead.custom_fields = {**lead.custom_fields, **values}
    lead._history_date = moment
    lead.save()


def a_lead(**values: Any) -> Lead:
    """Return a lead opened sixty days ago with the values that it was opened with."""
    opened = MONDAY - 60 * DAY
    lead = LeadFactory(opened_at=opened, recorded_at=opened, custom_fields=values)
    lead.history.update(history_date=opened)
    return lead


def test_each_kind_becomes_a_column_and_what_is_not_known_stays_unknown():
    for key, kind in (("region", "CHOICE"), ("size", "NUMBER"), ("due", "DATE"), ("ok", "YES_NO")):
        field(key, kind)
    told = a_lead(region="华东", size=2.5, due="1970-01-03", ok=False)
    silent = a_lead()

    assert said(told, MONDAY, "region", "size", "due", "ok") == ("华东", 2.5, 2.0, "false")
    assert said(silent, MONDAY, "region", "size", "due", "ok") == (None, None, None, None)


def test_values_of_another_kind_than_the_field_are_not_known():
    field("size", "NUMBER")
    field("due", "DATE")

    assert said(a_lead(size="many", due="soon"), MONDAY, "size", "due") == (None, None)
    assert said(a_lead(size="NaN", due=[1]), MONDAY, "size", "due") == (None, None)


def test_free_text_is_never_read():
    field("note", "TEXT")
    a_lead(note="x")

    assert own_values.names_of(own_fields.read(Lead.objects.all()).states) == ()


@pytest.mark.parametrize("known_from", ["CREATION", "LATER"])
def test_what_a_person_enters_counts_from_that_moment_on(known_from: str):
    field("region", "CHOICE", known_from=known_from)
    lead = a_lead()
    entered(lead, MONDAY - 10 * DAY, region="north")
    entered(lead, MONDAY - 5 * DAY, region="south")

    by_day = [said(lead, MONDAY - days * DAY, "region")[0] for days in (11, 9, 4)]

    assert by_day == [None, "north", "south"]


def test_a_table_brings_in_what_was_known_at_the_opening_and_dates_nothing_else():
    field("region", "CHOICE")
    field("tags", "CHOICE", known_from="LATER")
    lead = a_lead()
    Lead.objects.filter(pk=lead.pk).update(custom_fields={"region": "north", "tags": "called"})
    trail.keep(Lead, [lead.pk], kind=trail.CHANGED, now=MONDAY, reason="table import")

    assert said(lead, MONDAY - 50 * DAY, "region", "tags") == ("north", None)
    assert said(lead, MONDAY + DAY, "region", "tags") == ("north", "called")


@pytest.mark.parametrize("known_from", ["CREATION", "LATER"])
def test_a_bundle_brings_back_when_a_value_was_entered(known_from: str):
    field("region", "CHOICE", known_from=known_from)
    field("size", "NUMBER")
    lead = a_lead(size=3)
    entered(lead, MONDAY - 10 * DAY, size=3, region="north")

    with there_and_back() as (first, second):
        assert_the_same(first, second)
    came_back = Lead.objects.get(ledger_id=lead.ledger_id)

    by_day = [said(came_back, MONDAY - days * DAY, "region", "size") for days in (11, 9)]
    assert by_day == [(None, 3.0), ("north", 3.0)]


def test_a_lead_without_a_trail_says_only_what_was_known_at_its_opening():
    field("region", "CHOICE")
    field("tags", "CHOICE", known_from="LATER")
    lead = a_lead(region="north", tags="called")
    Lead.history.all().delete()

    assert said(lead, MONDAY, "region", "tags") == ("north", None)


def test_when_a_standing_value_was_entered_is_known_unless_it_was_brought_in():
    field("region", "CHOICE")
    by_hand, brought_in = a_lead(region="north"), a_lead()
    entered(by_hand, MONDAY, size=3)
    Lead.objects.filter(pk=brought_in.pk).update(custom_fields={"region": "north"})
    trail.keep(Lead, [brought_in.pk], kind=trail.CHANGED, now=MONDAY, reason="import")

    read = own_fields.read(Lead.objects.all()).entered

    assert read is not None
    when = dict(read.select("lead_id", "cf_region").iter_rows())
    assert when[by_hand.pk] == MONDAY - 60 * DAY
    assert when[brought_in.pk] is None


def a_closed_lead(n: int, *, of: int, **values: Any) -> Lead:
    """Return a lead that closed an hour after it was opened; every third one is an order."""
    opened = timezone.now() - (of - n + 30) * DAY
    return LeadFactory(
        opened_at=opened,
        recorded_at=opened,
        closed_at=opened + timedelta(hours=1),
        outcome="WON" if n % 3 == 0 else "LOST",
        outcome_recorded_at=opened + timedelta(hours=1),
        custom_fields=values,
    )


def test_a_backtest_learns_from_a_field_known_at_the_opening_and_not_from_a_later_one():
    field("region", "CHOICE")
    field("tags", "CHOICE", known_from="LATER")
    for n in range(120):
        told = "north" if (n % 3 == 0) != (n % 8 == 0) else "south"
        entered(a_closed_lead(n, of=120, region=told), timezone.now(), tags=str(n % 3))

    found = services.backtest(
        target="NO_ORDER", landmark=Landmark(days=0), test_share=0.3, now=timezone.now()
    )

    names = {column.feature for column in found.blend.columns}
    assert {name for name in names if name.startswith("cf_")} == {"cf_region"}
    means = found.rows.group_by("label").agg(pl.col("probability").mean()).sort("label")
    assert means["probability"][1] - means["probability"][0] > 0.05
