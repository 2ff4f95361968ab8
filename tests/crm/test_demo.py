"""What holds for the demo that is loaded on the first start."""

import hashlib
import json
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.demo import load, users
from crm.demo.moments import Moments
from crm.demo.sheet import Numbers
from crm.demo.world import Plan, World
from crm.models import (
    Account,
    Bid,
    Contact,
    Deliverable,
    Firm,
    Interaction,
    Invoice,
    Lead,
    LeadFact,
    Outcome,
    PaidStepOffer,
    Payment,
    PaymentMilestone,
    PaymentTerms,
    StageChange,
    User,
)
from tests.factories import MONDAY, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
DATED = (Interaction, Deliverable, Bid, LeadFact, PaidStepOffer, PaymentTerms, StageChange)
TABLES = (Account, Contact, Lead, *DATED, PaymentMilestone, Invoice, Payment)
SHANGHAI = ZoneInfo("Asia/Shanghai")
# Keys and what the clock, not the seed, decides.
NOT_THE_STORY = {"id", "version", "assessment_due_at"}


def load_some(leads: int = 60, seed: int = 1, until: Any = MONDAY) -> load.Loaded:
    return load.load(leads=leads, seed=seed, until=until)


def fingerprint() -> str:
    """Return a hash of all rows, with ledger ids in place of keys."""
    names: dict[str, dict[Any, str]] = {
        table._meta.model_name: dict(table.objects.values_list("pk", "ledger_id"))
        for table in TABLES
    }
    names["user"] = dict(User.objects.values_list("pk", "username"))
    digest = hashlib.sha256()
    for table in TABLES:
        for row in table.objects.order_by("ledger_id").values():
            told = {key: value for key, value in row.items() if key not in NOT_THE_STORY}
            for field in table._meta.concrete_fields:
                if field.is_relation and told.get(field.attname):
                    target = field.related_model._meta.model_name
                    told[field.attname] = names[target][told[field.attname]]
            digest.update(json.dumps(told, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def test_the_same_seed_and_end_tell_the_same_ledger():
    load_some(seed=7)
    first = fingerprint()
    load.clear()
    load_some(seed=7)
    again = fingerprint()
    load.clear()
    load_some(seed=8)

    assert first == again != fingerprint()


def test_the_demo_does_not_go_into_a_ledger_that_holds_leads():
    LeadFactory()

    with pytest.raises(CommandError, match=r"already holds 1 leads"):
        call_command("load_demo", leads=30)

    assert Lead.objects.count() == 1
    assert not Firm.current().holds_demo_data


def test_real_data_are_never_reset():
    kept = LeadFactory()

    with pytest.raises(CommandError, match="real"):
        call_command("reset_demo", yes=True, leads=30)

    assert Lead.objects.get() == kept


def test_a_reset_loads_anew_and_gives_the_founder_a_new_password(capsys):
    call_command("load_demo", leads=30)
    first = capsys.readouterr().out
    lead = Lead.objects.first()
    Interaction.objects.filter(lead=lead).update(note="typed in by a visitor")

    call_command("reset_demo", yes=True, leads=30)

    said = capsys.readouterr().out
    founder = User.objects.get(username=users.FIRST_FOUNDER)
    password = said.rsplit(": ", 1)[1].strip()
    assert founder.check_password(password)
    assert password not in first
    assert not Interaction.objects.filter(note="typed in by a visitor").exists()
    assert Lead.objects.count() == 30
    assert Firm.current().holds_demo_data


def test_without_a_yes_nothing_is_deleted(monkeypatch, capsys):
    call_command("load_demo", leads=30)
    monkeypatch.setattr("builtins.input", lambda: "n")

    with pytest.raises(CommandError, match=r"Nothing was changed"):
        call_command("reset_demo")

    assert Lead.objects.count() == 30


def test_only_the_founder_can_sign_in_until_all_are_let_in(capsys):
    call_command("load_demo", leads=30)
    alone = {user.username for user in User.objects.all() if user.has_usable_password()}

    users.let_everyone_sign_in("one long password")

    assert alone == {users.FIRST_FOUNDER}
    assert {user.role for user in User.objects.all()} == set(User.Role.values)
    assert all(user.check_password("one long password") for user in User.objects.all())


def test_a_date_that_lies_ahead_or_is_none_is_said_in_one_sentence():
    UserFactory()
    for until in ("2999-01-01", "soon"):
        with pytest.raises(CommandError, match="--until"):
            call_command("load_demo", leads=30, until=until)


def ends_of(leads: int) -> Counter[str]:
    """Count how leads end, told but not written; "" is those without a word, "open" still run."""
    staff = [User(username=name) for name in ("one", "two")]
    plan = Plan(leads=leads, seed=5, moments=Moments(MONDAY, SHANGHAI), owners=staff)
    told = World(plan, Numbers(5), taken=set()).sheets()
    return Counter(
        lead.outcome if lead.closed_at else "open" for sheet in told for lead in sheet.rows[Lead]
    )


def test_leads_end_as_often_in_an_order_as_those_of_a_small_vendor():
    ends = ends_of(1_500)
    closed = ends.total() - ends["open"]
    shares = {outcome: ends[outcome] / closed for outcome in Outcome.values}

    assert 0.16 < shares["WON"] < 0.25
    assert 0.12 < shares["FREE_CONSULTING"] < 0.25
    assert shares["NO_DECISION"] > shares["LOST"] > 0.08
    assert shares["PREWIRED"] > 0.05
    assert min(shares["WALKED_AWAY"], shares["INVALID"]) > 0
    assert 0.12 < ends["open"] / 1_500 < 0.24


def test_how_the_rows_are_cut_into_sheets_does_not_change_the_story(monkeypatch):
    whole = ends_of(80)
    monkeypatch.setattr("crm.demo.world.LEADS_A_SHEET", 7)

    assert ends_of(80) == whole


def test_a_thousand_leads_take_statements_of_many_rows():
    with CaptureQueriesContext(connection) as statements:
        written = load_some(leads=1_000)

    assert written.leads == 1_000
    assert len(statements) < written.rows / 15


def test_a_load_that_fails_leaves_nothing():
    def fail(done: int, of: int) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        load.load(leads=30, seed=1, until=MONDAY, progress=fail)

    assert not Lead.objects.exists()
    assert not Firm.current().holds_demo_data
