"""Take the pictures of the user guide from a running copy that holds the demo data.

Touchstone runs, and somebody may sign in (`manage.py reset_demo` prints a password):

    .venv/bin/python docs/make_pictures.py http://localhost:8000 founder PASSWORD

The pictures go to docs/pictures/. Two talks are logged for the pictures of their answers, so
take a copy that nobody needs.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
LEAD, OTHER_LEAD = "穹川电网", "苍岑物流"  # two cases of free consulting in the demo
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def _page(browser: Browser, address: str, name: str, password: str, language: str) -> Page:
    """Return a signed-in page in a language."""
    page = browser.new_page(base_url=address, viewport=DESK)
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(
        "/language/",
        form={"language": language, "next": "/", "csrfmiddlewaretoken": token},
        headers={"Referer": f"{address}/"},
    )
    if not answer.ok:
        raise SystemExit(f"The language did not change: {answer.status}.")
    return page


def _take(page: Page, name: str, path: str = "", *, phone: bool = False) -> None:
    page.set_viewport_size(PHONE if phone else DESK)
    if path:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def _address(page: Page, client: str) -> str:
    """Return the address of the first open lead of a client."""
    page.goto(f"/leads/?q={client}")
    return page.locator("td a.row-link").first.get_attribute("href") or ""


def _log_a_talk(page: Page, lead: str, language: str) -> None:
    """Log a visit as a seller does outside the client's door; take the form and its answer."""
    page.set_viewport_size(PHONE)
    page.goto(f"/log/?lead={lead.strip('/').split('/')[-1]}")
    for name, place in (("kind", 0), ("initiated_by", 0), ("asks", 3), ("budget_holder", 1)):
        page.locator(f"label.chip:has([name={name}])").nth(place).click()
    page.locator("label.chip:has([name=next])").first.click()
    _take(page, f"log-{language}-phone", phone=True)
    page.locator(".log-save button").click()
    page.locator(".from-to").wait_for()
    _take(page, f"answer-{language}-phone", phone=True)


def main(address: str, name: str, password: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for code, language, logged in (("en", "en", OTHER_LEAD), ("zh-hans", "zh", LEAD)):
            page = _page(browser, address, name, password, code)
            _take(page, f"today-{language}", "/")
            _take(page, f"digest-{language}", "/mail/this-week/")
            _take(page, f"lead-{language}", _address(page, LEAD))
            _log_a_talk(page, _address(page, logged), language)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
