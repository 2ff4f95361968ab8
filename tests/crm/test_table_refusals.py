"""What is refused as a whole when a table is imported: in one sentence, with nothing written."""

import codecs
import contextlib
import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.models import Account, CustomField, Lead
from crm.services.bundle.problems import BadCell
from crm.services.tables import cells
from crm.services.tables.refusals import TableRefused
from tests.crm import tables
from tests.crm.tables import MAPPING, ROWS, imported, with_lead, write, write_mapping

pytestmark = pytest.mark.django_db
ANY = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def refused(path, mapping=None, **options):
    """Return the one sentence of a refusal, after which the ledger is as empty as before."""
    with pytest.raises(TableRefused) as caught:
        imported(path, mapping, **options)
    assert not Lead.objects.exists()
    assert not Account.objects.exists()
    assert not CustomField.objects.exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xd0\xcf\x11\xe0rest", "workbook"),
        (",".join(tables.HEADER).encode(), "no rows"),
        (b"a,b\n1,2\n", "no column"),
        (b"id;company;opened\n", "delimiter"),
        (b'id,company\n"never closed,', "never closed"),
        (b'id,company\n"a"b,c\n', "quote"),
        (b"id," * 3000, "columns"),
        (b"id,company\rA,B\r", "CR"),
        ("id,company\n1,海岳电力公司的项目".encode("gb18030"), "gb18030"),
        ("id,company\n1,2".encode("utf-16"), "utf-16"),
        (b"\x80\x81\x82\xff\xfe\n", "UTF-8"),
        (b"id,id,company,opened,closed,result,value,region,score,agreed\n", "twice"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path, content, says):
    path = tmp_path / "leads.csv"
    path.write_bytes(content)

    assert says in refused(path)


def test_a_missing_file_a_folder_and_an_unknown_encoding_are_refused(tmp_path):
    assert "no file" in refused(tmp_path / "none.csv", write_mapping(tmp_path))
    assert "plain file" in refused(tmp_path, write_mapping(tmp_path))
    assert "encoding" in refused(write(tmp_path), encoding="klingon")


def test_another_encoding_is_read_when_it_is_named(tmp_path):
    path = write(tmp_path)
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))

    assert imported(path, encoding="gb18030").created == 3


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = write(tmp_path)
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())

    assert imported(path).created == 3


def test_semicolons_are_read_when_the_mapping_says_so(tmp_path):
    path = write(tmp_path, [(*row[:5], "", *row[6:]) for row in ROWS])
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")

    assert imported(path, write_mapping(tmp_path, delimiter="semicolon")).created == 3


def test_all_is_refused_when_a_row_is_bad_and_strict_is_asked_for(tmp_path):
    path = write(tmp_path, [*ROWS, ("A9", "firm", "?", *[""] * 6)])

    assert "nothing was written" in refused(path, is_strict=True)


def test_a_file_without_one_readable_row_is_refused(tmp_path):
    assert "No row" in refused(write(tmp_path, [("A9", "firm", "?", *[""] * 6)]))


def test_a_kind_that_is_none_is_refused(tmp_path):
    assert "leads" in refused(write(tmp_path), kind="people")


def test_a_mapping_of_leads_reads_no_invoices(tmp_path):
    assert "lead: is not known here" in refused(write(tmp_path), kind="invoices")


