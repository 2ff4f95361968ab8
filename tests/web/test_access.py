"""Who may open what: every address x every role x one's own, a foreign and a missing row.

The tables of tests/web/rights.py are the rule. An address that they do not name fails the first
test.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import models
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from crm.models import CustomField, Decision, Digest, OutboxMail, SavedView, Target, Undoable, User
from scoring import own_values, points_versions
from scoring.models import ModelCard, PointsDraft, TrainedModel
from tests.factories import (
    AccountFactory,
    AssessmentFactory,
    BidFactory,
    ContactFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    PaidStepOfferFactory,
    PaymentFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
    PlannedMeetingFactory,
    TeamFactory,
    UserFactory,
)
from tests.web.rights import (
    CHANGING,
    METHODS,
    MISSING,
    NEEDS_NO_TOKEN,
    OF_SIGN_IN,
    PAGES,
    SEES,
    SELLER,
    TRACES,
    Role,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("patient")]


def patterns(found: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address of the program with its pattern."""
    for each in found.url_patterns:
        if isinstance(each, URLPattern):
            yield before + str(each.pattern), each
        else:
            yield from patterns(each, before + str(each.pattern))


ADDRESSES = list(patterns(get_resolver()))
OF_BACK_OFFICE = [address for address, _ in ADDRESSES if address.startswith("admin/")]
KEY_OF_ROW = re.compile(r"<(path|int):\w+>|\(\[\^/\]\+\)|\(\?P<\w+>[^)]+\)")


@dataclass
class World:
    """A small firm of two teams, and the rows of its first seller."""

    people: dict[str, User]
    rows: dict[str, int]
    foreign: dict[str, int]


@pytest.fixture
def world() -> World:
    """Give two teams, each with a manager and a seller, the same rows for each seller."""
    cache.clear()  # what a test before used up of a minute
    north, south = TeamFactory(), TeamFactory()
    people = {
        "founder": UserFactory(role=Role.FOUNDER, is_staff=True),
        "manager": UserFactory(role=Role.MANAGER, team=north),
        "seller": UserFactory(role=Role.SELLER, team=north, **SELLER),
        "other_manager": UserFactory(role=Role.MANAGER, team=south),
        "other_seller": UserFactory(role=Role.SELLER, team=south),
        "accountant": UserFactory(role=Role.ACCOUNTANT),
        "viewer": UserFactory(role=Role.VIEWER),
    }
    a_field_that_looks_like_a_leak()
    return World(people, rows_of(people["seller"]), rows_of(people["other_seller"]))


def a_field_that_looks_like_a_leak() -> None:
    """Keep an own field of which the model card says that it knows the end."""
    CustomField.objects.create(key="code", label="Budget code")
    probe = {
        "field": f"{own_values.PREFIX}code",
        "n": 60,
        "auc": 0.99,
        "late": 0.9,
    } | dict.fromkeys(("is_leak", "left_out"), True)
    ModelCard.objects.create(
        target=Target.NO_ORDER, computed_at=timezone.now(), facts={"probes": [probe]}
    )


def rows_of(owner: User) -> dict[str, int]:
    """Return a row of every kind that belongs to a seller."""
    lead = LeadFactory(owner=owner)
    AssessmentFactory(lead=lead)
    mail = OutboxMail.objects.create(created_at=timezone.now(), recipient=owner, to=owner.email)
    return {
        "lead": lead.pk,
        "talk": InteractionFactory(lead=lead, author=owner).pk,
        "offer": PaidStepOfferFactory(lead=lead).pk,
        "decision": Decision.objects.create(
            lead=lead,
            kind=Decision.Kind.PAUSE,
            decided_by=owner,
            reason="their budget opens in spring",
            happened_at=timezone.now(),
            recorded_at=timezone.now(),
        ).pk,
        "bid": BidFactory(lead=lead).pk,
        "terms": PaymentTermsFactory(lead=lead).pk,
        "milestone": PaymentMilestoneFactory(lead=lead).pk,
        "invoice": InvoiceFactory(lead=lead).pk,
        "payment": PaymentFactory(invoice=InvoiceFactory(lead=lead)).pk,
        "plan": PlannedMeetingFactory(lead=lead, author=owner).pk,
        "account": lead.account_id,
        "contact": ContactFactory(account=lead.account).pk,
        "mail": mail.pk,
        "digest": Digest.objects.create(
            recipient=owner,
            period="2026-W48",
            status=Digest.Status.UNKNOWN,
            due_at=timezone.now(),
            next_try_at=timezone.now(),
        ).pk,
        "undoable": Undoable.objects.create(kind="ASSIGN", by=owner, made_at=timezone.now()).pk,
        "merge": Undoable.objects.create(
            kind="MERGE_ACCOUNTS", by=owner, made_at=timezone.now(), undone_at=timezone.now()
        ).pk,
        "view": SavedView.objects.create(name="mine", owner=owner, recorded_at=timezone.now()).pk,
        "version": TrainedModel.objects.create(
            target="NO_ORDER",
            sha256="a" * 64,
            points_version="points-1",
            trained_at=timezone.now(),
            deals=30,
            positives=22,
            negatives=8,
            share=0.24,
        ).pk,
        "draft": PointsDraft.objects.create(
            target="NO_ORDER",
            base=1,
            data=points_versions.shipped("NO_ORDER"),
            reason="x",
            created_at=timezone.now(),
            created_by=owner,
        ).pk,
    }


