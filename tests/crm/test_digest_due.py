"""Who has a Monday mail, and when it is due."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm import weeks
from crm.models import Digest, Lead, Team, User
from crm.services import digests
from tests.factories import (
    MONDAY,
    AssessmentFactory,
    InteractionFactory,
    LeadFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Status = Digest.Status


def due(user: User) -> Digest | None:
    """Return the user's digest row, if any."""
    return Digest.objects.filter(recipient=user).first()


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Pacific/Auckland", "2026-11-22T19:00+00:00"),
        ("Asia/Shanghai", "2026-11-23T00:00+00:00"),
        ("Europe/Berlin", "2026-11-23T07:00+00:00"),
        ("Pacific/Honolulu", "2026-11-23T18:00+00:00"),
    ],
)
def test_a_mail_is_due_at_eight_on_monday_where_its_reader_lives(zone, moment):
    reader, eight = UserFactory(time_zone=zone), datetime.fromisoformat(moment)

    digests.sweep(now=eight - timedelta(seconds=1))
    assert due(reader) is None

    digests.sweep(now=eight)
    digest = due(reader)
    assert digest is not None
    assert (digest.due_at, digest.period) == (eight, "2026-W48")


@pytest.mark.parametrize(
    ("zone", "day", "moment"),
    [
        ("Europe/Berlin", date(2026, 3, 23), "2026-03-23T07:00+00:00"),
        ("Europe/Berlin", date(2026, 3, 30), "2026-03-30T06:00+00:00"),
        ("Europe/Berlin", date(2026, 10, 19), "2026-10-19T06:00+00:00"),
        ("Europe/Berlin", date(2026, 10, 26), "2026-10-26T07:00+00:00"),
        ("Pacific/Auckland", date(2026, 3, 30), "2026-03-29T19:00+00:00"),
        ("Pacific/Auckland", date(2026, 4, 6), "2026-04-05T20:00+00:00"),
        ("Pacific/Auckland", date(2026, 9, 21), "2026-09-20T20:00+00:00"),
        ("Pacific/Auckland", date(2026, 9, 28), "2026-09-27T19:00+00:00"),
    ],
)
def test_eight_stays_eight_across_both_changes_of_summer_time(zone, day, moment):
    eight = weeks.due_at(day, weekday=1, hour=8, zone=ZoneInfo(zone))

    assert eight.astimezone(UTC) == datetime.fromisoformat(moment)


def test_an_hour_that_summer_time_leaves_out_still_comes():
    sunday = weeks.due_at(date(2026, 3, 23), weekday=7, hour=2, zone=ZoneInfo("Europe/Berlin"))

    assert sunday.astimezone(UTC) == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 12, 27), "2026-W52"),
        (date(2026, 12, 28), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2025, 12, 29), "2026-W01"),
    ],
)
def test_weeks_around_new_year_have_the_names_of_the_iso_calendar(day, week):
    assert weeks.iso_week(day) == week


def test_weeks_are_counted_across_a_year_of_53_weeks():
    assert weeks.weeks_between("2026-W52", date(2027, 1, 4)) == 2
    assert weeks.weeks_before(date(2027, 1, 4), 2) == ["2026-W53", "2026-W52"]


def test_each_week_around_new_year_has_one_mail(settings):
    settings.EMAIL_BACKEND = "crm.outbox.OutboxBackend"
    reader = UserFactory()
    first = datetime(2026, 12, 21, 1, tzinfo=UTC)

    for hours in range(0, 4 * 7 * 24, 12):
        now = first + timedelta(hours=hours)
        for digest_id in digests.sweep(now=now):
            digests.send(digest_id=digest_id, now=now)

    sent = Digest.objects.filter(recipient=reader, status=Status.SENT).order_by("period")
    assert [mail.period for mail in sent] == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]
    assert not any("covers" in mail.text_body for mail in sent)


def test_the_day_and_the_hour_are_the_readers_own():
    reader = UserFactory(digest_weekday=User.Weekday.WEDNESDAY, digest_hour=18)

    digests.sweep(now=datetime(2026, 11, 25, 9, 59, tzinfo=UTC))
    assert due(reader) is None

    digests.sweep(now=datetime(2026, 11, 25, 10, 0, tzinfo=UTC))
    assert due(reader) is not None


@pytest.mark.parametrize(
    "facts",
    [
        {"is_active": False},
        {"wants_digest": False},
        {"role": User.Role.VIEWER},
        {"email": ""},
        {"mails_muted_until": date(2026, 11, 24)},
    ],
)
def test_who_reads_no_mail_gets_none(facts):
    reader = UserFactory(**facts)

    digests.sweep(now=MONDAY)

    assert due(reader) is None


def test_a_wrong_time_zone_counts_as_the_firms():
    reader = UserFactory(time_zone="Mars/Olympus")

    digests.sweep(now=MONDAY)

    assert due(reader) is not None


