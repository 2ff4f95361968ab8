"""Deciding on Today with the keyboard alone, and on a phone without a script."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from crm.models import Decision, Lead, User, Verdict
from tests.factories import AssessmentFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def founder() -> User:
    """A founder."""
    made: User = UserFactory(role=User.Role.FOUNDER)
    return made


def low(code: str) -> Lead:
    """Return a lead of low intent for the reason."""
    lead: Lead = LeadFactory(verdict=Verdict.LOW, order_chance=0.06, usual_order_rate=0.23)
    reasons = [{"code": code, "points": 10.0, "params": {"n": 3}, "rows": []}]
    AssessmentFactory(lead=lead, reasons=reasons, pattern="")
    return lead


def test_a_decision_is_taken_and_taken_back_by_keyboard_alone(
    desktop: Page, live_server, sign_in, founder
):
    lead = low("F10")
    sign_in(desktop, founder)
    desktop.goto(live_server.url)

    desktop.get_by_role("link", name="Pause…").focus()
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_text("Why pause?")).to_be_focused()
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Space")
    desktop.keyboard.press("Control+Enter")

    undo = desktop.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    expect(desktop.locator("li.answered")).to_contain_text("paused until")
    expect(desktop.locator("#due-number")).to_have_text("0")
    made = Decision.objects.get()
    assert made.reason_codes == ["BUDGET_LATER"]
    assert made.review_date == timezone.localdate() + timedelta(days=30)

    desktop.keyboard.press("Enter")
    expect(desktop.locator(f"#due-{lead.pk}.due")).to_be_visible()
    expect(desktop.locator("#due-number")).to_have_text("1")
    assert Decision.objects.count() == 2


def test_the_suggested_answer_is_one_tap_and_works_without_a_script(
    browser: Browser, live_server, sign_in, founder
):
    low("F06")
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="en-GB"
    )
    page = context.new_page()
    sign_in(page, founder)
    page.goto(live_server.url)
    page.get_by_role("button", name="Meet the budget holder").click()

    expect(page.get_by_text("Decided: Continue")).to_be_visible()
    assert Decision.objects.get().shown["play"] == "P2"
    context.close()
