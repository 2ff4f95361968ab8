"""A person's dates as an iCalendar file (RFC 5545) in the language that is active.

An entry keeps its id for ever and says when it was changed last, so that a calendar that reads
the file again moves it; its number of changes is the second of the last one.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from crm import formats, wording
from crm.selectors.calendar import MOST_ENTRIES, Calendar, Entry, Kind

PRODUCT = "-//Touchstone//Sales ledger//EN"
READ_AGAIN = timedelta(hours=1)
COUNTED_FROM = datetime(2020, 1, 1, tzinfo=UTC)
LONGEST = 120
PAGES = {
    Kind.PLAN: "lead-detail",
    Kind.STEP: "lead-detail",
    Kind.DECISION: "lead-decide",
    Kind.BID: "bid-detail",
    Kind.PAYMENT: "invoice-detail",
}


def as_file(calendar: Calendar, *, of: str, names: bool) -> bytes:
    """Return the file; without `names` it names no client and no sum."""
    title = _("Touchstone · %(name)s") % {"name": of}
    file = icalendar.Calendar()
    for key, value in (
        ("prodid", PRODUCT),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("x-wr-calname", plain(title)),
        ("x-wr-caldesc", _description(calendar)),
        ("x-published-ttl", "PT1H"),
    ):
        file.add(key, value)
    file.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    for entry in calendar.entries:
        file.add_component(_event(entry, names=names))
    written: bytes = file.to_ical()
    return written


def plain(text: str) -> str:
    """Return a text on one line, without what a calendar must not hold, cut to a length."""
    words = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _description(calendar: Calendar) -> str:
    told = _("Meetings, next steps, decisions and payments due. Changes are made in Touchstone.")
    if calendar.is_cut:
        told += " " + _("There are more than fit here; these are the next %(n)s.") % {
            "n": MOST_ENTRIES
        }
    return told


def _event(entry: Entry, *, names: bool) -> icalendar.Event:
    event = icalendar.Event()
    changed_at = entry.changed_at.astimezone(UTC)
    address = settings.BASE_URL + reverse(PAGES[entry.kind], args=[_page_id(entry)])
    event.add("uid", f"{entry.kind}-{entry.row_id}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("summary", plain(_summary(entry, names=names)))
    event.add("description", "\n".join([*_details(entry, names=names), address]))
    event.add("url", address)
    if entry.starts_at and entry.ends_at:
        event.add("dtstart", entry.starts_at)
        event.add("dtend", entry.ends_at)
    else:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    if names and (place := _place(entry)):
        event.add("location", place)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("sequence", max(0, int((changed_at - COUNTED_FROM).total_seconds())))
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    return event


def _page_id(entry: Entry) -> int:
    if entry.kind in {Kind.BID, Kind.PAYMENT} or entry.lead is None:
        return entry.row_id
    return entry.lead.pk


def _summary(entry: Entry, *, names: bool) -> str:
    """Return what an entry is; with names, of whom."""
    told = _kind(entry)
    if not names:
        return told
    about = entry.account
    if entry.lead and entry.lead.title:
        about = f"{about} · {entry.lead.title}"
    if entry.kind == Kind.STEP and entry.lead and entry.lead.next_step:
        about = f"{entry.account} · {entry.lead.next_step}"
    if entry.bill:
        invoice = entry.bill.invoice
        amount = formats.money(invoice.receivable_amount, invoice.currency)
        about = f"{entry.account} · {amount}"
    return _("%(label)s: %(words)s") % {"label": told, "words": about}


def _kind(entry: Entry) -> str:
    if entry.plan:
        return str(entry.plan.get_kind_display())
    if entry.kind == Kind.STEP:
        return _("Next step")
    if entry.kind == Kind.DECISION:
        return _("Decide")
    if entry.kind == Kind.BID:
        return _("Bid closes")
    if entry.bill and entry.day != entry.bill.invoice.due_date:
        return _("Overdue, payment expected")
    return _("Payment due")


def _details(entry: Entry, *, names: bool) -> list[str]:
    """Return the lines beneath: what a meeting is about, since when an invoice is overdue."""
    lines = []
    if names and entry.plan and entry.plan.topic:
        lines.append(plain(entry.plan.topic))
    if entry.bill and entry.day != entry.bill.invoice.due_date:
        since = wording.dated(entry.bill.invoice.due_date)
        lines.append(_("Due since %(day)s.") % {"day": since})
    elif entry.bill and entry.bill.p50:
        lines.append(
            _("Half of such invoices are paid by %(day)s.") % {"day": wording.dated(entry.bill.p50)}
        )
    return lines


def _place(entry: Entry) -> str:
    if entry.plan is None:
        return ""
    return plain(entry.plan.place) or (_("online") if entry.plan.is_online else "")
