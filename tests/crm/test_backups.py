"""What holds of backups: whole, private, bounded, and a fresh copy starts from one."""

import fcntl
import gzip
import json
import os
import stat
import subprocess
import sys
import tarfile
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler

from crm import tasks
from crm.models import JobRun
from crm.services.backup import archive, database, writing
from tests.conftest import ON_POSTGRES
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db
# A copy is made through a connection of its own, which sees what is committed.
committed = pytest.mark.django_db(transaction=True)
NIGHT = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    """A folder for backups of a copy that has learned and taken an upload."""
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path / "data", tmp_path / "backups"
    settings.BACKUP_KEEP = 3
    for name in ("models/ab12.json", "models/left.tmp", "media/imports/线索.csv"):
        path = settings.DATA_DIR / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (settings.DATA_DIR / "secret-key").write_text("secret")
    return settings.BACKUP_DIR


def told(*words: str, name: str = "backup") -> str:
    """Run a command and return what it said."""
    out = StringIO()
    call_command(name, *words, stdout=out)
    return out.getvalue()


def names(path: Path) -> set[str]:
    with tarfile.open(path) as found:
        return set(found.getnames())


@committed
def test_a_fresh_copy_starts_from_a_backup_and_holds_the_same(folder, tmp_path):
    lead = LeadFactory(title="海岳的选型")
    made = Path(json.loads(told("--json"))["file"])
    assert "looked through" not in told("--json")
    assert "Whole, made at" in told(str(made), name="restore_check")
    fresh = tmp_path / "fresh"

    with tarfile.open(made) as found:  # as docs/deployment.md says: tar -xzf
        found.extractall(fresh, filter="data")

    titles = in_a_fresh_database if ON_POSTGRES else in_a_fresh_copy
    assert titles(fresh) == [lead.title]
    assert (fresh / "models" / "ab12.json").read_text() == "models/ab12.json"
    assert (fresh / "media" / "imports" / "线索.csv").exists()


def in_a_fresh_copy(fresh: Path) -> list[str]:
    """Migrate a copy whose DATA_DIR was unpacked, and return the titles of its leads."""
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "DATA_DIR"}
    } | {"DATA_DIR": str(fresh), "DJANGO_SETTINGS_MODULE": "config.settings"}
    question = "from crm.models import Lead; [print(lead.title) for lead in Lead.objects.all()]"
    for words in (["migrate", "--verbosity=0"], ["shell", "--verbosity=0", "-c", question]):
        said = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=django_settings.BASE_DIR,
            env=environment,
            capture_output=True,
            check=True,
        ).stdout.decode()

    return said.split()


def in_a_fresh_database(fresh: Path) -> list[str]:
    """Load a dump into an empty database, and return the titles of its leads."""
    of_tests = connection.settings_dict
    restored = of_tests | {"NAME": f"{of_tests['NAME']}_restored"}
    (_, *words, _), _ = DatabaseClient.settings_to_cmd_args_env(restored, [])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {restored['NAME']}")
        try:
            dump = str(fresh / database.POSTGRES)
            into = f"--dbname={restored['NAME']}"
            subprocess.run(["pg_restore", "--no-owner", into, *words, dump], check=True)
            other = ConnectionHandler({"default": restored})["default"]
            with other.cursor() as asked:
                asked.execute("SELECT title FROM crm_lead")
                titles = [title for (title,) in asked.fetchall()]
            other.close()
        finally:
            cursor.execute(f"DROP DATABASE {restored['NAME']}")
    return titles


def test_a_backup_is_for_its_owner_alone_and_holds_no_secret_key(folder):
    writing.back_up(folder, keep=1, now=NIGHT)

    (made,) = folder.glob(writing.NAMES)
    assert made.name == "touchstone-20261124T193000Z.tar.gz"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (made, folder)] == [0o600, 0o700]
    assert names(made) == {
        "manifest.json",
        database.POSTGRES if ON_POSTGRES else database.SQLITE,
        "models/ab12.json",
        "media/imports/线索.csv",
    }


def test_the_newest_few_stay_and_what_a_killed_run_left_goes(folder):
    (folder / ".partial-dead").mkdir(parents=True)
    (folder / ".partial-dead" / "touchstone.sqlite3").write_text("half")

    for night in range(3):
        made = writing.back_up(folder, keep=2, now=NIGHT + timedelta(days=night))

    kept = sorted(path.name[11:19] for path in folder.glob(writing.NAMES))
    assert (kept, made.removed) == (["20261125", "20261126"], 1)
    assert not list(folder.glob(".partial*"))


