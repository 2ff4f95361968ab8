"""What is learned of a bid after its notice counts from then on, and never before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.services import bids
from scoring import reader
from scoring.vocabulary import Source
from tests.factories import MONDAY, BidFactory

pytestmark = pytest.mark.django_db
ANSWERED = MONDAY + timedelta(days=4)


def rows_of(bid):
    """Return the rows of a bid in the timeline: from when on they count, and what they say."""
    (chunk,) = reader.chunks([bid.lead_id])
    leads = reader.leads_of(chunk, as_of=timezone.now() + timedelta(days=9_999))
    found = reader.intent_timeline(chunk, leads, zone="Asia/Shanghai")
    return [
        (row["recorded_at"], row["fits_us"], row["prep_days"])
        for row in found.sort("recorded_at").iter_rows(named=True)
        if row["source"] == Source.BID
    ]


def test_an_answer_of_the_sheet_is_no_fact_of_the_time_before_it() -> None:
    bid = BidFactory(happened_at=MONDAY, deadline_date=(MONDAY + timedelta(days=6)).date())

    bids.answer_sheet(bid=bid, version=1, sheet={"fits": "no"}, now=ANSWERED)

    assert rows_of(bid) == [(MONDAY, None, None), (ANSWERED, False, 6)]


def test_what_the_notice_said_counts_from_the_notice() -> None:
    bid = BidFactory(happened_at=MONDAY, specification_fits_us=True, prep_days=5)

    assert rows_of(bid) == [(MONDAY, True, 5)]
