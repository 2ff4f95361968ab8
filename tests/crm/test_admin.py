"""The back office: founders only, nothing deleted, nothing overwritten, figures kept."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, models
from django.forms.models import model_to_dict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import (
    Account,
    Decision,
    Digest,
    Firm,
    FirmFigure,
    Flag,
    Heartbeat,
    InteractionEffort,
    Invoice,
    Lead,
    OutboxMail,
    Payment,
    StageChange,
    User,
)
from crm.services import payments, rights
from tests import factories
from tests.factories import (
    MONDAY,
    AccountFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    PaymentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def founder() -> User:
    """Give a founder."""
    return UserFactory(role=User.Role.FOUNDER, is_staff=True, username="founder")


@pytest.fixture
def office(founder: User, client: Client) -> Client:
    """Give a client in which the founder is signed in."""
    client.force_login(founder)
    return client


def url(model: type[models.Model], page: str, *args: Any) -> str:
    """Return the address of a page of the back office."""
    return reverse(f"admin:crm_{model._meta.model_name}_{page}", args=args)


def form_of(office: Client, row: models.Model, **changes: Any) -> dict[str, Any]:
    """Return what the change page of a row would post."""
    page = office.get(url(type(row), "change", row.pk))
    form = page.context["adminform"].form
    posted = {}
    for name in form.fields:
        value = form.get_initial_for_field(form.fields[name], name)
        widget = form.fields[name].widget
        if hasattr(widget, "decompress"):
            for n, part in enumerate(widget.decompress(value)):
                posted[f"{name}_{n}"] = "" if part is None else str(part)
        elif isinstance(value, bool):
            posted |= {name: "on"} if value else {}
        elif isinstance(value, list):
            posted[name] = [getattr(one, "pk", one) for one in value]
        else:
            posted[name] = form.fields[name].prepare_value(value)
    posted |= changes
    return {name: "" if value is None else value for name, value in posted.items()}


# --- who gets in ---


def test_strangers_are_sent_to_the_sign_in_of_the_pages(client):
    first = client.get(reverse("admin:index"), follow=True)

    assert first.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


@pytest.mark.parametrize("role", ["MANAGER", "SELLER", "ACCOUNTANT", "VIEWER"])
def test_nobody_but_founders_gets_in(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("admin:index"), follow=True).status_code == 403
    assert client.get(url(Lead, "changelist"), follow=True).status_code == 403


def test_a_staff_mark_alone_opens_nothing(client):
    client.force_login(UserFactory(is_staff=True))

    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_a_founder_gets_in(office):
    assert office.get(reverse("admin:index")).status_code == 200


# --- every record ---


def test_every_record_is_registered():
    records = {
        model
        for app in ("crm", "scoring")
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
    }
    assert records <= set(admin.site._registry)


def one_of_everything(n: int) -> None:
    """Make one row of every record, each with relations of its own."""
    lead = LeadFactory(account__parent=AccountFactory())
    person = UserFactory(team=factories.TeamFactory())
    factories.ContactFactory(account=lead.account)
    met = InteractionFactory(lead=lead, author=person)
    InteractionEffort.objects.create(interaction=met, person=person, hours=1)
    for make in (
        factories.DeliverableFactory,
        factories.BidFactory,
        factories.StageChangeFactory,
        factories.LeadFactFactory,
        factories.PaidStepOfferFactory,
        factories.PaymentTermsFactory,
        factories.PaymentMilestoneFactory,
        factories.AssessmentFactory,
    ):
        make(lead=lead)
    PaymentFactory(invoice=InvoiceFactory(lead=lead), author=person)
    Flag.objects.create(lead=lead, target="NO_ORDER", level="LOW", raised_at=MONDAY)
    Decision.objects.create(
        lead=lead,
        kind="PAUSE",
        decided_by=person,
        reason="wait",
        happened_at=MONDAY,
        recorded_at=MONDAY,
    )
    moment = MONDAY + timedelta(hours=n)
    Digest.objects.create(recipient=person, iso_week="2026-W48", due_at=moment, next_try_at=moment)
    OutboxMail.objects.create(created_at=moment, to="a@b.example", sender="c", subject="s")
    Heartbeat.objects.create(name=f"part {n}", beat_at=moment)
    FirmFigure.objects.create(kind="CASH", amount=1, valid_from=moment, recorded_at=moment)
    Firm.objects.get_or_create(pk=1)


CRM_MODELS = [model for model in admin.site._registry if model._meta.app_label == "crm"]


@pytest.mark.parametrize("model", CRM_MODELS, ids=lambda model: model.__name__)
def test_lists_cost_the_same_queries_for_more_rows(office, model):
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert office.get(url(model, "changelist")).status_code == 200
        return len(caught)

    one_of_everything(0)
    queries()
    few = queries()
    for n in range(1, 3):
        one_of_everything(n)

    assert queries() == few


@pytest.mark.parametrize("model", CRM_MODELS, ids=lambda model: model.__name__)
def test_every_record_can_be_searched_and_opened_and_none_deleted(office, model):
    one_of_everything(0)
    row = model._default_manager.first()

    assert office.get(url(model, "changelist"), {"q": "海岳"}).status_code == 200
    assert office.get(url(model, "change", row.pk)).status_code == 200
    assert office.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", ["Assessment", "Decision", "StageChange", "Digest", "Flag"])
def test_rows_that_are_written_once_cannot_be_changed(office, name):
    one_of_everything(0)
    model = apps.get_model("crm", name)
    row = model._default_manager.first()
    before = model_to_dict(row)

    assert office.post(url(model, "change", row.pk), {"level": "x"}).status_code == 403
    assert office.get(url(model, "add")).status_code == 403
    row.refresh_from_db()
    assert model_to_dict(row) == before


def test_what_scoring_keeps_is_shown(office):
    for model in apps.get_app_config("scoring").get_models():
        assert (
            office.get(reverse(f"admin:scoring_{model._meta.model_name}_changelist")).status_code
            == 200
        )


# --- writes ---


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
    posted = {"invoice": invoice.pk, "paid_date": "2026-11-20", "amount": "1000", "note": ""}

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


def test_a_time_zone_that_there_is_not_is_refused(office):
    person = UserFactory()

    office.post(url(User, "change", person.pk), form_of(office, person, time_zone="Moon/Base"))

    assert User.objects.get(pk=person.pk).time_zone == ""
