"""Which pages are shown, and how each is reached."""

from datetime import datetime, timedelta

from album import Album, Shot, Step

CLIENT = "a[href^='/clients/']:not([href='/clients/'])"


def log_form(album: Album) -> None:
    """Fill the log form as a seller does outside the client's door."""
    page = album.page
    logged = album.lead if album.language == "zh" else album.other
    page.goto(f"/log/?lead={logged.strip('/').split('/')[-1]}")
    for name, place in (("kind", 0), ("initiated_by", 0), ("asks", 3), ("budget_holder", 1)):
        page.locator(f"label.chip:has([name={name}])").nth(place).click()
    page.locator("label.chip:has([name=next])").first.click()


def log_answer(album: Album) -> None:
    """Save it and wait for what it changed."""
    album.page.locator(".log-save button[type=submit]").click()
    album.page.locator(".from-to").wait_for()


def log_drawer(album: Album) -> None:
    """Open the log form over the lead's page."""
    album.page.goto(album.lead)
    album.page.keyboard.press("l")
    album.page.locator("dialog[open] form, .drawer form").first.wait_for(timeout=5_000)


def palette(album: Album) -> None:
    """Search for a client by the first letters of its name in pinyin."""
    album.page.goto("/")
    album.page.keyboard.press("Control+k")
    album.page.keyboard.type("qc")
    album.page.locator("#palette-found a").first.wait_for(timeout=5_000)


def keys(album: Album) -> None:
    """Show the sheet of keys."""
    album.page.goto("/")
    album.page.keyboard.press("?")
    album.page.wait_for_timeout(300)


def travel(album: Album) -> None:
    """Plan a visit and open the check before it."""
    page, day = album.page, datetime.now().astimezone().date() + timedelta(days=3)
    page.goto(f"/plans/new/?lead={album.visited.strip('/').split('/')[-1]}")
    page.locator("label.chip:has([name=kind])").first.click()
    page.fill("[name=meeting_date]", day.isoformat())
    page.locator(".log-save button").last.click()
    page.wait_for_load_state("networkidle")
    for name, place in (("budget_holder_comes", 1), ("needs_us_on_site", 1)):
        page.locator(f"label.chip:has([name={name}])").nth(place).click()
    page.wait_for_timeout(500)


