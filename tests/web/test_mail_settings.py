"""What one's own settings of mails promise: when the next comes, silence, zones, links."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from crm import countries, places, zones
from crm.models import Digest, Firm, User
from crm.selectors import next_mail
from crm.services import digests, users
from tests.factories import MONDAY, UserFactory

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
NEXT_MONDAY = datetime(2026, 11, 30, 8, tzinfo=SHANGHAI)
ANSWERS = {
    "display_name": "Li Yan",
    "language": "en",
    "time_zone": "",
    "wants_digest": "on",
    "digest_weekday": "1",
    "digest_hour": "8",
    "wants_reminders": "on",
    "mute_until": "",
}


def due(user: User, now: datetime) -> datetime | None:
    """Return when the page says that the next mail comes."""
    user.refresh_from_db()
    return next_mail.of_person(user, firm=Firm.current(), now=now).at


def mails_of(user: User) -> list[str]:
    """Return the weeks of a person's mails."""
    return list(user.digests.filter(kind="WEEKLY").values_list("period", flat=True))


def test_the_page_says_in_words_when_the_next_mail_comes_and_follows_the_settings(client):
    user = UserFactory(role=User.Role.FOUNDER)
    Digest.objects.create(
        recipient=user, period="2026-W48", status="SENT", due_at=MONDAY, next_try_at=MONDAY
    )
    with time_machine.travel(TUESDAY, tick=False):
        client.force_login(user)
        page = client.get(reverse("profile")).content.decode()
        assert "Next weekly mail: Monday, 30 November, 08:00 (Shanghai time)." in page

        page = client.post(
            reverse("profile"),
            ANSWERS | {"time_zone": "Europe/Berlin", "digest_weekday": "3", "digest_hour": "7"},
            follow=True,
        ).content.decode()
        assert "Next weekly mail: Wednesday, 2 December, 07:00 (Berlin time)." in page

        silent = ANSWERS | {"mute_until": "2026-12-08"}
        page = client.post(reverse("profile"), silent, follow=True).content.decode()
        assert "Next weekly mail: Monday, 14 December, 08:00 (Shanghai time)." in page
        assert "No mails before Tuesday, 8 December, as you asked." in page

        off = {name: said for name, said in ANSWERS.items() if name != "wants_digest"}
        page = client.post(reverse("profile"), off, follow=True).content.decode()
        assert "The Monday mail is off." in page


def test_what_the_page_says_is_when_the_ledger_makes_the_mail():
    for zone, weekday in [("", 1), ("Pacific/Auckland", 3), ("Pacific/Honolulu", 7)]:
        user = UserFactory(time_zone=zone, digest_weekday=weekday, wants_reminders=False)
        told = due(user, TUESDAY)
        assert told is not None

        digests.sweep(now=max(TUESDAY, told - timedelta(minutes=1)))
        before = Digest.objects.filter(recipient=user, due_at=told).count()
        digests.sweep(now=max(TUESDAY, told))
        assert Digest.objects.filter(recipient=user, due_at=told).count() == 1
        assert before == (1 if told <= TUESDAY else 0)


@pytest.mark.parametrize(
    ("zone", "now", "hour", "told"),
    [
        ("Europe/Berlin", datetime(2027, 3, 27, tzinfo=UTC), 2, "03:00"),  # 28 March has no 02:00
        ("Europe/Berlin", datetime(2026, 10, 24, tzinfo=UTC), 2, "02:00"),
        ("Pacific/Auckland", datetime(2026, 9, 26, tzinfo=UTC), 2, "03:00"),
    ],
)
def test_an_hour_that_a_change_of_clocks_leaves_out_is_told_as_it_will_be(zone, now, hour, told):
    user = UserFactory(time_zone=zone, digest_weekday=7, digest_hour=hour)

    assert next_mail.of_person(user, firm=Firm.current(), now=now).clock == told


def test_a_mail_whose_day_lies_in_a_silence_is_left_out_and_never_sent_later():
    user = UserFactory(mails_muted_until=date(2026, 11, 25), wants_reminders=False)

    digests.sweep(now=MONDAY)
    digests.sweep(now=WEDNESDAY + timedelta(hours=20))
    assert mails_of(user) == []
    assert due(user, WEDNESDAY) == NEXT_MONDAY

    digests.sweep(now=NEXT_MONDAY)
    assert mails_of(user) == ["2026-W49"]


