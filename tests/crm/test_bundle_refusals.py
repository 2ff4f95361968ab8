"""A bad bundle is refused by file, line and column, with what to write; nothing is kept."""

import os
from pathlib import Path

import pytest

from crm.models import Account, Lead, User
from crm.services.bundle import importing
from crm.services.bundle.problems import MOST_LISTED, BundleRefused, Problem
from tests.crm import bundles
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def problems(folder: Path, encoding: str = "utf-8") -> list[Problem]:
    """Return what an import refuses; the ledger stays empty."""
    with pytest.raises(BundleRefused) as refused:
        importing.run(folder, now=MONDAY, encoding=encoding)
    written = [model for model in (Account, Lead, User) if model._default_manager.exists()]
    assert not written
    return refused.value.problems.listed


def sentence(folder: Path, encoding: str = "utf-8") -> str:
    """Return the one sentence of a refusal as a whole."""
    with pytest.raises(BundleRefused) as refused:
        importing.run(folder, now=MONDAY, encoding=encoding)
    return refused.value.message


CELLS = [
    ("accounts", 2, {"type": "bank"}, "is none of: listed, soe, gov"),
    ("accounts", 2, {"name": ""}, "Fill it in"),
    ("accounts", 2, {"account_id": " "}, "Fill it in"),
    ("accounts", 2, {"name": "x\0y"}, "NUL"),
    ("accounts", 2, {"name": "x" * 201}, "Shorten it to 200"),
    ("accounts", 2, {"account_id": "x" * 65}, "Shorten it to 64"),
    ("accounts", 2, {"account_id": "A|1"}, "Take it out"),
    ("accounts", 3, {"employees": "1,200"}, "Write it as 12."),
    ("accounts", 3, {"employees": "-1"}, "is not between 0"),
    ("accounts", 3, {"employees": "9" * 400}, "is not a whole number"),
    ("accounts", 3, {"is_big_name": "yes"}, "neither 1 nor 0"),
    ("contacts", 2, {"seniority": 6}, "is not between 1 and 5"),
    ("leads", 2, {"opened_at": "2025-02-30"}, "there is no day"),
    ("leads", 2, {"opened_at": "08.03.2025"}, "2026-01-31"),
    ("leads", 2, {"opened_at": "45000"}, "2026-01-31"),
    ("leads", 2, {"opened_at": "0001-01-01"}, "the year 0001"),
    ("leads", 2, {"opened_at": "2025-03-08T25:00:00+08:00"}, "is not a moment"),
    ("leads", 2, {"opened_at": "2027-03-08"}, "lies in the future"),
    ("leads", 3, {"est_value_cny": 0}, "Leave the cell blank when it is not known"),
    ("leads", 3, {"est_value_cny": "NaN"}, "is not a number"),
    ("leads", 3, {"est_value_cny": "12万"}, "without separators or units"),
    ("leads", 3, {"est_value_cny": "¥1,234.50"}, "without separators or units"),
    ("leads", 3, {"est_value_cny": "1e400"}, "is not a number"),
    ("leads", 3, {"est_value_cny": "1.005"}, "more than 2 decimals"),
    ("leads", 3, {"est_value_cny": "9" * 17}, "not a number"),
    ("leads", 3, {"account_id": "A9"}, "there is no “A9” in accounts.csv"),
    ("leads", 3, {"account_id": ""}, "Fill it in"),
    ("leads", 3, {"status": "running"}, "is none of: open, closed"),
    ("leads", 2, {"status": "open"}, "the status is open"),
    ("leads", 3, {"status": "closed"}, "Write the date"),
    ("leads", 3, {"outcome_recorded": "won"}, "an open lead has no outcome"),
    ("leads", 2, {"closed_at": "2025-03-07"}, "lies before opened_at"),
    ("interactions", 2, {"hours_presales": -3}, "is below 0"),
    ("interactions", 2, {"date": "2062-03-11"}, "lies in the future"),
    ("interactions", 2, {"lead_id": "L9"}, "there is no “L9” in leads.csv"),
    ("interactions", 2, {"contact_id": "C9"}, "there is no “C9” in contacts.csv"),
    ("interactions", 2, {"ask": "poc|quotation"}, "is none of"),
    ("interactions", 2, {"client_gave_material": "2"}, "neither 1 nor 0"),
    ("interactions", 2, {"competitors_named": "many"}, "Write it as 12."),
    ("deliverables", 2, {"ladder_level": 7}, "is not between 0 and 6"),
    ("deliverables", 2, {"interaction_id": "I9"}, "there is no “I9”"),
    ("bids", 2, {"deposit_cny": -1}, "is below 0"),
    ("payment_terms", 2, {"prepay_pct": 130}, "is above 100"),
    ("milestones", 2, {"accepted": "2099-01-01"}, "lies in the future"),
    ("invoices", 2, {"amount_cny": 0}, "is not above 0"),
    ("invoices", 2, {"due_at": "2025-10-01"}, "lies before issued_at"),
    ("invoices", 2, {"paid_at": ""}, "the status is paid"),
    ("invoices", 2, {"paid_at": "2099-01-01"}, "lies in the future"),
    ("invoices", 3, {"paid_at": "2025-12-01"}, "the status is open"),
]


