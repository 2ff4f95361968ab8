"""From Today to the board, a move, and the lead's page without a mouse; the palette; no barrier."""

from collections.abc import Callable
from datetime import timedelta
from time import sleep

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from crm.models import Decision, Lead, Mark, Pattern, Stage, StageChange, User, Verdict
from crm.services import leads
from tests.factories import AccountFactory, LeadFactory, UserFactory
from tests.journeys.test_looks import AXE

SignIn = Callable[[Page, User], None]


@pytest.fixture
def founder(live_server: LiveServer) -> User:
    """A founder with a board that holds each kind of card."""
    founder = UserFactory(role=User.Role.FOUNDER)
    now, today = timezone.now(), timezone.localdate()
    recent = {"owner": founder, "opened_at": now, "last_client_contact_at": now}
    step = {"next_step": "demo", "next_step_date": today + timedelta(days=3)}
    LeadFactory(account__name="Boyuan Bank", decide_by_date=today, **recent, **step)
    LeadFactory(account__name="Munan Home", **recent)
    LeadFactory(
        account=AccountFactory(name="海岳电网"),
        stage=Stage.SOLUTION,
        owner=founder,
        verdict=Verdict.LOW,
        pattern=Pattern.FREE_CONSULTING,
        order_chance=0.06,
        usual_order_rate=0.23,
        payment_mark=Mark.WATCH,
        late_payment_chance=0.41,
        last_client_contact_at=now - timedelta(days=41),
    )
    rests = LeadFactory(account__name="Hengyu", stage=Stage.SOLUTION, **recent)
    until = today + timedelta(days=20)
    Decision.objects.create(
        lead=rests,
        kind=Decision.Kind.PAUSE,
        reason="board meets",
        decided_by=founder,
        review_date=until,
        happened_at=now,
        recorded_at=now,
    )
    Lead.objects.filter(pk=rests.pk).update(rest_kind="PAUSE", rests_until_date=until)
    return founder


def focused(page: Page) -> str:
    """Return the words of what has the focus."""
    return str(page.evaluate("document.activeElement.innerText")).strip()


