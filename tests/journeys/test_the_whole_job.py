"""The whole job on the demo: a flagged lead, a visit logged, the Monday mail, the report."""

import re
import subprocess
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from python_calamine import CalamineWorkbook

from crm import wake
from crm.demo import load
from crm.models import Interaction, Lead, OutboxMail, User, Verdict
from crm.services import people
from tests.conftest import until

StartWorker = Callable[[], subprocess.Popen[bytes]]
LABEL = "label.chip:has(input[{}])"


@pytest.fixture
def password(live_server: LiveServer) -> str:
    """Load a demo of a hundred leads, score it, and let the founder sign in."""
    now = timezone.now()
    load.load(leads=100, seed=1, until=now)
    call_command("score", verbosity=0, stdout=StringIO())
    first = people.first_founder(now)
    assert first
    User.objects.filter(username=first[0]).update(language="zh-hans")
    return first[1]


def test_a_founder_walks_from_the_worst_lead_to_the_report(
    phone: Page, live_server: LiveServer, password: str, start_worker: StartWorker, tmp_path: Path
) -> None:
    start_worker()
    sign_in_by_hand(phone, live_server, password)
    worst = Lead.objects.open().filter(verdict=Verdict.LOW).order_by("order_chance", "pk")[0]

    read_the_reasons_of_the_worst(phone, live_server, worst)
    log_a_visit_and_see_the_reasons_change(phone, worst)
    open_the_digest_in_the_outbox(phone, live_server)
    read_the_report_back(phone, live_server, tmp_path, worst)


def sign_in_by_hand(page: Page, live_server: LiveServer, password: str) -> None:
    page.goto(live_server.url)
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.fill("input[name=login]", "founder")
    page.fill("input[name=password]", password)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="本周要做的决定")).to_be_visible()


def read_the_reasons_of_the_worst(page: Page, live_server: LiveServer, worst: Lead) -> None:
    page.goto(f"{live_server.url}/leads/?sort=chance&verdict=LOW")
    page.locator("a.row-link").first.click()
    expect(page).to_have_url(re.compile(rf"/leads/{worst.pk}/"))
    expect(page.get_by_text("意向低").first).to_be_visible()
    expect(page.get_by_text("拉低成交可能")).to_be_visible()
    expect(page.locator('a[href*="?rows="]:visible').first).to_be_visible()


def log_a_visit_and_see_the_reasons_change(page: Page, worst: Lead) -> None:
    before = worst.interactions.count()
    page.get_by_role("link", name="记录沟通").last.click()
    page.tap(LABEL.format('value="VISIT_TO_CLIENT"'))
    page.tap(LABEL.format('name="initiated_by"][value="CLIENT"'))
    page.tap(LABEL.format('name="budget_holder"][value="yes"'))
    page.tap(LABEL.format('name="next"][value="+7"'))
    page.get_by_role("button", name="保存").click()
    # The worker scores it; the answer looks for up to five seconds.
    expect(page.locator(".changed-reasons")).to_contain_text("预算负责人", timeout=15_000)
    assert worst.interactions.count() == before + 1
    assert Interaction.objects.latest("pk").budget_holder_present


def open_the_digest_in_the_outbox(page: Page, live_server: LiveServer) -> None:
    assert wake.now("crm.send_due_digests")
    weekly = OutboxMail.objects.filter(recipient__username="founder", subject__contains="线索简报")
    until(weekly.exists, "the Monday mail")
    page.goto(f"{live_server.url}/mail/{weekly.get().pk}/")
    mail = page.frame_locator("iframe").locator("body")
    expect(mail).to_contain_text("本周要做的决定")
    page.wait_for_function(
        "it => Math.abs(it.offsetHeight - it.contentDocument.body.offsetHeight) < 2",
        arg=page.locator("iframe").element_handle(),
    )


def read_the_report_back(page: Page, live_server: LiveServer, tmp_path: Path, worst: Lead) -> None:
    page.goto(f"{live_server.url}/reports/pipeline/")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    file = tmp_path / "report.xlsx"
    download.value.save_as(file)
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    cells = {str(cell) for row in rows for cell in row}
    assert any(worst.account.name in cell for cell in cells)
    assert len(rows) > Lead.objects.open().count()
