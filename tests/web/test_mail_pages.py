"""The outbox and the preview of this week's mail."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm.models import Digest, OutboxMail, User
from tests.factories import MONDAY, AssessmentFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
HTML = "<!DOCTYPE html><html><body style='color:red'><p>海岳电网 &amp; co</p></body></html>"


def signed_in(user: User) -> Client:
    """Return a browser of the user."""
    client = Client()
    client.force_login(user)
    return client


def mail_to(user: User, **facts: object) -> OutboxMail:
    """Put a mail into the outbox."""
    common = {
        "created_at": MONDAY,
        "recipient": user,
        "to": user.email,
        "sender": "Touchstone <touchstone@localhost>",
        "subject": "Pipeline Mon 23 Nov: 1 decision",
        "text_body": "DECIDE THIS WEEK\n<b>A & B</b>",
        "html_body": HTML,
    }
    return OutboxMail.objects.create(**(common | facts))


def test_people_see_their_own_mails_and_founders_all():
    seller, other = UserFactory(), UserFactory()
    mine, theirs = mail_to(seller, subject="for me"), mail_to(other, subject="for others")

    page = signed_in(seller).get(reverse("outbox-list")).content.decode()
    assert "for me" in page
    assert "for others" not in page
    for name in ("outbox-mail", "outbox-mail-html"):
        assert signed_in(seller).get(reverse(name, args=[mine.pk])).status_code == 200
        assert signed_in(seller).get(reverse(name, args=[theirs.pk])).status_code == 404

    founder = UserFactory(role=User.Role.FOUNDER)
    page = signed_in(founder).get(reverse("outbox-list")).content.decode()
    assert "for others" in page
    assert "for me" in page


@pytest.mark.parametrize("name", ["outbox-list", "digest-preview", "digest-preview-html"])
def test_strangers_are_sent_to_the_sign_in(name):
    assert reverse("account_login") in Client().get(reverse(name)).headers["Location"]


def test_the_list_is_bounded_and_costs_the_same_queries_for_two_mails_and_for_sixty():
    founder = UserFactory(role=User.Role.FOUNDER)
    client = signed_in(founder)
    mail_to(founder)
    mail_to(UserFactory())
    client.get(reverse("outbox-list"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("outbox-list"))
    for _number in range(58):
        mail_to(UserFactory())
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("outbox-list")).content.decode()

    assert len(few) == len(many)
    assert page.count("/mail/") < 60
    assert "Older" in page
    assert "Newer" in client.get(reverse("outbox-list") + "?page=2").content.decode()


def test_a_mail_page_shows_its_text_as_text():
    user = UserFactory()
    mail = mail_to(user)

    page = signed_in(user).get(reverse("outbox-mail", args=[mail.pk])).content.decode()

    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in page
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in page
    assert HTML not in page
    height = re.search(r'<iframe class="mail-frame" height="(\d+)"', page)
    assert height
    assert 100 < int(height[1]) < 300  # two lines are no letter of 1280 pixels


def test_the_html_part_may_carry_styles_and_nothing_else():
    user = UserFactory()
    mail = mail_to(user)
    client = signed_in(user)

    answer = client.get(reverse("outbox-mail-html", args=[mail.pk]))

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    other = client.get(reverse("outbox-list")).headers["Content-Security-Policy"]
    assert "unsafe-inline" not in other


def test_the_preview_shows_this_weeks_mail_without_sending_or_keeping_it():
    founder = UserFactory(role=User.Role.FOUNDER)
    lead = AssessmentFactory(as_of=timezone.now()).lead
    client = signed_in(founder)

    page = client.get(reverse("digest-preview")).content.decode()
    html = client.get(reverse("digest-preview-html")).content.decode()

    assert "1 decision" in page
    assert reverse("lead-detail", args=[lead.pk]) in html
    assert not Digest.objects.exists()
    assert not OutboxMail.objects.exists()


def test_the_preview_of_a_past_day_knows_nothing_later():
    founder = UserFactory(role=User.Role.FOUNDER)
    AssessmentFactory(as_of=timezone.now())
    day = (timezone.now() - timedelta(days=8)).date().isoformat()

    page = signed_in(founder).get(reverse("digest-preview"), {"as_of": day}).content.decode()

    assert "nothing to decide" in page
    assert f"{reverse('digest-preview-html')}?as_of={day}" in page


def test_the_preview_shows_a_seller_no_lead_of_others():
    AssessmentFactory(lead=LeadFactory(), as_of=timezone.now())

    page = signed_in(UserFactory()).get(reverse("digest-preview")).content.decode()

    assert "nothing to decide" in page


def test_a_viewer_has_no_monday_mail():
    client = signed_in(UserFactory(role=User.Role.VIEWER))

    assert "no Monday mail" in client.get(reverse("digest-preview")).content.decode()
    assert client.get(reverse("digest-preview-html")).content == b""


def test_pages_of_mail_change_nothing():
    founder = UserFactory(role=User.Role.FOUNDER)
    client = signed_in(founder)

    for name in ("outbox-list", "digest-preview", "digest-preview-html"):
        assert client.post(reverse(name)).status_code == 405
