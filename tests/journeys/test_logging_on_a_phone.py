"""A seller outside the client's building logs a talk on a phone."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from crm.models import Contact, Interaction, Lead, User
from tests.factories import (
    AssessmentFactory,
    ContactFactory,
    LeadFactory,
    PlannedMeetingFactory,
    UserFactory,
)

SignIn = Callable[[Page, User], None]
TAPS = (
    'label.chip:has(input[value="ONLINE_MEETING"])',
    'label.chip:has(input[name="asks"][value="SOLUTION_DOC"])',
    'label.chip:has(input[name="attendees"])',
    'label.chip:has(input[name="budget_holder"][value="no"])',
    'label.chip:has(input[name="next"][value="+7"])',
    '#log-part button[type="submit"]',
)


@pytest.fixture
def lead(live_server: LiveServer) -> Lead:
    """A lead with a score of yesterday and a person to meet."""
    lead = LeadFactory(owner=UserFactory(language="en"))
    ContactFactory(account=lead.account, decision_role=Contact.Role.IT)
    AssessmentFactory(lead=lead, as_of=timezone.now() - timedelta(days=1))
    return lead


def open_form(page: Page, live_server: LiveServer, lead: Lead) -> None:
    """Open the form of a lead."""
    page.goto(f"{live_server.url}{reverse('log')}?lead={lead.pk}")


def test_six_taps_log_a_talk_and_the_answer_shows_what_changed(
    phone: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead
) -> None:
    sign_in(phone, lead.owner)
    open_form(phone, live_server, lead)

    for place in TAPS:
        phone.tap(place)
    expect(phone.get_by_text("Logged for")).to_be_visible()
    AssessmentFactory(
        lead=lead,
        as_of=timezone.now(),
        probability=0.96,
        low=0.9,
        high=0.98,
        reasons=[
            {"code": "F10", "points": 10.0, "params": {"n": 3}, "rows": []},
            {"code": "F08", "points": 6.0, "params": {"n": 3}, "rows": []},
        ],
    )

    expect(phone.locator(".changed-reasons")).to_contain_text(
        "The budget holder has not joined any of 3 meetings."
    )
    expect(phone.locator(".from-to")).to_contain_text("4%")
    talk = Interaction.objects.get()
    assert str(talk.presales_hours) == "1.5"  # filled in by the kind
    assert talk.attendees.count() == 1


def test_from_today_a_planned_visit_is_logged_in_five_taps(
    phone: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead
) -> None:
    plan = PlannedMeetingFactory(lead=lead, meeting_date=timezone.localdate(), author=lead.owner)
    plan.attendees.set(lead.account.contacts.all())
    sign_in(phone, lead.owner)
    phone.goto(live_server.url + reverse("today"))

    phone.get_by_role("link", name="Log it").tap()
    for place in (TAPS[1], TAPS[3], TAPS[4], TAPS[5]):
        phone.tap(place)
    expect(phone.get_by_text("Logged for")).to_be_visible()

    talk = Interaction.objects.get()
    assert (talk.kind, talk.attendees.count(), talk.plan) == ("VISIT_TO_CLIENT", 1, plan)


def test_save_is_in_sight_and_nothing_needs_scrolling_sideways(
    phone: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead
) -> None:
    sign_in(phone, lead.owner)
    open_form(phone, live_server, lead)

    for place in TAPS:
        box = phone.locator(place).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 844
        assert box["height"] >= 28
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_a_draft_survives_a_reload_and_goes_once_it_is_saved(
    phone: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead
) -> None:
    sign_in(phone, lead.owner)
    open_form(phone, live_server, lead)
    phone.tap(TAPS[0])
    phone.tap(TAPS[1])

    phone.reload()
    expect(phone.locator('input[value="ONLINE_MEETING"]')).to_be_checked()
    expect(phone.locator('input[name="asks"][value="SOLUTION_DOC"]')).to_be_checked()
    phone.tap(TAPS[-1])
    expect(phone.get_by_text("Logged for")).to_be_visible()
    open_form(phone, live_server, lead)

    expect(phone.locator('input[value="ONLINE_MEETING"]')).not_to_be_checked()
    assert Interaction.objects.count() == 1


def test_an_error_stands_beside_its_group_and_the_answers_stay(
    phone: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead
) -> None:
    sign_in(phone, lead.owner)
    open_form(phone, live_server, lead)
    phone.tap(TAPS[0])
    phone.tap('label.chip:has(input[name="next"][value="date"])')

    phone.tap(TAPS[-1])

    expect(phone.get_by_text("Pick the date of the next step")).to_be_visible()
    expect(phone.locator('input[value="ONLINE_MEETING"]')).to_be_checked()
    assert not Interaction.objects.exists()


def test_on_a_desk_the_form_is_a_drawer_over_the_page_and_the_page_follows(
    desktop: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead
) -> None:
    sign_in(desktop, lead.owner)
    address = reverse("lead-detail", args=[lead.pk])
    desktop.goto(live_server.url + address)
    opener = desktop.get_by_role("link", name="Log a meeting").first
    drawer = desktop.locator("#log-drawer")

    opener.click()
    drawer.locator('label.chip:has(input[value="CALL"])').click()
    desktop.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()
    opener.press("Enter")
    expect(drawer.locator('input[value="CALL"]')).to_be_checked()  # the draft was kept
    for _ in range(6):  # backwards out of the first field, the focus stays in the drawer
        desktop.keyboard.press("Shift+Tab")
    assert not desktop.evaluate("!!document.activeElement.closest('#content, .sidebar')")
    drawer.locator('input[name="hours"][value="1"]').focus()
    desktop.keyboard.press("Control+Enter")

    expect(drawer).to_contain_text("Logged for")
    AssessmentFactory(lead=lead, as_of=timezone.now(), probability=0.96, low=0.9, high=0.98)
    expect(drawer.locator(".from-to")).to_contain_text("4%")
    expect(desktop.locator("#content")).to_contain_text("4%")
    drawer.get_by_role("link", name="Done").click()
    expect(drawer).to_be_hidden()
    assert desktop.url.endswith(address)


def test_l_opens_the_drawer_and_undo_takes_the_talk_back(
    desktop: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead
) -> None:
    sign_in(desktop, lead.owner)
    desktop.goto(live_server.url + reverse("lead-detail", args=[lead.pk]))
    drawer = desktop.locator("#log-drawer")

    desktop.keyboard.press("l")
    drawer.locator('label.chip:has(input[value="CALL"])').click()
    drawer.get_by_role("button", name="Save").click()
    drawer.get_by_role("button", name="Undo").click()

    expect(drawer).to_contain_text("Taken back")
    assert not lead.interactions.current().exists()


def test_without_a_network_the_form_says_so_and_saves_once_it_is_back(
    phone: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead
) -> None:
    sign_in(phone, lead.owner)
    page = phone.context.new_page()  # its console may complain: the network is away
    open_form(page, live_server, lead)
    for place in TAPS[:-1]:
        page.tap(place)

    page.route("**/log/**", lambda route: route.abort())
    page.tap(TAPS[-1])
    expect(page.get_by_role("alert")).to_contain_text("What you wrote is still here")
    page.unroute("**/log/**")
    page.tap(TAPS[-1])

    expect(page.get_by_text("Logged for")).to_be_visible()
    assert Interaction.objects.count() == 1


def test_who_was_signed_out_meanwhile_finds_the_draft_after_signing_in(
    phone: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead
) -> None:
    sign_in(phone, lead.owner)
    open_form(phone, live_server, lead)
    for place in TAPS[:-1]:
        phone.tap(place)

    phone.context.clear_cookies(name="sessionid")
    phone.tap(TAPS[-1])
    phone.wait_for_url("**/accounts/login/**")
    (back,) = parse_qs(urlsplit(phone.url).query)["next"]
    sign_in(phone, lead.owner)
    phone.goto(live_server.url + back)

    expect(phone.locator('input[name="asks"][value="SOLUTION_DOC"]')).to_be_checked()
