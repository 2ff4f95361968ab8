"""What every screen holds to: no barrier, no sideways scrolling, light and dark."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from crm.models import Lead, Mark, Pattern, User, Verdict
from crm.services import figures
from tests.factories import (
    AssessmentFactory,
    BidFactory,
    ContactFactory,
    DeliverableFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    UserFactory,
)

SignIn = Callable[[Page, User], None]


@pytest.fixture
def lead(live_server: LiveServer) -> Lead:
    """A lead of low intent with something in each section of its page."""
    founder = UserFactory(role=User.Role.FOUNDER)
    lead = LeadFactory(
        owner=founder,
        verdict=Verdict.LOW,
        pattern=Pattern.FREE_CONSULTING,
        order_chance=0.06,
        usual_order_rate=0.23,
        payment_mark=Mark.WATCH,
        late_payment_chance=0.41,
    )
    talk = InteractionFactory(lead=lead, asks=["POC"], client_gave=["DATA"], note="a note")
    talk.attendees.add(ContactFactory(account=lead.account))
    DeliverableFactory(lead=lead)
    BidFactory(lead=lead, deadline_date=timezone.localdate())
    InvoiceFactory(lead=lead)
    rows = [f"I:{talk.pk}"]
    moves = [{"code": "F07", "was": 0.0, "becomes": -10.0}]
    AssessmentFactory(
        lead=lead,
        reasons=[{"code": "F10", "points": 10.0, "params": {"n": 3}, "rows": rows}],
        what_if=[
            {
                "code": "BUDGET_APPROVED",
                "probability": 0.89,
                "verdict": verdict,
                "points": -10.0,
                "moves": moves,
            }
            for verdict in (Verdict.LOW, Verdict.WATCH, Verdict.NONE)
        ],
    )
    LeadFactory(last_client_contact_at=timezone.now() - timedelta(days=90), unpaid_hours=30)
    figures.refresh([lead.pk], now=timezone.now())
    return lead


def addresses(lead: Lead) -> list[str]:
    """Return the addresses of the pages that are looked at."""
    return [
        reverse("today"),
        reverse("lead-list"),
        reverse("lead-detail", args=[lead.pk]),
        f"{reverse('log')}?lead={lead.pk}",
        f"{reverse('lead-list')}?hours_min=1&col=stage&col=tags",
        reverse("lead-filter"),
        reverse("lead-views"),
        reverse("contact-list"),
        reverse("account-detail", args=[lead.account_id]),
        reverse("account-merge", args=[lead.account_id]),
        reverse("lead-new"),
        reverse("lead-close", args=[lead.pk]),
        reverse("lead-label"),
        reverse("profile"),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_no_screen_has_a_barrier_or_scrolls_sideways(
    page: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead, scheme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, lead.owner)

    for address in addresses(lead):
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        report = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        assert report.violations_count == 0, f"{address}\n{report.generate_report()}"


def test_the_scheme_follows_the_system_until_somebody_chooses(
    page: Page, live_server: LiveServer, sign_in: SignIn, lead: Lead
) -> None:
    page.emulate_media(color_scheme="dark")
    sign_in(page, lead.owner)
    page.goto(live_server.url)
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")

    page.locator(".sidebar [data-theme-switch]").click()
    page.reload()

    expect(root).to_have_attribute("data-bs-theme", "light")


def test_without_a_script_everything_can_still_be_done(
    browser: Browser, live_server: LiveServer, lead: Lead
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(live_server.url)
    page.fill('[name="login"]', lead.owner.username)
    page.fill('[name="password"]', "a long password")
    page.click('button[type="submit"]')
    page.goto(f"{live_server.url}{reverse('log')}?lead={lead.pk}")

    page.locator("label.chip", has_text="Call").click()
    page.click('#log-part button[type="submit"]')

    expect(page.get_by_text("Logged for")).to_be_visible()
    assert lead.interactions.count() == 2
    context.close()
