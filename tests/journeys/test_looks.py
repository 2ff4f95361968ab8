"""What every screen holds to: no barrier, no sideways scrolling, light and dark."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from config import urls_jobs
from crm import urls as ledger_urls
from crm.models import Digest, Lead, Mark, Pattern, SavedView, User, Verdict
from crm.services import calendars, figures, stop_links
from scoring import urls as score_urls
from tests.factories import (
    AssessmentFactory,
    BidFactory,
    ContactFactory,
    DeliverableFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    PlannedMeetingFactory,
    UserFactory,
)

SignIn = Callable[[Page, User], None]
OK = HTTPStatus.OK


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
    PlannedMeetingFactory(lead=lead)
    SavedView.objects.create(
        owner=founder, name="Mine", query="owner=me", recorded_at=timezone.now()
    )
    InvoiceFactory(lead=lead)
    calendars.make_link(user=founder)
    mails_in_doubt(founder)
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


def mails_in_doubt(reader: User) -> None:
    """Keep a mail that may be lost and one that the mail server refused."""
    now = timezone.now()
    for kind, status, answer in (
        ("WEEKLY", Digest.Status.UNKNOWN, ""),
        ("DAILY", Digest.Status.FAILED, "550 5.1.1 no such user"),
    ):
        Digest.objects.create(
            recipient=reader,
            kind=kind,
            period=f"{now:%Y}",
            status=status,
            answer=answer,
            due_at=now,
            next_try_at=now,
            subject="Pipeline",
            html_body="<p>Pipeline</p>",
        )


# Pages of a lead, in the order in which somebody comes upon them.
OF_A_LEAD = (
    "lead-detail",
    "lead-edit",
    "lead-decide",
    "lead-cap",
    "lead-logo",
    "lead-plans",
    "lead-close",
    "board-move",
)
OF_ALL = (
    "today",
    "lead-list",
    "lead-filter",
    "lead-views",
    "lead-new",
    "lead-label",
    "board",
    "log",
    "plan-new",
    "bid-list",
    "bid-new",
    "account-list",
    "contact-list",
    "search",
    "outbox-list",
    "digest-preview",
    "digest-history",
    "digest-look",
    "report-list",
    "report-pipeline",
    "report-decisions",
    "week-hours",
    "firm-settings",
    "firm-jobs",
    "effort-limits",
    "profile",
    "scores",
    "score-backtest",
    "score-free",
    "score-points",
    "score-late",
)
# Pages of money have journeys of their own.
ELSEWHERE = ("lead-terms", "milestone-", "invoice", "payment", "money", "report-")
# Files, parts of a page, and pages whose rows are made in journeys of their own.
NO_PAGES = (
    "lead-export",
    "lead-due-row",
    "outbox-mail",
    "outbox-mail-html",
    "digest-preview-html",
    "digest-sent-html",
    "calendar-feed",
    "points-draft",
    "score-backtest-file",
    "score-field-allow",
)


def addresses(lead: Lead) -> dict[str, str]:
    """Return the address of each page that is looked at, by its name."""
    of_rows = {
        "logged": lead.interactions.get().pk,
        "plan-edit": lead.planned_meetings.get().pk,
        "travel-check": lead.planned_meetings.get().pk,
        "bid-detail": lead.bids.get().pk,
        "bid-edit": lead.bids.get().pk,
    }
    person = lead.account.contacts.get().pk
    of_people = dict.fromkeys(("contact-detail", "contact-edit", "contact-merge"), person)
    of_accounts = dict.fromkeys(
        ("account-detail", "account-edit", "account-merge", "contact-new"), lead.account_id
    )
    of_leads = dict.fromkeys(OF_A_LEAD, lead.pk)
    found = {name: reverse(name) for name in OF_ALL}
    rows = of_leads | of_rows | of_people | of_accounts
    found |= {name: reverse(name, args=[pk]) for name, pk in rows.items()}
    found["lead-contest"] = reverse("lead-contest", args=[lead.pk, "F10"])
    found["row-edit"] = reverse("row-edit", args=["I", of_rows["logged"]])
    mail = Digest.objects.filter(kind="WEEKLY").get()
    found["digest-sent"] = reverse("digest-sent", args=[mail.pk])
    found["mail-stop"] = reverse("mail-stop", args=[stop_token(mail)])
    found["points-edit"] = reverse("points-edit", args=["intent"])
    found["a list with columns"] = f"{reverse('lead-list')}?hours_min=1&col=stage&col=tags"
    found["a form that is filled"] = f"{reverse('log')}?lead={lead.pk}"
    return {"a page that is not there": "/nothing/"} | found


def stop_token(mail: Digest) -> str:
    """Return what stops such mails for their reader."""
    return stop_links.address(mail.recipient, mail.kind).rstrip("/").rpartition("/")[2]


def patterns(entries: list[Any]) -> Iterator[URLPattern]:
    """Walk the patterns of an url module and of those that it includes."""
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns)
        else:
            yield entry


PARTS = 4  # of the pages, so that no test takes long
# Each width, each scheme and each language, without all their combinations.
LOOKS = [
    (390, "light", "zh-hans"),
    (390, "dark", "en"),
    (1440, "light", "en"),
    (1440, "dark", "zh-hans"),
]


# Only what is wrong is told of: a list of all that is well takes most of the time.
AXE = {"runOnly": ["wcag2a", "wcag2aa"], "resultTypes": ["violations"], "preload": False}


def barriers(page: Page, name: str, language: str) -> list[str]:
    """Return what axe finds on a page, and whether it is wider than the screen or misnamed."""
    report = Axe().run(page, options=AXE)
    found = [f"{name}\n{report.generate_report()}"] if report.violations_count else []
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{name} scrolls sideways")
    if str(page.locator("html").get_attribute("lang")).lower() != language:
        found.append(f"{name} says that it is in another language")
    return found


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_no_screen_has_a_barrier_or_scrolls_sideways(
    page: Page,
    live_server: LiveServer,
    sign_in: SignIn,
    lead: Lead,
    width: int,
    scheme: Literal["light", "dark"],
    language: str,
    part: int,
) -> None:
    User.objects.filter(pk=lead.owner_id).update(language=language)
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, lead.owner)

    found = []
    for name, address in list(addresses(lead).items())[part::PARTS]:
        page.goto(live_server.url + address)
        found += barriers(page, name, language)
    page.goto(live_server.url)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-words")).to_be_focused()
    found += barriers(page, "the palette", language)

    assert found == [], "\n".join(found)


def test_no_page_is_left_out_of_these(lead: Lead, client: Client) -> None:
    client.force_login(lead.owner)
    looked_at = {*addresses(lead), *NO_PAGES}
    left_out = []
    ours = [*ledger_urls.urlpatterns, *score_urls.urlpatterns, *urls_jobs.urlpatterns]
    for pattern in patterns(ours):
        name = str(pattern.name)
        if name in looked_at or name.startswith(ELSEWHERE):
            continue
        whole = {key: kind.regex == "[0-9]+" for key, kind in pattern.pattern.converters.items()}
        address = reverse(name, kwargs={key: 1 if is_int else "x" for key, is_int in whole.items()})
        if client.get(address).status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            left_out.append(name)
    assert left_out == []
    refused = [name for name, to in addresses(lead).items() if client.get(to).status_code != OK]
    assert refused == ["a page that is not there"]


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
