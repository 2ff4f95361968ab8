"""Stopping a kind of mail by the link in it, by hand or by a mail program (RFC 8058)."""

from email import message_from_bytes, policy

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from crm.models import Digest, User
from crm.services import digests, stop_links
from tests.factories import MONDAY, UserFactory

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def nothing_counted():
    """Begin each test with a whole minute's allowance."""
    cache.clear()


@pytest.fixture
def stranger() -> Client:
    """Give a browser that nobody has signed in on, and that checks tokens of forms."""
    return Client(enforce_csrf_checks=True)


def stopped(user: User) -> tuple[bool, bool]:
    """Return whether the Monday mail and the reminders are stopped."""
    user.refresh_from_db()
    return not user.wants_digest, not user.wants_reminders


def path(user: User, kind: str = "WEEKLY") -> str:
    """Return the path of a link."""
    return stop_links.address(user, kind).removeprefix("http://localhost:8000")


@pytest.mark.parametrize("kind", ["WEEKLY", "DAILY"])
def test_opening_the_link_stops_nothing_and_the_button_stops_this_kind_alone(stranger, kind):
    user = UserFactory()
    address = path(user, kind)

    for _scanner in range(3):
        assert stranger.get(address).status_code == 200
        assert stranger.head(address).status_code == 200
    assert stopped(user) == (False, False)

    answer = stranger.post(address, ONE_CLICK)
    assert answer.status_code == 200  # a mail program follows no redirect
    assert stopped(user) == (kind == "WEEKLY", kind == "DAILY")
    assert f"{reverse('profile')}#mails" in answer.content.decode()
    assert "stopped" in stranger.post(address, ONE_CLICK).content.decode()
    assert "stopped" in stranger.get(address).content.decode()


def test_a_mail_program_stops_it_by_what_stands_in_the_head_of_the_mail(stranger):
    user = UserFactory()
    (digest_id,) = digests.sweep(now=MONDAY)
    mail = digests.as_message(Digest.objects.get(pk=digest_id))

    sent = message_from_bytes(mail.message().as_bytes(), policy=policy.default)

    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = sent["List-Unsubscribe"].strip()
    assert link == f"<{stop_links.address(user, 'WEEKLY')}>"
    stranger.post(link[1:-1], "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")
    assert stopped(user) == (True, False)
    for part in (sent.get_body(("plain",)), sent.get_body(("html",))):
        assert link[1:-1] in part.get_content()


def test_the_words_that_are_kept_hold_no_link_that_others_could_use():
    user = UserFactory(wants_reminders=False)
    digests.sweep(now=MONDAY)

    kept = Digest.objects.get(recipient=user)
    assert "/mail/stop/" not in kept.text_body + kept.html_body


def test_a_post_without_the_word_changes_nothing(stranger):
    user = UserFactory()

    assert stranger.post(path(user), {"anything": "else"}).status_code == 422
    assert stopped(user) == (False, False)


def test_a_new_secret_makes_earlier_links_invalid(client, stranger):
    user = UserFactory()
    earlier = path(user)
    client.force_login(user)
    client.post(reverse("mail-links-renew"))

    assert stranger.post(earlier, ONE_CLICK).status_code == 404
    assert stopped(user) == (False, False)
    user.refresh_from_db()
    assert stranger.post(path(user), ONE_CLICK).status_code == 200


def test_a_wrong_link_tells_nothing_of_anybody(stranger):
    user, gone = UserFactory(), UserFactory(is_active=False)
    number, letter, signature = path(user).strip("/").split("/")[-1].split("-", 2)
    stop_links.address(gone, "WEEKLY")
    answers = []
    for token in (
        f"{number}-{letter}-{'A' * 43}",
        f"{number}-{'d' if letter == 'w' else 'w'}-{signature}",
        f"{number}-x-{signature}",
        f"{gone.pk}-w-{signature}",
        stop_links.token(gone, "WEEKLY"),
        f"987654-w-{signature}",
        "a",
        "a" * 3000,
    ):
        answer = stranger.post(reverse("mail-stop", args=[token]), ONE_CLICK)
        assert answer.status_code == 404
        answers.append(answer.content)
    assert len(set(answers)) == 1
    assert stopped(user) == (False, False)


def test_a_person_without_a_secret_yet_cannot_be_stopped_by_a_guess(stranger):
    user = UserFactory()
    guess = stop_links.token(User(pk=user.pk, mail_secret=stop_links.NOBODYS_SECRET), "WEEKLY")

    assert stranger.post(reverse("mail-stop", args=[guess]), ONE_CLICK).status_code == 404
    assert stopped(user) == (False, False)


def test_guessing_is_slowed_down_and_a_forwarded_address_buys_no_more(stranger):
    address = reverse("mail-stop", args=["1-w-" + "A" * 43])
    told = [stranger.get(address, headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(30)]

    assert [answer.status_code for answer in told] == [404] * 20 + [429] * 10
    assert told[-1]["Retry-After"] == "60"
    assert stranger.get(path(UserFactory())).status_code == 200


def test_the_page_speaks_the_readers_language_whatever_the_browser_says(stranger):
    page = stranger.get(path(UserFactory(language="zh-hans")), headers={"Accept-Language": "en"})

    assert 'lang="zh-hans"' in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "no-referrer"
