"""What holds when the table of another program is imported."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Account, CustomField, Lead, Outcome, Stage, StageChange, User
from tests.crm import tables
from tests.crm.tables import ROWS, imported, with_lead, write, write_mapping
from tests.factories import MONDAY, AccountFactory, LeadFactory

pytestmark = pytest.mark.django_db


def midnight(day: str) -> datetime:
    """Return the beginning of a day in Shanghai."""
    return datetime.fromisoformat(f"{day}T00:00:00+08:00")


def test_a_table_becomes_leads_with_accounts_dates_and_own_fields(tmp_path):
    result = imported(write(tmp_path))

    assert (result.created, result.accounts_created, result.bad) == (3, 2, 0)
    lead = Lead.objects.get(ledger_id="A1")
    assert (lead.opened_at, lead.closed_at) == (midnight("2026-02-03"), midnight("2026-05-05"))
    assert (lead.recorded_at, lead.outcome_recorded_at) == (lead.opened_at, lead.closed_at)
    assert (lead.outcome, lead.est_value_amount) == (Outcome.WON, Decimal("1200000.50"))
    assert lead.custom_fields == {"quyu": "华东", "score": 7.0, "agreed": True}
    assert lead.assessment_due_at == MONDAY


def test_the_same_firm_in_another_spelling_is_one_account(tmp_path):
    imported(write(tmp_path))

    assert Lead.objects.get(ledger_id="A2").account == Lead.objects.get(ledger_id="A1").account


def test_a_known_account_is_found_and_left_as_it_is(tmp_path):
    known = AccountFactory(name="海岳电力", name_key="海岳电力", kind=Account.Kind.SOE)

    result = imported(write(tmp_path))

    known.refresh_from_db()
    assert (result.accounts_created, known.kind) == (1, Account.Kind.SOE)
    assert Lead.objects.get(ledger_id="A1").account == known


def test_a_new_account_is_known_since_its_first_lead(tmp_path):
    imported(write(tmp_path))

    account = Lead.objects.get(ledger_id="A1").account
    assert account.recorded_at == midnight("2026-02-03")
    assert (account.kind, account.initials[:4]) == (Account.Kind.LISTED, "hydl")
    assert account.history.count() == 1


def test_own_fields_are_made_on_the_way_with_the_choices_that_were_met(tmp_path):
    imported(write(tmp_path))

    region, score, agreed = CustomField.objects.order_by("position")
    assert (region.label, region.kind, region.choices) == ("区域", "CHOICE", ["华东", "华北"])
    assert (region.known_from, score.known_from) == ("CREATION", "LATER")
    assert (score.kind, agreed.kind, agreed.choices) == ("NUMBER", "YES_NO", [])


def test_a_field_that_the_ledger_has_gains_choices(tmp_path):
    imported(write(tmp_path))
    more = [("B1", "丙公司", "03.02.2026", "", "", "", "华南", "", "")]
    imported(write(tmp_path, more))

    assert CustomField.objects.get(label="区域").choices == ["华东", "华北", "华南"]
    assert CustomField.objects.count() == 3


def test_stages_are_dated_and_an_order_was_a_contract(tmp_path):
    imported(write(tmp_path))

    changes = StageChange.objects.filter(lead__ledger_id="A1").values_list("to_stage", flat=True)
    assert list(changes) == [Stage.NEW, Stage.CONTRACT]
    assert Lead.objects.get(ledger_id="A1").stage == Stage.CONTRACT
    assert Lead.objects.get(ledger_id="A2").stage == Stage.NEW


def test_a_lead_closed_on_the_day_it_was_opened_ran_until_that_evening(tmp_path):
    imported(write(tmp_path))

    lead = Lead.objects.get(ledger_id="A3")
    assert lead.closed_at == midnight("2026-02-06") - timedelta(seconds=1)


def test_zero_is_how_others_write_a_value_that_is_not_known(tmp_path):
    imported(write(tmp_path))

    assert Lead.objects.get(ledger_id="A3").est_value_amount is None


def test_an_order_column_dates_rows_one_an_hour(tmp_path):
    lead = with_lead(opened_at=None, closed_at={"hours_after_opening": 0.5}, id="id")
    order = {"column": "score", "from": "2026-01-01", "step": "hour"}
    rows = [
        (*row[:7], number, row[8]) for row, number in zip(ROWS, ("30", "4", "100"), strict=True)
    ]
    imported(write(tmp_path, rows), write_mapping(tmp_path, lead=lead, order=order))

    opened = Lead.objects.order_by("opened_at").values_list("ledger_id", "opened_at")
    assert list(opened) == [
        (name, midnight("2026-01-01") + timedelta(hours=hour))
        for hour, name in enumerate(("A2", "A1", "A3"))
    ]
    won = Lead.objects.get(ledger_id="A1")
    assert won.closed_at == won.opened_at + timedelta(minutes=30)


def test_an_unknown_owner_becomes_a_user_who_cannot_sign_in(tmp_path):
    mapping = write_mapping(tmp_path, lead=with_lead(owner={"constant": "Moses Frase"}))

    result = imported(write(tmp_path), mapping)

    owner = User.objects.get(username="Moses Frase")
    assert (result.added_users, owner.is_active, owner.lead_set.count()) == (1, False, 3)


def test_rows_that_the_mapping_does_not_mean_are_passed_over(tmp_path):
    result = imported(write(tmp_path), write_mapping(tmp_path, only={"result": ["Won", "Lost"]}))

    assert (result.created, result.skipped) == (2, 1)


def test_columns_of_a_file_beside_it_are_joined_by_key(tmp_path):
    write(tmp_path, [("Nordwind GmbH", "Berlin")], ("firm", "city"), "firms.csv")
    account = {"name": "company", "city": "city"}
    join = [{"file": "firms.csv", "column": "company", "key": "firm"}]

    imported(write(tmp_path), write_mapping(tmp_path, join=join, account=account))

    assert Account.objects.get(name="Nordwind GmbH").city == "Berlin"
    assert Account.objects.get(name__startswith="海岳").city == ""


# --- the same file again ---


def test_the_same_file_again_changes_nothing(tmp_path):
    path = write(tmp_path)
    imported(path)
    before = list(Lead.objects.order_by("pk").values())

    result = imported(path)

    assert (result.created, result.updated, result.unchanged) == (0, 0, 3)
    assert list(Lead.objects.order_by("pk").values()) == before
    assert (Account.objects.count(), StageChange.objects.count()) == (2, 4)


def test_a_changed_row_updates_its_lead_and_keeps_the_trail(tmp_path):
    imported(write(tmp_path))
    changed = list(ROWS)
    changed[1] = ("A2", "海岳电力", "04.02.2026", "06.06.2026", "Lost", "", "华东", "", "")

    result = imported(write(tmp_path, changed), now=MONDAY + timedelta(days=1))

    lead = Lead.objects.get(ledger_id="A2")
    assert (result.updated, result.unchanged, lead.version) == (1, 2, 2)
    assert (lead.outcome, lead.closed_at) == (Outcome.LOST, midnight("2026-06-06"))
    assert lead.outcome_recorded_at == MONDAY + timedelta(days=1)
    assert lead.history.count() == 2


def test_a_blank_cell_takes_nothing_away(tmp_path):
    imported(write(tmp_path))
    changed = list(ROWS)
    changed[1] = ("A2", "海岳电力", "04.02.2026", "", "", "", "", "", "")

    result = imported(write(tmp_path, changed))

    lead = Lead.objects.get(ledger_id="A2")
    assert (result.updated, lead.est_value_amount) == (0, Decimal(960_000))
    assert lead.custom_fields["agreed"] is False


def test_a_file_without_ids_is_not_doubled_and_equal_rows_stay_two(tmp_path):
    mapping = write_mapping(tmp_path, lead=with_lead(id=None))
    path = write(tmp_path, [ROWS[0], ROWS[0], ROWS[1]])

    assert imported(path, mapping).created == 3
    assert imported(path, mapping).unchanged == 3
    assert Lead.objects.count() == 3


def test_other_leads_are_left_alone(tmp_path):
    other = LeadFactory()

    imported(write(tmp_path))

    other.refresh_from_db()
    assert (other.version, other.assessment_due_at) == (1, None)


@pytest.mark.parametrize(
    ("value", "code"),
    [("¥5,000", "CNY"), ("US$5,000", "USD"), ("5000欧元", "EUR"), ("$5,000", None)],
)
def test_an_amount_is_in_the_currency_that_stands_beside_it(tmp_path, value, code):
    result = imported(write(tmp_path, [ROWS[1], ("A9", *ROWS[0][1:5], value, *ROWS[0][6:])]))

    found = Lead.objects.filter(ledger_id="A9").values_list("currency", flat=True).first()
    assert found == code
    assert [problem.column for problem in result.problems] == ([] if code else ["value"])


@pytest.mark.parametrize(("word", "code"), [("人民币", "CNY"), ("RMB", "CNY"), ("jpy", "JPY")])
def test_a_currency_is_read_as_people_write_it(tmp_path, word, code):
    file = write(tmp_path, [(*ROWS[0], word)], (*tables.HEADER, "currency"))
    imported(file, write_mapping(tmp_path, lead=with_lead(currency="currency")))

    assert Lead.objects.get().currency == code


@pytest.mark.parametrize(("word", "code"), [("cn", "CN"), ("德国", "DE"), ("Hong Kong", "HK")])
def test_a_country_is_read_as_people_write_it(tmp_path, word, code):
    file = write(tmp_path, [(*ROWS[0], word)], (*tables.HEADER, "land"))
    imported(file, write_mapping(tmp_path, account={"name": "company", "country": "land"}))

    assert Lead.objects.get().account.country == code


def test_a_country_that_there_is_not_is_named_with_its_line(tmp_path):
    rows = [(*ROWS[0], "中原"), (*ROWS[1], "中国")]
    file = write(tmp_path, rows, (*tables.HEADER, "land"))
    mapping = write_mapping(tmp_path, account={"name": "company", "country": "land"})

    (problem,) = imported(file, mapping).problems

    assert "中原" in problem.message
    assert Lead.objects.get().account.country == "CN"


# --- rows that cannot be read ---


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("opened", "2026-02-03", "%d.%m.%Y"),
        ("opened", "31.02.2026", "31.02.2026"),
        ("closed", "03.02.2099", "future"),
        ("opened", "", "blank"),
        ("closed", "01.01.2026", "before"),
        ("closed", "", "outcome"),
        ("result", "Maybe", "Maybe"),
        ("value", "nan", "nan"),
        ("value", "-5", "below zero"),
        ("value", "1.005", "decimals"),
        ("value", "9" * 30, "number"),
        ("score", "inf", "inf"),
        ("agreed", "perhaps", "perhaps"),
        ("company", "", "account"),
        ("company", "x" * 201, "201"),
        ("company", "a\0b", "NUL"),
        ("region", "r" * 121, "121"),
        ("score", "123456789012345678", "15 digits"),
        ("id", "", "blank"),
        ("id", "A2", "row 2"),
        ("id", "a\nb", "line break"),
    ],
)
def test_a_bad_row_is_listed_with_its_place_and_the_rest_is_taken(tmp_path, column, cell, says):
    place = tables.HEADER.index(column)
    rows = [ROWS[1], ROWS[2], ROWS[0]]
    rows[2] = (*ROWS[0][:place], cell, *ROWS[0][place + 1 :])

    result = imported(write(tmp_path, rows))

    assert (result.created, result.bad) == (2, 1)
    problem = result.problems[0]
    assert (problem.row, problem.column) == (4, column)
    assert says in problem.message


def test_a_row_that_is_left_out_adds_no_choice(tmp_path):
    again = ("A1", "丁公司", "03.02.2026", "", "", "", "华南", "", "")
    imported(write(tmp_path, [*ROWS, again]))

    assert CustomField.objects.get(label="区域").choices == ["华东", "华北"]


def test_a_ragged_row_is_listed(tmp_path):
    result = imported(write(tmp_path, [*ROWS, ("A9", "too", "few")]))

    assert (result.created, result.problems[0].row) == (3, 5)


def test_bad_rows_are_all_counted_and_the_first_fifty_listed(tmp_path):
    bad = [(f"X{n}", "firm", "never", *[""] * 6) for n in range(200)]

    result = imported(write(tmp_path, [*ROWS, *bad]))

    assert (result.created, result.bad, len(result.problems)) == (3, 200, 50)


def test_a_trial_writes_nothing_and_says_the_same(tmp_path):
    result = imported(write(tmp_path), is_dry_run=True)

    assert (result.created, result.is_dry_run) == (3, True)
    assert not Lead.objects.exists()
    assert not CustomField.objects.exists()


def test_markup_and_formulas_stay_text(tmp_path):
    row = ("A1", "=HYPERLINK(1)", "03.02.2026", "", "", "", "<script>", "", "")
    imported(write(tmp_path, [row]))

    lead = Lead.objects.get()
    assert lead.account.name == "=HYPERLINK(1)"
    assert "<script>" in lead.custom_fields.values()


def test_columns_without_a_place_in_the_mapping_write_nothing(tmp_path):
    header = (*tables.HEADER, "is_superuser", "owner_id", "version")
    result = imported(write(tmp_path, [(*ROWS[0], "1", "1", "99")], header))

    assert result.unread_columns == ["is_superuser", "owner_id", "version"]
    assert (Lead.objects.get().owner, Lead.objects.get().version) == (None, 1)


def test_a_full_batch_takes_as_many_queries_as_a_small_one(tmp_path):
    def queries(count: int) -> int:
        Lead.objects.all().delete()
        Account.objects.all().delete()
        CustomField.objects.all().delete()
        rows = [(f"A{n}", f"firm {n}", *ROWS[0][2:]) for n in range(count)]
        path = write(tmp_path, rows)
        with CaptureQueriesContext(connection) as caught:
            imported(path)
        return len(caught)

    assert queries(400) == queries(40)


def test_the_command_answers_with_one_json_object(tmp_path, capsys):
    path, mapping = (
        write(tmp_path, [*ROWS, ("A9", "firm", "?", *[""] * 6)]),
        write_mapping(tmp_path),
    )
    call_command("import_table", str(path), kind="leads", mapping=mapping, json=True)

    said = json.loads(capsys.readouterr().out)
    assert (said["created"], said["bad"], said["refused"]) == (3, 1, False)
    assert said["problems"][0]["row"] == 5
