"""What the lead list promises."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Mark, Pattern, StageChange, Target, User, Verdict
from crm.selectors import lead_list
from tests.factories import (
    MONDAY,
    AccountFactory,
    AssessmentFactory,
    InteractionFactory,
    LeadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LIST = reverse("lead-list")


def titles(page):
    """Return the subjects of the rows, in their order."""
    return re.findall(r'class="second">([^<]+)<', page.content.decode())


def flagged(**facts):
    """Return a lead of low intent."""
    return LeadFactory(
        verdict=Verdict.LOW,
        pattern=Pattern.FREE_CONSULTING,
        order_chance=0.06,
        usual_order_rate=0.23,
        **facts,
    )


def test_a_hundred_leads_take_as_many_queries_as_ten(
    client, founder, worker_is_alive, count_queries
):
    for _ in range(10):
        LeadFactory()
    ten = count_queries(lambda: client.get(LIST))
    for _ in range(90):
        LeadFactory()

    assert count_queries(lambda: client.get(LIST)) == ten <= 8


def test_a_past_day_takes_as_many_queries_for_forty_leads_as_for_ten(
    client, founder, worker_is_alive, count_queries
):
    past = f"{LIST}?as_of=2026-11-01"
    for _ in range(10):
        AssessmentFactory(as_of=MONDAY - timedelta(days=40))
    ten = count_queries(lambda: client.get(past))
    for _ in range(30):
        AssessmentFactory(as_of=MONDAY - timedelta(days=40))

    assert count_queries(lambda: client.get(past)) == ten <= 9


def test_without_a_word_the_list_holds_open_leads(client, founder):
    LeadFactory(title="runs")
    LeadFactory(title="ended", closed_at=timezone.now())

    assert titles(client.get(LIST)) == ["runs"]
    assert titles(client.get(LIST, {"status": "closed"})) == ["ended"]
    assert set(titles(client.get(LIST, {"status": "all"}))) == {"runs", "ended"}


@pytest.mark.parametrize("words", ["海岳", "haiyue", "hydw", "助手"])
def test_a_lead_is_found_by_name_pinyin_initials_and_subject(client, founder, words):
    LeadFactory(title="知识助手", account=AccountFactory(name="海岳电网"))
    LeadFactory(title="质检", account=AccountFactory(name="东澜港务"))

    assert titles(client.get(LIST, {"q": words})) == ["知识助手"]


def test_filters_join_by_and_and_values_of_one_filter_by_or(client, founder):
    flagged(title="low solution", stage="SOLUTION")
    flagged(title="low new")
    LeadFactory(title="watched", verdict=Verdict.WATCH, order_chance=0.1, stage="SOLUTION")
    LeadFactory(title="fine", verdict=Verdict.NONE, order_chance=0.4, stage="SOLUTION")

    found = client.get(LIST, {"verdict": ["LOW", "WATCH"], "stage": "SOLUTION"})

    assert set(titles(found)) == {"low solution", "watched"}


def test_late_payers_and_owners_can_be_picked(client, founder):
    LeadFactory(title="late", payment_mark=Mark.HIGH, late_payment_chance=0.7, owner=founder)
    LeadFactory(title="late of another", payment_mark=Mark.HIGH, late_payment_chance=0.7)

    assert titles(client.get(LIST, {"payment": "HIGH", "owner": founder.pk})) == ["late"]


def test_a_set_filter_stands_as_a_chip_that_takes_itself_away(client, founder):
    flagged(title="low")

    page = client.get(LIST, {"verdict": "LOW", "sort": "-loss"}).content.decode()

    assert "Low intent" in page
    assert 'href="?sort=-loss"' in page
    assert re.search(r"Chance of an order</span><span[^>]*>is</span><b>Low intent</b>", page)


def test_a_nonsense_filter_finds_nothing_rather_than_everything(client, founder):
    LeadFactory(title="runs")

    page = client.get(LIST, {"stage": "MARRIAGE"})

    assert page.status_code == 200
    assert titles(page) == []


def test_the_usual_order_is_the_day_to_decide_by_then_the_loss(client, founder):
    day = MONDAY.date()
    LeadFactory(title="no day")
    LeadFactory(title="later", decide_by_date=day + timedelta(days=9))
    LeadFactory(title="soon, small", decide_by_date=day, expected_loss_amount=Decimal(10))
    LeadFactory(title="soon, large", decide_by_date=day, expected_loss_amount=Decimal(900))

    assert titles(client.get(LIST)) == ["soon, large", "soon, small", "later", "no day"]


def test_what_is_not_known_comes_last_in_both_directions(client, founder):
    LeadFactory(title="unknown", est_value_amount=None)
    LeadFactory(title="small", est_value_amount=10)
    LeadFactory(title="large", est_value_amount=20)

    assert titles(client.get(LIST, {"sort": "value"})) == ["small", "large", "unknown"]
    assert titles(client.get(LIST, {"sort": "-value"})) == ["large", "small", "unknown"]


def test_on_a_phone_too_one_can_sort_by_what_would_be_lost(client, founder):
    LeadFactory()

    page = client.get(LIST, {"sort": "-loss"}).content.decode()

    assert '<a href="?sort=-loss" aria-current="true">Expected loss, highest first' in page
    assert re.search(r'aria-current="true">Open', page), "sorting leaves the view as it is"


def test_a_column_that_nobody_offered_is_not_sorted_by(client, founder):
    LeadFactory()

    page = client.get(LIST, {"sort": "account__recorded_at"})

    assert 'c-decide right" aria-sort="ascending"' in page.content.decode()


def test_an_unknown_value_reads_unknown_and_never_zero(client, founder):
    LeadFactory(est_value_amount=None)

    page = client.get(LIST).content.decode()

    assert '<td class="c-value right"><span class="faint">unknown</span>' in page
    assert "¥0" not in page


def test_a_row_says_chance_word_pattern_and_what_is_usual(client, founder):
    flagged()

    page = client.get(LIST).content.decode()

    for words in ("6%", "Low intent", "free consulting", "your usual 23%"):
        assert words in page


def test_a_lead_without_a_verdict_shows_no_number(client, founder):
    LeadFactory(order_chance=0.2, usual_order_rate=0.23)

    page = client.get(LIST).content.decode()

    assert "No verdict" in page
    assert "20%" not in page


def test_beyond_a_thousand_nothing_is_counted_exactly(client, founder, monkeypatch):
    monkeypatch.setattr(lead_list, "MOST_COUNTED", 3)
    for _ in range(4):
        LeadFactory()

    page = client.get(LIST).content.decode()

    assert "1,000+" in page
    assert "<tfoot>" not in page


def followed(client, page, rel):
    """Return the page that a link of this one leads to."""
    address = re.search(rf'rel="{rel}" href="([^"]+)"', page.content.decode())
    assert address, f"no {rel} page"
    return client.get(LIST + unescape(address[1]))


def test_the_fifty_first_lead_stands_on_the_second_page(client, founder):
    for number in range(51):
        LeadFactory(title=f"lead {number}", decide_by_date=MONDAY.date() + timedelta(days=number))

    first = client.get(LIST)
    second = followed(client, first, "next")

    assert len(titles(first)) == 50
    assert titles(second) == ["lead 50"]
    assert titles(followed(client, second, "prev")) == titles(first)


@pytest.mark.parametrize("sort", [*lead_list.SORTS, *(f"-{sort}" for sort in lead_list.SORTS)])
def test_pages_by_key_show_each_lead_once_in_the_order_of_the_sort(
    client, founder, monkeypatch, sort
):
    some = [None, 0.1, 0.3]
    for number in range(9):
        known = some[number % 3] is not None
        LeadFactory(
            title=f"lead {number}",
            owner=founder if number % 2 else None,
            decide_by_date=MONDAY.date() + timedelta(days=number % 2) if known else None,
            order_chance=some[number % 3],
            late_payment_chance=some[(number + 1) % 3],
            expected_loss_amount=Decimal(number % 3) if known else None,
            est_value_amount=Decimal("10.50") if known else None,
            last_client_contact_at=MONDAY - timedelta(hours=number) if known else None,
            next_step_date=MONDAY.date() if known else None,
        )
    whole = titles(client.get(LIST, {"sort": sort}))
    monkeypatch.setattr(lead_list, "PAGE_ROWS", 2)

    page, found = client.get(LIST, {"sort": sort}), []
    while True:
        found += titles(page)
        if 'rel="next"' not in page.content.decode():
            break
        page = followed(client, page, "next")
    back = list(titles(page))
    while 'rel="prev"' in page.content.decode():
        page = followed(client, page, "prev")
        back = titles(page) + back

    assert found == whole == back


def test_the_pages_of_a_past_day_are_counted(client, founder, monkeypatch):
    for number in range(3):
        LeadFactory(title=f"lead {number}", decide_by_date=MONDAY.date() + timedelta(days=number))
    monkeypatch.setattr(lead_list, "PAGE_ROWS", 2)

    first = client.get(LIST, {"as_of": "2026-11-01"})

    assert titles(followed(client, first, "next")) == ["lead 2"]


def test_a_place_that_we_did_not_write_is_the_first_page(client, founder):
    LeadFactory(title="runs")

    assert titles(client.get(LIST, {"after": "eyJ4IjoxfQ:1:abc"})) == ["runs"]


def test_ones_own_leads_come_first(client, founder):
    LeadFactory(title="theirs, soon", decide_by_date=MONDAY.date())
    LeadFactory(title="mine, later", decide_by_date=MONDAY.date() + timedelta(9), owner=founder)

    assert titles(client.get(LIST)) == ["mine, later", "theirs, soon"]
    assert titles(client.get(LIST, {"sort": "decide"})) == ["theirs, soon", "mine, later"]


def test_the_foot_sums_up_what_the_filters_keep(client, founder):
    LeadFactory(est_value_amount=400_000, unpaid_hours=Decimal("2.5"))
    LeadFactory(est_value_amount=None, unpaid_hours=Decimal(4))

    foot = client.get(LIST).content.decode().split("<tfoot>")[1]

    assert "2 leads" in foot
    assert "¥400k" in foot
    assert "6.5" in foot


def test_a_seller_sees_own_leads_alone(client):
    seller = UserFactory()
    client.force_login(seller)
    LeadFactory(title="mine", owner=seller)
    LeadFactory(title="theirs")

    assert titles(client.get(LIST)) == ["mine"]


def test_an_empty_list_teaches_what_to_do(client, founder):
    page = client.get(LIST).content.decode()

    assert "Add the first lead" in page


def test_a_past_day_shows_what_was_open_scored_and_spent_then(client, founder):
    then = MONDAY - timedelta(days=20)
    lead = LeadFactory(title="was low", verdict=Verdict.NONE, order_chance=0.5, closed_at=MONDAY)
    AssessmentFactory(lead=lead, as_of=then - timedelta(days=1))
    AssessmentFactory(lead=lead, as_of=MONDAY, probability=0.5, low=0.4, high=0.6)
    InteractionFactory(lead=lead, happened_at=then - timedelta(days=2), presales_hours=Decimal(3))
    InteractionFactory(lead=lead, happened_at=MONDAY, presales_hours=Decimal(50))
    StageChange.objects.create(
        lead=lead, to_stage="BID", happened_at=then - timedelta(days=3), recorded_at=then
    )
    StageChange.objects.create(
        lead=lead, to_stage="CONTRACT", happened_at=MONDAY, recorded_at=MONDAY
    )
    LeadFactory(title="not yet there", opened_at=MONDAY)

    page = client.get(LIST, {"as_of": f"{then:%Y-%m-%d}", "verdict": "LOW", "stage": "BID"})

    assert titles(page) == ["was low"]
    text = page.content.decode()
    assert "As of 3 Nov 2026" in text
    assert '<td class="c-hours right num">3.0' in text


def test_a_day_that_is_none_is_answered_with_now_and_a_word(client, founder):
    page = client.get(LIST, {"as_of": "2026-02-31"}).content.decode()

    assert "is no date; this is now" in page
    assert "As of" not in page


def test_a_day_that_is_not_over_is_now(client, founder):
    assert "As of" not in client.get(LIST, {"as_of": "2999-01-01"}).content.decode()


def test_late_scores_do_not_stand_in_for_scores_of_an_order(client, founder):
    then = MONDAY - timedelta(days=20)
    lead = LeadFactory()
    AssessmentFactory(lead=lead, as_of=then, target=Target.LATE_PAYMENT, mark=Mark.HIGH)

    page = client.get(LIST, {"as_of": f"{MONDAY - timedelta(days=1):%Y-%m-%d}"}).content.decode()

    assert "No verdict" in page
    assert "94%" in page


def test_who_does_not_sell_is_offered_no_new_lead(client):
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))

    assert reverse("lead-new") not in client.get(LIST).content.decode()
