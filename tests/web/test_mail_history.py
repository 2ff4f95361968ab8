"""The history of mails, one mail as it was, and the mails that need a look."""

from datetime import datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm import mail_words
from crm.models import Digest, OutboxMail, User
from crm.selectors import mails as selector
from crm.services import digests, mails
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = Digest.Status
BROKE = "SMTPServerDisconnected: Connection unexpectedly closed"


def signed_in(user: User) -> Client:
    """Return a browser of the user."""
    client = Client()
    client.force_login(user)
    return client


def mail_of(user: User, *, weeks: int = 0, **facts: object) -> Digest:
    """Keep a mail of a person, so many weeks old."""
    due_at = timezone.now() - timedelta(weeks=weeks, minutes=5)
    year, week, _day = due_at.isocalendar()
    common = {
        "recipient": user,
        "period": f"{year}-W{week:02}",
        "status": Status.UNKNOWN,
        "answer": BROKE,
        "due_at": due_at,
        "next_try_at": due_at,
        "as_of": due_at,
        "subject": f"Mail {weeks} weeks ago",
        "text_body": "KEPT WORDS",
        "html_body": "<p>kept words</p>",
        "message_id": f"<digest-{user.pk}-{weeks}@localhost>",
        "attempts": 1,
        "shown": {"role": user.role, "team": user.team_id, "names": []},
    }
    return Digest.objects.create(**(common | facts))


def again(client: Client, mail: Digest, *, seen: str | None = None) -> str:
    """Send a mail again from the page, and return what the page then says."""
    seen = mails.seen(mail) if seen is None else seen
    answer = client.post(reverse("digest-again", args=[mail.pk]), {"seen": seen}, follow=True)
    return answer.content.decode()


def test_people_see_their_own_mails_and_founders_all_and_can_choose(founder, client):
    seller, other = UserFactory(display_name="Li"), UserFactory(display_name="Zhou")
    mine = mail_of(seller, subject="for Li")
    theirs = mail_of(other, subject="for Zhou", status=Status.SENT, sent_at=timezone.now())

    page = signed_in(seller).get(reverse("digest-history"), {"person": other.pk}).content.decode()
    assert "for Zhou" not in page
    for name in ("digest-sent", "digest-sent-html"):
        assert signed_in(seller).get(reverse(name, args=[mine.pk])).status_code == 200
        assert signed_in(seller).get(reverse(name, args=[theirs.pk])).status_code == 404

    page = client.get(reverse("digest-history")).content.decode()
    assert "for Li" in page
    assert "for Zhou" in page
    for asked in ({"person": seller.pk}, {"state": "UNKNOWN"}):
        page = client.get(reverse("digest-history"), asked).content.decode()
        assert ("for Li" in page, "for Zhou" in page) == (True, False)
    assert "No such mail." in client.get(reverse("digest-history") + "?kind=DAILY").content.decode()


def test_the_history_is_bounded_paged_and_costs_the_same_for_two_and_for_sixty(
    founder, client, count_queries
):
    for _n in range(2):
        mail_of(UserFactory())
    few = count_queries(lambda: client.get(reverse("digest-history")))
    for _n in range(58):
        mail_of(UserFactory())

    assert count_queries(lambda: client.get(reverse("digest-history"))) == few
    first = client.get(reverse("digest-history")).context["page"]
    older = client.get(reverse("digest-history"), {"after": first.after}).context["page"]
    newer = client.get(reverse("digest-history"), {"before": older.before}).context["page"]
    assert [len(page.rows) for page in (first, older)] == [50, 10]
    assert [row.mail.pk for row in newer.rows] == [row.mail.pk for row in first.rows]
    assert not older.after


