"""An export is whole, of one moment, and never takes anything else away."""

import json
import os
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from crm.models import Account, Lead, User
from crm.selectors import snapshot
from crm.services.bundle import exporting
from crm.services.bundle.problems import BundleRefused
from tests.crm import bundles
from tests.factories import MONDAY, AccountFactory, LeadFactory


@pytest.mark.django_db
def test_meta_tells_the_day_and_the_rows(tmp_path):
    LeadFactory()

    exporting.run(tmp_path / "out", now=MONDAY)

    meta = json.loads((tmp_path / "out" / "meta.json").read_text("utf-8"))
    assert (meta["version"], meta["snapshot_date"], meta["n_leads"]) == (1, "2026-11-23", 1)
    assert meta["rows"]["accounts"] == 1


@pytest.mark.django_db
def test_a_bundle_is_replaced_and_nothing_stays_beside_it(tmp_path):
    exporting.run(tmp_path / "out", now=MONDAY)
    LeadFactory()

    exporting.run(tmp_path / "out", now=MONDAY)

    assert len(bundles.read(tmp_path / "out", "leads")) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.django_db
def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.doc").write_text("years of work", encoding="utf-8")

    with pytest.raises(BundleRefused, match=r"holds thesis\.doc"):
        exporting.run(tmp_path, now=MONDAY)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


@pytest.mark.django_db
def test_a_place_that_is_none_is_refused(tmp_path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")

    with pytest.raises(BundleRefused, match="is a file"):
        exporting.run(file, now=MONDAY)
    with pytest.raises(BundleRefused, match="cannot be written"):
        exporting.run(tmp_path / "no" / "such" / "place", now=MONDAY)


@pytest.mark.django_db
def test_a_failure_on_the_way_leaves_the_bundle_of_before(tmp_path, monkeypatch):
    exporting.run(tmp_path / "out", now=MONDAY)
    before = (tmp_path / "out" / "leads.csv").read_bytes()
    LeadFactory()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BundleRefused, match="No space left"):
        exporting.run(tmp_path / "out", now=MONDAY)

    assert (tmp_path / "out" / "leads.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.django_db(transaction=True)
def test_a_long_read_is_of_one_moment_and_keeps_no_writer_waiting(tmp_path):
    AccountFactory()
    seen = []

    def write() -> None:
        AccountFactory()
        connection.close()

    with snapshot.one_moment():
        seen.append(Account.objects.count())
        if not _shares_memory():
            writer = threading.Thread(target=write)
            writer.start()
            writer.join(timeout=5)
            assert not writer.is_alive()
        seen.append(Account.objects.count())

    assert seen[0] == seen[1]


def _shares_memory() -> bool:
    """Say whether the test database is SQLite in memory, where all connections are one."""
    return connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"])


@pytest.mark.django_db(transaction=True)
def test_the_commands_carry_a_ledger_from_one_place_to_another(tmp_path):
    LeadFactory(title="知识助手")
    said = StringIO()

    call_command("export_ledger", str(tmp_path / "out"), stdout=said)
    Lead.objects.all().delete()
    call_command("import_ledger", str(tmp_path / "out"), stdout=said, stderr=StringIO())

    assert "Exported to" in said.getvalue()
    assert "1 lead waits for a new score" in said.getvalue()
    assert Lead.objects.get().title == "知识助手"


@pytest.mark.django_db
def test_the_import_answers_with_one_json_object(tmp_path):
    said = StringIO()

    call_command("import_ledger", str(bundles.write(tmp_path)), "--json", stdout=said)

    answer = json.loads(said.getvalue())
    assert answer["refused"] is False
    assert {"file": "leads", "created": 2, "updated": 0, "unchanged": 0} in answer["files"]


@pytest.mark.django_db
def test_a_dry_run_says_that_nothing_was_written(tmp_path):
    said = StringIO()

    call_command("import_ledger", str(bundles.write(tmp_path)), "--dry-run", stdout=said)

    assert "Nothing was written" in said.getvalue()
    assert not Lead.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_refused_bundle_ends_with_code_2_and_its_places(tmp_path, flags):
    folder = bundles.write(tmp_path, **bundles.with_cells("leads", 3, est_value_cny="12万"))
    said, complained = StringIO(), StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("import_ledger", str(folder), *flags, stdout=said, stderr=complained)

    assert refused.value.returncode == 2
    if flags:
        problem = json.loads(said.getvalue())["problems"][0]
        assert (problem["file"], problem["line"], problem["column"]) == (
            "leads.csv",
            3,
            "est_value_cny",
        )
    else:
        assert "leads.csv, line 3, column est_value_cny: “12万”" in complained.getvalue()


@pytest.mark.django_db
def test_a_refused_export_ends_with_code_2(tmp_path):
    (tmp_path / "other").write_text("", encoding="utf-8")

    with pytest.raises(CommandError) as refused:
        call_command("export_ledger", str(tmp_path), "--json", stdout=StringIO())

    assert refused.value.returncode == 2
    assert not User.objects.exists()