def test_one_walks_from_today_over_the_board_to_a_lead_without_a_mouse(
    desktop: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    page, said = desktop, desktop.locator("#board-said")
    sign_in(page, founder)
    page.goto(live_server.url)

    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url(f"**{reverse('board')}")
    page.keyboard.press("j")
    assert focused(page) == "Boyuan Bank"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "海岳电网"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("m")
    expect(page.get_by_role("dialog", name="Move or close a lead")).to_be_visible()
    page.keyboard.press("4")

    expect(said).to_contain_text("Boyuan Bank moved to Quote or bid")
    expect(page.locator("#column-BID .board-card")).to_have_count(1)
    expect(page.locator("#column-BID .row-link")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/leads/*/")
    expect(page.locator("h1")).to_contain_text("Boyuan Bank")
    assert StageChange.objects.filter(by=founder).count() == 1


def test_a_card_is_dragged_taken_back_and_closed_by_a_drop(
    desktop: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    page, said = desktop, desktop.locator("#board-said")
    sign_in(page, founder)
    page.goto(live_server.url + reverse("board"))

    drag(page, "Munan Home", "#column-CONTRACT")
    expect(said).to_contain_text("Munan Home moved to Contract")
    said.get_by_role("button", name="Undo").click()
    expect(said).to_contain_text("Munan Home is back in New")
    assert Lead.objects.get(account__name="Munan Home").stage == Stage.NEW

    drag(page, "Munan Home", "[data-drop=ENDED]")
    dialog = page.get_by_role("dialog", name="Move or close a lead")
    dialog.locator("[value=NO_DECISION]").check()
    dialog.get_by_role("button", name="Close lead").click()
    expect(said).to_contain_text("Munan Home is closed")
    said.get_by_role("button", name="Undo").click()
    expect(said).to_contain_text("is open again")
    assert Lead.objects.get(account__name="Munan Home").is_open


def drag(page: Page, name: str, target: str) -> None:
    """Drag a card by the mouse onto a column or the rail."""
    start = page.locator(".board-card", has_text=name).bounding_box()
    end = page.locator(target).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 60, start["y"] + 40)
    page.mouse.down()
    page.mouse.move(start["x"] + 100, start["y"] + 60, steps=4)
    page.mouse.move(end["x"] + 15, end["y"] + 140, steps=6)
    page.mouse.up()


def test_a_card_that_somebody_else_moved_comes_back_with_both_values(
    desktop: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    page, said = desktop, desktop.locator("#board-said")
    sign_in(page, founder)
    page.goto(live_server.url + reverse("board"))
    lead = Lead.objects.get(account__name="Munan Home")
    other = UserFactory(role=User.Role.FOUNDER)
    leads.move(lead=lead, to_stage=Stage.BID, version=1, now=timezone.now(), by=other, despite=True)

    drag(page, "Munan Home", "#column-CONTRACT")

    expect(said).to_contain_text("Nothing was overwritten.")
    expect(said.locator("tbody tr").first).to_contain_text("New")
    expect(page.locator("#column-BID")).to_contain_text("Munan Home")
    expect(page.locator("#column-CONTRACT")).not_to_contain_text("Munan Home")
    said.get_by_role("button", name="Move it anyway").click()
    expect(page.locator("#column-CONTRACT")).to_contain_text("Munan Home")


def test_a_card_comes_back_when_the_network_is_away(
    page: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, founder)
    page.goto(live_server.url + reverse("board"))
    page.context.set_offline(True)

    drag(page, "Munan Home", "#column-CONTRACT")

    expect(page.locator("#board-said")).to_contain_text("nothing was moved")
    expect(page.locator("#column-NEW")).to_contain_text("Munan Home")


def test_the_palette_jumps_logs_and_switches_without_a_mouse(
    desktop: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    page = desktop
    sign_in(page, founder)
    page.goto(live_server.url)
    chosen = page.locator("#palette .is-chosen")

    page.keyboard.press("Control+k")
    page.keyboard.type("haiyue")
    expect(chosen).to_contain_text("海岳电网")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("Log on 海岳电网")
    page.keyboard.press("Enter")
    expect(page.locator("#log-drawer")).to_contain_text("海岳电网")
    page.keyboard.press("Escape")

    page.keyboard.press("Control+k")
    page.keyboard.type("dark")
    expect(chosen).to_contain_text("Light or dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

    page.keyboard.press("Control+k")
    page.keyboard.type("chin")
    expect(chosen).to_contain_text("切换到中文")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


def slowly(route: Route) -> None:
    """Let an answer take as long as on a slow line."""
    sleep(0.6)
    route.continue_()


def test_enter_before_the_answer_picks_from_the_list_of_the_words_typed(
    desktop: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    page = desktop
    sign_in(page, founder)
    page.goto(live_server.url)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette .is-chosen")).to_be_visible()
    page.route(f"**{reverse('search')}?*", slowly)

    page.keyboard.type("haiyue")
    page.keyboard.press("Enter")

    page.wait_for_url("**/leads/*/")
    expect(page.locator("h1")).to_contain_text("海岳电网")


def test_keys_stay_letters_while_somebody_types_and_the_sheet_names_them(
    desktop: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    page = desktop
    sign_in(page, founder)
    page.goto(live_server.url + reverse("lead-new"))
    field = page.locator("main input[type=text]").first

    field.press_sequentially("nl?j")
    expect(field).to_have_value("nl?j")
    assert page.url.endswith(reverse("lead-new"))

    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("add a lead")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_board_menu_palette_and_search_have_no_barrier(
    page: Page, live_server: LiveServer, sign_in: SignIn, founder: User, scheme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, founder)

    page.goto(live_server.url + reverse("board"))
    passes(page, "board", width)
    page.locator(".board-card:visible [data-menu]").first.click()
    expect(page.locator("#board-dialog")).to_be_visible()
    passes(page, "menu", width)
    page.keyboard.press("2")
    expect(page.locator("#board-said")).to_contain_text("moved to")
    passes(page, "toast", width)
    page.keyboard.press("Control+k")
    page.keyboard.type("haiyue")
    expect(page.locator("#palette .is-chosen")).to_contain_text("海岳电网")
    passes(page, "palette", width)
    page.goto(f"{live_server.url}{reverse('search')}?q=haiyue")
    passes(page, "search", width)


def passes(page: Page, name: str, width: int) -> None:
    """Hold that a page scrolls in one direction only and that axe finds nothing on it."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    report = Axe().run(page, options=AXE)
    assert report.violations_count == 0, f"{name}\n{report.generate_report()}"
