"""A bad bundle is refused by file, line and column, with what to write; nothing is kept."""

from zoneinfo import ZoneInfo

import pytest

from crm.services.bundle.cells import Json
from crm.services.bundle.problems import MOST_LISTED
from tests.crm import bundles
from tests.crm.bundles import problems

pytestmark = pytest.mark.django_db


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
    ("leads", 3, {"owner": "x" * 151}, "is 151 characters long. Shorten it to 150."),
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


@pytest.mark.parametrize(
    "said",
    ["[", "[]", '"x"', '{"a": 1}', '{"a": "soon"}', '{"a": "2025-03-08"}', "[" * 9_000,
     '{"a": "9999-12-31t00:00:00+00:00"}'],
)  # fmt: skip
def test_when_own_values_were_entered_is_a_list_of_moments_of_the_past(tmp_path, said):
    leads = [{**row, "custom_fields_entered": said} for row in bundles.PLAIN["leads"]]

    problem = problems(bundles.write(tmp_path, leads=leads))[0]

    assert (problem.file, problem.column) == ("leads.csv", "custom_fields_entered")
    assert "does not say of own fields when each was entered" in problem.message


def test_a_row_of_our_own_columns_is_checked_alike(tmp_path):
    rows = [
        {**bundles.PLAIN["leads"][0], "custom_fields": cell}
        for cell in ("{", "[1]", '{"a":NaN}', '{"a":"\\u0000"}', '{"a":"\\ud800"}', "[" * 9000)
    ]
    rows = [{**row, "lead_id": f"L{n}"} for n, row in enumerate(rows)]

    found = problems(bundles.write(tmp_path, leads=rows, interactions=[{}], deliverables=[{}]))

    places = [(one.line, one.column) for one in found if one.file == "leads.csv"]
    assert places == [(line, "custom_fields") for line in range(2, 8)]


def test_the_words_of_an_escape_are_no_nul_character():
    assert Json(dict).read(r'{"\\u0000": ["\\u0000"]}', ZoneInfo("UTC")) == {r"\u0000": [r"\u0000"]}


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
