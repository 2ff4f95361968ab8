"""What logging a talk promises."""

import gzip
import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Contact, Decision, Deliverable, Interaction, Lead, User
from tests.factories import (
    ContactFactory,
    InteractionFactory,
    LeadFactory,
    UserFactory,
)
from tests.web.pages import text

pytestmark = pytest.mark.django_db
LOG = reverse("log")
HTMX = {"HX-Request": "true"}


ANYWAY = {"given_anyway": "on", "given_reason": "their director asked for it himself"}


def said(**answers):
    """Return the usual answers of a form, with some of them changed."""
    usual = {
        "token": str(uuid4()),
        "kind": "ONLINE_MEETING",
        "initiated_by": "CLIENT",
        "asks": ["SOLUTION_DOC"],
        "budget_holder": "no",
        "next": "+7",
        "hours": "1.5",
    }
    return usual | answers


def post(client, lead, headers=None, **answers):
    """Send the form of a lead."""
    return client.post(f"{LOG}?lead={lead.pk}", said(**answers), headers=headers or {})


def test_a_talk_is_kept_with_what_was_said(client, founder):
    lead = LeadFactory()
    person = ContactFactory(account=lead.account)

    answer = post(client, lead, attendees=[person.pk], note="cautious")

    talk = lead.interactions.get()
    assert answer["Location"] == reverse("logged", args=[talk.pk])
    assert (talk.kind, talk.asks, talk.initiated_by) == (
        "ONLINE_MEETING",
        ["SOLUTION_DOC"],
        "CLIENT",
    )
    assert (talk.budget_holder_present, talk.presales_hours) == (False, Decimal("1.5"))
    assert talk.next_step_date >= timezone.localdate() + timedelta(days=7)
    assert (talk.author, talk.note) == (founder, "cautious")
    assert list(talk.attendees.all()) == [person]


def test_the_same_form_sent_twice_is_one_talk(client, founder):
    lead, token = LeadFactory(), str(uuid4())

    for _ in range(2):
        post(
            client,
            lead,
            token=token,
            new_person="李娜",
            given_kind="DEMO",
            given_level="2",
            **ANYWAY,
        )

    assert Interaction.objects.count() == 1
    assert Deliverable.objects.count() == 1
    assert Contact.objects.count() == 1


def test_not_said_is_kept_apart_from_nothing(client, founder):
    lead = LeadFactory()

    post(client, lead, asks=[], budget_holder="", next="")
    post(client, lead, asks=["NONE"], next="none")

    silent, nothing = lead.interactions.order_by("pk")
    assert (silent.asks, silent.budget_holder_present, silent.has_dated_next_step) == (
        None,
        None,
        None,
    )
    assert (nothing.asks, nothing.has_dated_next_step) == ([], False)


def test_somebody_new_becomes_a_contact_who_was_there(client, founder):
    lead = LeadFactory()

    post(client, lead, new_person="孙薇")

    person = lead.account.contacts.get()
    assert (person.name, person.initials) == ("孙薇", "sw")
    assert lead.interactions.get().attendees.get() == person


def test_somebody_met_just_after_midnight_was_first_seen_on_that_day(client, founder, time_machine):
    lead = LeadFactory()
    time_machine.move_to("2026-11-24T16:30:00Z")  # 00:30 of the 25th in Shanghai

    post(client, lead, new_person="孙薇")

    assert lead.account.contacts.get().first_seen_date == date(2026, 11, 25)


def test_material_handed_over_is_kept_with_its_level(client, founder):
    lead = LeadFactory()

    post(client, lead, given_kind="SOLUTION_DOC", given_level="5", **ANYWAY)

    given = lead.deliverables.get()
    assert (given.kind, given.disclosure_level) == ("SOLUTION_DOC", 5)
    assert given.interaction == lead.interactions.get()


