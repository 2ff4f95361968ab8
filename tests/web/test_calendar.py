"""The calendar feed: what stands in it, for whom, and that calendars move instead of doubling."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import icalendar
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from crm.models import (
    InvoiceForecast,
    Lead,
    PlannedMeeting,
    User,
)
from crm.selectors import calendar as selector
from crm.services import calendars, plans
from tests.factories import (
    MONDAY,
    AccountFactory,
    BidFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    PlannedMeetingFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
HOSTILE = 'A\r\nBEGIN:VEVENT\r\nSUMMARY:x;,\\"\n\x0b\u2028\u202e"' + "海岳电网" * 40


@pytest.fixture(autouse=True)
def monday():
    """Let it be Monday, with a whole minute's allowance."""
    cache.clear()
    with time_machine.travel(MONDAY, tick=False):
        yield


def with_link(**facts: Any) -> User:
    """Return a founder, or whoever, with a calendar."""
    user = UserFactory(**({"role": User.Role.FOUNDER} | facts))
    calendars.make_link(user=user)
    return user


def raw(user: User) -> bytes:
    """Return the feed as it comes over the line, to a stranger who has the link."""
    answer = Client().get(reverse("calendar-feed", args=[user.calendar_secret]))
    assert answer.status_code == 200
    return answer.content


def events(user: User) -> dict[str, Any]:
    """Return the events of a feed by what their ids begin with."""
    calendar = icalendar.Calendar.from_ical(raw(user))
    assert calendar.errors == []
    found = list(calendar.walk("VEVENT"))
    assert [event.errors for event in found if event.errors] == []
    by_id = {str(event["UID"]).partition("@")[0]: event for event in found}
    assert len(by_id) == len(found)
    return by_id


def lead(**facts: Any) -> Lead:
    """Return an open lead of Hai Yue."""
    account = AccountFactory(name="海岳电网有限公司")
    return LeadFactory(account=account, title="知识助手", **facts)


def test_it_holds_meetings_steps_decisions_bids_and_payments_with_their_days():
    ours = lead(
        next_step="send the offer",
        next_step_date=TODAY + timedelta(days=2),
        decide_by_date=TODAY + timedelta(days=4),
    )
    plan = PlannedMeetingFactory(
        lead=ours, meeting_time=time(14, 30), hours=Decimal("1.5"), place="合肥", topic="data"
    )
    whole_day = PlannedMeetingFactory(lead=ours, meeting_date=TODAY + timedelta(days=9))
    bid = BidFactory(lead=ours, deadline_date=TODAY + timedelta(days=5))
    bill = InvoiceFactory(lead=ours, due_date=TODAY + timedelta(days=6), paid_amount=6_000)

    found = events(with_link())

    assert set(found) == {
        f"plan-{plan.pk}", f"plan-{whole_day.pk}", f"step-{ours.pk}", f"decision-{ours.pk}",
        f"bid-{bid.pk}", f"payment-{bill.pk}",
    }  # fmt: skip
    meeting = found[f"plan-{plan.pk}"]
    assert meeting["SUMMARY"] == "Visit to client: 海岳电网有限公司 · 知识助手"
    assert meeting["DTSTART"].dt == datetime(2026, 11, 26, 6, 30, tzinfo=UTC)  # 14:30 in Shanghai
    assert meeting["DTEND"].dt == datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
    assert meeting["LOCATION"] == "合肥"
    assert str(meeting["DESCRIPTION"]).splitlines()[0] == "data"
    assert found[f"plan-{whole_day.pk}"]["DTSTART"].dt == TODAY + timedelta(days=9)
    step = found[f"step-{ours.pk}"]
    assert step["SUMMARY"] == "Next step: 海岳电网有限公司 · send the offer"
    assert (step["DTSTART"].dt, step["DTEND"].dt) == (date(2026, 11, 25), date(2026, 11, 26))
    assert step["TRANSP"] == "TRANSPARENT"
    payment = found[f"payment-{bill.pk}"]
    assert payment["SUMMARY"] == "Payment due: 海岳电网有限公司 · ¥90k"
    assert str(payment["URL"]).endswith(reverse("invoice-detail", args=[bill.pk]))


def test_a_step_on_the_day_of_a_meeting_is_that_meeting():
    plan = PlannedMeetingFactory(lead=lead(next_step_date=TODAY + timedelta(days=3)))

    assert set(events(with_link())) == {f"plan-{plan.pk}"}


