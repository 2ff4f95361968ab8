"""What every form of every page does with what nobody should send; the forms are read off pages."""

from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import Contact, CustomField, Decision, Lead, PlannedMeeting, User
from tests.factories import (
    AccountFactory,
    ContactFactory,
    DeliverableFactory,
    LeadFactFactory,
    UserFactory,
)
from tests.web.rights import PAGES, SELLER
from tests.web.test_access import address_of, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
HOSTILE = ("a\0\x1b[31m", "1e400", "9999-12-31", "9" * 5_000)
ANSWERS = {200, 204, 302, 400, 404, 409, 422}
KEPT = {"csrfmiddlewaretoken", "version", "action", "query"}  # what is no answer of a person
# A form that signs out, or that asks for what was sent to a mail program.
LEFT = (reverse("account_logout"), reverse("set-language"))


class Forms(HTMLParser):
    """Reads the forms of a page that write: address, and each field with what stands in it."""

    def __init__(self):
        super().__init__()
        self.found, self.fields = [], None

    def handle_starttag(self, tag, attrs):
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.fields = {}
            if has.get("method", "").lower() == "post":
                self.found.append((has.get("action", ""), self.fields))
        elif self.fields is not None and (name := has.get("name")):
            waits = has.get("type") in {"checkbox", "radio"} and "checked" not in has
            value = has.get("value", "")
            self.fields[name] = self.fields.get(name, "") if waits else value

    def handle_endtag(self, tag):
        if tag == "form":
            self.fields = None


@pytest.fixture
def place():
    """Give a founder a row of every kind, and the addresses of all pages about them."""
    founder = UserFactory(role=User.Role.FOUNDER, is_staff=True, **SELLER)
    rows = rows_of(founder)
    lead = Lead.objects.get(pk=rows["lead"])
    for kind in ("NUMBER", "DATE", "YES_NO"):
        CustomField.objects.create(key=kind.lower(), label=kind, kind=kind)
    person = ContactFactory(account=lead.account, name="李娜")
    fact, given = LeadFactFactory(lead=lead), DeliverableFactory(lead=lead)
    client = Client(raise_request_exception=False)
    client.force_login(founder)
    return client, [
        *(
            address_of(name, rows.get(page.row))
            for name, page in PAGES.items()
            if "get" in page.methods and name != "score-field-allow"
        ),
        *(f"{reverse('lead-decide', args=[lead.pk])}?kind={kind}" for kind in Decision.Kind.values),
        reverse("row-edit", args=["D", given.pk]),
        reverse("row-edit", args=["E", fact.pk]),
        reverse("row-edit", args=["B", rows["bid"]]),
        f"{reverse('account-merge', args=[lead.account_id])}?with={AccountFactory().pk}",
        f"{reverse('contact-merge', args=[person.pk])}?with={rows['contact']}",
        *(f"{reverse(name)}?lead={lead.pk}" for name in ("log", "plan-new", "bid-new")),
    ]


def forms_of(client, addresses):
    """Return each form once, with the page that it stands on."""
    found = {}
    for address in addresses:
        page = client.get(address)
        if page.status_code == 200 and not page.streaming:
            forms = Forms()
            forms.feed(page.content.decode())
            for action, fields in forms.found:
                to = action or address
                if not to.startswith(LEFT) and "/accounts/" not in to:
                    found.setdefault((to.partition("?")[0], *sorted(fields)), (to, fields))
    return list(found.values())


def fault(answer):
    """Return what is wrong with an answer: it failed, or refuses without a word."""
    if answer.status_code not in ANSWERS:
        return answer.status_code, str(answer.exc_info)
    if answer.status_code == 422 and 'role="alert"' not in answer.content.decode():
        return "no reason"
    return None


def test_no_form_of_any_page_breaks_and_each_refusal_says_why(place):
    client, addresses = place
    forms = forms_of(client, addresses)
    broken = {}

    for number, (address, fields) in enumerate(forms):
        asked = sorted(set(fields) - KEPT)
        for turn, value in enumerate(HOSTILE):
            # From another field on each time, so that what is refused first hides nothing.
            wrong = asked[(number + turn) % max(1, len(asked)) :]
            if why := fault(client.post(address, fields | dict.fromkeys(wrong, value))):
                broken[address, value[:9]] = why

    assert broken == {}
    assert len(forms) > 50


def test_no_form_breaks_where_its_rows_were_put_away_since_its_page_was_opened(place):
    client, addresses = place
    forms = forms_of(client, addresses)
    PlannedMeeting.objects.update(archived_at=timezone.now())
    Contact.objects.update(archived_at=timezone.now())
    Lead.objects.update(closed_at=timezone.now(), version=99)

    answers = {address: fault(client.post(address, fields)) for address, fields in forms}

    assert {address: why for address, why in answers.items() if why} == {}
