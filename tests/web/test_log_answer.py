"""What the answer to a talk promises: what is missing, what stays, and that it can be undone."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Interaction, Lead, LeadFact, SystemEvent, Verdict
from crm.services import figures
from tests.factories import (
    AssessmentFactory,
    ContactFactory,
    InteractionFactory,
    LeadFactory,
    UserFactory,
)
from tests.web.pages import text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def log(client, lead, **answers):
    """Log a call and return the talk."""
    said = {"token": str(uuid4()), "kind": "CALL", "hours": "1"} | answers
    assert client.post(f"{reverse('log')}?lead={lead.pk}", said).status_code == 302
    return lead.interactions.order_by("-pk").first()


def answer_to(client, talk):
    """Return the answer to a talk as htmx asks for it."""
    return client.get(reverse("logged", args=[talk.pk]), headers=HTMX)


def test_undo_takes_the_talk_its_material_and_its_new_person_back(client, founder):
    lead = LeadFactory()
    talk = log(client, lead, given_kind="GENERIC_DECK", given_level="0", new_person="李娜")

    answer = client.post(reverse("log-undo", args=[talk.pk]), headers=HTMX)

    assert "Taken back" in text(answer)
    lead.refresh_from_db()
    assert (lead.interaction_count, lead.unpaid_hours) == (0, 0)
    assert lead.assessment_due_at is not None
    assert not lead.deliverables.current().exists()
    assert not lead.account.contacts.current().exists()
    assert talk.history.count() == 2  # the trail keeps what it said
    assert lead.system_events.get().kind == SystemEvent.Kind.ROW_TAKEN_BACK


def test_a_person_who_was_known_before_stays_when_the_talk_is_taken_back(client, founder):
    person = ContactFactory()
    talk = log(client, LeadFactory(account=person.account), attendees=[person.pk])

    client.post(reverse("log-undo", args=[talk.pk]))

    person.refresh_from_db()
    assert person.archived_at is None


def test_after_ten_minutes_a_talk_is_corrected_and_not_undone(client, founder):
    old = timezone.now() - timedelta(minutes=11)
    talk = InteractionFactory(author=founder, recorded_at=old)

    page = answer_to(client, talk).content.decode()
    client.post(reverse("log-undo", args=[talk.pk]))

    talk.refresh_from_db()
    assert talk.archived_at is None
    assert "Undo" not in page


def test_nobody_takes_back_what_somebody_else_logged(client, founder):
    talk = InteractionFactory(author=UserFactory(), recorded_at=timezone.now())

    client.post(reverse("log-undo", args=[talk.pk]))

    talk.refresh_from_db()
    assert talk.archived_at is None


def test_the_same_form_sent_again_after_an_undo_is_a_talk(client, founder):
    lead, token = LeadFactory(), str(uuid4())
    talk = log(client, lead, token=token)
    client.post(reverse("log-undo", args=[talk.pk]))

    log(client, lead, token=token)

    assert lead.interactions.current().count() == 1


def test_the_answer_asks_for_the_budget_while_nobody_knows_it(client, founder):
    lead = LeadFactory()
    talk = log(client, lead)

    shown = text(answer_to(client, talk))
    client.post(reverse("log-fact", args=[talk.pk]), {"fact": "BUDGET", "value": "PLANNED"})

    assert "Did they say anything about budget?" in shown
    fact = lead.facts.get()
    assert (fact.kind, fact.value) == (LeadFact.Kind.BUDGET_STAGE, "PLANNED")
    assert "anything about budget" not in text(answer_to(client, talk))


def test_not_said_is_an_answer_that_writes_nothing(client, founder):
    talk = log(client, LeadFactory())

    answer = client.post(
        reverse("log-fact", args=[talk.pk]), {"fact": "BUDGET", "value": ""}, headers=HTMX
    )

    assert answer.status_code == 200
    assert "anything about budget" not in text(answer)
    assert not LeadFact.objects.exists()


def test_with_the_budget_known_the_answer_asks_who_was_there_and_who_called(client, founder):
    lead = LeadFactory()
    talk = log(client, lead, budget_stage="PLANNED")

    for question, fact, value in (
        ("Was the budget holder there?", "HOLDER", "no"),
        ("Who got in touch?", "SIDE", "CLIENT"),
    ):
        assert question in text(answer_to(client, talk))
        client.post(reverse("log-fact", args=[talk.pk]), {"fact": fact, "value": value})

    talk.refresh_from_db()
    assert (talk.budget_holder_present, talk.initiated_by) == (False, "CLIENT")
    lead.refresh_from_db()
    assert lead.last_client_contact_at == talk.happened_at


def test_an_answer_to_another_question_is_not_taken(client, founder):
    talk = log(client, LeadFactory())

    client.post(reverse("log-fact", args=[talk.pk]), {"fact": "HOLDER", "value": "PLANNED"})

    talk.refresh_from_db()
    assert talk.budget_holder_present is None


def test_a_fact_added_later_waits_for_a_score_of_its_own(client, founder):
    lead = LeadFactory()
    talk = log(client, lead)
    AssessmentFactory(lead=lead, as_of=timezone.now())
    Lead.objects.filter(pk=lead.pk).update(assessment_due_at=None, scored_at=timezone.now())

    answer = client.post(
        reverse("log-fact", args=[talk.pk]), {"fact": "BUDGET", "value": "APPROVED"}, headers=HTMX
    )

    assert "Working out what this changes" in text(answer)


def test_a_red_lead_that_rose_says_from_where_on_it_is_red_no_longer(client, founder):
    lead = LeadFactory()
    AssessmentFactory(lead=lead, as_of=timezone.now() - timedelta(days=1))
    talk = log(client, lead)
    AssessmentFactory(
        lead=lead, as_of=timezone.now(), probability=0.92, low=0.9, high=0.95, verdict=Verdict.LOW
    )

    assert "stays Low until it rises above 9%" in text(answer_to(client, talk))


def test_near_the_cap_the_answer_says_what_is_left_of_it(client, founder):
    lead = LeadFactory()
    InteractionFactory(lead=lead, presales_hours=Decimal(10))
    figures.refresh([lead.pk], now=timezone.now())

    talk = log(client, lead, hours="1.5")

    shown = text(answer_to(client, talk))
    assert "11.5 of 12 unpaid hours used" in shown
    assert "0.5 h left until the budget is known" in shown


def test_a_call_in_vain_is_noted_with_one_tap_and_counts_as_no_contact(client, founder):
    lead, token = LeadFactory(), str(uuid4())

    for _ in range(2):
        client.post(reverse("log-in-vain", args=[lead.pk]), {"token": token})

    event = lead.system_events.get()
    assert (event.kind, event.by) == (SystemEvent.Kind.CALLED_IN_VAIN, founder)
    lead.refresh_from_db()
    assert (lead.interaction_count, lead.assessment_due_at) == (0, None)


def test_hours_of_a_colleague_are_a_part_of_ours(client, founder):
    lead, colleague = LeadFactory(), UserFactory()
    address = f"{reverse('log')}?lead={lead.pk}"
    said = {"token": str(uuid4()), "kind": "DEMO", "hours": "4", "colleague": colleague.pk}

    too_many = client.post(address, said | {"colleague_hours": "5"})
    client.post(address, said | {"colleague_hours": "1.5"})

    assert too_many.status_code == 422
    talk = lead.interactions.get()
    assert talk.presales_hours == 4
    assert {one.person: one.hours for one in talk.effort.all()} == {
        founder: Decimal("2.5"),
        colleague: Decimal("1.5"),
    }


def test_rivals_supplier_and_reply_time_are_kept(client, founder):
    lead = LeadFactory()

    log(client, lead, competitors_count="2", competitors="甲乙", incumbent="甲",
        response_latency_days="3.5")  # fmt: skip

    talk = Interaction.objects.get()
    assert (talk.competitors_count, talk.competitors, talk.incumbent) == (2, "甲乙", "甲")
    assert talk.response_latency_days == Decimal("3.5")
