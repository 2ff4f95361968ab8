"""The score page in a browser: no barrier, no sideways scrolling, and the handles by keyboard."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from crm.models import User
from scoring import active, services
from tests.factories import UserFactory
from tests.journeys.test_looks import AXE
from tests.scoring.test_services import a_past

OPEN_ALL = "document.querySelectorAll('.fold').forEach((fold) => (fold.open = true))"
SCROLLING_TABLES = """[...document.querySelectorAll(".table-wrap")]
  .filter((table) => table.scrollWidth > table.clientWidth + 1)
  .map((table) => table.getAttribute("aria-labelledby"))"""

SignIn = Callable[[Page, User], None]


@pytest.fixture
def founder(live_server: LiveServer, tmp_path: Path, settings: Any) -> Iterator[User]:
    """A founder of a firm with sixty closed leads, learned from."""
    settings.DATA_DIR = tmp_path
    a_past(60)
    services.train(target="NO_ORDER", now=timezone.now())
    yield UserFactory(role=User.Role.FOUNDER)
    active._read.cache_clear()


def test_no_score_page_has_a_barrier_or_scrolls_sideways(
    page: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    sign_in(page, founder)
    for width, scheme in ((390, "dark"), (1440, "light")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        for name in ("scores", "score-backtest", "score-points"):
            page.goto(live_server.url + reverse(name))
            page.evaluate(OPEN_ALL)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert page.evaluate(SCROLLING_TABLES) == [], name
            report = Axe().run(page, options=AXE)
            assert report.violations_count == 0, f"{name}\n{report.generate_report()}"


def test_a_handle_moved_by_keyboard_says_what_that_would_have_cost(
    page: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    sign_in(page, founder)
    page.goto(live_server.url + reverse("scores"))

    for _ in range(3):
        page.get_by_label("Red below").press("ArrowRight")

    expect(page.get_by_text("Red below 36% of usual")).to_be_visible()
    expect(page.get_by_role("row", name="0.36 × usual")).to_be_visible()
    expect(page.get_by_label("Red below")).to_be_focused()


def test_a_phone_folds_the_lesser_cards_and_a_link_or_a_key_opens_them(
    page: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    sign_in(page, founder)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + reverse("scores"))
    log, gaps = page.locator("#log"), page.locator("#gaps")

    expect(page.get_by_text("Red below 33% of usual")).to_be_visible()
    expect(log).to_be_hidden()
    folded = page.evaluate("document.documentElement.scrollHeight")

    page.goto(live_server.url + reverse("scores") + "#log")
    expect(log).to_be_visible()
    page.get_by_role("heading", name="What is missing in the ledger?").locator("..").press("Enter")
    expect(gaps).to_be_visible()
    page.evaluate(OPEN_ALL)
    assert folded < 0.6 * page.evaluate("document.documentElement.scrollHeight")

    page.set_viewport_size({"width": 1440, "height": 844})
    expect(page.locator("#ends")).to_be_visible()


def test_without_a_script_a_wide_screen_and_paper_show_every_card(
    browser: Browser, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1440, "height": 844}
    )
    page = context.new_page()
    sign_in(page, founder)
    page.goto(live_server.url + reverse("scores"))
    expect(page.locator("#log")).to_be_visible()

    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#log")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("#log")).to_be_visible()

    page.emulate_media(media="screen")
    page.goto("about:blank")
    page.goto(live_server.url + reverse("scores") + "#log")
    expect(page.locator("#log")).to_be_visible()
    context.close()
