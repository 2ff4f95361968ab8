"""What contact pages, duplicate warnings and merges promise."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Account, Contact, Interaction, Invoice, Lead, Undoable, User
from crm.services import accounts as account_service
from crm.services.merging import pointing
from tests.factories import (
    MONDAY,
    AccountFactory,
    ContactFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def merge(client, winner, loser, **chosen):
    """Merge two rows as the form does."""
    kind = "account" if isinstance(winner, Account) else "contact"
    address = reverse(f"{kind}-merge", args=[winner.pk]) + f"?with={loser.pk}"
    versions = {"version": winner.version, "version_of_other": loser.version}
    return client.post(address, versions | chosen)


def undo(client):
    """Take the latest merge back."""
    return client.post(reverse("merge-undo", args=[Undoable.objects.latest("pk").pk]))


# --- people ---


@pytest.mark.parametrize("words", ["林工", "lingong", "lg", "海岳"])
def test_a_person_is_found_by_name_pinyin_initials_and_company(client, founder, words):
    account_service.add_contact(
        account=AccountFactory(name="海岳电网"), name="林工", now=MONDAY, title="处长"
    )
    ContactFactory(account=AccountFactory(name="东澜港务"))

    page = client.get(reverse("contact-list"), {"q": words}).content.decode()

    assert "林工" in page
    assert "东澜港务" not in page


def test_the_list_of_people_takes_as_many_queries_for_sixty_as_for_three(
    client, founder, count_queries
):
    address = reverse("contact-list")
    for _ in range(3):
        InteractionFactory().attendees.add(ContactFactory())
    few = count_queries(lambda: client.get(address))
    for _ in range(57):
        ContactFactory()

    assert count_queries(lambda: client.get(address)) == few <= 8
    assert "Next page" in client.get(address).content.decode()


def test_a_person_shows_the_talks_of_all_leads_that_one_may_see(client):
    seller = UserFactory()
    client.force_login(seller)
    account = AccountFactory()
    person = ContactFactory(account=account)
    mine = LeadFactory(account=account, owner=seller, title="mine")
    theirs = LeadFactory(account=account, title="theirs")
    for lead, note in ((mine, "my note"), (theirs, "their note")):
        InteractionFactory(lead=lead, note=note).attendees.add(person)

    page = client.get(reverse("contact-detail", args=[person.pk])).content.decode()

    assert "my note" in page
    assert "mine" in page
    assert "their" not in page


def test_an_accountant_reads_no_notes_of_talks(client):
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))
    lead = LeadFactory(has_money=True)
    person = ContactFactory(account=lead.account)
    InteractionFactory(lead=lead, note="their budget is gone").attendees.add(person)

    page = client.get(reverse("contact-detail", args=[person.pk])).content.decode()

    assert "budget is gone" not in page


def test_a_person_of_a_known_name_is_added_after_a_question(client, founder):
    account = AccountFactory()
    ContactFactory(account=account, name="陈博")
    address = reverse("contact-new", args=[account.pk])

    asked = client.post(address, {"name": "陈博"})
    assert asked.status_code == 422
    assert "known here already" in asked.content.decode()
    assert Contact.objects.count() == 1

    client.post(address, {"name": "陈博", "is_another": "1"})
    assert Contact.objects.count() == 2


# --- accounts that may be there already ---


def test_a_similar_account_is_named_with_its_leads_before_another_is_made(client, founder):
    known = LeadFactory(account=AccountFactory(name="北辰科技有限公司")).account
    address = reverse("lead-new")
    said = {"account_name": "北辰科技发展有限公司", "owner": founder.pk}

    asked = client.post(address, said)
    assert asked.status_code == 422
    assert "北辰科技有限公司: 1 lead" in asked.content.decode()
    assert Account.objects.count() == 1

    client.post(address, {**said, "account_name": [said["account_name"], known.name]})
    assert Account.objects.count() == 1
    assert known.leads.count() == 2

    client.post(address, {**said, "account_is_new": "1"})
    assert Account.objects.count() == 2


def test_an_account_that_resembles_none_is_made_at_once(client, founder):
    LeadFactory(account=AccountFactory(name="北辰科技有限公司"))

    client.post(reverse("lead-new"), {"account_name": "东澜港务", "owner": founder.pk})

    assert Account.objects.filter(name="东澜港务").exists()


# --- merges ---


def test_every_table_that_points_to_an_account_or_person_is_known():
    """A new one is moved by a merge as well; think of what its uniqueness asks for."""
    assert {(model.__name__, column) for model, column in pointing(Account)} == {
        ("Lead", "account_id"),
        ("Account", "parent_id"),
        ("Contact", "account_id"),
        ("Invoice", "account_id"),
    }
    assert {(model.__name__, column) for model, column in pointing(Contact)} == {
        ("Interaction_attendees", "contact_id"),
        ("Interaction", "contact_id"),
        ("PlannedMeeting_attendees", "contact_id"),
    }


def test_the_look_before_a_merge_says_what_moves_and_which_values_win(client, founder):
    winner = AccountFactory(name="海岳电网", city="合肥", industry="")
    loser = AccountFactory(name="海岳", city="芜湖", industry="电力")
    LeadFactory(account=loser)
    ContactFactory(account=loser)

    page = client.get(reverse("account-merge", args=[winner.pk]), {"with": loser.pk})

    text = page.content.decode()
    assert "leads 1, people 1, invoices 0" in text
    assert 'name="city" value="loser"' in text
    assert "<strong>电力</strong>" in text
    assert Account.objects.current().count() == 2


def test_a_merge_moves_leads_people_and_invoices_and_leads_the_old_address_on(client, founder):
    winner = AccountFactory(name="海岳电网", city="合肥", industry="")
    loser = AccountFactory(name="海岳", city="芜湖", industry="电力")
    lead = LeadFactory(account=loser)
    person = ContactFactory(account=loser)
    invoice = InvoiceFactory(lead=lead, account=loser)

    merge(client, winner, loser, city="loser")

    winner.refresh_from_db()
    assert (winner.name, winner.city, winner.industry) == ("海岳电网", "芜湖", "电力")
    for row in (lead, person, invoice):
        row.refresh_from_db()
        assert row.account == winner
    assert lead.history.first().account_id == winner.pk
    old = client.get(reverse("account-detail", args=[loser.pk]))
    assert (old.status_code, old.url) == (302, reverse("account-detail", args=[winner.pk]))
    assert "海岳</b>" not in client.get(reverse("account-list")).content.decode()


def test_a_merge_is_taken_back_whole(client, founder):
    winner = AccountFactory(name="海岳电网", industry="", employees=None)
    loser = AccountFactory(name="海岳", industry="电力", employees=900)
    kept, lead = LeadFactory(account=winner), LeadFactory(account=loser)
    merge(client, winner, loser)
    later = LeadFactory(account=winner, title="opened since")

    undo(client)

    winner.refresh_from_db()
    loser.refresh_from_db()
    assert (winner.industry, winner.employees) == ("", None)
    assert (loser.archived_at, loser.merged_into) == (None, "")
    owners = dict(Lead.objects.values_list("pk", "account"))
    assert owners == {kept.pk: winner.pk, lead.pk: loser.pk, later.pk: winner.pk}


def test_a_merge_of_an_account_edited_since_is_not_taken_back(client, founder):
    winner, loser = AccountFactory(), AccountFactory()
    merge(client, winner, loser)
    winner.refresh_from_db()
    account_service.edit(row=winner, version=winner.version, now=timezone.now(), city="上海")

    undo(client)

    loser.refresh_from_db()
    assert loser.merged_into == winner.ledger_id


def test_an_account_edited_meanwhile_is_not_merged(client, founder):
    winner, loser = AccountFactory(), AccountFactory()
    account_service.edit(row=loser, version=loser.version, now=timezone.now(), city="上海")

    page = merge(client, winner, loser)

    assert page.status_code == 422
    assert "Nothing was merged" in page.content.decode()
    assert Account.objects.current().count() == 2


def test_a_merged_name_finds_the_account_that_it_became(client, founder):
    winner, loser = AccountFactory(name="海岳电网"), AccountFactory(name="皖岳供电")
    merge(client, winner, loser)

    client.post(reverse("lead-new"), {"account_name": "皖岳供电", "owner": founder.pk})

    assert Lead.objects.get().account == winner


def test_a_seller_does_not_merge_away_the_leads_of_a_colleague(client):
    seller = UserFactory()
    client.force_login(seller)
    winner, loser = AccountFactory(), AccountFactory()
    LeadFactory(account=winner, owner=seller)
    LeadFactory(account=loser, owner=seller)
    theirs = LeadFactory(account=loser)

    page = merge(client, winner, loser)

    assert page.status_code == 422
    assert "Ask a manager" in page.content.decode()
    assert Lead.objects.get(pk=theirs.pk).account == loser


def test_a_seller_merges_people_where_he_alone_has_leads(client):
    seller = UserFactory()
    client.force_login(seller)
    winner = ContactFactory(account=LeadFactory(owner=seller).account)
    loser = ContactFactory(account=winner.account, name="陈工")
    theirs = LeadFactory(account=winner.account)

    refused = merge(client, winner, loser)
    theirs.owner = seller
    theirs.save()
    merged = merge(client, winner, loser)

    assert refused.status_code == 422
    assert "Ask a manager" in refused.content.decode()
    assert merged.status_code == 302


def test_a_person_who_was_named_twice_in_a_talk_is_named_once_and_parted_again(client, founder):
    account = AccountFactory()
    winner, loser = ContactFactory(account=account), ContactFactory(account=account, name="陈工")
    both = InteractionFactory(lead__account=account, contact=loser)
    both.attendees.set([winner, loser])
    alone = InteractionFactory(lead=both.lead, happened_at=MONDAY - timedelta(days=3))
    alone.attendees.set([loser])

    merge(client, winner, loser)
    assert list(both.attendees.all()) == [winner]
    assert list(alone.attendees.all()) == [winner]
    assert Interaction.objects.get(pk=both.pk).contact == winner

    undo(client)
    assert set(both.attendees.all()) == {winner, loser}
    assert list(alone.attendees.all()) == [loser]
    assert Interaction.objects.get(pk=both.pk).contact == loser


def test_people_of_two_accounts_are_not_merged(client, founder):
    page = merge(client, ContactFactory(), ContactFactory())

    assert "Nobody else is known at this account" in page.content.decode()
    assert Contact.objects.current().count() == 2


def test_invoices_of_a_merged_account_stay_whole(client, founder):
    invoice = InvoiceFactory()
    winner = AccountFactory()

    merge(client, winner, Account.objects.get(pk=invoice.account_id))

    assert Invoice.objects.get().account == winner