def address_of(name: str, row: int | None = None) -> str:
    """Return the address of a page, of a row where it has one."""
    page = PAGES[name]
    return reverse(name, kwargs={**({"pk": row} if page.row else {}), **page.more})


def signed_in(user: User | None) -> Client:
    """Return a browser in which a user is signed in."""
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def everything() -> dict[str, str]:
    """Return a digest of each table, without what a visit leaves behind."""
    return {
        model._meta.label: digest_of(model)
        for model in apps.get_models(include_auto_created=True)
        if model is not Session and model._meta.managed
    }


def digest_of(model: type[models.Model]) -> str:
    """Return a digest of all rows of a table."""
    names = [each.attname for each in model._meta.concrete_fields if each.attname not in TRACES]
    rows = model._default_manager.order_by("pk").values_list(*names)
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()


def test_every_address_is_named_in_these_tables() -> None:
    ours = {str(pattern.name) for address, pattern in ADDRESSES if not address.startswith("admin/")}

    assert ours == set(PAGES) | OF_SIGN_IN


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if "get" in page.methods])
def test_a_page_opens_to_those_who_may_see_its_row_and_writes_nothing(
    world: World, name: str
) -> None:
    page, before = PAGES[name], everything()
    for who, person in world.people.items():
        answer = signed_in(person).get(address_of(name, world.rows.get(page.row)))

        sees = who in page.may and (not page.row or who in SEES[page.row])
        expected = {200, 302} if sees else {403} if who not in page.may else {404}
        assert answer.status_code in expected, (who, answer.status_code)
    assert everything() == before


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.row])
def test_a_row_that_one_may_not_see_is_answered_as_one_that_is_not_there(
    world: World, name: str
) -> None:
    page = PAGES[name]
    method = page.methods[0]
    for who in page.may:
        client = signed_in(world.people[who])
        rows = [MISSING] if who in SEES[page.row] else [MISSING, world.rows[page.row]]
        for row in rows:
            answer = getattr(client, method)(address_of(name, row))
            assert answer.status_code == 404, (who, row)


@pytest.mark.parametrize("name", PAGES)
def test_what_is_refused_writes_nothing(world: World, name: str) -> None:
    page = PAGES[name]
    said = {"version": "1", "to_stage": "BID", "outcome": "WON", "name": "x", "language": "en"}
    before = everything()

    for who, person in [*world.people.items(), ("stranger", None)]:
        client = signed_in(person)
        sees = who in page.may and (not page.row or who in SEES[page.row])
        for row in [world.rows[page.row], MISSING] if page.row else [None]:
            for method in METHODS:
                if sees and row != MISSING and method in page.methods:
                    continue  # it is not refused
                answer = getattr(client, method)(address_of(name, row), said)
                assert answer.status_code < 500, (who, method)
                if method in CHANGING:
                    assert answer.status_code in {302, 403, 404, 405}, (who, method)

    assert everything() == before


def test_a_stranger_is_sent_to_the_sign_in_page_from_every_page_of_ours(world: World) -> None:
    client = signed_in(None)

    for name, page in PAGES.items():
        if "stranger" in page.may or "get" not in page.methods:
            continue
        answer = client.get(address_of(name, world.rows.get(page.row)))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("account_login")), name


