"""What a lead's page shows to whom, and of which day."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import (
    Interaction,
    User,
)
from crm.services import figures
from tests.factories import (
    MONDAY,
    AssessmentFactory,
    DeliverableFactory,
    LeadFactory,
    PaymentTermsFactory,
    UserFactory,
)
from tests.web.pages import text
from tests.web.test_lead_page import address, talk

pytestmark = pytest.mark.django_db


def test_a_past_day_shows_the_lead_as_it_was_known(client, founder):
    lead = LeadFactory()
    before = MONDAY - timedelta(days=20)
    AssessmentFactory(lead=lead, as_of=before, probability=0.8, low=0.7, high=0.9)
    AssessmentFactory(lead=lead, as_of=MONDAY)
    talk(lead, 25, note="known then.")
    talk(lead, 5, note="came later.")
    talk(lead, 30, note="told later.", recorded_at=MONDAY)

    page = client.get(address(lead), {"as_of": "2026-11-10"})
    words = text(page)

    assert "As of 10 Nov 2026" in words
    assert "20%" in words
    assert "known then." in words
    assert "came later." not in words
    assert "told later." not in words
    assert f"{reverse('log')}?lead=" not in page.content.decode()


def test_a_lead_of_somebody_else_is_not_there(client):
    client.force_login(UserFactory())

    assert client.get(address(LeadFactory())).status_code == 404


def test_a_lead_was_not_there_before_it_opened(client, founder):
    assert client.get(address(LeadFactory()), {"as_of": "2025-01-01"}).status_code == 404


def test_an_accountant_reads_money_and_no_sales_notes(client):
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))
    lead = LeadFactory(has_money=True)
    PaymentTermsFactory(lead=lead)
    talk(lead, note="they want it for free.")
    DeliverableFactory(lead=lead, title="the whole design")
    AssessmentFactory(lead=lead)

    page = client.get(address(lead))
    words = text(page)

    assert "Prepayment 30%" in words
    for secret in ("for free", "whole design", "rounds of solution"):
        assert secret not in words
    assert reverse("lead-edit", args=[lead.pk]) not in page.content.decode()


def test_what_a_note_says_is_text_and_never_a_page(client, founder):
    lead = LeadFactory(title="<script>alert(1)</script>")
    talk(lead, note="<img src=x onerror=alert(1)>")

    page = client.get(address(lead)).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_archived_rows_are_not_shown(client, founder):
    lead = LeadFactory()
    talk(lead, note="put away.", archived_at=MONDAY)
    figures.refresh([lead.pk], now=MONDAY)

    words = text(client.get(address(lead)))

    assert "put away." not in words
    assert Interaction.objects.count() == 1


def test_a_talk_says_its_next_step_as_a_sentence(client, founder, worker_is_alive):
    lead = LeadFactory()
    dated = MONDAY.date() + timedelta(days=7)
    talk(lead, days_ago=1, next_step_date=dated, next_step="", has_dated_next_step=True)
    talk(lead, days_ago=2, next_step_date=dated, next_step="demo", has_dated_next_step=True)
    talk(lead, days_ago=3, next_step_date=None, next_step="demo", has_dated_next_step=False)

    words = text(client.get(address(lead)))

    assert re.search(r"Next: \d+ \w+\.", words)
    assert re.search(r"Next: \d+ \w+, demo\.", words)
    assert "Next: demo." in words


def test_a_lead_that_ended_unscored_asks_for_nothing_more(client, founder, worker_is_alive):
    lead = LeadFactory(closed_at=MONDAY, outcome="LOST")

    words = text(client.get(address(lead)))

    assert "It ended before it was scored." in words
    assert "the next time you talk" not in words
    assert "No day to decide by" not in words
    assert "Edit cap" not in words


def test_a_lead_stays_there_when_the_clock_was_put_back(client, founder):
    lead = LeadFactory(opened_at=timezone.now() + timedelta(days=1))

    assert client.get(address(lead)).status_code == 200


def test_no_gap_parts_two_sentences_of_chinese(client, founder):
    User.objects.update(language="zh-hans")
    lead = AssessmentFactory().lead
    talk(lead, next_step_date=MONDAY.date(), next_step="", note="对方要看方案。", travel_amount=900)

    page = client.get(address(lead)).content.decode()

    told = re.search(r'class="more-words">(.*?)</span>\s*</li>', page)[1]
    verdict = re.search(r'class="small soft pretty">(.*?)</p>', page, re.DOTALL)[1]
    for line in (told, verdict.strip()):
        assert not re.search(r"[。，；：]\s", re.sub(r"<[^>]+>", "", line))