def draft(album: Album) -> None:
    """Change one of the points and wait for what would change."""
    page = album.page
    page.goto("/scores/points/intent/edit/")
    fields = page.locator("input[type=number], input[inputmode]")
    fields.nth(fields.count() // 2).fill("12")
    page.locator("textarea").first.fill("Two of three such leads ended without an order.")
    page.locator(".form-foot button").click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(15_000)  # the worker scores the open leads with it
    page.reload()


def evidence(album: Album) -> None:
    """Open the first gap among the evidence."""
    album.page.goto(album.lead)
    album.page.locator("#evidence details summary").first.click()


def merge(album: Album) -> None:
    """Look at what a merge of two accounts would move."""
    album.follow(album.lead, CLIENT)
    first = album.page.url.rstrip("/").split("/")[-1]
    album.page.goto(f"/clients/{int(first) + 1}/merge/?with={first}")


def my_settings(album: Album) -> None:
    """Open one's own settings, with a link for the calendar of the phone."""
    album.page.goto("/me/")
    if not album.page.locator("#feed").count():
        album.page.locator("#calendar button[value=make]").click()
        album.page.locator("#feed").wait_for()
        album.page.goto("/me/")


def dark(album: Album) -> None:
    """Show Today in dark colours."""
    album.page.emulate_media(color_scheme="dark")
    album.page.goto("/")


def light(album: Album) -> None:
    """Go back to light colours, and to a page that does not exist."""
    album.page.emulate_media(color_scheme="light")
    album.page.goto("/leads/999999/")


def link(start: str, selector: str) -> Step:
    """Return the step that opens a page by the first link of another one."""
    return lambda album: album.follow(start.format(lead=album.lead, terms=album.terms), selector)


SIGN_IN = Shot("sign-in", "Sign in", "/accounts/login/")
DAY = (
    Shot("today", "Today", "/"),
    Shot("today-phone", "Today on a phone", "/", phone=True),
    Shot("today-dark", "Today in dark colours", dark),
    Shot("not-found", "An address that leads nowhere", light),
    Shot("decide", "A decision", "{lead}decide/"),
    Shot("palette", "Jump to anything", palette),
    Shot("keys", "The keys", keys),
    Shot("plan", "Plan a meeting", "/plans/new/"),
    Shot("travel", "Before you travel", travel),
    Shot("bids", "Bids", "/bids/"),
    Shot("bid", "Bid or no bid", link("/bids/", "a.row-link")),
    Shot("digest", "The Monday mail", "/mail/this-week/"),
    Shot("mails", "Mails so far", "/mail/history/"),
    Shot("mail-sent", "A mail as it was sent", link("/mail/history/", "a.subject")),
    Shot("mail-look", "Mails that need a look", "/mail/look/"),
    Shot("mail", "Mail outbox", "/mail/"),
)
LEADS = (
    Shot("leads", "Leads", "/leads/"),
    Shot("leads-phone", "Leads on a phone", "/leads/", phone=True),
    Shot("filter", "Filter", "/leads/filter/"),
    Shot("views", "Saved views", "/leads/views/"),
    Shot("lead-new", "Add a lead", "/leads/new/"),
    Shot("label", "Label past leads", "/leads/label/"),
    Shot("board", "Board", "/board/"),
    Shot("board-phone", "Board on a phone", "/board/", phone=True),
    Shot("lead", "A lead", "{lead}"),
    Shot("lead-phone", "A lead on a phone", "{lead}", phone=True),
    Shot("lead-edit", "Edit a lead", "{lead}edit/"),
    Shot("contest", "Contest a reason", link("{lead}", "a[href*='/reasons/']")),
    Shot("evidence", "Evidence", evidence),
    Shot("entry", "Correct an entry", link("{lead}", "a[href*='/rows/']")),
    Shot("cap", "Review the effort", "{lead}cap/"),
    Shot("logo", "Logo or learning deal", "{lead}logo/"),
    Shot("close", "Close a lead", "{lead}close/"),
    Shot("drawer", "Log over the page", log_drawer),
    Shot("log-phone", "Log on a phone", log_form, phone=True),
    Shot("answer-phone", "What it changed", log_answer, phone=True),
    Shot("clients", "Accounts", "/clients/"),
    Shot("client", "An account", link("{lead}", CLIENT)),
    Shot("merge", "Merge two accounts", merge),
    Shot("contacts", "Contacts", "/contacts/"),
    Shot("contact", "A person", link("/contacts/", "a.row-link")),
)
MONEY = (
    Shot("terms", "Terms and their cash", "{terms}terms/", is_tall=True),
    Shot("terms-edit", "A version of terms", "{terms}terms/new/", is_tall=True),
    Shot("clause", "Paste a clause", "{terms}terms/clause/"),
    Shot("invoices", "Invoices", "/money/invoices/"),
    Shot(
        "invoice",
        "An invoice",
        link(
            "/money/invoices/",
            "main a[href^='/money/invoices/']:not([href*='export']):not([href*='new'])",
        ),
    ),
    Shot("cash", "Cash of the firm", "/money/cash/", is_tall=True),
    Shot("scores-late", "What late payment stands on", "/scores/paid-late/"),
)
REPORTS = (
    Shot("reports", "Reports", "/reports/"),
    Shot("hours", "Hours of the last week", "/reports/hours/"),
    Shot("pipeline", "Pipeline report", "/reports/pipeline/"),
    Shot("decisions", "Decisions against flags", "/reports/decisions/"),
    Shot("scores", "Scores", "/scores/", is_tall=True),
    Shot("scores-phone", "Scores on a phone", "/scores/", phone=True),
    Shot("scores-then", "What was said then", "/scores/then/"),
    Shot("scores-free", "Free consulting", "/scores/free-consulting/", is_tall=True),
    Shot("points", "Points", "/scores/points/"),
    Shot("points-edit", "Edit points", "/scores/points/intent/edit/"),
    Shot("points-draft", "What would change", draft, is_tall=True),
    Shot("settings", "Settings", "/settings/", is_tall=True),
    Shot("effort", "Caps and quotas", "/settings/effort/"),
    Shot("jobs", "Background work", "/settings/jobs/", is_tall=True),
    Shot("me", "My settings, mails and calendar", my_settings, is_tall=True),
)
CHAPTERS = {
    "The day": (SIGN_IN, *DAY),
    "Leads": LEADS,
    "Money": MONEY,
    "Scores, reports, settings": REPORTS,
}
EMPTY_NAMES = {
    "today", "leads", "board", "bids", "clients", "contacts", "mail", "digest", "reports",
    "pipeline", "decisions", "scores", "points", "invoices", "cash", "label", "leads-phone",
}  # fmt: skip
