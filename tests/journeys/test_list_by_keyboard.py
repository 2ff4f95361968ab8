"""The lead list without a mouse: rows are picked by keys, changed together, and put back."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from crm.models import Lead, Tag, User
from tests.factories import LeadFactory, UserFactory


def test_leads_are_picked_and_tagged_by_keys_and_the_tags_taken_back(
    desktop: Page, live_server: LiveServer, sign_in: Callable[[Page, User], None]
) -> None:
    seller = UserFactory()
    for _ in range(3):
        LeadFactory(owner=seller)
    sign_in(desktop, seller)
    desktop.goto(live_server.url + reverse("lead-list"))

    for key in ("j", "x", "j", "x"):
        desktop.keyboard.press(key)
    expect(desktop.locator("[data-picked]")).to_have_text("2")
    desktop.get_by_role("button", name="Tag", exact=True).press("Enter")
    desktop.locator("input[name=new]").fill("autumn fair")
    desktop.keyboard.press("Enter")

    expect(desktop.get_by_role("button", name="Undo")).to_be_visible()
    assert Lead.objects.filter(tags=Tag.objects.get()).count() == 2
    desktop.get_by_role("button", name="Undo").press("Enter")
    expect(desktop.get_by_role("button", name="Undo")).to_be_hidden()
    assert not Lead.objects.filter(tags__isnull=False).exists()
