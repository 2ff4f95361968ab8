"""What a plan promises: it stands where it is seen, becomes the talk, and is no fact of contact."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Firm, PlannedMeeting, TravelCheck
from tests.factories import (
    AccountFactory,
    ContactFactory,
    InteractionFactory,
    LeadFactory,
    PlannedMeetingFactory,
    TravelCheckFactory,
)
from tests.web.pages import text

pytestmark = pytest.mark.django_db
NEW = reverse("plan-new")
Status, Choice = PlannedMeeting.Status, TravelCheck.Choice


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def planned(**facts):
    """Return a plan of a lead in another town, in three days."""
    facts = {"lead": LeadFactory(), "meeting_date": in_days(3)} | facts
    return PlannedMeetingFactory(**facts)


def plan(client, lead, **answers):
    """Send the form that plans a meeting."""
    usual = {"token": str(uuid4()), "kind": "ONLINE_MEETING", "meeting_date": str(in_days(3))}
    return client.post(f"{NEW}?lead={lead.pk}", usual | answers)


@pytest.fixture
def from_hangzhou(db):
    """We sit in Hangzhou; the accounts of the factories sit in Hefei."""
    return Firm.objects.create(pk=1, city="杭州")


def test_a_planned_meeting_stands_on_today_with_its_time(client, founder):
    lead = LeadFactory()
    person = ContactFactory(account=lead.account)

    answer = plan(client, lead, meeting_time="14:00", topic="second demo", attendees=[person.pk])

    assert answer["Location"] == reverse("lead-detail", args=[lead.pk])
    kept = PlannedMeeting.objects.get()
    assert (kept.author, list(kept.attendees.all())) == (founder, [person])
    assert "Online meeting · second demo · 14:00" in text(client.get(reverse("today")))


def test_the_same_plan_sent_twice_is_one_meeting(client, founder):
    lead, token = LeadFactory(), str(uuid4())

    plan(client, lead, token=token)
    plan(client, lead, token=token)

    assert PlannedMeeting.objects.count() == 1


def test_a_plan_is_no_talk_and_no_client_contact(client, founder):
    lead = LeadFactory()

    plan(client, lead)

    lead.refresh_from_db()
    assert (lead.interaction_count, lead.last_client_contact_at) == (0, None)
    assert not lead.interactions.exists()


def test_a_day_that_went_by_is_logged_and_not_planned(client, founder):
    answer = plan(client, LeadFactory(), meeting_date=str(in_days(-1)))

    assert answer.status_code == 422
    assert "Log the talk instead" in text(answer)


def test_when_its_day_is_over_today_asks_whether_it_took_place(client, founder):
    one = planned(meeting_date=in_days(-1))

    page = client.get(reverse("today")).content.decode()

    assert "Did it take place?" in page
    assert f"{reverse('log')}?plan={one.pk}" in page


def test_a_plan_becomes_the_talk_with_what_it_knew(client, founder):
    one = planned(kind="DEMO", meeting_date=in_days(-1), hours=Decimal(2))
    person = ContactFactory(account=one.lead.account)
    one.attendees.add(person)

    form = client.get(f"{reverse('log')}?plan={one.pk}").content.decode()
    client.post(f"{reverse('log')}?plan={one.pk}", {"token": str(uuid4()), "kind": "DEMO",
                "attendees": [person.pk], "happened_date": str(in_days(-1))})  # fmt: skip

    for field in ('name="kind" value="DEMO"', f'name="attendees" value="{person.pk}"'):
        assert re.search(f"{field}[^>]* checked", form), field
    assert re.search('name="hours" value="2" checked', form)
    one.refresh_from_db()
    assert (one.status, one.interaction) == (Status.DONE, one.lead.interactions.get())
    assert "Did it take place?" not in client.get(reverse("today")).content.decode()


def test_the_meeting_of_today_is_preselected_in_the_log_form(client, founder):
    planned(lead=LeadFactory(title="not today"), author=founder)
    planned(lead=LeadFactory(title="met today"), meeting_date=in_days(0), author=founder)

    assert "met today" in client.get(reverse("log")).content.decode()


def test_taking_the_talk_back_lets_the_plan_wait_again(client, founder):
    one = planned(meeting_date=in_days(0))
    client.post(f"{reverse('log')}?plan={one.pk}", {"token": str(uuid4()), "kind": "CALL"})

    client.post(reverse("log-undo", args=[one.lead.interactions.get().pk]))

    one.refresh_from_db()
    assert (one.status, one.interaction) == (Status.PLANNED, None)


def test_a_cancelled_meeting_is_gone_from_today(client, founder):
    one = planned(meeting_date=in_days(-1))

    client.post(reverse("plan-cancel", args=[one.pk]), {"version": one.version, "to": "today"})

    one.refresh_from_db()
    assert one.status == Status.CANCELLED
    assert "Did it take place?" not in client.get(reverse("today")).content.decode()


def test_who_moves_an_old_version_overwrites_nothing(client, founder):
    one = planned()
    said = {"version": one.version, "kind": one.kind, "meeting_date": str(in_days(5))}

    first = client.post(reverse("plan-edit", args=[one.pk]), said)
    second = client.post(reverse("plan-edit", args=[one.pk]), said | {"meeting_date": in_days(6)})

    one.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 422)
    assert one.meeting_date == in_days(5)


def test_somebody_put_away_since_the_form_was_opened_is_named_as_the_reason(client, founder):
    lead = LeadFactory()
    ContactFactory(account=lead.account)
    gone = ContactFactory(account=lead.account, archived_at=timezone.now())

    answer = plan(client, lead, topic="second demo", attendees=[gone.pk])

    assert answer.status_code == 422
    assert "One of these people is not on file any more." in text(answer)
    assert 'value="second demo"' in answer.content.decode()
    assert not PlannedMeeting.objects.exists()


def test_a_check_of_a_meeting_that_moved_meanwhile_is_kept_when_it_is_sent_again(
    client, founder, from_hangzhou
):
    trip = planned(version=2)
    address = reverse("travel-check", args=[trip.pk])
    said = {"choice": "GO", "reason": "their director asked for it himself", "client_will": "sign"}

    stale = client.post(address, said | {"version": "1"})
    version = stale.context["form"]["version"].value()
    again = client.post(address, said | {"version": version})

    assert stale.status_code == 422
    assert "Someone else saved this meanwhile" in text(stale)
    assert 'value="sign"' in stale.content.decode()
    assert again.status_code == 302
    assert TravelCheck.objects.get().client_will == "sign"


def test_a_visit_elsewhere_is_looked_at_before_it_is_a_trip(client, founder, from_hangzhou):
    far, near = LeadFactory(), LeadFactory(account=AccountFactory(city="杭州市"))

    to_check = plan(client, far, kind="VISIT_TO_CLIENT")
    to_lead = plan(client, near, kind="VISIT_TO_CLIENT")

    one = far.planned_meetings.get()
    assert to_check["Location"] == reverse("travel-check", args=[one.pk])
    assert to_lead["Location"] == reverse("lead-detail", args=[near.pk])


def test_the_check_says_what_the_trip_costs_and_what_is_missing(client, founder, from_hangzhou):
    lead = LeadFactory(unpaid_hours=Decimal(37), travel_amount=Decimal(4860))
    one = planned(lead=lead)

    answer = client.post(
        reverse("travel-check", args=[one.pk]),
        {"budget_holder_comes": "yes", "trip_hours": "14", "trip_amount": "2400", "version": 1},
        headers={"HX-Request": "true"},
    )

    words = text(answer)
    assert "Trip ≈ 14 h, ¥2,400; this lead so far 37 h, ¥4,860." in words
    assert "4 of 5 answers missing: suggest online first." in words
    assert not TravelCheck.objects.exists()


def test_going_against_the_answers_asks_for_a_reason_and_keeps_it(client, founder, from_hangzhou):
    one, address = planned(), None
    address = reverse("travel-check", args=[one.pk])

    without = client.post(address, {"choice": "GO", "version": one.version})
    client.post(address, {"choice": "GO", "version": one.version, "reason": "their CEO asked"})

    assert without.status_code == 422
    check = TravelCheck.objects.get()
    assert (check.choice, check.reason, check.author) == (Choice.GO, "their CEO asked", founder)
    today = text(client.get(reverse("today")))
    assert "Travel check 0 of 5." in today
    assert "their CEO asked" in today


def test_online_takes_the_road_off_the_plan(client, founder, from_hangzhou):
    one = planned(travel_hours=Decimal(10), travel_amount=Decimal(2400))

    client.post(
        reverse("travel-check", args=[one.pk]), {"choice": "ONLINE", "version": one.version}
    )

    one.refresh_from_db()
    assert (one.is_online, one.travel_hours, one.travel_amount) == (True, None, None)


def test_a_trip_that_is_worth_it_needs_no_reason(client, founder, from_hangzhou):
    one = planned()
    said = {"choice": "GO", "version": one.version, "budget_holder_comes": "yes",
            "client_will": "choose a supplier", "could_be_online": "no"}  # fmt: skip

    answer = client.post(reverse("travel-check", args=[one.pk]), said)

    assert answer.status_code == 302
    assert TravelCheck.objects.get().speaks_for_count == 3
    assert "Online first?" not in text(client.get(reverse("today")))


def test_a_trip_is_foreseen_by_the_last_ones_there(client, founder, from_hangzhou):
    one = planned()
    InteractionFactory(lead=one.lead, travel_hours=Decimal(9), travel_amount=Decimal(2000))

    form = client.get(reverse("travel-check", args=[one.pk])).content.decode()

    assert 'name="trip_hours" value="9"' in form
    assert 'name="trip_amount" value="2000"' in form


def test_the_page_of_the_lead_shows_what_lies_ahead_and_one_tap_for_a_call_in_vain(
    client, founder, from_hangzhou
):
    one = planned(topic="second demo")

    page = client.get(reverse("lead-detail", args=[one.lead_id])).content.decode()
    shown = client.get(reverse("lead-plans", args=[one.lead_id]), headers={"HX-Request": "true"})

    assert f'hx-get="{reverse("lead-plans", args=[one.lead_id])}"' in page
    assert "second demo" in text(shown)
    assert "A trip nobody looked at yet." in text(shown)
    assert reverse("log-in-vain", args=[one.lead_id]) in shown.content.decode()


def test_a_travel_check_is_an_event_of_the_lead(client, founder):
    check = TravelCheckFactory(reason="their CEO asked")

    address = reverse("lead-detail", args=[check.lead_id])
    page = text(client.get(f"{address}?system=1"))

    assert "Travel check: go anyway" in page
    assert "their CEO asked" in page


def test_meetings_cost_today_the_same_queries_however_many(client, founder, count_queries):
    planned()
    client.get(reverse("today"))
    few = count_queries(lambda: client.get(reverse("today")))
    for _ in range(5):
        TravelCheckFactory(plan=(one := planned()), lead=one.lead)

    assert count_queries(lambda: client.get(reverse("today"))) == few