def with_field(**changes):
    """Return a mapping whose first own field is changed."""
    return {"custom_fields": [{**MAPPING["custom_fields"][0], **changes}]}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"leads": {}}, "leads"),
        ({"version": 2}, "version"),
        ({"delimiter": "x"}, "delimiter"),
        ({"lead": None}, "lead"),
        ({"lead": []}, "lead"),
        ({"lead": with_lead(is_superuser="id")}, "lead.is_superuser"),
        ({"lead": with_lead(opened_at=None)}, "lead.opened_at"),
        ({"lead": with_lead(closed_at=None)}, "lead.closed_at"),
        ({"lead": with_lead(closed_at={"hours_after_opening": -1})}, "hours_after_opening"),
        ({"lead": with_lead(opened_at={"column": "opened", "format": "%d"})}, "opened_at.format"),
        ({"lead": with_lead(opened_at={"column": "opened", "format": "%"})}, "opened_at.format"),
        ({"lead": with_lead(stage={"constant": "DONE"})}, "lead.stage.constant"),
        ({"lead": with_lead(title={"column": "id", "constant": "x"})}, "lead.title"),
        ({"lead": with_lead(title=["id"])}, "lead.title"),
        ({"lead": with_lead(outcome={"column": "result", "values": {"Won": "YES"}})}, "values.Won"),
        ({"account": {}}, "account.name"),
        ({"account": {"name": 7.5, "id": 1}}, "account.id"),
        ({"join": [{"file": "../secret.csv", "column": "id"}]}, "join[0].file"),
        ({"order": {"column": "id", "from": "now"}}, "order.from"),
        ({"only": {"result": "Won"}}, "only.result"),
        (with_field(kind="colour"), "custom_fields[0].kind"),
        (
            with_field(known_from=None),
            "custom_fields[0].known_from: is needed. Write one of: creation",
        ),
        (with_field(key="Owner__x"), "custom_fields[0]"),
        (with_field(columns=["id"]), "custom_fields[0].column"),
        ({"custom_fields": [MAPPING["custom_fields"][0]] * 2}, "custom_fields[1]"),
    ],
)
def test_a_mapping_is_refused_with_the_place_that_is_wrong(tmp_path, changes, place):
    assert place in refused(write(tmp_path), write_mapping(tmp_path, **changes))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": NaN', "\ud7ff", "[" * 100_000, "null"])
def test_what_is_no_json_object_is_refused_as_a_mapping(tmp_path, text):
    mapping = tmp_path / "mapping.json"
    mapping.write_text(text, encoding="utf-16" if text == "\ud7ff" else "utf-8")

    refused(write(tmp_path), mapping)


def test_a_choice_of_too_many_values_is_refused_with_its_place(tmp_path):
    rows = [(f"A{n}", "firm", "03.02.2026", "", "", "", f"r{n}", "", "") for n in range(501)]

    assert "custom_fields[0].kind" in refused(write(tmp_path, rows))


def test_a_field_that_the_ledger_has_otherwise_is_refused(tmp_path):
    CustomField.objects.create(key="score", label="Score", kind="TEXT")
    with pytest.raises(TableRefused, match=r"custom_fields\[1\]\.kind"):
        imported(write(tmp_path))


def test_the_command_ends_with_2_and_one_sentence(tmp_path):
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(
            "import_table", "none.csv", mapping=write_mapping(tmp_path), json=True, stdout=out
        )

    assert caught.value.returncode == 2
    assert json.loads(out.getvalue())["refused"] is True


@settings(max_examples=60, **ANY)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_refused_or_read_but_never_break_it(db, tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    path = folder / "leads.csv"
    path.write_bytes(",".join(tables.HEADER).encode() + b"\n" + content)

    with contextlib.suppress(TableRefused):
        assert imported(path, write_mapping(folder), is_dry_run=True).is_dry_run


words = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=100, **ANY)
@given(
    value=words,
    place=st.sampled_from([*MAPPING, "order", "only", "join", "empty", "delimiter", "version"]),
)
def test_any_mapping_is_refused_or_read_but_never_breaks_it(db, tmp_path_factory, value, place):
    folder = tmp_path_factory.mktemp("any")

    with contextlib.suppress(TableRefused):
        mapping = write_mapping(folder, **{place: value})
        assert imported(write(folder), mapping, is_dry_run=True).is_dry_run


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12万", "120000"),
        ("1,234.50", "1234.50"),
        ("¥ 96000", "96000"),
        ("￥１２．５", "12.5"),
        ("1.5亿", "150000000"),
        ("300元", "300"),
        ("-7", "-7"),
        ("80k", "80000"),
    ],
)
def test_amounts_as_people_write_them(text, number):
    assert cells.read_amount(text) == Decimal(number)


def test_a_decimal_comma_is_read_where_the_mapping_says_so():
    assert cells.read_amount("1.234,50", decimal_comma=True) == Decimal("1234.50")
    with pytest.raises(BadCell):
        cells.read_amount("1.234,50")
