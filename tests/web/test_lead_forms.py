"""What the forms that change a lead promise."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Account, Firm, Lead, Outcome, User
from crm.services import leads
from tests.factories import (
    MONDAY,
    AccountFactory,
    DeliverableFactory,
    LeadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NEW = reverse("lead-new")


def at(name, lead):
    """Return the address of a form of a lead."""
    return reverse(name, args=[lead.pk])


def edited(lead, **changes):
    """Return the fields of the edit form, with some of them changed."""
    return {"version": lead.version, "title": lead.title, "currency": "CNY"} | changes


def test_a_new_lead_brings_its_account_along(client, founder):
    answer = client.post(
        NEW,
        {
            "account_name": "启岚汽车",
            "account_kind": "SME",
            "account_city": "苏州",
            "title": "排班优化",
            "source": "REFERRAL",
        },
    )

    lead = Lead.objects.get()
    assert answer["Location"] == at("lead-detail", lead)
    assert (lead.account.name, lead.account.kind, lead.account.initials) == (
        "启岚汽车",
        "SME",
        "qlqc",
    )
    assert (lead.owner, lead.est_value_amount, lead.currency) == (founder, None, "CNY")
    assert lead.stage_changes.get().to_stage == "NEW"
    assert lead.assessment_due_at is not None


def test_a_new_lead_begins_with_five_fields_and_the_rest_unfolds(client, founder):
    begins, _fold, rest = client.get(NEW).content.decode().partition('<details class="log-more')
    form = begins[begins.index("<form class=") :]
    assert form.count('class="field') == 5
    assert rest.startswith(' wide">')
    assert 'name="owner"' in rest

    refused = client.post(NEW, {"account_name": "启岚汽车", "est_value_amount": "viel"})

    assert '<details class="log-more wide" open>' in refused.content.decode()


def test_an_account_is_known_again_by_another_spelling_of_its_name(client, founder):
    known = AccountFactory(name="海岳电网股份有限公司")

    client.post(NEW, {"account_name": "海岳电网有限责任公司", "title": "助手"})

    assert Lead.objects.get().account == known
    assert Account.objects.count() == 1


def test_a_lead_without_an_account_is_refused_beside_the_field(client, founder):
    answer = client.post(NEW, {"title": "助手"})

    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()


def test_a_value_of_zero_is_refused_with_a_word(client, founder):
    answer = client.post(NEW, {"account_name": "启岚", "est_value_amount": "0"})

    assert answer.status_code == 422
    assert not Lead.objects.exists()


def test_an_edit_shows_the_value_as_people_write_it_and_keeps_a_rare_currency(client, founder):
    lead = LeadFactory(est_value_amount=Decimal("220000.00"), currency="CHF")

    page = client.get(at("lead-edit", lead)).content.decode()

    assert 'value="220000"' in page
    assert re.search(r'name="currency".*?<option value="(\w+)"', page, re.DOTALL)[1] == "CNY"
    assert '<option value="CHF" selected' in page
    client.post(at("lead-edit", lead), edited(lead, est_value_amount="220000.5", currency="CHF"))
    lead.refresh_from_db()
    assert (lead.est_value_amount, lead.currency) == (Decimal("220000.50"), "CHF")
    assert 'value="220000.50"' in client.get(at("lead-edit", lead)).content.decode()
    refused = client.post(at("lead-edit", lead), edited(lead, currency="???"))
    assert refused.status_code == 422


def test_an_edit_is_kept(client, founder):
    lead = LeadFactory()

    answer = client.post(at("lead-edit", lead), edited(lead, est_value_amount="250000"))

    lead.refresh_from_db()
    assert answer.status_code == 302
    assert (lead.est_value_amount, lead.version) == (250_000, 2)


def test_of_two_edits_the_second_sees_both_values_and_may_save_again(client, founder):
    lead = LeadFactory(title="before")
    leads.edit(lead=lead, version=1, now=MONDAY, title="theirs")

    stale = client.post(at("lead-edit", lead), edited(lead, title="mine"))
    page = stale.content.decode()

    assert stale.status_code == 422
    assert "Someone else saved this meanwhile" in page
    assert "<td>theirs</td><td><strong>mine</strong></td>" in page
    assert Lead.objects.get(pk=lead.pk).title == "theirs"

    client.post(at("lead-edit", lead), edited(lead, title="mine", version=2))

    assert Lead.objects.get(pk=lead.pk).title == "mine"


def test_a_lead_moves_to_a_stage(client, founder):
    lead = LeadFactory()

    client.post(at("lead-move", lead), {"to_stage": "SOLUTION", "version": 1, "despite": "on"})

    lead.refresh_from_db()
    assert lead.stage == "SOLUTION"
    assert lead.stage_changes.get().by == founder


def test_a_move_without_evidence_shows_the_gaps_and_a_way_on(client, founder):
    lead = LeadFactory()

    answer = client.post(at("lead-move", lead), {"to_stage": "QUALIFIED", "version": 1})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "4 things are not proved yet" in page
    assert "What forces a decision by a date?" in page
    assert "Move anyway" in page
    assert Lead.objects.get().stage == "NEW"


def test_where_the_firm_wants_evidence_there_is_no_way_round(client, founder):
    Firm.objects.create(pk=1, evidence_is_required=True)
    lead = LeadFactory()

    answer = client.post(
        at("lead-move", lead), {"to_stage": "QUALIFIED", "version": 1, "despite": "on"}
    )

    assert "Move anyway" not in answer.content.decode()
    assert Lead.objects.get().stage == "NEW"


def test_a_move_from_an_old_page_changes_nothing_and_says_so(client, founder):
    lead = LeadFactory(version=3)

    answer = client.post(at("lead-move", lead), {"to_stage": "BID", "version": 2}, follow=True)

    lead.refresh_from_db()
    assert lead.stage == "NEW"
    assert "Someone else saved this meanwhile" in answer.content.decode()


def test_a_stage_that_does_not_exist_is_refused(client, founder):
    lead = LeadFactory()

    answer = client.post(at("lead-move", lead), {"to_stage": "LIMBO", "version": 1}, follow=True)

    assert "Choose one of the stages." in answer.content.decode()


def test_a_lead_closes_with_how_it_ended_and_who_says_so(client, founder):
    lead = LeadFactory()

    client.post(
        at("lead-close", lead),
        {
            "outcome": "NO_DECISION",
            "is_guess": "guess",
            "basis": "their director said so",
            "lesson": "ask for the budget first",
            "version": 1,
        },
    )

    lead.refresh_from_db()
    assert (lead.outcome, lead.outcome_by, lead.outcome_is_guess) == (
        Outcome.NO_DECISION,
        founder,
        True,
    )
    assert lead.closed_at is not None


def test_a_close_without_an_outcome_is_refused(client, founder):
    lead = LeadFactory()

    answer = client.post(at("lead-close", lead), {"is_guess": "sure", "version": 1})

    assert answer.status_code == 422
    assert Lead.objects.get(pk=lead.pk).closed_at is None


def test_free_consulting_is_proposed_by_its_rule_and_judged_by_a_person(client, founder):
    silent = timezone.now() - timedelta(days=90)
    lead = LeadFactory(last_client_contact_at=silent, unpaid_hours=Decimal(30))
    DeliverableFactory(lead=lead, disclosure_level=5)

    page = client.get(at("lead-close", lead)).content.decode()

    assert "By our rule this was free consulting; you judge." in page
    assert 'value="FREE_CONSULTING" required id="id_outcome_4" checked' in page.replace("  ", " ")


def test_a_lead_that_still_talks_is_not_called_free_consulting(client, founder):
    lead = LeadFactory(last_client_contact_at=timezone.now(), unpaid_hours=Decimal(30))

    assert "By our rule" not in client.get(at("lead-close", lead)).content.decode()


def test_a_close_can_be_taken_back(client, founder):
    lead = LeadFactory(closed_at=MONDAY, outcome=Outcome.LOST)

    client.post(at("lead-reopen", lead), {"version": 1})

    lead.refresh_from_db()
    assert (lead.closed_at, lead.outcome) == (None, "")


@pytest.mark.parametrize("name", ["lead-move", "lead-reopen"])
def test_a_link_changes_nothing(client, founder, name):
    assert client.get(at(name, LeadFactory())).status_code == 405


@pytest.mark.parametrize("name", ["lead-edit", "lead-move", "lead-close", "lead-reopen"])
def test_forms_of_somebody_else_s_lead_are_not_there(client, name):
    client.force_login(UserFactory())

    assert client.post(at(name, LeadFactory()), {"version": 1}).status_code == 404


@pytest.mark.parametrize("role", [User.Role.ACCOUNTANT, User.Role.VIEWER])
def test_who_does_not_sell_changes_no_lead(client, role):
    client.force_login(UserFactory(role=role))
    lead = LeadFactory(has_money=True)

    for name in ("lead-edit", "lead-move", "lead-close", "lead-reopen"):
        assert client.post(at(name, lead), {"version": 1}).status_code == 403
    assert client.get(NEW).status_code == 403


def test_the_same_form_sent_twice_opens_one_lead(client, founder):
    said = {"account_name": "启岚汽车", "title": "排班优化", "token": str(uuid4())}

    places = {client.post(NEW, said)["Location"] for _ in range(2)}

    assert places == {at("lead-detail", Lead.objects.get())}


def test_an_edit_that_names_no_version_overwrites_nothing(client, founder):
    lead = LeadFactory(title="before")

    answer = client.post(at("lead-edit", lead), edited(lead, title="after", version=""))

    assert answer.status_code == 422
    lead.refresh_from_db()
    assert lead.title == "before"


def test_a_lead_that_was_edited_meanwhile_closes_at_the_second_try(client, founder):
    lead = LeadFactory()
    leads.edit(lead=lead, version=1, now=timezone.now(), title="edited meanwhile")
    said = {"outcome": "LOST", "is_guess": "sure", "lesson": "ask for the budget", "version": 1}

    first = client.post(at("lead-close", lead), said)
    version = first.context["form"]["version"].value()
    second = client.post(at("lead-close", lead), {**said, "version": version})

    assert (first.status_code, second.status_code) == (422, 302)
    lead.refresh_from_db()
    assert (lead.outcome, lead.outcome_lesson) == (Outcome.LOST, "ask for the budget")


def test_a_lead_given_to_a_colleague_leaves_its_seller_on_the_list(client):
    seller, colleague = UserFactory(), UserFactory()
    client.force_login(seller)
    lead = LeadFactory(owner=seller)

    answer = client.post(at("lead-edit", lead), edited(lead, owner=colleague.pk), follow=True)

    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == reverse("lead-list")


def test_an_owner_who_left_stays_the_owner_until_someone_says_otherwise(client, founder):
    lead = LeadFactory(owner=UserFactory(is_active=False, display_name="Gone Li"))

    page = client.get(at("lead-edit", lead)).content.decode()
    client.post(at("lead-edit", lead), edited(lead, owner=lead.owner_id, title="edited"))

    assert "Gone Li" in page
    lead.refresh_from_db()
    assert (lead.title, lead.owner.display_name) == ("edited", "Gone Li")


def test_accounts_that_are_called_by_signs_alone_are_not_taken_for_each_other(client, founder):
    for name in ("🎉", "!!!"):
        client.post(NEW, {"account_name": name})

    assert {lead.account.name for lead in Lead.objects.all()} == {"🎉", "!!!"}
