"""What the bid pages promise: the sheet suggests, a person decides, results judge the sheet."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from crm import bid_sheet
from crm.models import Bid, User
from tests.factories import BidFactory, LeadFactory, UserFactory
from tests.web.pages import text

pytestmark = pytest.mark.django_db
THREE_NO = {"q_contact": "no", "q_open": "no", "q_fits": "no"}
HTMX = {"HX-Request": "true"}


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def send(client, bid, headers=None, **said):
    """Send the sheet of a bid as it stands now."""
    bid.refresh_from_db()
    address = reverse("bid-detail", args=[bid.pk])
    return client.post(address, {"version": bid.version} | said, headers=headers or {})


def test_a_tender_is_noted_once_and_leads_to_its_sheet(client, founder):
    lead = LeadFactory()
    said = {"token": str(uuid4()), "kind": "OPEN", "notice_date": in_days(-2),
            "deadline_date": in_days(4)}  # fmt: skip

    first = client.post(f"{reverse('bid-new')}?lead={lead.pk}", said)
    client.post(f"{reverse('bid-new')}?lead={lead.pk}", said)

    bid = lead.bids.get()
    assert first["Location"] == reverse("bid-detail", args=[bid.pk])
    assert timezone.localdate(bid.happened_at) == in_days(-2)
    page = client.get(first["Location"]).content.decode()
    assert 'name="q_time" value="no" checked' in page  # six days are too few


def test_what_is_known_of_a_bid_answers_its_questions(client, founder):
    bid = BidFactory(incumbent_known=True, specification_fits_us=True)

    page = client.get(reverse("bid-detail", args=[bid.pk])).content.decode()

    assert 'name="q_open" value="no" checked' in page
    assert 'name="q_fits" value="yes" checked' in page


def test_answers_are_facts_that_count_from_the_day_they_were_given(client, founder):
    bid = BidFactory()

    send(client, bid, q_contact="no", q_open="no", q_fits="yes", q_budget="no")

    bid.refresh_from_db()
    facts = (bid.contact_before_notice, bid.incumbent_known, bid.specification_fits_us)
    assert facts == (False, True, True)
    assert bid.set_criteria is None
    assert bid.facts_recorded_at is not None
    assert bid.lead.assessment_due_at is not None


def test_three_no_suggest_no_bid_and_offer_the_courtesy_note(client, founder):
    bid = BidFactory()

    shown = text(send(client, bid, headers=HTMX, **THREE_NO))

    assert "3 of 8 “no” : the sheet suggests no bid." in shown
    assert "(M9)" in shown
    bid.refresh_from_db()
    assert bid.sheet == {}  # htmx only asked


def test_a_bid_against_the_suggestion_needs_a_reason_under_a_name(client, founder):
    bid = BidFactory()

    without = send(client, bid, choice="BID", **THREE_NO)
    send(client, bid, choice="BID", reason="they asked for us by name", **THREE_NO)

    assert without.status_code == 422
    bid.refresh_from_db()
    assert (bid.choice, bid.choice_by, bid.choice_reason) == (
        "BID", founder, "they asked for us by name",
    )  # fmt: skip
    assert bid.history.filter(choice="BID").count() == 1


def test_nobody_has_to_follow_the_sheet_nor_to_say_why_in_line_with_it(client, founder):
    bid, other = BidFactory(), BidFactory()

    send(client, bid, choice="NO_BID", **THREE_NO)
    send(client, other, choice="BID", q_contact="yes")

    assert {one.choice for one in Bid.objects.all()} == {"NO_BID", "BID"}


def test_after_the_result_the_sheet_stays_as_it_was(client, founder):
    bid = BidFactory(result="LOST", sheet={"contact": "yes"})

    answer = send(client, bid, q_contact="no")

    assert answer.status_code == 422
    bid.refresh_from_db()
    assert bid.sheet == {"contact": "yes"}


def test_two_people_at_one_sheet_do_not_overwrite_each_other(client, founder):
    bid = BidFactory()
    address = reverse("bid-detail", args=[bid.pk])

    client.post(address, {"version": 1, "q_contact": "yes"})
    second = client.post(address, {"version": 1, "q_contact": "no"})

    assert second.status_code == 422
    bid.refresh_from_db()
    assert bid.sheet == {"contact": "yes"}


def test_open_bids_stand_by_their_deadline_and_old_ones_ask_for_a_result(client, founder):
    BidFactory(lead__title="later one", deadline_date=in_days(9))
    BidFactory(lead__title="sooner one", deadline_date=in_days(2))
    BidFactory(lead__title="over", deadline_date=in_days(-5))

    page = text(client.get(reverse("bid-list")))

    assert page.index("sooner one") < page.index("later one") < page.index("over")
    assert "no result yet" in page


def test_a_deposit_that_is_late_is_called_in_on_today_until_it_is_back(client, founder):
    bid = BidFactory(
        deposit_amount=Decimal(20_000), deposit_paid_date=in_days(-60), deposit_due_date=in_days(-3)
    )

    before = text(client.get(reverse("today")))
    Bid.objects.filter(pk=bid.pk).update(deposit_back_date=in_days(0))

    assert "deposit ¥20,000 was due back" in before
    assert "deposit ¥20,000" not in text(client.get(reverse("today")))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"deadline_date": "2026-01-01"}, "The deadline lies before the notice."),
        ({"deposit_back_date": "2026-02-01"}, "Say when it was paid first."),
        ({"deposit_paid_date": "2026-02-01"}, "Say how much the deposit was."),
    ],
)
def test_days_of_a_bid_that_cannot_be_are_refused_beside_them(client, founder, said, words):
    bid = BidFactory()

    answer = client.post(
        reverse("bid-edit", args=[bid.pk]),
        {"version": 1, "notice_date": "2026-02-02", "kind": "OPEN"} | said,
    )

    assert answer.status_code == 422
    assert words in text(answer)


def test_the_result_and_its_hours_are_kept(client, founder):
    bid = BidFactory()

    client.post(
        reverse("bid-result", args=[bid.pk]),
        {"version": 1, "result": "WON", "result_date": in_days(0), "hours": "31"},
    )

    bid.refresh_from_db()
    assert (bid.result, bid.result_date, bid.hours) == ("WON", in_days(0), 31)
    assert bid.lead.unpaid_hours == 31


def test_results_judge_the_sheet_by_its_number_of_no():
    one_no, four_no = {"contact": "no"}, dict.fromkeys(("contact", "open", "fits", "time"), "no")
    bids = [
        (one_no, "BID", "WON"), (one_no, "BID", "LOST"), (four_no, "BID", "LOST"),
        (four_no, "NO_BID", ""), (one_no, "BID", "CANCELLED"), ({}, "BID", "WON"),
    ]  # fmt: skip

    rows = {row.label: (row.won, row.made, row.passed) for row in bid_sheet.calibration(bids)}

    assert rows["1"] == (1, 2, 0)
    assert rows["4+"] == (0, 1, 1)
    assert sum(made for _won, made, _passed in rows.values()) == 3


def test_who_keeps_the_books_reads_no_bids(client):
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))

    assert client.get(reverse("bid-list")).status_code == 403


def test_the_page_of_bids_takes_few_queries_however_many(client, founder, count_queries):
    BidFactory(sheet={"contact": "no"})
    client.get(reverse("bid-list"))
    few = count_queries(lambda: client.get(reverse("bid-list")))
    BidFactory.create_batch(20, sheet={"contact": "no"}, deposit_paid_date=in_days(-2))

    assert count_queries(lambda: client.get(reverse("bid-list"))) == few