def test_a_holiday_week_still_sends():
    reader = UserFactory()

    digests.sweep(now=datetime(2026, 10, 5, 0, 0, tzinfo=UTC))

    assert due(reader) is not None


def test_a_start_on_tuesday_after_ten_days_down_sends_one_mail_that_covers_two_weeks(settings):
    settings.EMAIL_BACKEND = "crm.outbox.OutboxBackend"
    reader = UserFactory()
    before, tuesday = MONDAY - timedelta(days=14), MONDAY + timedelta(days=1)
    for now in (before, tuesday):
        for digest_id in digests.sweep(now=now):
            digests.send(digest_id=digest_id, now=now)

    mails = Digest.objects.filter(recipient=reader).order_by("period")
    assert [mail.period for mail in mails] == ["2026-W46", "2026-W48"]
    assert "This mail covers 2 weeks." in mails[1].text_body
    assert "covers" not in mails[0].text_body


def test_a_mail_that_could_not_go_out_in_its_week_is_overtaken_by_the_newer_one():
    reader = UserFactory()
    (old,) = digests.sweep(now=MONDAY)

    waiting = digests.sweep(now=MONDAY + timedelta(days=7))

    assert old not in waiting
    states = dict(Digest.objects.filter(recipient=reader).values_list("period", "status"))
    assert states == {"2026-W48": Status.FAILED, "2026-W49": Status.PENDING}


def test_a_reader_whose_zone_changes_on_monday_morning_gets_one_mail():
    reader = UserFactory(time_zone="Asia/Shanghai")
    digests.sweep(now=MONDAY)
    reader.time_zone = "Pacific/Honolulu"
    reader.save()

    for hours in range(0, 7 * 24, 6):
        digests.sweep(now=MONDAY + timedelta(hours=hours))

    assert Digest.objects.filter(recipient=reader).count() == 1


@pytest.mark.parametrize("facts", [{"is_active": False}, {"wants_digest": False}])
def test_who_left_between_the_sweep_and_the_send_gets_nothing(facts, settings):
    settings.EMAIL_BACKEND = "crm.outbox.OutboxBackend"
    reader = UserFactory()
    (digest_id,) = digests.sweep(now=MONDAY)
    User.objects.filter(pk=reader.pk).update(**facts)

    assert digests.send(digest_id=digest_id, now=MONDAY) == Status.FAILED
    assert Digest.objects.get().answer == digests.NOT_A_READER


@pytest.mark.parametrize("facts", [{"is_active": False}, {"wants_digest": False}, {"email": ""}])
def test_who_left_between_the_claim_and_the_send_gets_nothing(facts, settings, monkeypatch):
    settings.EMAIL_BACKEND = "crm.outbox.OutboxBackend"
    reader = UserFactory()
    (digest_id,) = digests.sweep(now=MONDAY)
    claim = digests.claim

    def claimed_and_gone(**claimed):
        taken = claim(**claimed)
        User.objects.filter(pk=reader.pk).update(**facts)
        return taken

    monkeypatch.setattr(digests, "claim", claimed_and_gone)

    assert digests.send(digest_id=digest_id, now=MONDAY) == Status.FAILED
    assert Digest.objects.get().answer == digests.NOT_A_READER


def test_frozen_words_are_written_anew_when_their_reader_moved_to_another_team(settings):
    settings.EMAIL_BACKEND = "crm.outbox.OutboxBackend"
    north, south = TeamFactory(), TeamFactory()
    manager = UserFactory(role=User.Role.MANAGER, team=north)
    lead = flagged(owner=UserFactory(team=north, email=""))
    (digest_id,) = digests.sweep(now=MONDAY)
    assert Digest.objects.get().shown["names"] == [lead.pk]
    move(manager, south)

    digests.send(digest_id=digest_id, now=MONDAY + timedelta(seconds=1))

    assert Digest.objects.get().shown["names"] == []
    assert lead.account.name[:4] not in Digest.objects.get().text_body


def test_frozen_words_are_written_anew_when_a_lead_that_they_name_went_to_somebody_else(settings):
    settings.EMAIL_BACKEND = "crm.outbox.OutboxBackend"
    seller = UserFactory()
    lead = flagged(owner=seller)
    (digest_id,) = digests.sweep(now=MONDAY)
    assert Digest.objects.get().shown["names"] == [lead.pk]
    Lead.objects.update(owner=UserFactory(email=""))

    digests.send(digest_id=digest_id, now=MONDAY + timedelta(minutes=5))

    assert Digest.objects.get().shown["names"] == []
    assert lead.account.name[:4] not in Digest.objects.get().text_body


def flagged(owner: User) -> Lead:
    """Return a lead of low intent."""
    lead: Lead = LeadFactory(owner=owner)
    InteractionFactory(lead=lead)
    AssessmentFactory(lead=lead)
    return lead


def move(manager: User, team: Team) -> None:
    """Put a manager into another team."""
    manager.team = team
    manager.save()
