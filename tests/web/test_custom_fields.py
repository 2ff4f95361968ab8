"""What pages promise about fields of the vendor's own."""

import csv
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from crm.models import CustomField, Lead
from tests.factories import MONDAY, LeadFactory, UserFactory
from tests.web.test_lead_list import titles

pytestmark = pytest.mark.django_db
NEW, LIST = reverse("lead-new"), reverse("lead-list")
OURS = ("Our region", "Our size", "Our due", "Our ok", "Our note")


@pytest.fixture
def own_fields():
    """Give a field of each kind."""
    kinds = (("region", "CHOICE"), ("size", "NUMBER"), ("due", "DATE"), ("ok", "YES_NO"))
    fields = [
        CustomField.objects.create(key=key, label=f"Our {key}", kind=kind, known_from="CREATION")
        for key, kind in (*kinds, ("note", "TEXT"))
    ]
    CustomField.objects.filter(key="region").update(choices=["华东", "华北"])
    return fields


def exported(client, form):
    """Return the file of all leads with all their fields."""
    return b"".join(client.get(reverse("lead-export", args=["all", form])))


def edit(lead):
    """Return the address of the edit form."""
    return reverse("lead-edit", args=[lead.pk])


def edited(lead, **changes):
    """Return the fields of the edit form."""
    return {"version": lead.version, "title": lead.title, "currency": "CNY"} | changes


def test_a_new_lead_takes_the_values_of_own_fields(client, founder, own_fields):
    said = {"cf_region": "华东", "cf_size": "2.5", "cf_due": "2026-12-01", "cf_ok": "no"}
    client.post(NEW, {"account_name": "启岚汽车", **said})

    values = Lead.objects.get().custom_fields
    assert values == {"region": "华东", "size": 2.5, "due": "2026-12-01", "ok": False}


def test_an_edit_changes_what_it_shows_and_keeps_what_it_does_not(client, founder, own_fields):
    lead = LeadFactory(custom_fields={"region": "华东", "size": 2.5, "elsewhere": [1]})

    client.post(edit(lead), edited(lead, cf_region="华北", cf_note="a note"))

    lead.refresh_from_db()
    assert lead.custom_fields == {"region": "华北", "note": "a note", "elsewhere": [1]}
    assert lead.assessment_due_at is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cf_region", "Mars"),
        ("cf_size", "inf"),
        ("cf_size", "-1e99"),
        ("cf_size", "many"),
        ("cf_due", "soon"),
    ],
)
def test_a_value_of_another_kind_is_refused_beside_its_field(
    client, founder, own_fields, name, value
):
    lead = LeadFactory()

    answer = client.post(edit(lead), edited(lead, **{name: value}))

    lead.refresh_from_db()
    assert (answer.status_code, lead.custom_fields) == (422, {})
    assert name in answer.context["form"].errors


def test_a_choice_that_was_taken_away_stays_until_somebody_changes_it(client, founder, own_fields):
    lead = LeadFactory(custom_fields={"region": "西北"})

    client.post(edit(lead), edited(lead, cf_region="西北"))

    lead.refresh_from_db()
    assert lead.custom_fields == {"region": "西北"}


def test_an_edit_of_an_old_version_shows_own_fields_that_differ(client, founder, own_fields):
    lead = LeadFactory(custom_fields={"region": "华东"}, version=5)

    answer = client.post(edit(lead), edited(lead, cf_region="华北") | {"version": 4})

    differing = {row["label"]: row for row in answer.context["differing"]}
    assert (differing["Our region"]["theirs"], differing["Our region"]["mine"]) == ("华东", "华北")
    lead.refresh_from_db()
    assert lead.custom_fields == {"region": "华东"}


def test_the_page_says_what_a_lead_says_and_hides_no_markup(client, founder, own_fields):
    values = {"region": "<b>华东</b>", "size": 1234.5, "due": "2026-12-01", "ok": True, "note": 7}
    lead = LeadFactory(custom_fields=values)

    page = client.get(reverse("lead-detail", args=[lead.pk])).content.decode()

    assert "&lt;b&gt;华东&lt;/b&gt;" in page
    assert "1,234.5" in page
    for label in ("Our region", "Our size", "Our due", "Our ok", "Our note"):
        assert label in page


def test_values_of_another_kind_than_their_field_break_no_page(client, founder, own_fields):
    lead = LeadFactory(custom_fields={"size": "many", "due": 3, "ok": [1], "region": {"a": 1}})

    assert client.get(reverse("lead-detail", args=[lead.pk])).status_code == 200
    assert client.get(edit(lead)).status_code == 200


def test_a_day_of_the_past_shows_nothing_that_came_to_be_known_later(client, founder, own_fields):
    CustomField.objects.create(key="tags", label="Our tags", kind="TEXT", known_from="LATER")
    lead = LeadFactory(custom_fields={"tags": "will buy", "note": "from the start"})
    address = reverse("lead-detail", args=[lead.pk])
    then = (MONDAY - timedelta(days=7)).date().isoformat()

    now, past = client.get(address), client.get(f"{address}?as_of={then}")

    assert "will buy" in now.content.decode()
    assert "will buy" not in past.content.decode()
    assert "from the start" in past.content.decode()


def test_the_list_is_filtered_by_a_choice(client, founder, own_fields):
    LeadFactory(title="one", custom_fields={"region": "华东"})
    LeadFactory(title="two", custom_fields={"region": "华北"})
    LeadFactory(title="three")

    page = client.get(LIST, {"cf_region": "华东"})

    assert titles(page) == ["one"]
    assert "Our region" in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "cf_size=1",
        "cf_nobody=x",
        "cf_region__contains=x",
        "custom_fields__region=华东",
        "cf_=x",
    ],
)
def test_the_list_is_filtered_by_no_other_field(client, founder, own_fields, query):
    LeadFactory(title="one", custom_fields={"region": "华北"})

    assert titles(client.get(f"{LIST}?{query}")) == ["one"]


def test_a_choice_that_there_is_not_finds_nothing(client, founder, own_fields):
    LeadFactory(title="one", custom_fields={"region": "华北"})

    assert titles(client.get(LIST, {"cf_region": "' OR 1=1 --"})) == []


def test_files_hold_numbers_as_numbers_and_yes_in_words(client, founder, own_fields):
    said = {"region": "=1+1", "size": -3.5, "due": "2026-05-04", "ok": True, "note": "-"}
    first = LeadFactory(custom_fields=said)
    second = LeadFactory(custom_fields={"size": 7.0, "due": "soon", "ok": False})

    lines = exported(client, "csv").decode("utf-8-sig").splitlines()
    rows = {row["Ledger id"]: [row[name] for name in OURS] for row in csv.DictReader(lines)}
    assert rows[first.ledger_id] == ["'=1+1", "-3.5", "2026-05-04", "yes", "'-"]
    assert rows[second.ledger_id] == ["", "7", "soon", "no", ""]
    head, *cells = (
        load_workbook(BytesIO(exported(client, "xlsx"))).get_sheet_by_index(0).to_python()
    )
    row = next(row for row in cells if first.ledger_id in row)
    assert row[head.index("Our size")] == -3.5
    assert row[head.index("Our due")] == date(2026, 5, 4)


def test_a_filter_shows_nobody_the_leads_of_others(client, own_fields):
    seller = UserFactory(role="SELLER")
    client.force_login(seller)
    LeadFactory(title="mine", owner=seller, custom_fields={"region": "华东"})
    LeadFactory(title="theirs", custom_fields={"region": "华东"})

    assert titles(client.get(LIST, {"cf_region": "华东"})) == ["mine"]
