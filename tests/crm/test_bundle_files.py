"""Files that are no CSV, in other encodings, or no files at all."""

import os
from pathlib import Path

import pytest

from crm.models import Account, Lead, User
from crm.services.bundle import importing
from tests.crm import bundles
from tests.crm.bundles import problems, sentence
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n", "lacks the column"),
        (b"account_id;name\nA1;x\n", "Save it as CSV with commas"),
        (b"account_id,city\nA1,x\n", "lacks the column name"),
        (b"account_id,name,name\nA1,x,y\n", "twice"),
        (b'account_id,name\nA1,"x\nA2,y\n', "never closed"),
        (b'account_id,name\nA1,"x"y\n', "middle of a cell"),
        (b"account_id,name\rA1,x\rA2,y\r", "old kind"),
        (b"account_id,name\nA1," + b"x" * 1_100_000, "million letters"),
        (b"account_id,name\nA1," + b"x" * 4_100_000, "line ends"),
        (b"account_id,name" + b",x" * 400, "far fewer"),
        ("account_id,name\nA1,海岳电网有限公司\n".encode("gb18030"), "--encoding gb18030"),
        ("account_id,name\nA1,海嶽電網有限公司的資料\n".encode("big5"), "--encoding big5"),
        ("account_id,name\nA1,x\n".encode("utf-16"), "--encoding utf-16"),
        ("account_id,name\nA1,x\n".encode("utf-16-le"), "--encoding utf-16-le"),
        (b"account_id,name\nA1,\xff\xfe\xfa\x81\n", "is not UTF-8"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xb5\xd0", ""),
        (bytes(range(256)) * 40, ""),
    ],
)
def test_a_file_that_is_no_csv_is_refused_in_one_sentence(tmp_path, content, words):
    folder = bundles.write(tmp_path)
    (folder / "accounts.csv").write_bytes(content)

    problem = problems(folder)[0]

    assert problem.file == "accounts.csv"
    assert words in problem.message


def test_the_line_that_is_not_utf_8_is_named(tmp_path):
    folder = bundles.write(tmp_path)
    (folder / "accounts.csv").write_bytes(
        b"account_id,name\nA1,x\n" + "A2,海岳电网有限公司".encode("gbk")
    )

    assert problems(folder)[0].line == 3


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig", "big5"])
def test_another_encoding_is_read_when_it_is_named(tmp_path, encoding):
    folder = bundles.write(tmp_path)
    for path in folder.glob("*.csv"):
        text = path.read_text("utf-8").replace("岳", "山").replace("陈", "林").replace("电网", "公")
        text = text.replace("经", "工").replace("上海", "上").replace("限", "限")
        path.write_bytes(text.encode(encoding))

    importing.run(folder, now=MONDAY, encoding=encoding)

    assert Account.objects.get(ledger_id="A1").name == "海山公有限公司"


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path):
    folder = bundles.write(tmp_path)
    path = folder / "leads.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    importing.run(folder, now=MONDAY)

    assert Lead.objects.count() == 2


def test_an_encoding_that_there_is_not_is_refused(tmp_path):
    assert "gb18030" in sentence(bundles.write(tmp_path), encoding="klingon")
    assert "gb18030" in sentence(bundles.write(tmp_path), encoding="zlib")


def test_text_in_the_wrong_encoding_is_refused(tmp_path):
    found = problems(bundles.write(tmp_path), encoding="ascii")
    assert "is not text in ascii" in found[0].message


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        (b"{", "not JSON"),
        (b"[]", "begin with {"),
        (b"\xff\xfe", "not JSON"),
        (b'{"version": 2}', "reads version 1"),
        (b'{"snapshot_date": "soon"}', "snapshot_date"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_meta_file_that_says_nothing_is_refused(tmp_path, meta, words):
    folder = bundles.write(tmp_path)
    (folder / "meta.json").write_bytes(meta)

    assert words in sentence(folder)


def test_what_is_no_bundle_is_refused(tmp_path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")

    assert "There is no folder" in sentence(tmp_path / "nowhere")
    assert "is a file" in sentence(file)
    assert "lacks accounts.csv, leads.csv" in sentence(tmp_path)
    assert "cannot be read" in sentence(Path("/nowhere\0"))


def test_links_and_pipes_are_no_files_of_a_bundle(tmp_path):
    folder = bundles.write(tmp_path / "bundle")
    secret = tmp_path / "secret"
    secret.write_text("account_id,name\nA1,secret\n", encoding="utf-8")
    (folder / "accounts.csv").unlink()
    (folder / "accounts.csv").symlink_to(secret)
    assert "not a plain file" in sentence(folder)

    (folder / "accounts.csv").unlink()
    os.mkfifo(folder / "accounts.csv")
    assert "not a plain file" in sentence(folder)


def test_formulas_stay_text(tmp_path):
    rows = bundles.with_cells("accounts", 2, name='=HYPERLINK("http://x.example")', city="@SUM(1)")

    importing.run(bundles.write(tmp_path, **rows), now=MONDAY)

    account = Account.objects.get(ledger_id="A1")
    assert (account.name, account.city) == ('=HYPERLINK("http://x.example")', "@SUM(1)")


def test_control_characters_of_a_cell_never_reach_the_terminal(tmp_path):
    rows = bundles.with_cells("leads", 2, opened_at="\x1b[2J2025\x07")

    message = problems(bundles.write(tmp_path, **rows))[0].message

    assert message.isprintable()


def test_rights_are_no_columns_of_a_bundle(tmp_path):
    users = [{"username": "rep4", "is_superuser": 1, "is_staff": 1, "password": "x"}]

    result = importing.run(bundles.write(tmp_path, users=users), now=MONDAY)

    user = User.objects.get(username="rep4")
    assert (user.is_superuser, user.is_staff, user.has_usable_password()) == (False, False, False)
    assert result.unread_columns["users.csv"] == ["is_superuser", "is_staff", "password"]


def test_a_parent_that_nothing_has_is_named(tmp_path):
    rows = [{**row, "parent_id": "A9"} for row in bundles.PLAIN["accounts"]]
    rows[0]["parent_id"] = "A1"

    found = problems(bundles.write(tmp_path, accounts=rows))

    assert [(one.line, one.column) for one in found] == [(2, "parent_id"), (3, "parent_id")]
