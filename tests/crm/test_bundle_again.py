"""A bundle that comes again updates what it brought; nothing is doubled or lost."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import (
    Account,
    Assessment,
    AttendeeTrail,
    Interaction,
    Invoice,
    Lead,
    Payment,
)
from crm.services import attendance
from crm.services.bundle import importing
from crm.services.bundle.problems import BundleRefused
from tests.crm import bundles
from tests.crm.bundles import imported
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def midnight(day: str) -> datetime:
    """Return the beginning of a day in Shanghai."""
    return datetime.fromisoformat(f"{day}T00:00:00+08:00")


def test_a_second_import_changes_nothing(tmp_path):
    folder = bundles.write(tmp_path)
    imported(folder)
    trail = Lead.history.count()

    again = imported(folder)

    assert all(created == updated == 0 for created, updated, _same in again.values())
    assert (Lead.history.count(), Payment.objects.count()) == (trail, 1)


def test_a_corrected_bundle_updates_instead_of_doubling(tmp_path):
    imported(bundles.write(tmp_path))
    before = Lead.objects.get(ledger_id="L2")
    rows = bundles.with_cells("leads", 3, est_value_cny=70000)

    counts = imported(bundles.write(tmp_path, **rows))

    lead = Lead.objects.get(ledger_id="L2")
    assert counts["leads"] == (0, 1, 1)
    assert (lead.pk, lead.est_value_amount) == (before.pk, Decimal(70000))
    assert lead.version == before.version + 1
    assert [row.history_type for row in lead.history.order_by("history_id")] == ["+", "~"]


def test_who_was_there_by_a_corrected_bundle_was_there_all_along(tmp_path):
    imported(bundles.write(tmp_path))
    talk = Interaction.objects.get(ledger_id="I1")
    for people in ([], [talk.contact]):
        before = attendance.there([talk.pk])
        talk.attendees.set(people)
        Interaction.objects.filter(pk=talk.pk).update(contact=people[0] if people else None)
        attendance.keep(before, now=MONDAY)
    assert AttendeeTrail.objects.count() == 2

    imported(bundles.write(tmp_path, **bundles.with_cells("interactions", 2, hours_presales=9)))

    assert not AttendeeTrail.objects.exists()


def test_a_column_that_is_not_there_leaves_the_ledger_alone(tmp_path):
    imported(bundles.write(tmp_path))
    Account.objects.filter(ledger_id="A1").update(industry="电力")
    rows = [{"account_id": "A1", "name": "海岳电网"}, {"account_id": "A2", "name": "Kestrel"}]

    imported(bundles.write(tmp_path, accounts=rows))

    account = Account.objects.get(ledger_id="A1")
    assert (account.name, account.industry, account.city) == ("海岳电网", "电力", "合肥")
    assert account.pinyin == "haiyuedianwang"


def test_the_day_of_payment_can_be_corrected(tmp_path):
    imported(bundles.write(tmp_path))
    rows = bundles.with_cells("invoices", 2, paid_at="2025-11-20")

    imported(bundles.write(tmp_path, **rows))

    assert Payment.objects.get().paid_date == date(2025, 11, 20)
    assert Invoice.objects.get(ledger_id="V1").settled_date == date(2025, 11, 20)


def test_only_leads_that_were_touched_wait_for_a_score(tmp_path):
    imported(bundles.write(tmp_path))
    Lead.objects.update(assessment_due_at=None)
    rows = bundles.with_cells("interactions", 2, hours_presales=9)

    result = importing.run(bundles.write(tmp_path, **rows), now=MONDAY)

    assert result.leads_to_score == 1
    assert Lead.objects.get(ledger_id="L2").assessment_due_at is None


def test_a_decision_is_never_changed_after(tmp_path):
    decision = {
        "decision_id": "X1",
        "lead_id": "L1",
        "date": "2025-06-01",
        "kind": "pause",
        "decided_by": "rep4",
        "reason": "No budget until spring",
    }
    imported(bundles.write(tmp_path, decisions=[decision]))

    with pytest.raises(BundleRefused) as refused:
        imported(bundles.write(tmp_path, decisions=[{**decision, "reason": "All well"}]))

    problem = refused.value.problems.listed[0]
    assert (problem.file, problem.line, problem.column) == ("decisions.csv", 2, "reason")


def test_a_score_without_a_record_date_was_known_at_its_moment(tmp_path):
    score = {
        "lead_id": "L1",
        "target": "no_order",
        "as_of": "2025-06-01T09:00:00+08:00",
        "probability": 0.9,
        "low": 0.8,
        "high": 0.95,
        "base_rate": 0.77,
        "scorer_version": "other",
    }
    folder = bundles.write(tmp_path, assessments=[score])

    imported(folder)

    assert imported(folder)["assessments"] == (0, 0, 1)
    stored = Assessment.objects.get()
    assert stored.recorded_at == stored.as_of


def test_files_of_others_in_great_number_hide_no_file_of_the_bundle(tmp_path):
    folder = bundles.write(tmp_path)
    for n in range(1200):
        (folder / f"a{n}").touch()

    assert imported(folder)["leads"] == (2, 0, 0)


def test_more_rows_cost_no_more_queries(tmp_path):
    def many(count: int) -> Path:
        plain = bundles.PLAIN["interactions"][0]
        rows = [{**plain, "interaction_id": f"{count}-{n}", "seq": n} for n in range(count)]
        return bundles.write(tmp_path, interactions=rows, deliverables=[_no_row()])

    def queries(count: int) -> int:
        folder = many(count)
        with CaptureQueriesContext(connection) as caught:
            imported(folder)
        return len(caught)

    queries(5)  # the first import makes the leads
    assert queries(24) == queries(6)


def _no_row() -> dict[str, object]:
    return {**bundles.PLAIN["deliverables"][0], "interaction_id": ""}
