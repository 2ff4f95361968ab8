"""What one's own settings promise."""

import re

import pytest
from django.urls import reverse

from crm.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ANSWERS = {
    "display_name": "Li Yan",
    "language": "zh-hans",
    "time_zone": "Europe/Berlin",
    "digest_weekday": "2",
    "digest_hour": "7",
}


def test_settings_are_kept_and_the_page_follows_them(client, founder):
    answer = client.post(reverse("profile"), ANSWERS, follow=True)

    founder.refresh_from_db()
    assert (founder.display_name, founder.digest_weekday, founder.digest_hour) == ("Li Yan", 2, 7)
    assert founder.wants_digest is False
    assert 'lang="zh-hans"' in answer.content.decode()


def test_a_zone_that_does_not_exist_is_refused_beside_its_field(client, founder):
    answer = client.post(reverse("profile"), ANSWERS | {"time_zone": "Mars/Olympus"})

    assert answer.status_code == 422
    assert "There is no time zone of this name." in answer.content.decode()
    founder.refresh_from_db()
    assert founder.time_zone == ""


def test_a_role_cannot_be_given_to_oneself(client, founder):
    User.objects.filter(pk=founder.pk).update(role=User.Role.SELLER)

    client.post(reverse("profile"), ANSWERS | {"role": User.Role.FOUNDER, "is_staff": "on"})

    founder.refresh_from_db()
    assert (founder.role, founder.is_staff) == (User.Role.SELLER, False)


def test_the_language_switch_stays_with_the_person(client, founder):
    answer = client.post(
        reverse("set-language"), {"language": "zh-hans", "next": reverse("lead-list")}
    )

    founder.refresh_from_db()
    assert answer["Location"] == reverse("lead-list")
    assert founder.language == "zh-hans"


def test_a_stranger_s_language_lives_in_a_cookie(client):
    client.post(reverse("set-language"), {"language": "zh-hans"})

    assert 'lang="zh-hans"' in client.get(reverse("account_login")).content.decode()


def test_the_switch_leads_to_no_foreign_page(client, founder):
    answer = client.post(
        reverse("set-language"), {"language": "en", "next": "https://evil.example/"}
    )

    assert answer["Location"] == "/"


def test_a_language_we_do_not_speak_changes_nothing(client, founder):
    client.post(reverse("set-language"), {"language": "fr"})

    founder.refresh_from_db()
    assert founder.language == "en"


def test_who_gets_no_mails_sets_none_and_keeps_a_name(db, client):
    viewer = UserFactory(role=User.Role.VIEWER)
    client.force_login(viewer)

    page = client.get(reverse("profile")).content.decode()

    assert "Send me" not in page
    assert "Calendar on your phone" not in page
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    sent = hidden | {"display_name": "赵磊", "language": "", "time_zone": ""}
    assert client.post(reverse("profile"), sent).status_code == 302
    viewer.refresh_from_db()
    assert (viewer.display_name, viewer.wants_digest, viewer.wants_reminders) == (
        "赵磊",
        True,
        True,
    )
