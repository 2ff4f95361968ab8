"""What holds when a bundle of another maker is imported."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from crm.models import (
    Account,
    Bid,
    Firm,
    Interaction,
    Invoice,
    Lead,
    Payment,
    PaymentMilestone,
    PaymentTerms,
    StageChange,
    User,
)
from crm.services.bundle import importing
from tests.crm import bundles
from tests.crm.bundles import imported
from tests.factories import MONDAY, UserFactory

pytestmark = pytest.mark.django_db


def midnight(day: str) -> datetime:
    """Return the beginning of a day in Shanghai."""
    return datetime.fromisoformat(f"{day}T00:00:00+08:00")


def test_a_plain_bundle_becomes_a_ledger(tmp_path):
    counts = imported(bundles.write(tmp_path))

    assert counts["leads"] == (2, 0, 0)
    assert counts["interactions"] == (2, 0, 0)
    lead = Lead.objects.get(ledger_id="L1")
    assert (lead.opened_at, lead.recorded_at) == (midnight("2025-03-08"), midnight("2025-03-08"))
    assert (lead.closed_at, lead.outcome) == (midnight("2025-10-12"), Lead.Outcome.WON)
    assert lead.outcome_recorded_at == lead.closed_at
    assert (lead.account.kind, lead.account.pinyin[:6]) == (Account.Kind.GOVERNMENT, "haiyue")
    bid = Bid.objects.get()
    assert (bid.result, bid.hours) == (Bid.Result.CANCELLED, Decimal("13.4"))


@pytest.mark.one_database
def test_after_an_import_sqlite_knows_how_its_tables_have_grown(tmp_path):
    imported(bundles.write(tmp_path))

    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tbl FROM sqlite_stat1")
        assert {"crm_lead", "crm_interaction"} <= {name for (name,) in cursor.fetchall()}


def test_nothing_asked_is_told_apart_from_not_known(tmp_path):
    rows = bundles.with_cells("interactions", 2, ask="", client_gave_material=0)
    imported(bundles.write(tmp_path, **rows))

    unknown, nothing = Interaction.objects.order_by("ledger_id")
    assert (unknown.asks, unknown.client_gave) == (None, [])
    assert (nothing.asks, nothing.client_gave) == ([], None)


def test_the_contact_of_an_interaction_was_there(tmp_path):
    imported(bundles.write(tmp_path))

    assert Interaction.objects.get(ledger_id="I1").attendees.get().ledger_id == "C1"


def test_an_unknown_owner_becomes_a_user_who_cannot_sign_in(tmp_path, client):
    result = importing.run(bundles.write(tmp_path), now=MONDAY)

    owner = User.objects.get(username="rep4")
    assert (result.added_users, owner.is_active) == (1, False)
    assert not owner.has_usable_password()
    assert not client.login(username="rep4", password="")


def test_a_known_owner_keeps_his_rights(tmp_path):
    founder = UserFactory(username="rep4", role=User.Role.FOUNDER)

    imported(bundles.write(tmp_path))

    founder.refresh_from_db()
    assert founder.role == User.Role.FOUNDER
    assert founder.check_password("a long password")
    assert founder.lead_set.count() == 1


def test_a_paid_invoice_gets_one_payment_of_the_full_amount(tmp_path):
    imported(bundles.write(tmp_path))

    payment = Payment.objects.get()
    assert (payment.ledger_id, payment.amount) == ("V1/paid", Decimal(8500))
    assert payment.recorded_at == midnight("2025-11-05")
    paid, open_ = Invoice.objects.order_by("ledger_id")
    assert (paid.paid_amount, paid.settled_date) == (Decimal(8500), date(2025, 11, 5))
    assert (open_.paid_amount, open_.settled_date) == (0, None)


def test_an_invoice_bills_the_milestone_of_its_name_and_that_belongs_to_the_agreed_terms(tmp_path):
    imported(bundles.write(tmp_path))

    milestone = PaymentMilestone.objects.get(ledger_id="M1")
    assert milestone.terms is not None
    assert milestone.terms.ledger_id == "L1/agreed"
    assert milestone.recorded_at == midnight("2025-09-30")
    assert milestone.accepted_recorded_at == midnight("2025-10-11")
    assert Invoice.objects.get(ledger_id="V1").milestone == milestone
    retention = PaymentMilestone.objects.get(ledger_id="M2")
    assert (retention.is_retention, retention.position) == (True, 1)


def test_versions_of_terms_without_ids_keep_theirs_at_the_next_import(tmp_path):
    twice = [bundles.PLAIN["payment_terms"][0]] * 2
    folder = bundles.write(tmp_path, payment_terms=twice)
    imported(folder)

    assert imported(folder)["payment_terms"] == (0, 0, 2)
    names = PaymentTerms.objects.order_by("pk").values_list("ledger_id", flat=True)
    assert list(names) == ["L1/proposed_by_client", "L1/proposed_by_client/2"]


def test_stages_are_derived_with_the_days_they_were_reached(tmp_path):
    imported(bundles.write(tmp_path))

    lead = Lead.objects.get(ledger_id="L1")
    steps = lead.stage_changes.values_list("from_stage", "to_stage", "happened_at")
    assert lead.stage == "CONTRACT"
    assert list(steps) == [
        ("", "NEW", midnight("2025-03-08")),
        ("NEW", "QUALIFIED", midnight("2025-03-11")),
        ("QUALIFIED", "SOLUTION", midnight("2025-03-15")),
        ("SOLUTION", "BID", midnight("2025-05-16")),
        ("BID", "CONTRACT", midnight("2025-09-30")),
    ]
    quiet = StageChange.objects.get(lead__ledger_id="L2")
    assert (quiet.to_stage, quiet.ledger_id) == ("NEW", "L2/new")


def test_leads_get_their_figures_and_wait_for_a_score(tmp_path):
    imported(bundles.write(tmp_path))

    lead = Lead.objects.get(ledger_id="L1")
    assert lead.unpaid_hours == Decimal("35.3")
    assert (lead.interaction_count, lead.has_money) == (2, True)
    assert lead.last_client_contact_at == midnight("2025-05-16")
    assert lead.assessment_due_at == MONDAY


def test_an_account_was_known_when_its_first_lead_was_opened(tmp_path):
    rows = bundles.with_cells("contacts", 2, first_seen="")
    imported(bundles.write(tmp_path, **rows))

    account = Account.objects.get(ledger_id="A1")
    assert account.recorded_at == midnight("2025-03-08")
    assert account.contacts.get().recorded_at == account.recorded_at


def test_the_audit_trail_begins_with_the_first_state(tmp_path):
    imported(bundles.write(tmp_path))

    first = Invoice.history.get(ledger_id="V1")
    assert (first.history_type, first.history_change_reason) == ("+", "import")
    assert (first.paid_amount, first.history_date) == (Decimal(8500), MONDAY)


def test_a_dry_run_counts_the_same_and_keeps_nothing(tmp_path):
    counts = imported(bundles.write(tmp_path), is_dry_run=True)

    assert counts["leads"] == (2, 0, 0)
    assert not Lead.objects.exists()
    assert not User.objects.exists()


def test_midnight_is_in_the_zone_of_the_firm(tmp_path):
    rows = [{"name": "Kestrel", "time_zone": "Europe/Berlin"}]

    imported(bundles.write(tmp_path, firm=rows))

    assert Firm.current().time_zone == "Europe/Berlin"
    assert Lead.objects.get(ledger_id="L1").opened_at == datetime(2025, 3, 7, 23, tzinfo=UTC)


def test_a_synthetic_bundle_in_an_empty_ledger_raises_the_banner(tmp_path):
    folder = bundles.write(tmp_path)
    meta = {"preset": "demo", "n_leads": 2, "snapshot_date": "2026-01-22", "synthetic": True}
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")

    imported(folder)

    assert Firm.current().holds_demo_data


def test_what_happened_later_than_the_snapshot_was_known_at_it(tmp_path):
    rows = bundles.with_cells("contacts", 2, first_seen="2026-09-01")
    folder = bundles.write(tmp_path, **rows)
    (folder / "meta.json").write_text('{"snapshot_date": "2026-01-22"}', encoding="utf-8")

    imported(folder)

    known = Account.objects.get(ledger_id="A1").contacts.get().recorded_at
    assert known < midnight("2026-01-23")


def test_a_parent_group_may_stand_below_its_daughter(tmp_path):
    rows = [{**row, "parent_id": ""} for row in bundles.PLAIN["accounts"]]
    rows[0]["parent_id"] = "A2"
    folder = bundles.write(tmp_path, accounts=rows)
    imported(folder)

    assert Account.objects.get(ledger_id="A1").parent == Account.objects.get(ledger_id="A2")
    assert imported(folder)["accounts"] == (0, 0, 2)


def test_columns_and_files_nobody_reads_are_named(tmp_path):
    rows = [{**row, "mood": "good"} for row in bundles.PLAIN["accounts"]]
    folder = bundles.write(tmp_path, accounts=rows)
    (folder / "notes.txt").write_text("", encoding="utf-8")

    result = importing.run(folder, now=MONDAY)

    assert result.unread_columns == {"accounts.csv": ["mood"]}
    assert result.unread_files == ["notes.txt"]
