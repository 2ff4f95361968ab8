"""What forms and addresses do with what nobody should send."""

from html import escape
from uuid import uuid4

import pytest
from django.urls import reverse

from crm.models import Lead, User
from tests.factories import (
    AssessmentFactory,
    ContactFactory,
    InteractionFactory,
    LeadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

WORDS = (
    "",
    " ",
    "a\0b",
    "a\x0b\x1b[31mb\x7f",
    "a\r\nBcc: all@vendor.example",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>'",
    "{{7*7}}{% now 'Y' %}",
    '=HYPERLINK("http://evil.test")',
    "＝1+1",
    "👩‍👩‍👧‍👦🇨🇳",
    "\u202eevil\u2066",
    "\ufeff\ufffe\uffff",
    "x" * 5_000,
)
NUMBERS = (
    "0",
    "-1",
    "-0.0",
    "1e400",
    "1E+99",
    "NaN",
    "sNaN",
    "Infinity",
    "9" * 30,
    "9" * 5000,
    "999999999999.99",
    "0.0000001",
    "١٢",
    "²",
    "1,5",
    "0x10",
    "true",
)
DATES = ("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "-1", "2026-W01-1")
HOSTILE = (*WORDS, *NUMBERS, *DATES)


def forms(lead):
    """Return each form's address with answers that it takes."""
    return {**forms_of_leads(lead), **forms_of_clients(lead), **forms_of_oneself()}


def forms_of_leads(lead):
    facts = {"title": "assistant", "owner": lead.owner_id, "currency": "CNY"}
    return {
        "log": (
            f"{reverse('log')}?lead={lead.pk}",
            {
                "token": lambda: str(uuid4()),
                "kind": "CALL",
                "initiated_by": "US",
                "asks": "SOLUTION_DOC",
                "attendees": "",
                "new_person": "",
                "budget_holder": "no",
                "next": "date",
                "next_date": "2027-01-04",
                "next_step": "meet",
                "hours": "1.5",
                "happened_date": "",
                "client_gave": "DATA",
                "budget_stage": "",
                "given_kind": "",
                "given_level": "",
                "competitors_count": "",
                "travel_hours": "",
                "travel_amount": "",
                "paid_by_client": "",
                "note": "",
            },
        ),
        "lead-new": (
            reverse("lead-new"),
            {
                **facts,
                "account_name": "海岳",
                "account_kind": "SME",
                "account_city": "合肥",
                "source": "",
                "first_ask": "",
                "stated_purpose": "",
                "deal_type": "",
                "use_case": "",
                "est_value_amount": "1000",
                "decide_by_date": "",
                "cap_hours": "",
                "cap_amount": "",
                "account": "",
            },
        ),
        "lead-edit": (
            reverse("lead-edit", args=[lead.pk]),
            {
                **facts,
                "version": lambda: str(Lead.objects.get(pk=lead.pk).version),
                "source": "",
                "est_value_amount": "1000",
                "decide_by_date": "2027-01-04",
                "cap_hours": "12",
                "cap_amount": "100",
            },
        ),
        "lead-move": (
            reverse("lead-move", args=[lead.pk]),
            {"to_stage": "BID", "version": "1"},
        ),
        "lead-reopen": (reverse("lead-reopen", args=[lead.pk]), {"version": "1"}),
        "lead-close": (
            reverse("lead-close", args=[lead.pk]),
            {"outcome": "LOST", "is_guess": "sure", "basis": "", "lesson": "", "version": "99"},
        ),
        "lead-label": (
            reverse("lead-label"),
            {"lead": str(lead.pk), "version": "1", "outcome": "LOST", "is_guess": "", "skip": ""},
        ),
    }


def forms_of_clients(lead):
    contact = ContactFactory(account=lead.account)
    return {
        "account-edit": (
            reverse("account-edit", args=[lead.account_id]),
            {
                "version": "1",
                "name": "海岳",
                "kind": "SME",
                "city": "",
                "distance_km": "",
                "industry": "",
                "size_class": "",
                "employees": "",
                "country": "CN",
                "is_big_name": "",
                "has_ai_team": "",
            },
        ),
        "contact-new": (
            reverse("contact-new", args=[lead.account_id]),
            {"name": "李娜", "title": "", "seniority": "", "department": "", "email": ""},
        ),
        "contact-edit": (
            reverse("contact-edit", args=[contact.pk]),
            {"version": "1", "name": "李娜", "phone": "", "wechat": "", "stance": ""},
        ),
    }


def forms_of_oneself():
    return {
        "profile": (
            reverse("profile"),
            {
                "display_name": "Li",
                "language": "en",
                "time_zone": "",
                "wants_digest": "on",
                "digest_weekday": "1",
                "digest_hour": "8",
                "wants_reminders": "on",
                "mute_until": "",
            },
        ),
        "set-language": (reverse("set-language"), {"language": "en", "next": "/"}),
        "account_login": (reverse("account_login"), {"login": "li", "password": "x", "next": "/"}),
        "account_reset_password": (reverse("account_reset_password"), {"email": "a@b.example"}),
    }


SIGN_IN = ("account_login", "account_reset_password")
FORMS = ("log", "lead-new", "lead-edit", "lead-move", "lead-reopen", "lead-close",
         "lead-label", "account-edit", "contact-new", "contact-edit", "profile",
         "set-language", *SIGN_IN)  # fmt: skip
TYPED = {"note", "title", "next_step", "name", "basis", "lesson", "display_name", "account_name",
         "new_person", "city", "stated_purpose", "department"}  # fmt: skip
WRONG = {"travel_amount": "-1", "decide_by_date": "-", "country": "china", "email": "-",
         "seniority": "9", "outcome": "-", "time_zone": "-", "stance": "-"}  # fmt: skip


def filled(answers, **changes):
    """Return the answers of a form, some of them changed; None leaves a field out."""
    said = {name: value() if callable(value) else value for name, value in answers.items()}
    return {name: value for name, value in {**said, **changes}.items() if value is not None}


@pytest.mark.parametrize("name", FORMS)
def test_no_field_breaks_its_form_and_each_refusal_says_why(client, founder, settings, name):
    settings.ACCOUNT_RATE_LIMITS = False
    if name in SIGN_IN:
        client.logout()
    client.raise_request_exception = False
    address, answers = forms(LeadFactory())[name]

    broken = {}
    for value in (None, *HOSTILE):
        # All at once finds what one after the other would, but where the first to fail hides more.
        for fields in ([*answers], [*answers][::2], [*answers][1::2]):
            said = filled(answers, **dict.fromkeys(fields, value))
            if why := fault(client.post(address, said)):
                broken[str(value)[:40], *fields] = why

    assert broken == {}


def fault(answer):
    """Return what is wrong with the answer to a form: it failed, or refuses without a word."""
    if answer.status_code in {200, 302, 404}:
        return None
    if answer.status_code != 422:
        return answer.status_code, str(answer.exc_info)
    page = answer.content.decode()
    if answer.context.get("similar") or answer.context.get("known"):
        return None  # it may be there already: the page lists what is alike
    errors = [each for some in answer.context["form"].errors.values() for each in some]
    return [each for each in errors if escape(each) not in page] if errors else "no reason"


@pytest.mark.parametrize("name", ["log", "lead-new", "lead-edit", "lead-close", "account-edit",
                                  "contact-new", "contact-edit", "profile"])  # fmt: skip
def test_what_was_typed_stands_again_beside_the_refusal(client, founder, name):
    address, answers = forms(LeadFactory())[name]
    typed = {field: f"typed into {field}" for field in answers if field in TYPED}
    wrong = {field: value for field, value in WRONG.items() if field in answers}

    answer = client.post(address, filled(answers, **typed, **wrong))

    assert answer.status_code == 422
    assert [words for words in typed.values() if words not in answer.content.decode()] == []


PAGES = {
    "today": [],
    "lead-list": ["page", "sort", "as_of", "q", "owner", "stage", "status", "verdict"],
    "lead-detail": ["as_of", "skip", "reason"],
    "lead-label": ["skip"],
    "log": ["lead", "q", "choose"],
    "logged": ["poll"],
    "lead-new": ["account"],
    "account-list": ["page", "q"],
    "outbox-list": ["page"],
    "digest-preview": ["as_of"],
    "digest-preview-html": ["as_of"],
    "digest-history": ["after", "before", "person", "state", "kind"],
    "report-pipeline": ["as_of", "names"],
    "report-download": ["as_of"],
    "score-backtest": ["page", "below"],
    "scores": ["red", "amber"],
}


@pytest.mark.one_database
@pytest.mark.parametrize("name", PAGES)
def test_no_address_breaks_at_rubbish_after_the_question_mark(client, founder, name):
    talk = InteractionFactory()
    AssessmentFactory(lead=talk.lead)
    keys = {"lead-detail": [talk.lead_id], "logged": [talk.pk], "report-download": ["csv"]}
    client.raise_request_exception = False

    fields, broken = PAGES[name], {}
    for place, value in enumerate((*HOSTILE, "1900-01-01")):
        # All at once and half of them in turn, so that one that fails first hides no other.
        for some in {tuple(fields), tuple(fields[place % 2 :: 2])} - {()}:
            answer = client.get(reverse(name, args=keys.get(name, [])), dict.fromkeys(some, value))
            if answer.status_code not in {200, 302, 404}:
                broken[value[:40], *some] = str(answer.exc_info[0])

    assert broken == {}


def test_a_person_whose_zone_is_no_zone_still_reads_pages(client):
    client.force_login(UserFactory(role=User.Role.FOUNDER, time_zone="Mars/Olympus"))

    assert client.get(reverse("today")).status_code == 200
