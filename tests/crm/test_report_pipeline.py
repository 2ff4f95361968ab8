"""The pipeline report: every running lead, as it stood, once for screen and files."""

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from crm.models import (
    Firm,
    FirmFigure,
    Lead,
    Mark,
    Outcome,
    Stage,
    Target,
    User,
    Verdict,
)
from crm.reports import exports, files
from crm.reports.columns import disarmed
from crm.reports.pipeline import COLUMNS, Pipeline, Row, Totals, pipeline
from tests.factories import (
    MONDAY,
    AccountFactory,
    AssessmentFactory,
    InteractionFactory,
    LeadFactFactory,
    LeadFactory,
    PaymentTermsFactory,
    StageChangeFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def report(user: User | None = None, as_of: datetime = MONDAY, **facts: Any) -> Pipeline:
    """Return the report."""
    return pipeline(user, as_of=as_of, firm=Firm.current(), **facts)


def rows(*args: Any, **facts: Any) -> list[Row]:
    """Return the rows of the report."""
    return list(report(*args, **facts).rows())


def sheet(found: Pipeline) -> list[list[Any]]:
    """Return the first sheet of the workbook, read back."""
    target = BytesIO()
    exports.write_xlsx(found, target, zone=SHANGHAI, by="test")
    return (
        CalamineWorkbook.from_filelike(BytesIO(target.getvalue())).get_sheet_by_index(0).to_python()
    )


def table(found: Pipeline) -> list[dict[str, str]]:
    """Return the rows of the CSV file, read back."""
    text = "".join(exports.csv_lines(found, by="test"))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def test_a_row_says_what_a_partner_asks_for():
    FirmFigure.objects.create(
        kind=FirmFigure.Kind.HOUR_COST, amount=Decimal(260),
        valid_from=MONDAY - timedelta(days=300), recorded_at=MONDAY - timedelta(days=300),
    )  # fmt: skip
    lead = LeadFactory(
        owner=UserFactory(display_name="李薇"), decide_by_date=date(2026, 11, 27),
        est_value_amount=Decimal(900_000),
    )  # fmt: skip
    StageChangeFactory(lead=lead, to_stage=Stage.SOLUTION)
    InteractionFactory(lead=lead, presales_hours=Decimal(10), travel_amount=Decimal(400))
    PaymentTermsFactory(lead=lead, prepay_percent=Decimal(30))
    AssessmentFactory(lead=lead)
    AssessmentFactory(
        lead=lead, target=Target.LATE_PAYMENT, probability=0.52, low=0.4, high=0.6,
        verdict=Verdict.UNKNOWN, mark=Mark.HIGH, pattern="",
    )  # fmt: skip

    (row,) = rows()

    assert row.account == lead.account.name
    assert (row.stage, row.account_kind, row.owner) == ("Solution", "Listed company", "李薇")
    assert (row.chance, row.usual, row.outcomes) == pytest.approx((0.06, 0.23, 31))
    assert row.weighted == Decimal(54_000)
    assert (row.verdict, row.pattern, row.mark) == ("Low intent", "free consulting", "High")
    assert (row.hours, row.sunk) == (Decimal(10), Decimal(3_000))
    assert (row.prepaid, row.late_chance) == (0.3, 0.52)
    assert row.decide_by == date(2026, 11, 27)


def test_a_red_lead_stays_in_every_list_and_total():
    AssessmentFactory()
    LeadFactory()
    totals = Totals()

    assert len(list(totals.counting(report().rows()))) == 2
    assert (totals.leads, totals.red, totals.unjudged) == (2, 1, 1)


def test_a_logo_deal_weighs_nothing_and_a_lead_without_a_verdict_has_no_weight():
    logo = LeadFactory(deal_type=Lead.DealType.LOGO)
    AssessmentFactory(lead=logo)
    LeadFactory()

    assert {(row.is_logo, row.weighted) for row in rows()} == {(True, Decimal(0)), (False, None)}


def test_a_deal_that_earns_nothing_stands_below_those_that_weigh_anything():
    for deal_type in (Lead.DealType.LEARNING, Lead.DealType.LOGO, Lead.DealType.LICENCE):
        value = 100_000 if deal_type == Lead.DealType.LICENCE else 9_000_000
        AssessmentFactory(lead=LeadFactory(deal_type=deal_type, est_value_amount=value))

    weights = [row.weighted for row in rows()]
    assert weights == sorted(weights, reverse=True)


def test_a_budget_told_beside_the_talks_is_known():
    LeadFactFactory(kind="BUDGET_STAGE", value="APPLIED")
    LeadFactFactory(kind="LEADERSHIP_STANCE")

    assert sorted(row.budget_known for row in rows()) == [False, True]


def test_the_weightiest_lead_comes_first_and_an_unknown_value_last():
    small, large, unknown = (
        LeadFactory(est_value_amount=value) for value in (Decimal(10_000), Decimal(900_000), None)
    )
    for lead in (small, large, unknown):
        AssessmentFactory(lead=lead)

    assert [row.lead_id for row in rows()] == [large.pk, small.pk, unknown.pk]


def test_a_past_report_shows_leads_closed_since_and_knows_no_later_fact():
    then = MONDAY - timedelta(days=30)
    lead = LeadFactory(
        stage=Stage.CONTRACT, closed_at=MONDAY - timedelta(days=5), outcome=Outcome.WON,
        outcome_recorded_at=MONDAY - timedelta(days=5),
    )  # fmt: skip
    StageChangeFactory(lead=lead, to_stage=Stage.QUALIFIED, happened_at=then - timedelta(days=5))
    StageChangeFactory(lead=lead, to_stage=Stage.CONTRACT, happened_at=MONDAY - timedelta(days=9))
    AssessmentFactory(lead=lead, as_of=then, probability=0.8, low=0.7, high=0.9)
    AssessmentFactory(lead=lead, as_of=MONDAY, probability=0.1, low=0.05, high=0.2)
    InteractionFactory(lead=lead, presales_hours=Decimal(9))

    assert rows() == []
    (row,) = rows(as_of=then)
    assert row.stage == "Qualified"
    assert (row.chance, row.hours) == (pytest.approx(0.2), 0)


def test_a_viewer_reads_all_and_a_seller_his_own():
    seller = UserFactory(team=TeamFactory())
    own, _other = LeadFactory(owner=seller), LeadFactory()

    assert len(rows(UserFactory(role=User.Role.VIEWER))) == 2
    assert [row.lead_id for row in rows(seller)] == [own.pk]


def test_hidden_names_are_numbers_and_the_same_account_keeps_its_number():
    account = AccountFactory(name="海岳电网有限公司")
    for lead in (LeadFactory(account=account), LeadFactory(account=account), LeadFactory()):
        AssessmentFactory(lead=lead)

    hidden = rows(hides_names=True)

    assert sorted(row.account for row in hidden) == ["Account 1", "Account 1", "Account 2"]
    assert {(row.subject, row.owner) for row in hidden} == {("", "")}


def test_two_currencies_are_never_added_up():
    AssessmentFactory(lead=LeadFactory(est_value_amount=Decimal(100)))
    AssessmentFactory(lead=LeadFactory(est_value_amount=Decimal(200), currency="USD"))
    totals = Totals()

    list(totals.counting(report().rows()))

    assert totals.value == {"CNY": Decimal(100), "USD": Decimal(200)}


def test_the_report_costs_the_same_queries_for_two_leads_and_for_forty(
    django_assert_num_queries,
):
    for _number in range(2):
        AssessmentFactory()
    with django_assert_num_queries(QUERIES):
        rows()
    for _number in range(38):
        AssessmentFactory()
    with django_assert_num_queries(QUERIES):
        rows()


QUERIES = 4  # the firm, what scores stand on, the cost of an hour, the rows

HOSTILE = ['=cmd|" /C calc"!A0', "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1",
           "＠x", " =1+1", "\u200b=1", "\u202e=1", "\u2028=1", "\u2066+1"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_the_ledger_becomes_a_formula(text):
    AssessmentFactory(lead=LeadFactory(account=AccountFactory(name=text), title=text))

    (row,) = table(report())
    assert row["Account"] == row["Lead"] == f"'{text}"

    target = BytesIO()
    exports.write_xlsx(report(), target, zone=SHANGHAI, by="test")
    with ZipFile(target) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "hyperlink" not in xml


@pytest.mark.parametrize("text", ["海岳电网", "A & B, C", "3M", "~tilde", 'say "hi"'])
def test_harmless_text_stays_as_it_is(text):
    assert disarmed(text) == text


def test_letters_that_no_workbook_may_hold_are_left_out():
    AssessmentFactory(lead=LeadFactory(title="a\ufffeb\uffffc"))

    head, row = sheet(report())

    assert row[head.index("Lead")] == "abc"


def test_csv_opens_in_excel_with_chinese_quotes_and_line_breaks():
    AssessmentFactory(lead=LeadFactory(account=AccountFactory(name='海岳"电网",\n二部')))

    (row,) = table(report())

    assert row["Account"] == '海岳"电网",\n二部'
    assert row["Chance of an order"] == "0.0600"


def test_the_workbook_reads_back_with_numbers_as_numbers_and_dates_as_dates():
    lead = LeadFactory(est_value_amount=Decimal(900_000), decide_by_date=date(2026, 11, 27))
    AssessmentFactory(lead=lead)

    head, row = sheet(report())

    cells = dict(zip(head, row, strict=True))
    assert head == [str(column.head) for column in COLUMNS]
    assert cells["Estimated value"] == 900_000
    assert cells["Chance of an order"] == pytest.approx(0.06)
    assert cells["Next decision"] == date(2026, 11, 27)
    assert cells["Paid late"] == ""


def test_the_workbook_carries_its_notes_in_the_readers_language():
    AssessmentFactory()
    Firm.objects.create(pk=1, holds_demo_data=True)
    target = BytesIO()

    with override("zh-hans"):
        exports.write_xlsx(report(), target, zone=SHANGHAI, by="test")

    book = CalamineWorkbook.from_filelike(BytesIO(target.getvalue()))
    assert book.sheet_names == ["销售管道（演示数据）", "说明"]
    notes = dict(row[:2] for row in book.get_sheet_by_index(1).to_python())
    assert notes["演示"] == "演示数据：所有公司均为虚构。"
    assert notes["截至"] == "2026-11-23 09:00 Asia/Shanghai"
    assert notes["在手线索"] == "1"


def test_a_file_is_named_in_the_readers_language_and_says_what_it_is():
    Firm.objects.create(pk=1, holds_demo_data=True)

    with override("zh-hans"):
        name = files.file_name(report(hides_names=True), "xlsx", SHANGHAI)
    assert name == "销售管道-2026-11-23-隐藏名称-演示数据.xlsx"
    with override("en"):
        assert files.file_name(report(), "csv", SHANGHAI) == "pipeline-2026-11-23-demo-data.csv"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_command_writes_the_file_whole_and_logs_who_took_it(form, tmp_path, caplog):
    AssessmentFactory(as_of=timezone.now())
    out = tmp_path / f"pipeline.{form}"

    with caplog.at_level("INFO", logger="crm.reports.exports"):
        call_command("report", "pipeline", "--format", form, "--out", str(out), stdout=StringIO())

    assert out.stat().st_size > 300
    assert list(tmp_path.iterdir()) == [out]
    assert f"{form}, 1 leads" in caplog.text


def test_the_command_takes_a_person_a_day_and_hidden_names(tmp_path):
    seller = UserFactory(username="wang")
    AssessmentFactory(lead=LeadFactory(owner=seller), as_of=timezone.now() - timedelta(days=3))
    LeadFactory()
    out = tmp_path / "pipeline.csv"

    call_command(
        "report", "pipeline", "--format", "csv", "--out", str(out), "--user", "wang",
        "--as-of", (timezone.now() - timedelta(days=2)).date().isoformat(), "--hide-names",
        stdout=StringIO(),
    )  # fmt: skip

    lines = out.read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Account 1,")


def test_a_folder_that_is_not_there_is_said_in_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("report", "pipeline", "--format", "csv", "--out", str(tmp_path / "no" / "f"))
