"""What a logged talk is answered with: the scores that it moved, or that they are still to come."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Lead, Verdict
from tests.factories import (
    AssessmentFactory,
    InteractionFactory,
    LeadFactory,
)
from tests.web.pages import text
from tests.web.test_log import HTMX, LOG, post, said

pytestmark = pytest.mark.django_db


def test_the_answer_waits_for_the_worker_and_asks_again_soon(client, founder):
    lead = LeadFactory()

    answer = post(client, lead, headers=HTMX)
    page = answer.content.decode()

    assert "Working out what this changes" in page
    assert "delay:300ms" in page
    assert f"{reverse('logged', args=[lead.interactions.get().pk])}?poll=1" in page


def test_the_answer_says_which_reasons_changed_with_their_old_points(client, founder):
    lead = LeadFactory()
    AssessmentFactory(lead=lead, as_of=timezone.now() - timedelta(days=1))
    post(client, lead)
    talk = lead.interactions.get()
    reasons = [
        {"code": "F10", "points": 10.0, "params": {"n": 3}, "rows": []},
        {"code": "F08", "points": 6.0, "params": {"n": 3}, "rows": []},
    ]
    AssessmentFactory(
        lead=lead, as_of=timezone.now(), probability=0.93, low=0.9, high=0.95, reasons=reasons
    )

    words = text(client.get(reverse("logged", args=[talk.pk]), headers=HTMX))

    assert "6% Low intent → now 7% Low intent" in words
    assert "+6 was 0 The budget holder has not joined any of 3 meetings." in words
    assert "rounds of solution" not in words  # its points did not move


def test_a_reason_that_says_the_same_has_not_changed_by_a_scaled_point(client, founder):
    lead = LeadFactory()
    reason = {"code": "F25", "params": {}, "rows": []}
    AssessmentFactory(
        lead=lead, as_of=timezone.now() - timedelta(days=1), reasons=[reason | {"points": 4.0}]
    )
    post(client, lead)
    AssessmentFactory(lead=lead, as_of=timezone.now(), reasons=[reason | {"points": 3.4}])

    words = text(client.get(reverse("logged", args=[lead.interactions.get().pk]), headers=HTMX))

    assert "No reason changed" in words


def test_a_reason_that_went_away_is_a_change_too(client, founder):
    lead = LeadFactory()
    AssessmentFactory(lead=lead, as_of=timezone.now() - timedelta(days=1))
    post(client, lead)
    AssessmentFactory(lead=lead, as_of=timezone.now(), reasons=[])

    words = text(client.get(reverse("logged", args=[lead.interactions.get().pk]), headers=HTMX))

    assert "0 was +10 No longer so: 3 rounds of solution" in words


def test_a_talk_that_changes_no_score_is_answered_as_well(client, founder):
    lead = LeadFactory()
    AssessmentFactory(lead=lead, as_of=timezone.now() - timedelta(days=1))
    post(client, lead)
    Lead.objects.filter(pk=lead.pk).update(assessment_due_at=None, scored_at=timezone.now())

    words = text(client.get(reverse("logged", args=[lead.interactions.get().pk]), headers=HTMX))

    assert "No reason changed" in words


def test_before_three_talks_the_answer_counts_what_is_missing(client, founder):
    lead = LeadFactory()
    post(client, lead)
    AssessmentFactory(
        lead=lead,
        as_of=timezone.now(),
        verdict=Verdict.UNKNOWN,
        probability=None,
        low=None,
        high=None,
        pattern="",
    )

    words = text(client.get(reverse("logged", args=[lead.interactions.get().pk]), headers=HTMX))

    assert "2 more talks and a verdict is possible." in words


def test_after_five_seconds_the_answer_stops_asking_and_says_what_waits(client, founder):
    lead = LeadFactory()
    post(client, lead)
    address = reverse("logged", args=[lead.interactions.get().pk])

    page = client.get(f"{address}?poll=16", headers=HTMX).content.decode()

    assert "will update when the worker is back" in page
    assert "hx-trigger" not in page


def test_without_a_script_the_answer_is_a_page(client, founder):
    lead = LeadFactory()

    page = client.post(f"{LOG}?lead={lead.pk}", said(), follow=True).content.decode()

    assert "<html" in page
    assert "Logged for" in page


def test_the_answer_to_a_talk_of_a_lead_that_was_put_away_is_not_there(client, founder):
    talk = InteractionFactory(lead=LeadFactory(archived_at=timezone.now()))

    assert client.get(reverse("logged", args=[talk.pk])).status_code == 404
