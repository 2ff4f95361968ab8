"""The back office: founders only, nothing deleted, nothing overwritten, figures kept."""

from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import (
    AttendeeTrail,
    Contest,
    CustomField,
    DealCash,
    DealCost,
    Decision,
    Digest,
    Firm,
    FirmCash,
    FirmFigure,
    Flag,
    ForecastMark,
    Heartbeat,
    InteractionEffort,
    InvoiceForecast,
    InvoiceReminder,
    JobRun,
    Lead,
    LeadTag,
    OutboxMail,
    PaymentRule,
    ReferenceRate,
    SavedView,
    SystemEvent,
    Tag,
    Undoable,
    User,
)
from tests import factories
from tests.crm.back_office import url
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


def test_its_pages_name_the_icon_that_browsers_ask_for(office):
    page = office.get(reverse("admin:crm_customfield_add")).content.decode()

    assert '<link rel="icon" href="' in page


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
    AttendeeTrail.objects.create(interaction=met, contact=factories.ContactFactory())
    for make in (
        factories.DeliverableFactory,
        factories.BidFactory,
        factories.StageChangeFactory,
        factories.LeadFactFactory,
        factories.PaidStepOfferFactory,
        factories.PlannedMeetingFactory,
        factories.TravelCheckFactory,
        factories.QualificationNoteFactory,
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
    noted = {"lead": lead, "by": person, "happened_at": MONDAY, "recorded_at": MONDAY}
    Contest.objects.create(reason_code="F10", why="NOT_SO", **noted)
    SystemEvent.objects.create(kind="MESSAGE_COPIED", **noted)
    moment = MONDAY + timedelta(hours=n)
    LeadTag.objects.create(lead=lead, tag=Tag.objects.create(name=f"tag {n}"))
    SavedView.objects.create(name=f"view {n}", owner=person, recorded_at=moment)
    Undoable.objects.create(kind="ASSIGN", by=person, made_at=moment)
    Digest.objects.create(recipient=person, period="2026-W48", due_at=moment, next_try_at=moment)
    OutboxMail.objects.create(created_at=moment, to="a@b.example", sender="c", subject="s")
    Heartbeat.objects.create(name=f"part {n}", beat_at=moment)
    JobRun.objects.create(name="crm.back_up", started_at=moment, lease_until=moment)
    CustomField.objects.create(key=f"field_{n}", label="海岳", kind="CHOICE", choices=["x"])
    FirmFigure.objects.create(kind="CASH", amount=1, valid_from=moment, recorded_at=moment)
    Firm.objects.get_or_create(pk=1)
    money(lead, person, moment)


def money(lead: Lead, person: User, moment: datetime) -> None:
    """Make one row of what is foreseen, agreed on cost, reminded of and ruled."""
    terms, invoice = lead.payment_terms.get(), lead.invoices.get()
    DealCost.objects.create(terms=terms, label="海岳", amount=1, to_day=9, recorded_at=moment)
    DealCash.objects.create(terms=terms)
    FirmCash.objects.create(as_of_date=moment.date() + timedelta(days=moment.hour), made_at=moment)
    ForecastMark.objects.create(asked_at=moment)
    InvoiceReminder.objects.create(invoice=invoice, step=3, sent_at=moment, sent_by=person)
    InvoiceForecast.objects.create(
        invoice=invoice,
        as_of_date=moment.date(),
        made_at=moment,
        own_count=0,
        pool_count=0,
        long_chance=0.2,
        **{f"late_{days}": 0.2 for days in (0, 30, 60, 90)},
        **{f"days_p{share}": share for share in (10, 50, 80, 90)},
    )
    day = moment.date() + timedelta(days=moment.hour)
    ReferenceRate.objects.create(code="LPR1Y", valid_from=day, percent=3, source="海岳")
    PaymentRule.objects.create(
        code="OWN", country="CN", kind="CAP", valid_from=day, article="a", source="s"
    )


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


@pytest.mark.parametrize(
    "name", ["Assessment", "Decision", "StageChange", "Digest", "Flag", "Firm", "FirmFigure"]
)
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
