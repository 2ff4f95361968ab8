"""A founder edits the points: what it changes is seen first, saved, and taken back."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from crm.models import Lead, User
from scoring import previews
from scoring.models import PointsDraft, PointsVersion
from tests.factories import UserFactory
from tests.journeys.test_looks import AXE
from tests.scoring.test_services import a_running_lead

SignIn = Callable[[Page, User], None]


@pytest.fixture
def lead(live_server: LiveServer) -> Lead:
    """A lead that runs, of a firm that has learned nothing yet."""
    return a_running_lead()


def no_barrier(page: Page, width: int) -> None:
    """Hold that the page that stands has no barrier and does not scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    report = Axe().run(page, options=AXE)
    assert report.violations_count == 0, f"{page.url}\n{report.generate_report()}"


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_an_edit_shows_what_it_changes_is_saved_and_taken_back(
    page: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, UserFactory(role=User.Role.FOUNDER))
    for name in ("score-free", "score-late", "score-points"):
        page.goto(live_server.url + reverse(name))
        no_barrier(page, width)

    page.get_by_role("link", name="Edit points").click()
    page.wait_for_url("**/edit/")
    no_barrier(page, width)
    page.get_by_label("Budget stage: applied for").fill("21")
    page.get_by_label("Why").fill("Applications came to nothing")
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_text("At most 20")).to_be_visible()
    no_barrier(page, width)
    page.get_by_label("Budget stage: applied for").fill("20")
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_text("Open leads are being scored")).to_be_visible()

    previews.compute(draft_id=PointsDraft.objects.get().pk, now=timezone.now())
    expect(page.get_by_role("heading", name="The 1 open lead would keep its band")).to_be_visible()
    expect(page.get_by_role("link", name=lead.account.name)).to_be_visible()
    no_barrier(page, width)
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_text("Applications came to nothing")).to_be_visible()
    no_barrier(page, width)
    page.get_by_role("button", name="Undo: back to version 1").click()

    expect(page.get_by_text("Return to version 1")).to_be_visible()
    assert PointsVersion.objects.count() == 2


def test_without_a_script_the_points_are_edited_all_the_same(
    browser: Browser, live_server: LiveServer, lead: Lead
) -> None:
    founder = UserFactory(role=User.Role.FOUNDER)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(live_server.url)
    page.fill('[name="login"]', founder.username)
    page.fill('[name="password"]', "a long password")
    page.click('button[type="submit"]')
    page.goto(live_server.url + reverse("points-edit", args=["intent"]))

    page.get_by_label("Budget stage: applied for").fill("20")
    page.get_by_label("Why").fill("Applications came to nothing")
    page.get_by_role("button", name="See what would change").click()
    previews.compute(draft_id=PointsDraft.objects.get().pk, now=timezone.now())
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("heading", name="The 1 open lead would keep its band")).to_be_visible()
    page.get_by_role("button", name="Save as version 2").click()

    expect(page.get_by_text("Applications came to nothing")).to_be_visible()
    context.close()
