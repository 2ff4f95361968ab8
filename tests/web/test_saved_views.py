"""What saved views, columns and files of the lead list promise."""

import csv
import io
import re

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from crm.models import SavedView, User
from crm.selectors import lead_list
from tests.factories import InteractionFactory, LeadFactory, TeamFactory, UserFactory
from tests.web.test_lead_list import titles

pytestmark = pytest.mark.django_db
LIST, SAVE = reverse("lead-list"), reverse("lead-view-save")
BIG = {"name": "Big ones", "query": "value_min=500000&sort=-value&after=abc"}


def tabs(page):
    """Return the tabs with their counts."""
    part = page.content.decode().split('<nav class="tabs"')[1].split("</nav>")[0]
    return [re.sub(r"<[^>]+>|\s+", " ", tab).split() for tab in part.split("</a>")[:-1]]


def test_a_view_stands_as_a_tab_with_its_count_and_keeps_filters_and_order(client, founder):
    LeadFactory(title="big", est_value_amount=900_000)
    LeadFactory(title="bigger", est_value_amount=990_000)
    LeadFactory(title="small", est_value_amount=1_000)

    page = client.post(SAVE, BIG, follow=True)

    assert SavedView.objects.get().query == "value_min=500000&sort=-value"
    assert titles(page) == ["bigger", "big"]
    assert tabs(page)[-1][-3:] == ["Big", "ones", "2"]
    assert re.search(r'aria-current="true">\s*Big ones', page.content.decode())


def test_every_tab_says_how_many_it_holds(client, founder):
    LeadFactory(decide_by_date="2020-01-01")
    LeadFactory(closed_at="2026-11-20T00:00Z")

    counted = {" ".join(tab[:-1]).split("> ")[-1]: tab[-1] for tab in tabs(client.get(LIST))}

    assert counted["Open"] == "1"
    assert counted["Decide this week"] == "1"
    assert counted["Closed"] == "1"


def test_ten_views_take_as_many_queries_as_none(client, founder, worker_is_alive, count_queries):
    LeadFactory()
    none = count_queries(lambda: client.get(LIST))
    for n in range(10):
        client.post(SAVE, {"name": f"view {n}", "query": f"hours_min={n}"})
    client.get(LIST)  # reads what the last save said

    assert count_queries(lambda: client.get(LIST)) == none <= 8


def test_a_view_of_another_is_seen_when_it_is_shared(client, founder):
    client.post(SAVE, {**BIG, "is_shared": "on"})
    client.post(SAVE, {"name": "Private", "query": "hours_min=9"})
    client.force_login(UserFactory())

    page = client.get(LIST).content.decode().split('<nav class="tabs"')[1]

    assert "Big ones" in page
    assert "Private" not in page


def test_a_seller_keeps_views_to_himself(client):
    client.force_login(UserFactory())

    client.post(SAVE, {**BIG, "is_shared": "on"})

    assert not SavedView.objects.get().is_shared


def test_a_seller_changes_no_shared_view_and_a_manager_does(client, founder):
    client.post(SAVE, {**BIG, "is_shared": "on"})
    edit = reverse("lead-view-edit", args=[SavedView.objects.get().pk])
    client.force_login(UserFactory())
    assert client.post(edit, {"name": "Mine now"}).status_code == 404

    client.force_login(UserFactory(role=User.Role.MANAGER, team=TeamFactory()))
    client.post(edit, {"name": "Large", "is_shared": "on"})

    assert SavedView.objects.get().name == "Large"


def test_a_deleted_view_can_be_brought_back(client, founder):
    client.post(SAVE, BIG)
    view = SavedView.objects.get()

    page = client.post(reverse("lead-view-delete", args=[view.pk]), follow=True)
    assert "Undo" in page.content.decode()
    assert "Big ones" not in client.get(LIST).content.decode()

    client.post(reverse("lead-view-restore", args=[view.pk]))
    assert "Big ones" in client.get(LIST).content.decode()