def test_a_write_without_the_token_of_our_own_form_is_refused(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["founder"])
    before = everything()

    for name, page in PAGES.items():
        if "post" in page.methods and name not in NEEDS_NO_TOKEN:
            answer = client.post(address_of(name, world.rows.get(page.row)), {"language": "en"})
            assert answer.status_code == 403, name

    assert everything() == before


@pytest.mark.one_database
def test_the_back_office_opens_to_founders_alone(world: World) -> None:
    addresses = [back_office_address(address, world) for address in OF_BACK_OFFICE]
    door, sign_in = reverse("admin:login"), reverse("account_login")
    before = everything()

    # The door asks for founders; one who is none tries every address, the others the first few.
    for who, tried in (("manager", None), ("accountant", 9), ("viewer", 9), ("stranger", None)):
        client = signed_in(world.people.get(who))
        for address in addresses[:tried]:
            for send in (client.get, client.post):
                answer = send(address, {"action": "put_away"})
                if answer.status_code == 302:
                    led_to = answer["Location"].partition("?")[0]
                    assert led_to in {reverse("admin:index"), door, sign_in}, (who, address)
                else:
                    assert answer.status_code in {403, 404}, (who, address)
        # Strangers are asked to sign in; whoever has done so finds the door shut.
        assert client.get(door).status_code == (302 if who == "stranger" else 403)

    assert everything() == before


def test_no_page_of_the_back_office_fails_or_writes_when_it_is_read(world: World) -> None:
    founder = signed_in(world.people["founder"])
    before = everything()

    for address in OF_BACK_OFFICE:
        answer = founder.get(back_office_address(address, world))
        assert answer.status_code in {200, 302, 403, 404, 405}, address

    assert everything() == before


def back_office_address(address: str, world: World) -> str:
    """Return an address of the back office, with the lead's key where it wants one."""
    return "/" + KEY_OF_ROW.sub(str(world.rows["lead"]), address).replace("^", "").replace("$", "")


@pytest.mark.parametrize("name", sorted(OF_SIGN_IN))
def test_the_pages_of_the_sign_in_answer_everyone_and_open_no_account(
    world: World, name: str
) -> None:
    keys = {"account_confirm_email": ["key"], "account_reset_password_from_key": ["1", "key"]}
    address = reverse(name, args=keys.get(name, []))
    before = everything()

    for person in [world.people["founder"], world.people["viewer"], None]:
        for method in ("get", "post"):
            said = {"email": "new@vendor.example", "username": "new", "password1": "long enough 1"}
            answer = getattr(signed_in(person), method)(address, said)
            assert answer.status_code < 500, (person, method)

    assert everything() == before


def test_someone_who_left_is_signed_out_at_once(world: World) -> None:
    client = signed_in(world.people["seller"])
    world.people["seller"].is_active = False
    world.people["seller"].save()

    assert client.get(reverse("lead-list")).status_code == 302


def test_every_record_of_the_back_office_refuses_to_be_deleted() -> None:
    request = RequestFactory().get("/")
    request.user = UserFactory(role=Role.FOUNDER, is_staff=True)

    ours = [each for model, each in admin.site._registry.items() if model._meta.app_label == "crm"]
    assert [each for each in ours if each.has_delete_permission(request)] == []


def test_an_accountant_sees_the_leads_that_have_money_and_no_other() -> None:
    accountant = signed_in(UserFactory(role=Role.ACCOUNTANT))
    paid, quiet = LeadFactory(has_money=True), LeadFactory()
    PaymentTermsFactory(lead=paid)
    InvoiceFactory(lead=paid)

    assert accountant.get(reverse("lead-detail", args=[paid.pk])).status_code == 200
    assert accountant.get(reverse("lead-detail", args=[quiet.pk])).status_code == 404
    assert accountant.get(reverse("account-detail", args=[quiet.account_id])).status_code == 404


def test_an_accountant_bills_a_client_that_has_no_lead_or_was_billed_without_one() -> None:
    accountant = signed_in(UserFactory(role=Role.ACCOUNTANT))
    nobodys, billed, pursued = AccountFactory(), LeadFactory().account, LeadFactory().account
    InvoiceFactory(lead=None, account=billed)

    for account, opens in ((nobodys, 200), (billed, 200), (pursued, 404)):
        page = accountant.get(reverse("invoice-new"), {"account": account.pk})
        assert page.status_code == opens
