"""What the board promises."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Decision, Firm, Lead, Stage, User, Verdict
from crm.selectors import board
from tests.factories import LeadFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
BOARD = reverse("board")
HTMX = {"HX-Request": "true"}


def at(name, lead):
    """Return the address of a write of a lead."""
    return reverse(name, args=[lead.pk])


def shown(page, stage):
    """Return the subjects of a column's cards, in their order."""
    text = page.content.decode()
    column = text.split(f'id="column-{stage}"')[1].split("</section>")[0]
    return re.findall(r'class="cut">([^<]*)</span><span class="avatar', column)


def moved(client, lead, to_stage, **more):
    """Move a lead by the plain form."""
    said = {"to_stage": to_stage, "version": lead.version} | more
    return client.post(at("board-move", lead), said)


def paused(lead, by, *, days):
    """Pause a lead for some days, as a decision does."""
    until = timezone.localdate() + timedelta(days=days)
    Decision.objects.create(
        lead=lead,
        kind=Decision.Kind.PAUSE,
        reason="board meets",
        decided_by=by,
        review_date=until,
        happened_at=timezone.now(),
        recorded_at=timezone.now(),
    )
    Lead.objects.filter(pk=lead.pk).update(rest_kind="PAUSE", rests_until_date=until)


def test_a_hundred_cards_take_as_many_queries_as_ten(
    client, founder, worker_is_alive, count_queries
):
    stages = list(Stage.values)
    for place in range(10):
        LeadFactory(stage=stages[place % 5])
    ten = count_queries(lambda: client.get(BOARD))
    for place in range(90):
        LeadFactory(stage=stages[place % 5])

    assert count_queries(lambda: client.get(BOARD)) == ten <= 24


def test_each_open_lead_stands_in_the_column_of_its_stage(client, founder):
    LeadFactory(title="starts")
    LeadFactory(title="bids", stage=Stage.BID)
    LeadFactory(title="ended", closed_at=timezone.now())

    page = client.get(BOARD)

    assert [shown(page, stage) for stage in Stage.values] == [["starts"], [], [], ["bids"], []]


def test_a_column_sums_up_count_value_and_hours_and_links_to_the_same_list(client, founder):
    LeadFactory(stage=Stage.BID, est_value_amount=Decimal(1_200_000), unpaid_hours=Decimal(12))
    LeadFactory(stage=Stage.BID, est_value_amount=None, unpaid_hours=Decimal("4.5"))

    page = client.get(BOARD, {"owner": founder.pk}).content.decode()
    everything = client.get(BOARD).content.decode()

    assert "¥1.2M" in everything
    assert "16.5 unpaid h" in everything
    assert f"?owner={founder.pk}&amp;stage=BID&amp;sort=-value" in page


def test_the_card_to_decide_first_lies_on_top_then_the_dearer_one(client, founder):
    soon = timezone.localdate() + timedelta(days=2)
    LeadFactory(title="undated")
    LeadFactory(title="cheap", decide_by_date=soon, expected_loss_amount=Decimal(100))
    LeadFactory(title="dear", decide_by_date=soon, expected_loss_amount=Decimal(900))
    LeadFactory(title="sooner", decide_by_date=soon - timedelta(days=1))

    assert shown(client.get(BOARD), "NEW") == ["sooner", "dear", "cheap", "undated"]
    assert shown(client.get(BOARD, {"sort": "-loss"}), "NEW")[:2] == ["dear", "cheap"]


def test_ready_made_views_keep_what_they_say(client, founder):
    today = timezone.localdate()
    LeadFactory(title="mine", owner=founder)
    LeadFactory(title="due", decide_by_date=today)
    LeadFactory(title="flagged", verdict=Verdict.LOW, order_chance=0.05, usual_order_rate=0.2)
    views = client.get(BOARD).context["views"]

    found = {view["query"]: shown(client.get(f"{BOARD}?{view['query']}"), "NEW") for view in views}

    assert found == {
        "decide=week": ["due"],
        f"owner={founder.pk}": ["mine"],
        "": ["due", "mine", "flagged"],
        "verdict=LOW&verdict=WATCH": ["flagged"],
    }
    assert [view["count"] for view in views] == [1, 1, 3, 1]