def test_a_meeting_that_moves_keeps_its_id_and_counts_up_and_a_cancelled_one_says_so():
    user, plan = with_link(), PlannedMeetingFactory()
    before = events(user)[f"plan-{plan.pk}"]
    with time_machine.travel(MONDAY + timedelta(minutes=1), tick=False):
        plans.change(plan=plan, version=1, now=MONDAY, meeting_date=TODAY + timedelta(days=10))
    moved = events(user)[f"plan-{plan.pk}"]

    assert moved["UID"] == before["UID"]
    assert moved["DTSTART"].dt == TODAY + timedelta(days=10)
    assert moved["SEQUENCE"] > before["SEQUENCE"]
    assert moved["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert moved["DTSTAMP"].dt == moved["LAST-MODIFIED"].dt
    assert raw(user) == raw(user)  # nothing changed, nothing to take over

    with time_machine.travel(MONDAY + timedelta(minutes=2), tick=False):
        plans.cancel(plan=PlannedMeeting.objects.get(), version=2, now=MONDAY)
    cancelled = events(user)[f"plan-{plan.pk}"]
    assert cancelled["STATUS"] == "CANCELLED"
    assert cancelled["SEQUENCE"] > moved["SEQUENCE"]


def test_a_next_step_that_was_corrected_counts_up():
    user, talk = with_link(), InteractionFactory(next_step_date=TODAY, has_dated_next_step=True)
    Lead.objects.update(next_step_date=TODAY)
    before = events(user)[f"step-{talk.lead_id}"]
    with time_machine.travel(MONDAY + timedelta(minutes=1), tick=False):
        talk.next_step_date = TODAY + timedelta(days=1)
        talk.save()
    Lead.objects.update(next_step_date=TODAY + timedelta(days=1))

    after = events(user)[f"step-{talk.lead_id}"]

    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == TODAY + timedelta(days=1)


def test_an_overdue_invoice_stands_on_the_day_its_payment_is_expected():
    bill = InvoiceFactory(due_date=TODAY - timedelta(days=94), issued_date=date(2026, 7, 1))
    gone = InvoiceFactory(due_date=TODAY - timedelta(days=94), issued_date=date(2026, 7, 1))
    for invoice, days in ((bill, 110), (gone, 20)):
        InvoiceForecast.objects.create(
            invoice=invoice, as_of_date=TODAY, made_at=MONDAY, late_0=1, late_30=1, late_60=1,
            late_90=1, long_chance=0.5, days_p10=days, days_p50=days, days_p80=days,
            days_p90=days, own_count=0, pool_count=9,
        )  # fmt: skip

    found = events(with_link())

    assert set(found) == {f"payment-{bill.pk}"}
    assert found[f"payment-{bill.pk}"]["DTSTART"].dt == TODAY + timedelta(days=16)
    assert str(found[f"payment-{bill.pk}"]["SUMMARY"]).startswith("Overdue, payment expected")


def test_what_is_closed_paid_away_or_out_of_the_window_is_left_out():
    gone = {"closed_at": MONDAY, "outcome": "LOST", "outcome_recorded_at": MONDAY}
    PlannedMeetingFactory(lead=lead(**gone, decide_by_date=TODAY, next_step_date=TODAY))
    BidFactory(lead=lead(**gone), deadline_date=TODAY)
    BidFactory(deadline_date=TODAY, result="LOST")
    InvoiceFactory(due_date=TODAY, paid_amount=96_000, settled_date=TODAY)
    InvoiceFactory(due_date=TODAY, archived_at=MONDAY)
    PlannedMeetingFactory(meeting_date=TODAY, archived_at=MONDAY)
    for days in (-31, 181):
        lead(decide_by_date=TODAY + timedelta(days=days))
        PlannedMeetingFactory(meeting_date=TODAY + timedelta(days=days))
    edge = [lead(decide_by_date=TODAY + timedelta(days=days)) for days in (-30, 180)]

    assert set(events(with_link())) == {f"decision-{one.pk}" for one in edge}


def test_each_sees_in_it_what_the_role_opens_now():
    seller = with_link(role=User.Role.SELLER)
    mine, theirs = (lead(owner=owner, decide_by_date=TODAY) for owner in (seller, UserFactory()))
    InvoiceFactory(lead=theirs, due_date=TODAY)
    bill = InvoiceFactory(lead=mine, due_date=TODAY)

    assert set(events(seller)) == {f"decision-{mine.pk}", f"payment-{bill.pk}"}
    assert len(events(with_link())) == 4
    accountant = with_link(role=User.Role.ACCOUNTANT)
    assert {uid.partition("-")[0] for uid in events(accountant)} == {"payment"}
    assert len(events(accountant)) == 2
    assert events(with_link(role=User.Role.VIEWER)) == {}

    Lead.objects.filter(pk=mine.pk).update(owner=UserFactory())
    assert events(seller) == {}


def test_without_client_names_it_names_no_client_no_subject_and_no_sum():
    ours = lead(next_step="SECRET", next_step_date=TODAY, decide_by_date=TODAY)
    PlannedMeetingFactory(lead=ours, place="SECRET", topic="SECRET")
    InvoiceFactory(lead=ours, due_date=TODAY)
    user = with_link()
    calendars.name_clients(user=user, names=False)

    told = raw(user).decode()

    assert [word for word in ("SECRET", "海岳", "知识", "¥") if word in told] == []
    assert "SUMMARY:Visit to client\r\n" in told


def test_hostile_words_stay_words_and_lines_are_folded_at_75_octets():
    account = AccountFactory(name=HOSTILE[:100])
    ours = LeadFactory(account=account, title=HOSTILE[:100], next_step_date=TODAY)
    Lead.objects.update(next_step=HOSTILE[:150])
    plan = PlannedMeetingFactory(lead=ours, topic=HOSTILE[:150], place=HOSTILE[:100])

    body, found = raw(with_link()), events(with_link())

    lines = body.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert all(line.decode() for line in lines[:-1])  # no character is cut in two
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert set(found) == {f"plan-{plan.pk}", f"step-{ours.pk}"}
    assert '"' in found[f"step-{ours.pk}"]["SUMMARY"]


def test_it_speaks_the_readers_language():
    lead(decide_by_date=TODAY)

    assert "SUMMARY:决定：" in raw(with_link(language="zh-hans")).decode()
    assert "SUMMARY:Decide: " in raw(with_link(language="en")).decode()


def test_a_meeting_is_at_the_hour_of_who_planned_it():
    author = UserFactory(time_zone="Europe/Berlin")
    plan = PlannedMeetingFactory(author=author, meeting_time=time(9))
    summer = PlannedMeetingFactory(
        author=author, meeting_time=time(9), meeting_date=date(2027, 4, 1)
    )

    found = events(with_link())

    assert found[f"plan-{plan.pk}"]["DTSTART"].dt == datetime(2026, 11, 26, 8, tzinfo=UTC)
    assert found[f"plan-{summer.pk}"]["DTSTART"].dt == datetime(2027, 4, 1, 7, tzinfo=UTC)


def test_it_is_bounded_and_costs_the_same_for_few_and_for_many(count_queries, monkeypatch):
    monkeypatch.setattr(selector, "MOST_ENTRIES", 20)
    user = with_link()

    def grow(count: int) -> None:
        for number in range(count):
            ours = lead(next_step_date=TODAY, decide_by_date=TODAY + timedelta(days=number))
            PlannedMeetingFactory(lead=ours)
            InvoiceFactory(lead=ours, due_date=TODAY)

    grow(2)
    few = count_queries(lambda: raw(user))
    grow(10)
    assert count_queries(lambda: raw(user)) == few <= 22
    found = events(user)
    assert len(found) == 20
    assert min(event["DTSTART"].dt for event in found.values()) == TODAY
    assert "There are more than fit here" in raw(user).decode().replace("\r\n ", "")


def test_only_the_right_link_opens_it_and_no_cache_keeps_it(client):
    user = with_link()
    answer = client.get(reverse("calendar-feed", args=[user.calendar_secret]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    earlier = user.calendar_secret

    client.force_login(user)
    page = client.post(reverse("calendar-link"), {"do": "make"}, follow=True).content.decode()
    user.refresh_from_db()
    assert f"http://localhost:8000/calendar/{user.calendar_secret}.ics" in page
    for secret in (earlier, "a" * 43, "a" * 500, "-", earlier.swapcase()):
        assert client.get(reverse("calendar-feed", args=[secret])).status_code == 404
    assert raw(user)

    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(reverse("calendar-feed", args=[user.calendar_secret])).status_code == 404


def test_a_removed_link_opens_nothing(client):
    user = with_link()
    client.force_login(user)
    client.post(reverse("calendar-link"), {"do": "remove"})

    assert client.get(reverse("calendar-feed", args=[user.calendar_secret])).status_code == 404
    user.refresh_from_db()
    assert user.calendar_secret == ""


def test_a_link_that_is_read_all_the_time_is_asked_to_wait_and_others_are_not():
    busy, calm = with_link(), with_link()
    address = reverse("calendar-feed", args=[busy.calendar_secret])
    told = [Client().get(address).status_code for _n in range(13)]

    assert told == [200] * 12 + [429]
    assert raw(calm)


def test_what_became_of_the_link_is_said_beside_it_where_the_page_jumps_to(client):
    client.force_login(UserFactory())

    page = client.post(reverse("calendar-link"), {"do": "make"}, follow=True).content.decode()

    assert page.count("Here is your link.") == 1
    assert "Here is your link." in page.partition('id="calendar"')[2]
