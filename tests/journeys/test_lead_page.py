"""The page of a lead in a real browser: two people at once, a message to copy, four answers."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from crm.models import Interaction, LeadFact, SystemEvent, User
from tests.conftest import until
from tests.factories import (
    AssessmentFactory,
    ContactFactory,
    DeliverableFactory,
    InteractionFactory,
    LeadFactory,
    UserFactory,
)
from tests.journeys.test_looks import AXE

SignIn = Callable[[Page, User], None]


@pytest.fixture
def talk(live_server: LiveServer) -> Interaction:
    """A talk behind the reason of a lead of low intent."""
    lead = LeadFactory(owner=UserFactory(role=User.Role.FOUNDER))
    found = InteractionFactory(lead=lead, asks=["POC"], client_gave=["DATA"], note="as it was")
    found.attendees.add(ContactFactory(account=lead.account, name="周敏"))
    DeliverableFactory(lead=lead)
    rows = [f"I:{found.pk}"]
    reasons = [{"code": "F10", "points": 10.0, "params": {"n": 3}, "rows": rows}]
    AssessmentFactory(lead=lead, reasons=reasons)
    return found


def test_of_two_browsers_one_wins_and_the_other_sees_both_values(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    sign_in: SignIn,
    talk: Interaction,
) -> None:
    pages = [new_context(locale="en-GB").new_page() for _ in range(2)]
    address = live_server.url + reverse("row-edit", args=["I", talk.pk])
    for page in pages:
        sign_in(page, talk.lead.owner)
        page.goto(address)
    first, second = pages

    first.fill("#id_note", "the first one says")
    first.get_by_role("button", name="Save the correction").click()
    expect(first.locator(f"#I-{talk.pk}")).to_contain_text("the first one says")
    second.fill("#id_note", "the second one says")
    second.get_by_role("button", name="Save the correction").click()

    expect(second.get_by_role("alert")).to_contain_text("Someone else saved this meanwhile")
    row = second.get_by_role("row", name="note")
    expect(row).to_contain_text("the first one says")
    expect(row).to_contain_text("the second one says")
    second.get_by_role("button", name="Save the correction").click()
    expect(second.locator(f"#I-{talk.pk}")).to_contain_text("the second one says")


def test_a_reason_is_followed_to_its_row_and_a_message_copied(
    desktop: Page, live_server: LiveServer, sign_in: SignIn, talk: Interaction
) -> None:
    desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(desktop, talk.lead.owner)
    desktop.goto(live_server.url + reverse("lead-detail", args=[talk.lead_id]))

    desktop.get_by_role("link", name="1 entry").click()
    expect(desktop.locator(f"#I-{talk.pk}")).to_have_class("entry is-evidence")
    desktop.get_by_text("English", exact=True).click()
    desktop.locator(".message-en button").click()

    expect(desktop.locator(".message-en button")).to_contain_text("Copied.")
    assert desktop.evaluate("navigator.clipboard.readText()").startswith("Dear 周敏, thank you")
    expect(desktop.locator(".message-zh")).to_be_hidden()
    desktop.goto(desktop.url.split("?")[0])
    desktop.get_by_role("link", name="show system events").click()
    expect(desktop.get_by_text("Message copied")).to_be_visible()
    assert SystemEvent.objects.get().what == "M1 en"


def test_four_answers_are_given_with_a_thumb_and_no_barrier_stands(
    phone: Page, live_server: LiveServer, sign_in: SignIn
) -> None:
    seller = UserFactory(language="en")
    lead = LeadFactory(owner=seller)
    InteractionFactory(lead=lead)
    sign_in(phone, seller)
    phone.goto(live_server.url + reverse("lead-detail", args=[lead.pk]))

    phone.get_by_role("button", name="applied for").click()
    expect(phone.locator(".tap.is-chosen")).to_have_count(1)
    phone.get_by_placeholder("Name a person").fill("Zhou Min")
    phone.locator("[aria-labelledby=question-OWNER]").get_by_role("button", name="Save").click()

    until(LeadFact.objects.filter(kind="BUSINESS_OWNER").exists, "the answer")
    expect(phone.get_by_placeholder("Name a person")).to_have_value("Zhou Min")
    assert set(LeadFact.objects.values_list("kind", flat=True)) == {
        "BUDGET_STAGE",
        "BUSINESS_OWNER",
    }
    report = Axe().run(phone, options=AXE)
    assert report.violations_count == 0, report.generate_report()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
