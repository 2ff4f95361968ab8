"""Looks at pages in one language and keeps small pictures of them."""

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import small_png
from playwright.sync_api import Browser, Error, Page

PICTURES = Path(__file__).parent / "pictures"
LEAD, OTHER_LEAD, WITH_TERMS, TO_VISIT = "穹川电网", "岫屏重工", "岫原新区政务中心", "筠禾教育"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
TALL = 1_500
LANGUAGES = {"en": ("en", "en-GB"), "zh": ("zh-hans", "zh-CN")}
PIXELS = """async (png) => {
  const bytes = Uint8Array.from(atob(png), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const brush = canvas.getContext("2d");
  brush.drawImage(image, 0, 0);
  const found = brush.getImageData(0, 0, image.width, image.height).data;
  let text = "";
  for (let at = 0; at < found.length; at += 32768)
    text += String.fromCharCode(...found.subarray(at, at + 32768));
  return [btoa(text), image.width, image.height];
}"""
Step = Callable[["Album"], None]


class Shot(NamedTuple):
    """One page: its name, what stands there, how to get there, and how it is looked at."""

    name: str
    title: str
    way: str | Step
    is_tall: bool = False
    phone: bool = False


class Album:
    """Takes the pictures of one language."""

    def __init__(self, browser: Browser, address: str, language: str) -> None:
        """Open a page in the language and one that packs pictures."""
        self.code, locale = LANGUAGES[language]
        self.language, self.address = language, address
        self.page: Page = browser.new_page(base_url=address, viewport=DESK, locale=locale)
        self.packer: Page = browser.new_page()
        self.lead = self.other = self.terms = self.visited = ""

    def sign_in(self, name: str, password: str) -> None:
        """Sign in and choose the language."""
        page = self.page
        page.goto("/accounts/login/")
        page.fill("[name=login]", name)
        page.fill("[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        answer = page.request.post(
            "/language/",
            form={"language": self.code, "next": "/", "csrfmiddlewaretoken": token},
            headers={"Referer": f"{self.address}/"},
        )
        if not answer.ok:
            raise SystemExit(f"The language did not change: {answer.status}.")

    def find_leads(self) -> None:
        """Remember the addresses of the leads that the pictures tell of."""
        clients = (LEAD, OTHER_LEAD, WITH_TERMS, TO_VISIT)
        self.lead, self.other, self.terms, self.visited = map(self._of, clients)

    def _of(self, client: str) -> str:
        self.page.goto(f"/leads/?q={client}")
        return self.page.locator("td a.row-link").first.get_attribute("href") or ""

    def follow(self, start: str, selector: str) -> None:
        """Open a page, then the first link of it that fits."""
        self.page.goto(start)
        self.page.goto(self.page.locator(selector).first.get_attribute("href", timeout=5_000) or "")

    def take(self, shot: Shot, *, prefix: str = "") -> None:
        """Go there, look at it at its size, keep the picture; say what could not be taken."""
        self.page.set_viewport_size(PHONE if shot.phone else DESK)
        try:
            if isinstance(shot.way, str):
                answer = self.page.goto(shot.way.format(lead=self.lead, terms=self.terms))
                if answer and answer.status != 200:
                    self._miss(shot, f"HTTP {answer.status}")
                    return
            else:
                shot.way(self)
            self.page.wait_for_load_state("networkidle")
        except Error as error:
            self._miss(shot, error.message.splitlines()[0])
            return
        self._keep(f"{prefix}{shot.name}-{self.language}", tall=shot.is_tall)

    def _miss(self, shot: Shot, why: str) -> None:
        sys.stdout.write(f"{shot.name}-{self.language}: {why}\n")

    def _keep(self, name: str, *, tall: bool) -> None:
        size = self.page.viewport_size or DESK
        if tall:
            height = self.page.evaluate("document.documentElement.scrollHeight")
            self.page.set_viewport_size({**size, "height": min(height, TALL)})
        raw = self.page.screenshot(animations="disabled")
        text, width, height = self.packer.evaluate(PIXELS, base64.b64encode(raw).decode())
        packed = small_png.packed(base64.b64decode(text), width, height)
        (PICTURES / f"{name}.png").write_bytes(packed)