def test_each_state_is_said_in_words(founder, client):
    facts = [
        ({"status": Status.SENT, "sent_at": timezone.now(), "answer": "250 ok"}, "sent "),
        ({"status": Status.PENDING, "attempts": 0, "answer": ""}, "waits till"),
        ({"status": Status.PENDING, "attempts": 2, "answer": "451 later"}, "waits after 2 tries"),
        ({"status": Status.HANDED_OVER, "lease_until": timezone.now()}, "answer is awaited"),
        ({"status": Status.UNKNOWN}, "not known whether it arrived"),
        ({"status": Status.FAILED, "answer": "550 5.1.1 unknown"}, "knows no such address"),
        ({"status": Status.FAILED, "answer": mail_words.MUTED}, "left out"),
    ]
    for state, words in facts:
        mail = mail_of(UserFactory(), **state)
        page = client.get(reverse("digest-sent", args=[mail.pk])).content.decode()
        assert words in page, state
    OutboxMail.objects.create(created_at=timezone.now(), message_id="<kept@localhost>")
    kept = mail_of(UserFactory(), status=Status.SENT, answer="", message_id="<kept@localhost>")
    page = client.get(reverse("digest-sent", args=[kept.pk])).content.decode()
    assert "kept in the outbox here" in page


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("550 5.1.1 <x@y>: Recipient address rejected: User unknown", "knows no such address"),
        ("550 No such user here", "knows no such address"),
        ("550 Mailbox unavailable", "knows no such address"),
        ("552 5.2.2 Mailbox full", "is full"),
        ("452 4.2.2 over quota", "is full"),
        ("554 5.7.1 Message rejected as spam", "takes no mail from us"),
        ("550 Blocked by policy", "takes no mail from us"),
        ("SMTPAuthenticationError: (535, b'no')", "did not let Touchstone sign in"),
        ("535 5.7.8 bad credentials", "did not let Touchstone sign in"),
        ("552 message size limit exceeded", "too large"),
        ("451 4.7.1 Greylisted", "asked to try later"),
        ("ConnectionRefusedError: [Errno 111]", "could not be reached"),
        ("550 whatever", "refused it"),
        (mail_words.WEEK_IS_OVER, "until its week was over"),
    ],
)
def test_what_a_mail_server_said_is_made_understandable(answer, words):
    assert words in mail_words.told(answer=answer, name="Li").happened


def test_a_mail_that_names_a_lead_one_may_not_see_any_more_keeps_its_words_to_itself():
    seller, lead = UserFactory(), LeadFactory()
    mail = mail_of(seller, shown={"names": [lead.pk]})
    client = signed_in(seller)

    assert "KEPT WORDS" not in client.get(reverse("digest-sent", args=[mail.pk])).content.decode()
    assert client.get(reverse("digest-sent-html", args=[mail.pk])).status_code == 404

    lead.owner = seller
    lead.save()
    assert "KEPT WORDS" in client.get(reverse("digest-sent", args=[mail.pk])).content.decode()


def test_the_mails_that_need_a_look_are_the_latest_in_doubt_of_who_wants_them(founder, client):
    lost = mail_of(UserFactory(display_name="Lost"))
    made_up_for = UserFactory()
    mail_of(made_up_for, weeks=1)
    mail_of(made_up_for, status=Status.SENT)
    mail_of(UserFactory(), answer=mail_words.MUTED, status=Status.FAILED)
    mail_of(UserFactory(is_active=False))
    mail_of(UserFactory(wants_digest=False))
    mail_of(UserFactory(), weeks=5)

    assert [row.mail for row in selector.to_look_at(timezone.now())] == [lost]
    page = client.get(reverse("digest-look")).content.decode()
    assert "it may have arrived" in page
    assert "Ask Lost, then send it again" in page
    assert "1 mail needs a look" in client.get(reverse("today")).content.decode()
    assert signed_in(lost.recipient).get(reverse("digest-look")).status_code == 403
    assert "needs a look" not in signed_in(lost.recipient).get(reverse("today")).content.decode()


def test_what_a_founder_sends_again_has_the_same_words_and_id_and_says_who(
    founder, client, mailoutbox
):
    mail = mail_of(UserFactory(display_name="Li"), weeks=3)  # its week is long over
    before = (mail.subject, mail.text_body, mail.html_body, mail.message_id, mail.as_of)

    assert "It goes out again to Li" in again(client, mail)
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.sent_again_by) == (Status.PENDING, 0, founder)
    now = timezone.now() + timedelta(seconds=1)
    assert mail.pk in digests.sweep(now=now)
    assert digests.send(digest_id=mail.pk, now=now) == Status.SENT

    mail.refresh_from_db()
    assert (mail.subject, mail.text_body, mail.html_body, mail.message_id, mail.as_of) == before
    (sent,) = mailoutbox
    assert (sent.subject, sent.extra_headers["Message-ID"]) == (mail.subject, mail.message_id)
    trail = LogEntry.objects.get(object_id=str(mail.pk))
    assert trail.user_id == founder.pk
    assert "UNKNOWN" in trail.change_message
    assert BROKE in trail.change_message
    page = client.get(reverse("digest-sent", args=[mail.pk])).content.decode()
    assert f"Sent again by {founder}" in page