@pytest.mark.parametrize(("file", "line", "cells", "words"), CELLS)
def test_a_bad_cell_is_named_by_its_place_and_what_to_write(tmp_path, file, line, cells, words):
    rows = bundles.with_cells(file, line, **cells)

    problem = problems(bundles.write(tmp_path, **rows))[0]

    assert (problem.file, problem.line) == (f"{file}.csv", line)
    assert problem.column in {*cells, "closed_at", "status"}
    assert words in problem.message


def test_a_row_of_our_own_columns_is_checked_alike(tmp_path):
    rows = [
        {**bundles.PLAIN["leads"][0], "custom_fields": cell}
        for cell in ("{", "[1]", '{"a":NaN}', '{"a":"\\u0000"}', '{"a":"\\ud800"}', "[" * 9000)
    ]
    rows = [{**row, "lead_id": f"L{n}"} for n, row in enumerate(rows)]

    found = problems(bundles.write(tmp_path, leads=rows, interactions=[{}], deliverables=[{}]))

    places = [(one.line, one.column) for one in found if one.file == "leads.csv"]
    assert places == [(line, "custom_fields") for line in range(2, 8)]


def test_an_id_that_comes_twice_names_the_first_line(tmp_path):
    rows = [*bundles.PLAIN["accounts"], bundles.PLAIN["accounts"][0]]

    problem = problems(bundles.write(tmp_path, accounts=rows))[0]

    assert (problem.line, problem.column) == (4, "account_id")
    assert "line 2" in problem.message


def test_a_bad_row_is_not_blamed_on_those_that_refer_to_it(tmp_path):
    rows = bundles.with_cells("accounts", 2, type="bank")

    assert len(problems(bundles.write(tmp_path, **rows))) == 1


def test_every_bad_row_is_listed_up_to_a_bound(tmp_path):
    plain = bundles.PLAIN["contacts"][0]
    rows = [{**plain, "contact_id": f"C{n}", "seniority": 9} for n in range(200)]
    folder = bundles.write(tmp_path, contacts=rows)

    assert len(problems(folder)) == MOST_LISTED


def test_what_the_database_refuses_is_found_in_its_batch(tmp_path):
    offers = [
        {"paid_step_offer_id": f"O{n}", "lead_id": "L1", "date": "2025-06-01", "amount": 5}
        for n in range(40)
    ]
    flags = [
        {"flag_id": n, "lead_id": "L1", "target": "no_order", "raised_at": f"2025-06-0{n}"}
        | {"level": "LOW"}
        for n in (1, 2)
    ]
    folder = bundles.write(tmp_path, paid_step_offers=offers, flags=flags)

    problem = problems(folder)[0]

    assert (problem.file, problem.line) == ("flags.csv", 3)
    assert "one standing flag for a lead and target" in problem.message


def test_rows_with_other_numbers_of_cells_are_named(tmp_path):
    folder = bundles.write(tmp_path)
    path = folder / "accounts.csv"
    path.write_text(path.read_text("utf-8") + "A3,too short\r\n\r\nA4" + ",x" * 9, "utf-8")

    found = problems(folder)

    assert [(one.line, "cells" in one.message) for one in found] == [(4, True), (6, True)]


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