def test_a_backup_that_would_fill_the_disk_is_not_begun_and_none_is_given_up(folder, monkeypatch):
    older = writing.back_up(folder, keep=1, now=NIGHT).path
    usage = SimpleNamespace(free=database.size() + 50_000_000)
    monkeypatch.setattr(writing.shutil, "disk_usage", lambda path: usage)

    with pytest.raises(CommandError, match="Make room there"):
        told("--keep", "1")

    assert list(folder.glob("[!.]*")) == [older]
    assert JobRun.objects.get().error == "NoRoom"


def test_two_backups_at_once_are_one(folder):
    folder.mkdir()
    with (folder / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_SH)  # however weakly it is held

        tasks.back_up()
        with pytest.raises(CommandError, match="Wait for it"):
            told()

    assert not list(folder.glob(writing.NAMES))


def test_the_nightly_run_is_kept_with_where_the_backup_lies(folder):
    tasks.back_up()

    run = JobRun.objects.get()
    assert run.outcome == "DONE"
    assert Path(run.facts["file"]).stat().st_size == run.facts["bytes"]


@pytest.mark.parametrize("harm", ["cut", "flip", "swap", "other"])
def test_a_file_that_is_not_what_it_was_is_refused_in_one_sentence(folder, harm):
    path = writing.back_up(folder, keep=1, now=NIGHT).path
    content = bytearray(path.read_bytes())
    if harm == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif harm == "flip":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif harm == "swap":
        whole = gzip.decompress(bytes(content)).replace(
            b"models/ab12.json\x00", b"models/ab13.json\x00"
        )
        path.write_bytes(gzip.compress(whole, 1))
    else:
        path.write_bytes(gzip.compress(b"a diary"))

    with pytest.raises(CommandError) as refused:
        told(str(path), name="restore_check")

    assert "Take another one" in str(refused.value)


@committed
def test_a_backup_of_a_later_version_asks_for_the_program_first(folder):
    later = MigrationRecorder.Migration.objects.create(app="crm", name="9999_x")
    path = writing.back_up(folder, keep=1, now=NIGHT).path
    later.delete()
    if ON_POSTGRES:
        return

    with pytest.raises(CommandError, match="Update the program first"):
        told(str(path), name="restore_check")


def test_a_copy_that_is_damaged_is_never_called_a_backup(folder, monkeypatch):
    def write_rubbish(scratch: Path) -> Path:
        (scratch / database.SQLITE).write_bytes(b"SQLite format 3\x00" + b"rubbish" * 999)
        database.check(scratch / database.SQLITE)
        return scratch / database.SQLITE

    monkeypatch.setattr(database, "write", write_rubbish)

    with pytest.raises(archive.Damaged):
        writing.back_up(folder, keep=1, now=NIGHT)

    assert not list(folder.glob("touch*"))


def test_a_folder_that_takes_no_files_is_said(folder):
    folder.write_text("a file where the folder should be")

    with pytest.raises(CommandError, match="cannot be written to"):
        told()


def test_postgres_is_dumped_with_the_password_in_the_environment_alone(
    folder, tmp_path, monkeypatch
):
    """A program in pg_dump's place notes how it was called."""
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$PGPASSWORD|$*" > {tmp_path}/called\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    of_postgres = SimpleNamespace(
        vendor="postgresql",
        client=DatabaseClient,
        settings_dict={"OPTIONS": {}, "NAME": "crm", "USER": "u", "HOST": "h", "PASSWORD": "pw"},
    )
    monkeypatch.setattr(database, "connection", of_postgres)

    with pytest.raises(database.DumpFailed, match="code 1"):
        database.write(tmp_path)

    password, _, words = (tmp_path / "called").read_text().strip().partition("|")
    assert password == "pw"
    assert "pw" not in words
    assert words.startswith("--format=custom")
    assert words.endswith("-U u -h h crm")


def test_a_missing_program_is_named_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(database, "connection", SimpleNamespace(vendor="postgresql"))

    with pytest.raises(database.NoProgram, match="apt-get install -y postgresql-client"):
        database.check(tmp_path / database.POSTGRES)