def test_there_is_an_end_to_views(client, founder):
    for n in range(21):
        page = client.post(SAVE, {"name": f"view {n}", "query": "hours_min=1"}, follow=True)

    assert "Delete one that you no longer use first" in page.content.decode()
    assert SavedView.objects.count() == 20


def test_the_same_name_again_is_the_same_view(client, founder):
    client.post(SAVE, BIG)
    client.post(SAVE, {**BIG, "query": "value_min=1"})

    assert [view.query for view in SavedView.objects.all()] == ["value_min=1"]


def test_only_the_chosen_columns_are_shown(client, founder):
    LeadFactory(est_value_amount=400_000)

    page = client.get(LIST, {"col": ["stage", "opened"]}).content.decode()

    assert "c-opened" in page
    assert "c-value" not in page


def rows_of(answer):
    """Return the rows of a CSV answer as dictionaries."""
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_file_of_this_view_holds_its_leads_columns_and_order(client, founder):
    LeadFactory(title="small", est_value_amount=10)
    LeadFactory(title="large", est_value_amount=20, owner=founder)
    LeadFactory(title="ended", closed_at="2026-11-20T00:00Z")
    address = reverse("lead-export", args=["view", "csv"])

    found = rows_of(client.get(address, {"sort": "-value", "col": ["value"]}))

    assert [row["Lead"] for row in found] == ["large", "small"]
    assert list(found[0]) == ["Account", "Lead", "Estimated value", "Currency", "Owner"]
    assert found[0]["Owner"] == str(founder)


@pytest.mark.parametrize("sort", lead_list.SORTS)
def test_a_file_comes_in_every_order_of_the_list(client, founder, sort):
    for name in ("乙", "甲"):
        LeadFactory(account__name=name)

    answer = client.get(reverse("lead-export", args=["view", "csv"]), {"sort": sort})

    assert len(rows_of(answer)) == 2


def test_a_file_of_all_fields_disarms_formulas_and_has_no_cap(client, founder, monkeypatch):
    monkeypatch.setattr("crm.reports.lead_export.ROWS_A_FETCH", 2)
    for n in range(5):
        LeadFactory(title=f"=2+{n}")

    found = rows_of(client.get(reverse("lead-export", args=["all", "csv"])))

    assert sorted(row["Lead"] for row in found) == [f"'=2+{n}" for n in range(5)]
    assert "Ledger id" in found[0]


def test_a_workbook_says_which_filters_it_is_of(client, founder):
    LeadFactory(est_value_amount=400_000)
    address = reverse("lead-export", args=["all", "xlsx"])

    book = load_workbook(io.BytesIO(b"".join(client.get(address, {"value_min": "1000"}))))

    assert len(book.get_sheet_by_index(0).to_python()) == 2
    notes = dict(book.get_sheet_by_index(1).to_python())
    assert "Est. value ≥" in notes["Filters"]


def test_a_file_holds_no_lead_of_another(client):
    client.force_login(UserFactory())
    LeadFactory()

    assert rows_of(client.get(reverse("lead-export", args=["all", "csv"]))) == []


def test_notes_are_searched_for_who_reads_them(client, founder):
    lead = InteractionFactory(note="they mentioned the harbour crane").lead
    lead.has_money = True
    lead.save()
    assert titles(client.get(LIST, {"q": "harbour"})) == [lead.title]

    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))
    assert titles(client.get(LIST, {"q": "harbour"})) == []


def test_the_filter_form_opens_without_a_script_and_keeps_what_is_set(client, founder):
    page = client.get(reverse("lead-filter"), {"hours_min": "3", "sort": "-loss"}).content.decode()

    assert 'name="hours_min" value="3"' in page
    assert 'name="sort" value="-loss"' in page


def test_a_filter_that_cannot_be_read_says_so_beside_its_field(client, founder):
    LeadFactory()

    page = client.get(LIST, {"hours_min": "many"}).content.decode()
    form = client.get(reverse("lead-filter"), {"hours_min": "many"}).content.decode()

    assert "This filter cannot be read" in page
    assert "Enter a number" in form