def test_who_ends_a_silence_on_wednesday_does_not_get_mondays_mail():
    user = UserFactory(mails_muted_until=date(2027, 1, 4), wants_reminders=False)
    users.mute_mails(user=user, until=None, today=date(2026, 11, 25))

    digests.sweep(now=WEDNESDAY + timedelta(hours=1))

    assert mails_of(user) == []
    assert due(user, WEDNESDAY) == NEXT_MONDAY


def test_who_ends_a_silence_before_the_day_of_the_mail_gets_it():
    user = UserFactory(mails_muted_until=date(2027, 1, 4), digest_weekday=4, wants_reminders=False)
    users.mute_mails(user=user, until=None, today=date(2026, 11, 25))
    thursday = datetime(2026, 11, 26, 8, tzinfo=SHANGHAI)

    assert due(user, WEDNESDAY) == thursday
    digests.sweep(now=thursday)
    assert mails_of(user) == ["2026-W48"]


def test_saving_other_settings_after_a_silence_does_not_bring_back_what_it_left_out(client):
    user = UserFactory(mails_muted_until=date(2026, 11, 24), wants_reminders=False)
    with time_machine.travel(TUESDAY, tick=False):
        client.force_login(user)
        page = client.get(reverse("profile")).content.decode()
        assert "2026-11-24" not in page
        client.post(reverse("profile"), ANSWERS)

    digests.sweep(now=TUESDAY + timedelta(hours=1))

    assert mails_of(user) == []


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2026-11-24", "after today"),
        ("2027-02-23", "at most 90 days"),
        ("soon", "day of the calendar"),
    ],
)
def test_a_silence_that_is_over_or_too_long_is_refused_beside_its_field(client, until, words):
    client.force_login(UserFactory())
    with time_machine.travel(TUESDAY, tick=False):
        answer = client.post(reverse("profile"), ANSWERS | {"mute_until": until})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert User.objects.get().mails_muted_until is None


def test_zones_are_a_choice_with_the_often_met_first_and_an_old_one_kept():
    found = zones.choices(usual="as usual", kept="US/Eastern", now=MONDAY)

    assert found[0] == ("", "as usual")
    assert found[1] == ("US/Eastern", "New York time (UTC\u22125)")
    grouped = {name: dict(group) for name, group in found[2:]}
    assert list(grouped)[:2] == ["Often chosen", "Asia"]
    assert grouped["Asia"]["Asia/Kathmandu"] == "Kathmandu time (UTC+5:45)"
    assert grouped["America"]["America/Argentina/Buenos_Aires"] == "Buenos Aires time (UTC\u22123)"
    flat = [name for group in grouped.values() for name in group]
    assert len(flat) == len(set(flat))
    assert list(grouped["Europe"].values())[-1].endswith("(UTC+4)")  # from the west to the east


def test_zones_and_countries_are_named_in_the_readers_language():
    with translation.override("zh-hans"):
        called = [places.city(name) for name in ("Asia/Shanghai", "Asia/Ho_Chi_Minh", "UTC")]
        assert [called[0], zones.label("UTC", MONDAY)] == ["北京", "UTC"]
        assert places.city("Pacific/Auckland") == "奥克兰"
        assert called[1] == "胡志明市"
        assert [places.country(code) for code in ("CN", "HK", "NZ")][::2] == ["中国", "新西兰"]
        names = [name for zone in zones.of_regions() if (name := places.city(zone)).isascii()]
    assert len(names) < 40  # of some 400
    with translation.override("en"):
        assert places.country("NZ") == "New Zealand"
        offered = dict(countries.choices()[1][1]) | dict(countries.choices()[0][1])
    assert set(offered) == countries.codes() >= {*countries.COMMON}
    assert all(name != code for code, name in offered.items())


def test_someone_without_an_address_is_told_that_no_mail_comes(client):
    client.force_login(UserFactory(email=""))

    assert "You have no e-mail address yet" in client.get(reverse("profile")).content.decode()
