"""What people add on a lead's page: objections, evidence, answers, copied messages."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Contest, LeadFact, QualificationNote, SystemEvent, User
from crm.selectors.lead_questions import WORTH
from scoring.scorecard import read_data
from tests.factories import (
    MONDAY,
    AssessmentFactory,
    ContactFactory,
    InteractionFactory,
    LeadFactory,
    QualificationNoteFactory,
    UserFactory,
)
from tests.web.test_lead_page import address, text

pytestmark = pytest.mark.django_db


def at(name, lead, *more):
    """Return an address of a lead."""
    return reverse(name, args=[lead.pk, *more])


def scored(**facts):
    """Return a lead of low intent with one reason and the talk behind it."""
    lead = LeadFactory(**facts)
    talk = InteractionFactory(lead=lead, asks=["POC"], note="the third round.")
    reasons = [{"code": "F10", "points": 10.0, "params": {"n": 3}, "rows": [f"I:{talk.pk}"]}]
    AssessmentFactory(lead=lead, reasons=reasons)
    return lead, talk


def test_a_reason_offers_its_rows_to_be_put_right_and_a_way_to_disagree(client, founder):
    lead, talk = scored()

    page = client.get(at("lead-contest", lead, "F10")).content.decode()

    assert reverse("row-edit", args=["I", talk.pk]) in page
    assert "the third round." in page
    assert "It is not so" in page


def test_a_disagreement_stays_beside_the_reason_by_name_and_moves_no_score(client, founder):
    lead, _talk = scored()

    client.post(at("lead-contest", lead, "F10"), {"why": "TOO_HEAVY", "note": "they paid for two"})
    words = text(client.get(address(lead)))

    kept = Contest.objects.get()
    assert (kept.by, kept.reason_code, kept.points) == (founder, "F10", 10.0)
    assert "3 rounds of solution" in kept.said
    assert f"{founder} disagrees" in words
    assert "it weighs too much" in words
    assert "they paid for two" in words
    lead.refresh_from_db()
    assert lead.assessment_due_at is None


def test_a_disagreement_asks_why(client, founder):
    lead, _talk = scored()

    answer = client.post(at("lead-contest", lead, "F10"), {"note": "no"})

    assert answer.status_code == 422
    assert not Contest.objects.exists()


def test_a_reason_that_the_score_does_not_have_cannot_be_contested(client, founder):
    lead, _talk = scored()

    assert client.get(at("lead-contest", lead, "F24")).status_code == 404


def test_evidence_is_kept_with_who_said_it_and_when(client, founder):
    lead = LeadFactory()
    said = {
        "item": "BUDGET",
        "answer": "KNOWN",
        "evidence": "800k approved",
        "said_by": "Director Gu",
        "said_date": (timezone.localdate() - timedelta(days=3)).isoformat(),
    }

    client.post(at("lead-evidence", lead), said)
    words = text(client.get(address(lead)))

    assert "800k approved Director Gu, " in words
    assert "known: Budget" in words
    assert "11 gaps" in words
    lead.refresh_from_db()
    assert lead.assessment_due_at is None  # no score reads it


def test_evidence_without_words_is_no_evidence(client, founder):
    lead = LeadFactory()

    answer = client.post(at("lead-evidence", lead), {"item": "BUDGET", "answer": "KNOWN"})

    assert answer.status_code == 422
    assert "that is the evidence" in answer.content.decode()


@pytest.mark.parametrize("is_htmx", [False, True])
def test_a_lead_that_was_closed_meanwhile_takes_no_answers_and_says_how_it_can(
    client, founder, is_htmx
):
    lead = LeadFactory(closed_at=timezone.now())
    headers = {"HX-Request": "true"} if is_htmx else {}

    for said in (
        {"question": "BUDGET", "choice": "APPLIED"},
        {"question": "OWNER", "name": "Zhou Min"},
        {"question": "EVENT", "choice": "UNKNOWN"},
        {"question": "FIRST_ASK", "choice": "PRODUCT", "version": 1},
    ):
        answer = client.post(at("lead-answer", lead), said, headers=headers)
        assert answer.headers["HX-Redirect" if is_htmx else "Location"] == address(lead)
    page = client.get(address(lead)).content.decode()
    said = {"item": "BUDGET", "answer": "KNOWN", "evidence": "800k approved"}
    evidence = client.post(at("lead-evidence", lead), said)

    assert "Open it again first." in page
    assert reverse("lead-reopen", args=[lead.pk]) in page
    assert evidence.status_code == 422
    assert "800k approved" in evidence.content.decode()
    assert "Open it again first." in evidence.content.decode()
    assert not LeadFact.objects.exists()
    assert not QualificationNote.objects.exists()


def test_what_was_asked_and_is_not_known_is_still_a_gap(client, founder):
    lead = LeadFactory()
    QualificationNoteFactory(lead=lead, item="CHAMPION", answer="UNKNOWN", evidence="", said_by="")

    words = text(client.get(address(lead)))

    assert "gap: Champion asked, not known" in words


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ({"question": "BUDGET", "choice": "APPLIED"}, ("BUDGET_STAGE", "APPLIED", None, "")),
        ({"question": "OWNER", "name": "Zhou Min"}, ("BUSINESS_OWNER", "", None, "Zhou Min")),
        (
            {"question": "EVENT", "due_date": "2027-01-31"},
            ("COMPELLING_EVENT", "", date(2027, 1, 31), ""),
        ),
    ],
)
def test_one_tap_keeps_a_dated_fact_and_calls_for_a_new_score(client, founder, said, fact):
    lead = LeadFactory()

    client.post(at("lead-answer", lead), said)

    kept = LeadFact.objects.get()
    assert (kept.kind, kept.value, kept.due_date, kept.who) == fact
    lead.refresh_from_db()
    assert lead.assessment_due_at is not None


@pytest.mark.parametrize("question", ["BUDGET", "OWNER", "EVENT"])
def test_not_knowing_is_an_answer_and_no_fact(client, founder, question):
    lead = LeadFactory()

    client.post(at("lead-answer", lead), {"question": question, "choice": "UNKNOWN"})

    assert not LeadFact.objects.exists()
    assert QualificationNote.objects.get().answer == "UNKNOWN"


def test_the_first_ask_is_kept_on_the_lead_and_not_over_somebody_else_s_edit(client, founder):
    lead = LeadFactory()
    said = {"question": "FIRST_ASK", "choice": "PRODUCT", "version": 1}

    client.post(at("lead-answer", lead), said)
    late = client.post(at("lead-answer", lead), said | {"choice": "TECH_SELECTION"}, follow=True)

    lead.refresh_from_db()
    assert lead.first_ask == "PRODUCT"
    assert "Someone else saved this meanwhile" in late.content.decode()


def test_htmx_gets_the_card_with_the_answer_chosen(client, founder):
    lead = LeadFactory()

    answer = client.post(
        at("lead-answer", lead),
        {"question": "BUDGET", "choice": "PLANNED"},
        headers={"HX-Request": "true"},
    )
    page = answer.content.decode()

    assert "<html" not in page
    assert page.count('aria-pressed="true"') == 1
    assert 'value="PLANNED" aria-pressed="true"' in page


def test_an_answer_that_the_question_does_not_have_is_refused(client, founder):
    lead = LeadFactory()

    answer = client.post(
        at("lead-answer", lead),
        {"question": "OWNER", "choice": "", "name": " "},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 422
    assert "Write the name of the person." in answer.content.decode()
    assert not LeadFact.objects.exists()


def test_the_bars_of_the_questions_say_what_the_expert_points_say():
    points = read_data("points_v1")["points"]
    budget = points["last_known_budget_stage"]["is"].values()

    assert {
        "BUDGET": (max(budget), min(budget)),
        "OWNER": (
            points["only_learning_department"]["from"][0][1],
            points["business_owner_named"]["from"][0][1],
        ),
        "FIRST_ASK": (max(points["first_ask"]["is"].values()), 0),
        "EVENT": (
            points["no_compelling_event"]["from"][0][1],
            points["compelling_event"]["is"]["DATED"],
        ),
    } == WORTH


def test_the_suggested_play_stands_with_its_message_in_both_languages(client, founder):
    lead, talk = scored(est_value_amount=1_800_000)
    talk.attendees.add(ContactFactory(account=lead.account, name="周敏"))

    page = client.get(address(lead))
    words = text(page)

    assert "Suggested: Offer a paid step" in words
    assert "周敏 您好" in words
    assert "27,000 元" in words
    assert "Dear 周敏 , thank you" in words
    assert "¥27,000" in words
    assert "3 rounds of solution" in words


def test_what_is_not_known_is_a_blank_to_fill(client, founder):
    lead, _talk = scored(est_value_amount=None)

    words = text(client.get(address(lead)))

    assert "____ 您好" in words


def test_copying_is_noted_as_copied_and_shown_among_system_events_alone(client, founder):
    lead, _talk = scored()

    client.post(at("lead-copied", lead), {"message": "M1", "language": "zh"})
    people = text(client.get(address(lead)))
    system = text(client.get(address(lead), {"system": "1"}))

    assert SystemEvent.objects.get().kind == "MESSAGE_COPIED"
    assert "Message copied" not in people
    assert f"Message copied · {founder}" in system


def test_another_play_that_fits_can_be_chosen(client, founder):
    lead, _talk = scored()

    words = text(client.get(address(lead), {"play": "P11"}))

    assert "Suggested: Pause until a date" in words
    assert "Also fits: Offer a paid step" in words


@pytest.mark.parametrize("role", [User.Role.ACCOUNTANT, User.Role.VIEWER])
def test_who_does_not_sell_adds_nothing(client, role):
    lead, _talk = scored(has_money=True)
    client.force_login(UserFactory(role=role))

    for name in ("lead-evidence", "lead-answer", "lead-copied"):
        assert client.post(at(name, lead)).status_code == 403
    assert client.post(at("lead-contest", lead, "F10")).status_code == 403


def test_the_client_s_silence_on_giving_is_said_in_one_sentence(client, founder):
    lead = LeadFactory()
    InteractionFactory(lead=lead, client_gave=["DATA"], happened_at=MONDAY - timedelta(days=40))

    words = text(client.get(address(lead)))

    assert "0 items of level 2 or above given, 1 received" in words
    assert "The client gave last, on 14 Oct: it is our turn." in words
    assert "Signed NDA not yet" in words
