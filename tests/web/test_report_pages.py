"""The pipeline report on screen and as a download."""

import csv
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from crm.models import Decision, Firm, User
from tests.factories import AccountFactory, AssessmentFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    """Return a browser of the user."""
    client = Client()
    client.force_login(user)
    return client


def founder(**facts: object) -> User:
    """Return somebody who sees all."""
    user: User = UserFactory(role=User.Role.FOUNDER, **facts)
    return user


def scored(count: int = 1) -> None:
    """Add leads of low intent, scored now."""
    for _number in range(count):
        AssessmentFactory(as_of=timezone.now())


def body(answer: StreamingHttpResponse) -> bytes:
    """Return what a streamed answer carries."""
    return b"".join(answer.streaming_content)


def test_the_page_shows_the_leads_with_totals_and_both_downloads():
    scored(2)

    page = signed_in(founder()).get(reverse("report-pipeline")).content.decode()

    assert "2 open leads" in page
    assert "2 red, 0 amber" in page
    assert reverse("report-download", args=["csv"]) in page
    assert reverse("report-download", args=["xlsx"]) in page
    assert "Synthetic demo data" not in page


def test_demo_data_are_called_demo_data_on_every_paper():
    Firm.objects.create(pk=1, holds_demo_data=True)
    scored()
    client = signed_in(founder())

    assert "Synthetic demo data" in client.get(reverse("report-pipeline")).content.decode()
    answer = client.get(reverse("report-download", args=["csv"]))
    assert "demo-data" in answer.headers["Content-Disposition"]


def test_the_page_is_bounded_and_costs_the_same_queries_for_two_leads_and_for_sixty():
    client = signed_in(founder())
    scored(2)
    client.get(reverse("report-pipeline"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("report-pipeline"))
    scored(58)
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("report-pipeline")).content.decode()

    assert len(few) == len(many)
    assert page.count('class="lead-cell"') == 50
    assert "10 smaller leads, listed in the files" in page
    assert "60 open leads" in page


def test_the_workbook_holds_every_lead_and_is_named_for_chinese_readers():
    scored(60)

    answer = signed_in(founder(language="zh-hans")).get(reverse("report-download", args=["xlsx"]))

    assert "filename*=utf-8''%E9%94%80%E5%94%AE" in answer.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(BytesIO(body(answer)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:2] == ["客户", "线索"]
    assert len(rows) == 61


def test_the_csv_is_streamed_and_holds_every_lead():
    scored(60)

    answer = signed_in(founder()).get(reverse("report-download", args=["csv"]))

    assert answer.streaming
    rows = list(csv.DictReader(StringIO(body(answer).decode("utf-8-sig"))))
    assert len(rows) == 60
    assert rows[0]["Verdict"] == "Low intent"


def test_names_can_be_hidden_on_page_and_in_files():
    AssessmentFactory(
        lead=LeadFactory(account=AccountFactory(name="海岳电网"), title="知识助手"),
        as_of=timezone.now(),
    )
    client = signed_in(founder())

    page = client.get(reverse("report-pipeline"), {"names": "hidden"}).content.decode()
    file = body(client.get(reverse("report-download", args=["csv"]), {"names": "hidden"}))

    for text in (page, file.decode()):
        assert "海岳电网" not in text
        assert "知识助手" not in text
        assert "Account 1" in text
    assert "?names=hidden" in page


def test_a_seller_downloads_his_own_leads_and_a_viewer_all():
    seller = UserFactory()
    AssessmentFactory(lead=LeadFactory(owner=seller), as_of=timezone.now())
    scored()
    url = reverse("report-download", args=["csv"])

    assert len(body(signed_in(seller).get(url)).splitlines()) == 2
    viewer = UserFactory(role=User.Role.VIEWER)
    assert len(body(signed_in(viewer).get(url)).splitlines()) == 3


def test_a_viewer_is_led_to_no_page_that_is_closed_to_him():
    scored()

    page = signed_in(UserFactory(role=User.Role.VIEWER)).get(reverse("report-pipeline"))

    assert "/leads/" not in page.content.decode().split("<tbody>")[1].split("</tbody>")[0]


def test_an_empty_ledger_has_an_empty_report_that_says_so():
    client = signed_in(founder())

    assert "No open lead" in client.get(reverse("report-pipeline")).content.decode()
    book = CalamineWorkbook.from_filelike(
        BytesIO(body(client.get(reverse("report-download", args=["xlsx"]))))
    )
    assert len(book.get_sheet_by_index(0).to_python()) == 1


def test_an_unknown_form_is_not_found_and_a_stranger_signs_in():
    assert signed_in(founder()).get("/reports/pipeline/exe/").status_code == 404
    for name in ("report-list", "report-pipeline"):
        assert Client().get(reverse(name)).status_code == 302


def test_the_list_of_reports_leads_to_the_pipeline():
    page = signed_in(founder()).get(reverse("report-list")).content.decode()

    assert reverse("report-pipeline") in page


def test_decisions_against_flags_teach_until_there_are_some(client, founder):
    address, taught = reverse("report-decisions"), "Nobody went on against a flag"
    page = client.get(address).content.decode()
    assert taught in page
    assert "<table" not in page

    now = timezone.now()
    Decision.objects.create(
        lead=LeadFactory(),
        kind=Decision.Kind.CONTINUE,
        decided_by=founder,
        reason="They named a budget.",
        happened_at=now,
        recorded_at=now,
    )
    page = client.get(address).content.decode()
    assert taught not in page
    assert "<table" in page