def test_of_two_clicks_one_counts_even_when_the_first_failed_again_at_once(founder, client):
    mail = mail_of(UserFactory())
    seen = mails.seen(mail)
    again(client, mail, seen=seen)
    first = Digest.objects.get(pk=mail.pk).sent_again_at

    assert "Somebody did this already" in again(client, mail, seen=seen)
    Digest.objects.filter(pk=mail.pk).update(status=Status.UNKNOWN, attempts=1)
    assert "Somebody did this already" in again(client, mail, seen=seen)

    assert Digest.objects.get(pk=mail.pk).sent_again_at == first
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("status", [Status.SENT, Status.PENDING, Status.SENDING])
def test_what_neither_failed_nor_may_be_lost_is_not_sent_again(founder, client, status):
    lease: datetime | None = timezone.now() if status == Status.SENDING else None
    mail = mail_of(UserFactory(), status=status, lease_until=lease)

    again(client, mail)

    mail.refresh_from_db()
    assert (mail.status, mail.sent_again_at) == (status, None)


@pytest.mark.parametrize(
    ("reader", "said"),
    [
        ({"wants_digest": False}, "wants or may read no such mail"),
        ({"is_active": False}, "wants or may read no such mail"),
        ({"role": User.Role.VIEWER}, "wants or may read no such mail"),
        (
            {"mails_muted_until": timezone.now().date() + timedelta(days=20)},
            "wants no mails before",
        ),
        ({"email": ""}, "Enter one under Administration"),
    ],
)
def test_nobody_gets_a_mail_again_who_wants_or_may_read_none(founder, client, reader, said):
    mail = mail_of(UserFactory(**reader))

    assert said in again(client, mail)

    mail.refresh_from_db()
    assert mail.status == Status.UNKNOWN


def test_a_mail_that_arrived_after_all_needs_no_look_any_more(founder, client):
    mail = mail_of(UserFactory())

    client.post(reverse("digest-arrived", args=[mail.pk]), {"seen": mails.seen(mail)})

    mail.refresh_from_db()
    assert (mail.status, mail.answer) == (Status.SENT, mail_words.ARRIVED)
    assert selector.count_in_need(founder, timezone.now()) == 0
    assert LogEntry.objects.get().change_message.startswith("Arrived")


def test_a_founder_dismisses_a_mail_by_name_and_may_take_that_back(founder, client):
    mail = mail_of(UserFactory(display_name="Li"))
    dismiss = (reverse("digest-dismiss", args=[mail.pk]), {"seen": mails.seen(mail), "why": "told"})
    assert signed_in(mail.recipient).post(*dismiss).status_code == 403

    said = client.post(*dismiss, follow=True).content.decode()
    assert "Dismissed: the mail to Li. It stays in the history." in said
    assert "No mail needs a look." in said
    assert "Somebody did this already" in client.post(*dismiss, follow=True).content.decode()
    assert selector.count_in_need(founder, timezone.now()) == 0
    page = client.get(reverse("digest-sent", args=[mail.pk])).content.decode()
    assert f"Dismissed by {founder}" in page
    assert "told" in page
    assert "Ask Li, then send it again" not in page
    assert LogEntry.objects.get().change_message.startswith("Dismissed. Before: UNKNOWN")

    undone = client.post(reverse("digest-take-up", args=[mail.pk]), follow=True).content.decode()
    assert "It needs a look again." in undone
    assert "Ask Li, then send it again" in undone


def test_what_goes_out_again_after_it_was_dismissed_needs_a_look_when_it_fails_again(founder):
    mail = mail_of(UserFactory())
    now = timezone.now()
    mails.dismiss(digest=mail, as_seen=mails.seen(mail), by=founder, why="", now=now)
    mail.refresh_from_db()

    mails.send_again(digest=mail, as_seen=mails.seen(mail), by=founder, now=now)
    Digest.objects.update(status=Status.FAILED, answer="550 no")

    assert selector.count_in_need(founder, now) == 1
