"""How cards of the board move, end, and come back."""

import re
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import Firm, Lead, Outcome, Stage, StageChange, User
from crm.services import leads
from tests.factories import LeadFactory, UserFactory
from tests.web.test_board import BOARD, HTMX, at, moved

pytestmark = pytest.mark.django_db


def test_a_move_without_a_script_goes_back_to_the_same_board_with_undo(client, founder):
    lead = LeadFactory()

    answer = moved(client, lead, "BID", back="decide=week&tab=NEW")
    page = client.get(answer["Location"]).content.decode()
    lead.refresh_from_db()

    assert answer["Location"] == f"{BOARD}?decide=week&tab=NEW"
    assert lead.stage == Stage.BID
    assert "moved to" in page
    assert 'name="undo"' in page
    assert "moved to" not in client.get(BOARD).content.decode()


def test_a_skipped_stage_stays_without_a_row_and_undo_adds_one_instead_of_taking_one(
    client, founder
):
    lead = LeadFactory()
    moved(client, lead, "BID")
    lead.refresh_from_db()

    moved(client, lead, "NEW", undo="1")
    lead.refresh_from_db()

    steps = StageChange.objects.filter(lead=lead).values_list("from_stage", "to_stage", "by")
    assert list(steps) == [("NEW", "BID", founder.pk), ("BID", "NEW", founder.pk)]
    assert lead.stage == Stage.NEW
    assert "is back in" in client.get(BOARD).content.decode()


def test_htmx_gets_both_columns_anew_and_no_others(client, founder):
    lead = LeadFactory()

    answer = client.post(
        at("board-move", lead), {"to_stage": "BID", "version": 1}, headers=HTMX
    ).content.decode()

    assert re.findall(r'id="column-(\w+)"', answer) == ["NEW", "BID"]
    assert answer.count("hx-swap-oob") == 3
    assert f'data-card="card-{lead.pk}"' in answer


def test_a_move_of_an_old_version_changes_nothing_and_shows_both_values(client, founder):
    other = UserFactory(display_name="王浩", role=User.Role.FOUNDER)
    lead = LeadFactory(est_value_amount=Decimal(100_000))
    client.force_login(other)
    moved(client, lead, "SOLUTION")
    client.force_login(founder)

    answer = client.post(at("board-move", lead), {"to_stage": "BID", "version": 1}, headers=HTMX)
    text = answer.content.decode()
    lead.refresh_from_db()

    assert answer.status_code == 422
    assert lead.stage == Stage.SOLUTION
    assert "was changed meanwhile. Nothing was overwritten." in text
    assert "王浩" in text
    row = re.search(r'<tr><th scope="row">stage</th>.*?</tr>', text, re.DOTALL)[0]
    cells = [re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in row.split("<td>")[1:]]
    assert cells == ["New", "Solution", "Quote or bid"]

    again = re.search(r'name="version" value="(\d+)"', text)[1]
    client.post(at("board-move", lead), {"to_stage": "BID", "version": again}, headers=HTMX)
    lead.refresh_from_db()
    assert lead.stage == Stage.BID


def test_without_a_script_a_conflict_is_a_page_of_its_own(client, founder):
    lead = LeadFactory(title="before")
    leads.edit(lead=lead, version=1, now=timezone.now(), title="after")

    answer = moved(client, lead, "BID")
    text = answer.content.decode()

    assert answer.status_code == 409
    assert "before" in text
    assert "after" in text
    assert Lead.objects.get(pk=lead.pk).stage == Stage.NEW


def test_a_move_sent_twice_is_one_move(client, founder):
    lead = LeadFactory()

    for _ in range(2):
        answer = moved(client, lead, "BID")
        assert answer.status_code == 302

    assert StageChange.objects.filter(lead=lead).count() == 1


def test_a_stage_that_is_none_is_refused_in_words(client, founder):
    lead = LeadFactory()

    answer = client.post(
        at("board-move", lead), {"to_stage": "MARRIAGE", "version": 1}, headers=HTMX
    )

    assert answer.status_code == 422
    assert "Choose one of the stages." in answer.content.decode()


def test_the_menu_of_a_card_is_a_page_without_a_script(client, founder):
    lead = LeadFactory(stage=Stage.SOLUTION)

    page = client.get(at("board-move", lead), {"back": "decide=week"}).content.decode()
    part = client.get(at("board-move", lead), headers=HTMX).content.decode()

    assert re.findall(r'name="to_stage" value="(\w+)"', page) == list(Stage.values)
    assert re.search(r'value="SOLUTION" disabled', page)
    assert "<html" not in part


def test_closing_from_the_board_leads_back_to_it_and_can_be_undone(client, founder):
    lead = LeadFactory()
    close = at("lead-close", lead) + "?board=1&back=decide%3Dweek"

    form = client.get(close + "&outcome=WON", headers=HTMX).content.decode()
    answer = client.post(close, {"outcome": "WON", "is_guess": "sure", "version": 1}, headers=HTMX)
    page = client.get(answer["HX-Redirect"]).content.decode()
    lead.refresh_from_db()

    assert "<html" not in form
    assert re.search(r'value="WON"[^>]*checked', form)
    assert answer["HX-Redirect"] == f"{BOARD}?decide=week"
    assert lead.outcome == Outcome.WON
    assert "is closed." in page

    client.post(at("board-reopen", lead), {"version": lead.version})
    lead.refresh_from_db()
    assert (lead.outcome, lead.closed_at) == ("", None)


def test_an_outcome_that_is_missing_is_said_in_the_dialog(client, founder):
    lead = LeadFactory()

    answer = client.post(
        at("lead-close", lead) + "?board=1", {"is_guess": "sure", "version": 1}, headers=HTMX
    )

    assert answer.status_code == 422
    assert "<html" not in answer.content.decode()
    assert "This field is required." in answer.content.decode()


def test_a_card_moves_on_and_the_toast_says_what_nobody_noted(client, founder):
    lead = LeadFactory()

    answer = client.post(
        at("board-move", lead), {"to_stage": "QUALIFIED", "version": 1}, headers=HTMX
    )
    text = answer.content.decode()
    lead.refresh_from_db()

    assert lead.stage == Stage.QUALIFIED
    assert "No evidence yet: " in text
    assert at("lead-detail", lead) + "#evidence" in text
    assert 'name="undo"' in text


def test_a_firm_that_asks_for_evidence_keeps_the_card_where_it_is(client, founder):
    Firm.objects.update_or_create(pk=1, defaults={"evidence_is_required": True})
    lead = LeadFactory()

    answer = client.post(
        at("board-move", lead), {"to_stage": "QUALIFIED", "version": 1}, headers=HTMX
    )
    lead.refresh_from_db()

    assert answer.status_code == 422
    assert lead.stage == Stage.NEW
    assert "No evidence yet: " in answer.content.decode()
