"""What is planned counts in the loss to expect, at its time."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import FirmFigure, Lead, Target
from crm.selectors import planned
from crm.services import assessments, plans
from crm.services.assessments import Score
from tests.factories import (
    MONDAY,
    BidFactory,
    InteractionFactory,
    LeadFactory,
    PlannedMeetingFactory,
)

pytestmark = pytest.mark.django_db
COST = Decimal(500)


@pytest.fixture
def lead():
    """A lead with a talk of an hour and a half."""
    FirmFigure.objects.create(kind="HOUR_COST", amount=COST, valid_from=MONDAY, recorded_at=MONDAY)
    lead = LeadFactory()
    InteractionFactory(lead=lead)
    return lead


def loss_of(lead):
    """Return the loss to expect after a score with a chance of an order of a tenth."""
    score = Score(lead.pk, Target.NO_ORDER, 0.8, "points-1", probability=0.9, verdict="LOW")
    now = timezone.now()
    assessments.record([score], as_of=now, now=now)
    lead.refresh_from_db()
    return lead.expected_loss_amount


def ahead(lead, moment):
    """Return what a lead has ahead at a moment."""
    rows = Lead.objects.filter(pk=lead.pk).annotate(
        hours=planned.hours(moment), amount=planned.travel_amount(moment)
    )
    return rows.values_list("hours", "amount").get()


def test_a_planned_trip_raises_the_loss_to_expect(lead):
    before = loss_of(lead)

    PlannedMeetingFactory(
        lead=lead, hours=Decimal(4), travel_hours=Decimal(10), travel_amount=Decimal(2400)
    )

    assert loss_of(lead) - before == Decimal("0.9") * (14 * COST + 2400)


def test_what_was_planned_later_or_cancelled_before_counts_at_no_past_moment(lead):
    plan = PlannedMeetingFactory(lead=lead, hours=Decimal(4), recorded_at=MONDAY)

    plans.cancel(plan=plan, version=1, now=MONDAY + timedelta(days=2))

    hours = [ahead(lead, MONDAY + timedelta(days=days))[0] for days in (-1, 1, 3)]
    assert hours == [0, 4, 0]


def test_what_leads_have_ahead_is_what_the_expressions_say_of_each(lead):
    idle = LeadFactory()
    PlannedMeetingFactory(
        lead=lead, hours=Decimal(4), travel_hours=Decimal(10), travel_amount=Decimal(2400)
    )
    BidFactory(lead=lead, choice="BID", choice_at=MONDAY, hours=None, hours_planned=Decimal(16))
    moment = timezone.now()

    found = planned.of_leads([lead.pk, idle.pk], moment)

    said = {each.pk: (found[each.pk].hours, found[each.pk].travel_amount) for each in (lead, idle)}
    assert said == {each.pk: ahead(each, moment) for each in (lead, idle)}
    assert said[lead.pk] == (30, 2400)
