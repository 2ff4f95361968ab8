"""A founder labels past leads, by keyboard and by thumb."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from crm.models import Lead, Outcome, User
from tests.factories import LeadFactory, UserFactory

SignIn = Callable[[Page, User], None]
ROUND = 8


@pytest.fixture
def founder(live_server: LiveServer) -> User:
    """A founder whose past leads have no outcome."""
    for days in range(ROUND):
        closed_at = timezone.now() - timedelta(days=days + 1)
        LeadFactory(title=f"lead {days}", closed_at=closed_at)
    return UserFactory(role=User.Role.FOUNDER, language="en")


def outcomes() -> list[str]:
    """Return how the leads ended, in the order in which they are asked about."""
    return list(Lead.objects.order_by("title").values_list("outcome", flat=True))


def test_one_key_labels_a_lead_and_another_takes_it_back(
    page: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    sign_in(page, founder)
    page.goto(live_server.url + reverse("lead-label"))
    asked = page.locator("#label-head")

    for place, _ in enumerate(Outcome.values):
        expect(asked).to_contain_text(f"lead {place}")
        page.keyboard.press(str(place + 1))
    expect(asked).to_contain_text(f"lead {ROUND - 1}")
    assert outcomes()[:7] == Outcome.values

    page.keyboard.press("u")

    expect(asked).to_contain_text("lead 6")
    assert outcomes()[6:] == ["", ""]
    page.keyboard.press("s")
    expect(asked).to_contain_text("lead 7")
    assert outcomes()[6:] == ["", ""]


def test_a_thumb_reaches_every_outcome(
    page: Page, live_server: LiveServer, sign_in: SignIn, founder: User
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, founder)
    page.goto(live_server.url + reverse("lead-label"))

    for button in page.locator(".label-keys button").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["y"] + box["height"] < 780  # above the bar at the bottom
    page.get_by_role("button", name="Free consulting").click()

    expect(page.locator("#label-head")).to_contain_text("lead 1")
    assert outcomes()[0] == Outcome.FREE_CONSULTING