def test_the_dates_offered_are_working_days(client, founder):
    lead = LeadFactory()

    form = client.get(f"{LOG}?lead={lead.pk}").content.decode()

    offered = re.findall(r'data-says="(\w{3}) ', form)
    assert len(offered) == 3


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"kind": ""}, "This field is required."),
        ({"next": "date"}, "Pick the date of the next step"),
        ({"asks": ["NONE", "POC"]}, "cannot stand beside"),
        ({"given_kind": "DEMO"}, "Say how much it discloses"),
        ({"happened_date": "2999-01-01"}, "This day is still ahead"),
        ({"hours": "-1"}, "greater than or equal to 0"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_beside_it_and_nothing_is_lost(
    client, founder, answers, words
):
    lead = LeadFactory()

    answer = post(client, lead, headers=HTMX, note="a long note", **answers)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "a long note" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert not Interaction.objects.exists()


def test_people_of_another_account_cannot_have_been_there(client, founder):
    stranger = ContactFactory()

    answer = post(client, LeadFactory(), attendees=[stranger.pk])

    assert answer.status_code == 422


def test_a_closed_lead_is_not_offered(client, founder):
    lead = LeadFactory(closed_at=timezone.now())

    assert client.get(f"{LOG}?lead={lead.pk}").status_code == 404
    assert post(client, lead).status_code == 404


def test_a_lead_of_somebody_else_is_not_offered(client):
    client.force_login(UserFactory())

    assert post(client, LeadFactory()).status_code == 404


@pytest.mark.parametrize("role", [User.Role.ACCOUNTANT, User.Role.VIEWER])
def test_who_does_not_sell_logs_nothing(client, role):
    client.force_login(UserFactory(role=role))

    assert post(client, LeadFactory(has_money=True)).status_code == 403


def test_the_lead_of_the_last_talk_is_preselected(client, founder):
    LeadFactory(title="another")
    InteractionFactory(lead=LeadFactory(title="the last one"), author=founder)

    assert "the last one" in client.get(LOG).content.decode()


def test_without_a_last_talk_leads_can_be_chosen_and_found(client, founder):
    LeadFactory(title="知识助手")
    LeadFactory(title="质检")

    everything = client.get(LOG).content.decode()
    found = client.get(LOG, {"choose": "1", "q": "质检"}).content.decode()

    assert "知识助手" in everything
    assert "知识助手" not in found


def test_the_form_is_light_enough_for_a_bad_network(client, founder):
    lead = LeadFactory()
    ContactFactory.create_batch(12, account=lead.account)

    page = client.get(f"{LOG}?lead={lead.pk}").content

    assert len(gzip.compress(page)) <= 15_000


def test_logging_takes_few_queries_however_long_the_lead_is(client, founder, count_queries):
    short, long = LeadFactory(), LeadFactory()
    InteractionFactory.create_batch(200, lead=long)
    post(client, short, headers=HTMX)

    few = count_queries(lambda: post(client, short, headers=HTMX))

    assert count_queries(lambda: post(client, long, headers=HTMX)) == few


def test_a_form_sent_again_with_other_answers_is_a_talk_of_its_own(client, founder):
    lead, token = LeadFactory(), str(uuid4())
    post(client, lead, token=token, note="first talk")

    # The way back in a browser shows the old form with its old token.
    answer = post(client, lead, token=token, note="second talk")

    assert answer.status_code == 422
    assert "was saved once already, with other answers" in text(answer)
    assert "second talk" in text(answer)
    given = answer.context["form"]["token"].value()
    assert post(client, lead, token=given, note="second talk").status_code == 302
    assert {talk.note for talk in lead.interactions.all()} == {"first talk", "second talk"}


def test_somebody_elses_token_shows_nothing_of_their_talk(client, founder):
    theirs, token = InteractionFactory(note="their secret."), uuid4()
    Interaction.objects.filter(pk=theirs.pk).update(client_token=token)
    seller = UserFactory()
    client.force_login(seller)

    answer = post(client, LeadFactory(owner=seller), headers=HTMX, token=str(token))

    assert answer.status_code == 422
    assert "their secret." not in text(answer)


def test_a_date_that_was_written_counts_without_its_chip(client, founder):
    lead = LeadFactory()

    post(client, lead, next="", next_date="2027-01-04")

    talk = lead.interactions.get()
    assert (str(talk.next_step_date), talk.has_dated_next_step) == ("2027-01-04", True)


@pytest.mark.parametrize("day", ["0206-01-04", "2206-01-04"])
def test_a_slip_in_the_year_is_asked_about(client, founder, day):
    answer = post(client, LeadFactory(), next="date", next_date=day)

    assert answer.status_code == 422
    assert "Write a day " in text(answer)


def test_material_above_the_allowed_level_asks_for_a_tick_and_a_reason_and_loses_nothing(
    client, founder
):
    lead = LeadFactory()
    answer = post(
        client, lead, given_kind="SOLUTION_DOC", given_level="5", note="the whole afternoon"
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Allowed now is up to level" in page
    assert 'name="given_anyway"' in page
    assert "the whole afternoon" in page
    assert "公开版介绍" in page  # the message that goes with public material instead
    assert not lead.interactions.exists()

    post(client, lead, given_kind="SOLUTION_DOC", given_level="5", **ANYWAY)

    made, given = Decision.objects.get(), lead.deliverables.get()
    assert given.override_reason == ANYWAY["given_reason"] == made.reason
    assert (made.kind, made.decided_by) == ("HAND_OVER_ABOVE_LEVEL", founder)
    assert (made.shown["given"], made.shown["deliverable"]) == (5, given.ledger_id)


def test_a_reason_in_two_words_is_none(client, founder):
    lead = LeadFactory()
    answer = post(
        client,
        lead,
        given_kind="SOLUTION_DOC",
        given_level="5",
        given_anyway="on",
        given_reason="they asked",
    )
    assert answer.status_code == 422
    assert "in five words" in answer.content.decode()


def test_a_lead_whose_cap_is_used_up_allows_public_material_alone(client, founder):
    lead = LeadFactory()
    Lead.objects.filter(pk=lead.pk).update(cap_hours=1, unpaid_hours=2, effort_share=2.0)
    answer = post(client, lead, given_kind="DEMO", given_level="2")
    assert answer.status_code == 422
    assert "The cap on this lead is used up: up to level" in answer.content.decode()
