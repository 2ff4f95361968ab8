"""Writes the reminders of a day as a mail of a few lines: subject, text part and HTML part."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import formats
from crm.models import InvoiceReminder
from crm.selectors.digest_daily import CAP_STAGES, CAPS, SAID, Item, Reminders, What
from crm.services.digest_decision_words import two_sentences
from crm.services.digest_layout import (
    address,
    inlined,
    laid_out,
    settings_address,
    short_name,
    short_title,
)
from crm.services.digest_mail import Mail


def render(reminders: Reminders, *, language: str) -> Mail:
    """Return the mail in one language; without anything due it has no words."""
    if not reminders.items:
        return Mail(subject="", text="", html="", shown={}, names=frozenset())
    with translation.override(language):
        view = _view(reminders)
        text = render_to_string("emails/reminders.txt", view)
        html = render_to_string("emails/reminders.html", view)
    return Mail(
        subject=" ".join(view["subject"].split()),
        text=laid_out(text),
        html=inlined(html),
        shown=_shown(reminders),
        names=frozenset(item.lead_id for item in reminders.items if item.lead_id),
    )


def _shown(reminders: Reminders) -> Mapping[str, Any]:
    caps = [item.key for item in reminders.items if item.what == What.CAP]
    said = [item.key for item in reminders.items if item.what != What.CAP]
    return {SAID: said} | ({CAPS: caps} if caps else {})


def _view(reminders: Reminders) -> dict[str, Any]:
    count = len(reminders.items)
    told = ngettext("%(n)s reminder", "%(n)s reminders", count) % {"n": count}
    days = {
        "weekday": formats.weekday(reminders.day), "day": formats.day(reminders.day), "told": told
    }  # fmt: skip
    return {
        "subject": _("Today %(weekday)s %(day)s: %(told)s") % days,
        "headline": told,
        "weekday": days["weekday"],
        "day": days["day"],
        "items": [
            {
                "number": number,
                "account": short_name(item.account),
                "title": short_title(item.title),
                "words": words(item),
                "told": _("%(account)s: %(facts)s") % {"account": name(item), "facts": words(item)},
                "detail": detail(item),
                "is_late": item.days_late > 0 or item.what == What.CAP,
                "url": link(item),
            }
            for number, item in enumerate(reminders.items, start=1)
        ],
        "more": more_words(reminders.more),
        "close": two_sentences(
            _("Each thing is said once; what is done is not said."),
            _("Demo data.") if reminders.is_demo else "",
        ),
        "home_url": address("today"),
        "stop_url": settings_address(),
    }


def name(item: Item) -> str:
    """Return the client, and the subject where a client may have several."""
    account, title = short_name(item.account), short_title(item.title)
    return f"{account} · {title}" if title else account


def more_words(count: int) -> str:
    """Say how many more things are due."""
    if not count:
        return ""
    return ngettext("%(n)s more on Today", "%(n)s more on Today", count) % {"n": count}


def words(item: Item) -> str:
    """Return what is due, and since when."""
    days = item.days_late
    facts = {"days": days, "amount": formats.money(item.amount, item.currency)}
    if item.what == What.CAP:
        if item.stage >= CAP_STAGES[0]:
            return _("cap on unpaid effort used up")
        share = formats.percent(item.stage / 100)
        return _("%(share)s of the cap on unpaid effort used") % {"share": share}
    today, late = {
        What.INVOICE: (
            _("%(amount)s falls due today"),
            ngettext(
                "%(amount)s is %(days)s day overdue", "%(amount)s is %(days)s days overdue", days
            ),
        ),
        What.DECISION: (
            _("decision due today"),
            ngettext("decision due %(days)s day ago", "decision due %(days)s days ago", days),
        ),
        What.STEP: (
            _("next step due today"),
            ngettext("next step due %(days)s day ago", "next step due %(days)s days ago", days),
        ),
    }[item.what]
    return (late if days else today) % facts


def detail(item: Item) -> str:
    """Return what to do, or what it is about, in a few words."""
    match item.what:
        case What.INVOICE:
            return ladder_words(item)
        case What.CAP:
            return _("Someone other than the owner decides how to go on.")
    return " ".join(item.words.split())


def ladder_words(item: Item) -> str:
    """Return which step of the ladder a person takes now; nothing on the day itself."""
    if item.stage not in InvoiceReminder.Step.values:
        return ""
    step = InvoiceReminder.Step(item.stage)
    said = {"step": step.label}
    if step == InvoiceReminder.Step.FIRST:
        return _("Now: %(step)s (message M11).") % said
    return _("Now: %(step)s.") % said


def link(item: Item) -> str:
    """Return the page where it is done; opening it changes nothing."""
    match item.what:
        case What.INVOICE:
            return address("invoice-detail", item.pk)
        case What.DECISION:
            return address("lead-decide", item.pk)
        case What.CAP:
            return address("lead-cap", item.pk)
    return address("lead-detail", item.pk)
