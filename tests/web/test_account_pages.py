"""What account pages promise."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import Account, Contact, Lead, User
from tests.factories import (
    AccountFactory,
    ContactFactory,
    InvoiceFactory,
    LeadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def founder(client: Client) -> User:
    user = UserFactory(role=User.Role.FOUNDER)
    client.force_login(user)
    return user


@pytest.mark.parametrize("words", ["海岳", "haiyue", "hydw", "HaiYue DianWang"])
def test_an_account_is_found_by_name_pinyin_and_initials(client, founder, words):
    AccountFactory(name="海岳电网有限公司")
    AccountFactory(name="东澜港务")

    page = client.get(reverse("account-list"), {"q": words}).content.decode()

    assert "海岳电网" in page
    assert "东澜港务" not in page


def test_the_list_takes_as_many_queries_for_forty_accounts_as_for_four(
    client, founder, count_queries
):
    for _ in range(4):
        InvoiceFactory()
    few = count_queries(lambda: client.get(reverse("account-list")))
    for _ in range(36):
        InvoiceFactory()

    assert count_queries(lambda: client.get(reverse("account-list"))) == few <= 8


def test_the_page_takes_as_many_queries_for_thirty_leads_as_for_three(
    client, founder, count_queries
):
    account = AccountFactory()
    address = reverse("account-detail", args=[account.pk])

    def add(n: int) -> None:
        for _ in range(n):
            InvoiceFactory(lead=LeadFactory(account=account), account=account)
            ContactFactory(account=account)

    add(3)
    few = count_queries(lambda: client.get(address))
    add(27)

    assert count_queries(lambda: client.get(address)) == few <= 13


def test_what_an_account_owes_counts_invoices_that_the_page_does_not_show(client, founder):
    first = InvoiceFactory(amount=500, paid_amount=200)
    account, issued = first.account, first.issued_date
    for _ in range(52):
        issued += timedelta(days=1)
        InvoiceFactory(lead=first.lead, issued_date=issued, due_date=issued, amount=1000)
    InvoiceFactory(lead=first.lead, issued_date=issued, due_date=issued, amount=7, currency="USD")

    page = client.get(reverse("account-detail", args=[account.pk]))

    assert len(page.context["shown"].invoices) == 50
    assert page.context["shown"].open_amounts == {"CNY": 52_300, "USD": 7}
    (row,) = client.get(reverse("account-list")).context["rows"]
    assert row.open_amounts == {"CNY": 52_300, "USD": 7}


def test_a_seller_does_not_see_the_account_of_another(client):
    client.force_login(UserFactory())
    foreign = LeadFactory().account

    assert client.get(reverse("account-detail", args=[foreign.pk])).status_code == 404
    assert foreign.name not in client.get(reverse("account-list")).content.decode()


def test_an_accountant_cannot_change_an_account(client):
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))
    account = LeadFactory(has_money=True).account

    answer = client.post(reverse("account-edit", args=[account.pk]), {"name": "other"})

    assert answer.status_code == 403
    account.refresh_from_db()
    assert account.name != "other"


def test_a_stale_edit_shows_both_values_and_overwrites_nothing(client, founder):
    account = AccountFactory(city="合肥", version=2)
    address = reverse("account-edit", args=[account.pk])
    stale = {"name": account.name, "city": "杭州", "country": "CN", "version": 1}

    answer = client.post(address, stale)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "合肥" in page
    assert "杭州" in page
    account.refresh_from_db()
    assert (account.city, account.version) == ("合肥", 2)

    client.post(address, stale | {"version": 2})

    account.refresh_from_db()
    assert (account.city, account.version) == ("杭州", 3)


def test_a_country_is_chosen_by_name_and_one_that_there_is_not_is_refused(client, founder):
    account = AccountFactory(country="ZZ")  # as a file may say
    address = reverse("account-edit", args=[account.pk])
    said = {"name": account.name, "version": 1}

    assert "Germany" in client.get(address).content.decode()
    refused = client.post(address, said | {"country": "XQ"})
    assert "There is no such country." in refused.content.decode()
    client.post(address, said | {"country": "ZZ"})
    account.refresh_from_db()
    assert (account.country, account.version) == ("ZZ", 2)


def test_what_a_score_reads_of_an_account_or_person_asks_for_a_new_one(client, founder):
    person = ContactFactory()
    lead = LeadFactory(account=person.account)
    edits = (
        ("account-edit", person.account, {"name": "海岳", "country": "CN", "kind": "INTEGRATOR"}),
        ("contact-edit", person, {"name": person.name, "decision_role": "BUDGET_HOLDER"}),
    )
    for name, row, said in edits:
        Lead.objects.update(assessment_due_at=None)

        client.post(reverse(name, args=[row.pk]), said | {"version": 1})

        lead.refresh_from_db()
        assert lead.assessment_due_at is not None, name


def test_a_contact_is_added_and_stands_on_the_page(client, founder):
    account = AccountFactory()

    client.post(
        reverse("contact-new", args=[account.pk]),
        {"name": "顾平", "seniority": 4, "decision_role": "BUDGET_HOLDER"},
        follow=True,
    )

    contact = Contact.objects.get(account=account)
    assert (contact.initials, contact.decision_role) == ("gp", "BUDGET_HOLDER")
    assert "顾平" in client.get(reverse("account-detail", args=[account.pk])).content.decode()


def test_posted_fields_that_are_not_in_the_form_change_nothing(client, founder):
    account = AccountFactory()

    client.post(
        reverse("account-edit", args=[account.pk]),
        {
            "name": "新名",
            "country": "CN",
            "version": 1,
            "ledger_id": "x",
            "archived_at": "2026-01-01",
        },
    )

    stored = Account.objects.get(pk=account.pk)
    assert (stored.name, stored.ledger_id, stored.archived_at) == ("新名", account.ledger_id, None)


def test_the_same_form_sent_twice_adds_one_person(client, founder):
    account = AccountFactory()
    said = {"name": "李娜", "token": str(uuid4())}

    for _ in range(2):
        client.post(reverse("contact-new", args=[account.pk]), said)

    assert account.contacts.get().name == "李娜"
