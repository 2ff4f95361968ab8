"""Edits in the back office: nothing overwritten, nothing deleted, figures kept."""

from decimal import Decimal

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from crm.models import (
    Account,
    AttendeeTrail,
    Invoice,
    Lead,
    Payment,
    StageChange,
    User,
)
from crm.services import figures, payments, rights
from tests.crm.back_office import form_of, url
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


def test_an_edit_keeps_search_keys_version_and_trail(office, founder):
    account = AccountFactory(name="海岳电网")

    answer = office.post(
        url(Account, "change", account.pk), form_of(office, account, name="晨曦科技")
    )

    account.refresh_from_db()
    assert answer.status_code == 302
    assert (account.pinyin, account.version) == ("chenxikeji", 2)
    assert account.history.order_by("history_id").last().history_user == founder


def test_an_edit_of_what_someone_else_saved_meanwhile_is_refused(office):
    account = AccountFactory(name="before")
    posted = form_of(office, account, name="mine")
    Account.objects.filter(pk=account.pk).update(name="theirs", version=2)

    answer = office.post(url(Account, "change", account.pk), posted)

    account.refresh_from_db()
    assert answer.status_code == 200
    assert "Nothing was overwritten" in answer.content.decode()
    assert account.name == "theirs"


def test_hours_edited_in_the_back_office_are_counted_on_the_lead(office):
    met = InteractionFactory(presales_hours=Decimal(1))

    office.post(url(type(met), "change", met.pk), form_of(office, met, presales_hours="7.5"))

    lead = Lead.objects.get(pk=met.lead_id)
    assert lead.unpaid_hours == Decimal("7.5")
    assert lead.assessment_due_at is not None


def test_hours_that_move_to_another_lead_are_counted_there_alone(office):
    met, other = InteractionFactory(presales_hours=Decimal(3)), LeadFactory()
    figures.refresh([met.lead_id], now=MONDAY)

    office.post(url(type(met), "change", met.pk), form_of(office, met, lead=other.pk))

    hours = Lead.objects.in_bulk([met.lead_id, other.pk])
    assert hours[met.lead_id].unpaid_hours == 0
    assert hours[other.pk].unpaid_hours == 3


def test_a_row_that_came_in_bulk_keeps_what_it_said_before_its_first_edit(office):
    met = InteractionFactory(presales_hours=Decimal(2))
    met.history.all().delete()

    office.post(url(type(met), "change", met.pk), form_of(office, met, presales_hours="9"))

    said = met.history.order_by("history_date", "history_id")
    assert [row.presales_hours for row in said] == [2, 9]
    assert said[0].history_date == met.recorded_at


def test_who_was_there_before_an_edit_in_the_back_office_is_kept(office):
    met = InteractionFactory()
    with_one, other = ContactFactory.create_batch(2, account=met.lead.account)
    type(met).objects.filter(pk=met.pk).update(contact=with_one)

    def say(**who):
        met.refresh_from_db()
        office.post(url(type(met), "change", met.pk), form_of(office, met, **who))
        rows = AttendeeTrail.objects.order_by("pk")
        return [(row.contact, row.since_at is None, row.until_at is None) for row in rows]

    assert say(note="no change of people") == []
    assert say(attendees=[with_one.pk]) == []
    gone_and_come = [(with_one, True, False), (other, False, True)]
    assert say(attendees=[other.pk]) == gone_and_come
    assert say(attendees=[with_one.pk, other.pk]) == [*gone_and_come, (with_one, False, True)]


def test_a_stage_set_in_the_back_office_keeps_its_dated_row(office, founder):
    lead = LeadFactory()

    office.post(url(Lead, "change", lead.pk), form_of(office, lead, stage="SOLUTION"))

    change = StageChange.objects.get(lead=lead)
    assert (change.from_stage, change.to_stage, change.by) == ("NEW", "SOLUTION", founder)


def test_an_outcome_set_in_the_back_office_says_who_judged(office, founder):
    lead = LeadFactory()
    posted = form_of(office, lead, outcome="LOST", closed_at_0="2026-11-20", closed_at_1="10:00:00")

    office.post(url(Lead, "change", lead.pk), posted)

    lead.refresh_from_db()
    assert (lead.outcome, lead.outcome_by) == ("LOST", founder)
    assert lead.outcome_recorded_at is not None


def test_an_outcome_without_a_close_is_refused_in_the_form(office):
    lead = LeadFactory()

    answer = office.post(url(Lead, "change", lead.pk), form_of(office, lead, outcome="LOST"))

    assert answer.status_code == 200
    assert Lead.objects.get(pk=lead.pk).outcome == ""


def test_a_payment_added_in_the_back_office_settles_its_invoice(office):
    invoice = InvoiceFactory(amount=Decimal(1000))
    posted = {
        "invoice": invoice.pk,
        "paid_date": "2026-11-20",
        "amount": "1000",
        "note": "",
        "kind": "MONEY",
    }

    answer = office.post(url(Payment, "add"), posted)

    assert answer.status_code == 302, answer.context["errors"]
    invoice.refresh_from_db()
    assert (invoice.paid_amount, str(invoice.settled_date)) == (Decimal(1000), "2026-11-20")