def test_a_lead_is_stale_by_the_norm_of_its_stage_and_only_the_client_resets_it(client, founder):
    now = timezone.now()
    quiet = {"last_client_contact_at": now - timedelta(days=25), "last_interaction_at": now}
    LeadFactory(stage=Stage.SOLUTION, **quiet)
    LeadFactory(stage=Stage.BID, **quiet)

    page = client.get(BOARD).content.decode()
    Firm.objects.update_or_create(pk=1, defaults={"stage_norms": {"BID": 20}})
    stricter = client.get(BOARD).content.decode()

    assert page.count("Stale 25 d, limit here 21 d") == 1
    assert "limit here 30 d" not in page
    assert "Stale 25 d, limit here 20 d" in stricter


def test_a_paused_lead_lies_last_and_is_not_stale_before_its_date(client, founder):
    long_ago = timezone.now() - timedelta(days=60)
    rests = LeadFactory(
        title="rests", last_client_contact_at=long_ago, decide_by_date=timezone.localdate()
    )
    LeadFactory(title="runs", last_client_contact_at=timezone.now())
    paused(rests, founder, days=30)

    page = client.get(BOARD)
    card = page.content.decode().split(f'id="card-{rests.pk}"')[1].split("</li>")[0]

    assert shown(page, "NEW") == ["runs", "rests"]
    assert "Stale" not in card
    assert "board meets" in card

    Lead.objects.filter(pk=rests.pk).update(rests_until_date=timezone.localdate())
    assert "Stale 60 d" in client.get(BOARD).content.decode()


def test_a_lead_without_a_step_ahead_says_so(client, founder):
    today = timezone.localdate()
    LeadFactory(
        next_step="call", next_step_date=today - timedelta(days=1), opened_at=timezone.now()
    )
    LeadFactory(next_step="demo", next_step_date=today, opened_at=timezone.now())

    page = client.get(BOARD).content.decode()

    assert page.count("No dated next step") == 1
    assert " demo" in page


def test_a_long_column_is_cut_and_can_be_shown_further(client, founder):
    for _ in range(board.COLUMN_CARDS + 3):
        LeadFactory()

    page = client.get(BOARD)
    whole = client.get(BOARD, {"whole": "NEW"})

    assert len(shown(page, "NEW")) == board.COLUMN_CARDS
    assert "3 more" in page.content.decode()
    assert len(shown(whole, "NEW")) == board.COLUMN_CARDS + 3


def test_a_seller_finds_own_cards_alone_and_moves_no_others(client):
    seller = UserFactory(team=TeamFactory())
    client.force_login(seller)
    LeadFactory(title="own", owner=seller)
    foreign = LeadFactory(title="foreign")

    assert shown(client.get(BOARD), "NEW") == ["own"]
    assert moved(client, foreign, "BID").status_code == 404
    assert client.get(BOARD).context["total"] == 1


def test_an_accountant_reads_the_board_without_notes_and_cannot_move(client):
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))
    lead = LeadFactory(
        has_money=True, next_step="whisper", next_step_date=timezone.localdate() + timedelta(days=1)
    )

    page = client.get(BOARD).content.decode()

    assert f'id="card-{lead.pk}"' in page
    assert "whisper" not in page
    assert at("board-move", lead) not in page
    assert moved(client, lead, "BID").status_code == 403


def test_an_empty_board_teaches_what_would_stand_there(client, founder):
    page = client.get(BOARD).content.decode()

    assert "No open lead yet." in page
    assert reverse("lead-new") in page


def test_the_filters_open_without_scripts_and_keep_what_is_set(client, founder):
    LeadFactory()
    shut = client.get(BOARD, {"decide": "week"}).content.decode()
    address = re.search(r'href="(\?[^"]*filter=open)#board-filter"', shut)
    assert address
    assert 'name="quiet_min"' not in shut

    opened = client.get(BOARD + unescape(address[1])).content.decode()

    assert 'name="quiet_min"' in opened
    assert 'value="week" selected' in opened


def test_filters_that_keep_nothing_offer_the_way_back(client, founder):
    LeadFactory()

    page = client.get(BOARD, {"verdict": "LOW"}).content.decode()

    assert "No open lead fits these filters." in page