def test_a_payment_of_more_than_came_in_cannot_be_taken_back(office):
    invoice = InvoiceFactory(amount=Decimal(1000))
    posted = {"invoice": invoice.pk, "paid_date": "2026-11-20", "amount": "-5"}

    answer = office.post(url(Payment, "add"), posted)

    assert "no more can be taken back" in answer.content.decode()
    assert not Payment.objects.exists()


def act(office: Client, action: str, *rows: models.Model) -> str:
    """Run an action on rows and return the page after it."""
    posted = {"action": action, "_selected_action": [row.pk for row in rows]}
    return office.post(url(type(rows[0]), "changelist"), posted, follow=True).content.decode()


def test_records_are_put_away_and_brought_back(office):
    met = InteractionFactory(presales_hours=Decimal(3))

    act(office, "put_away", met)
    assert Lead.objects.get(pk=met.lead_id).unpaid_hours == 0

    act(office, "bring_back", met)
    assert Lead.objects.get(pk=met.lead_id).unpaid_hours == Decimal(3)
    met.refresh_from_db()
    assert (met.archived_at, met.version) == (None, 3)


def test_a_payment_put_away_opens_its_invoice_again(office):
    invoice = InvoiceFactory(amount=Decimal(1000))
    payment = payments.record(
        invoice=invoice, amount=Decimal(1000), paid_date=MONDAY.date(), now=MONDAY, author=None
    )

    act(office, "put_away", payment)

    invoice = Invoice.objects.get(pk=invoice.pk)
    assert (invoice.paid_amount, invoice.settled_date) == (0, None)


def test_a_payment_that_others_took_back_stays(office):
    invoice = InvoiceFactory(amount=Decimal(1000))
    first, _back = (
        payments.record(
            invoice=invoice, amount=Decimal(n), paid_date=MONDAY.date(), now=MONDAY, author=None
        )
        for n in (500, -200)
    )

    page = act(office, "put_away", first)

    assert "More would be taken back" in page
    assert Payment.objects.get(pk=first.pk).archived_at is None


def test_earlier_states_are_shown_and_never_saved(office):
    account = AccountFactory(name="before")
    state = account.history.get()
    there = reverse("admin:crm_account_simple_history", args=(account.pk, state.pk))

    assert office.get(url(Account, "history", account.pk)).status_code == 200
    assert office.get(there).status_code == 200
    assert office.post(there, {"name": "back"}).status_code == 403


# --- people ---


def test_a_founder_adds_a_person_with_a_role_and_a_password(office):
    posted = {
        "username": "lin",
        "display_name": "林工",
        "role": "MANAGER",
        "usable_password": "true",
        "password1": "three red kites",
        "password2": "three red kites",
    }

    answer = office.post(url(User, "add"), posted)

    assert answer.status_code == 302
    person = User.objects.get(username="lin")
    assert (person.role, person.is_staff) == ("MANAGER", False)
    assert person.check_password("three red kites")


def test_the_way_into_the_back_office_follows_the_role(office):
    person = UserFactory()

    office.post(url(User, "change", person.pk), form_of(office, person, role="FOUNDER"))

    person.refresh_from_db()
    assert (person.role, person.is_staff, person.is_superuser) == ("FOUNDER", True, False)


@pytest.mark.parametrize("changes", [{"role": "SELLER"}, {"is_active": ""}])
def test_the_last_founder_stays(office, founder, changes):
    without_password = UserFactory(role=User.Role.FOUNDER)
    without_password.set_unusable_password()
    without_password.save()
    posted = form_of(office, founder, **changes)

    answer = office.post(url(User, "change", founder.pk), posted)

    founder.refresh_from_db()
    assert "last founder" in answer.content.decode()
    assert (founder.role, founder.is_active) == ("FOUNDER", True)


def test_a_founder_may_go_while_another_can_sign_in(founder):
    UserFactory(role=User.Role.FOUNDER)
    founder.role = User.Role.SELLER

    rights.store(founder)

    assert not User.objects.get(pk=founder.pk).is_staff


def test_zones_and_countries_are_chosen_and_no_others_taken(office):
    person, account = UserFactory(), AccountFactory()
    page = url(User, "change", person.pk), url(Account, "change", account.pk)

    refused = office.post(page[0], form_of(office, person, time_zone="Moon/Base"))
    assert "There is no time zone of this name." in refused.content.decode()
    refused = office.post(page[1], form_of(office, account, country="XQ"))
    assert "There is no such country." in refused.content.decode()
    office.post(page[0], form_of(office, person, time_zone="Europe/Berlin"))
    office.post(page[1], form_of(office, account, country="DE"))

    person.refresh_from_db()
    account.refresh_from_db()
    assert (person.time_zone, account.country) == ("Europe/Berlin", "DE")
