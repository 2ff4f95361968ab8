"""The words of a digest in the language that is active; templates only lay them out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm import formats, scorer_words
from crm.selectors.decide import MOST_DECISIONS as MOST_ON_TODAY
from crm.selectors.digest_parts import Content, News, Sum
from crm.services import digest_decision_words, digest_effort_words
from crm.services.digest_decision_words import two_sentences, was
from crm.services.digest_layout import (
    Fullness,
    address,
    order_bar,
    percent_bar,
    settings_address,
    short_name,
    unbroken,
)

NEWS_FACTS, LEAN_NEWS_FACTS, BARE_NEWS_FACTS = 3, 2, 1


def subject(content: Content) -> str:
    """Return the subject line; it names no client."""
    told = headline(content)
    days = {"weekday": formats.weekday(content.day), "day": formats.day(content.day)}
    if content.reads_leads:
        return _("Pipeline %(weekday)s %(day)s: %(told)s") % (days | {"told": told})
    return _("Money %(weekday)s %(day)s: %(told)s") % (days | {"told": told})


def headline(content: Content) -> str:
    """Return what the week is about: 3 decisions, 41 h at risk, ¥186k overdue."""
    count = len(content.decisions)
    parts = []
    if count:
        parts.append(ngettext("%(n)s decision", "%(n)s decisions", count) % {"n": count})
    if content.hours_at_risk:
        hours = formats.hours(content.hours_at_risk)
        parts.append(_("%(hours)s at risk") % {"hours": hours})
    if content.money.overdue.count:
        parts.append(_("%(money)s overdue") % {"money": amounts(content.money.overdue)})
    return listed(parts) or _("nothing to decide")


def listed(parts: Sequence[str]) -> str:
    """Return parts of a sentence, one after the other."""
    return pgettext("between two parts of a line", ", ").join(parts)


def amounts(total: Sum) -> str:
    """Return a sum of money, each currency for itself."""
    return " + ".join(formats.money(amount, code) for code, amount in total.amounts.items())


def trimmed(content: Content, fullness: Fullness) -> Content:
    """Return a content that asks for so many decisions at most and counts the rest."""
    asked = content.decisions[: fullness.decisions]
    return replace(
        content,
        decisions=asked,
        more=content.more + len(content.decisions) - len(asked),
        news=content.news[: fullness.news],
    )


def view(content: Content, fullness: Fullness) -> dict[str, Any]:
    """Return all that the templates lay out; the usual rate is said once."""
    first_of_intent = next((each for each in content.decisions if each.is_flagged_intent), None)
    return {
        "content": content,
        "subject": subject(content),
        "brand": "" if fullness.is_lean else _("Touchstone"),
        "weekday": formats.weekday(content.day),
        "day": formats.day(content.day),
        "headline": headline(content),
        "decisions": [
            digest_decision_words.view(
                decision,
                number=place,
                fullness=fullness,
                with_usual=decision is first_of_intent,
                weeks=content.weeks,
            )
            for place, decision in enumerate(content.decisions, start=1)
        ],
        "more": more_line(content),
        "more_url": more_address(content),
        "money": money_lines(content),
        "money_url": money_address(content),
        "news": [
            news_view(each, most=news_facts(fullness), weeks=content.weeks) for each in content.news
        ],
        "covers": covers_line(content),
        **effort_view(content, fullness),
        "quiet": quiet_line(content),
        "scores": scores_line(content),
        "scores_url": address("scores") if content.reads_scores else "",
        "close": close_line(content),
        "home_url": address("today"),
        "stop_url": settings_address(),
    }


def effort_view(content: Content, fullness: Fullness) -> dict[str, Any]:
    """Return what the week cost."""
    return {
        "period": digest_effort_words.period(content),
        "effort": digest_effort_words.effort_line(content),
        "effort_bar": percent_bar(content.effort.red_share),
        "effort_url": digest_effort_words.effort_address(content),
        "presales": digest_effort_words.presales_words(content),
        "red_share": digest_effort_words.red_words(content),
        "meetings": "" if fullness.is_lean else digest_effort_words.meetings_line(content),
        "quiet_close": digest_effort_words.effort_words(content) or close_line(content),
    }


def on_today(content: Content) -> int:
    """Return how many decisions stand on Today beside those of the mail."""
    told = sum(each.lead_id in content.today_ids for each in content.decisions)
    return max(0, min(len(content.today_ids), MOST_ON_TODAY) - told)


def more_line(content: Content) -> str:
    """Return how many decisions wait on Today, or else how many flags in all."""
    if count := on_today(content):
        if content.decisions:
            return ngettext("%(n)s more on Today", "%(n)s more on Today", count) % {"n": count}
        return ngettext(
            "%(n)s decision on Today, as before", "%(n)s decisions on Today, as before", count
        ) % {"n": count}
    if not content.more:
        return ""
    count = content.more + len(content.decisions)
    return ngettext("%(n)s flag waits in all", "%(n)s flags wait in all", count) % {"n": count}


def more_address(content: Content) -> str:
    """Return Today, or the list of the leads whose flag nobody has answered."""
    if on_today(content):
        return address("today") + "#decide"
    return address("lead-list", flag="waiting")


def money_lines(content: Content) -> Sequence[Mapping[str, Any]]:
    """Return the lines of money: due, overdue; each leads to the list of these invoices."""
    money = content.money
    widest = max(money.due.main, money.overdue.main, Decimal(1))
    lines = [
        ("soon", _("Due this week"), money.due, ""),
        ("overdue", _("Overdue"), money.overdue, oldest_words(content)),
    ]
    return [
        {
            "kind": which,
            "label": label,
            "amount": amounts(total),
            "count": ngettext("%(n)s invoice", "%(n)s invoices", total.count) % {"n": total.count},
            "words": _("%(label)s: %(amount)s (%(n)s)")
            % {"label": label, "amount": amounts(total), "n": total.count},
            "oldest": oldest,
            "url": address("money-invoices", which=which),
            "oldest_url": address("invoice-detail", money.oldest_id) if money.oldest_id else "",
            "bar": percent_bar(float(total.main / widest)),
        }
        for which, label, total, oldest in lines
        if total.count
    ]


def money_address(content: Content) -> str:
    """Return the list of the overdue invoices, or of those due; its tabs count the others."""
    return address("money-invoices", which="overdue" if content.money.overdue.count else "soon")


def oldest_words(content: Content) -> str:
    """Return who owes the oldest invoice, and which message reminds him."""
    money = content.money
    if not money.oldest_account:
        return ""
    return ngettext(
        "Oldest %(days)s day: %(account)s (message M11).",
        "Oldest %(days)s days: %(account)s (message M11).",
        money.oldest_days,
    ) % {"days": money.oldest_days, "account": short_name(money.oldest_account)}


def news_facts(fullness: Fullness) -> int:
    """Return how many facts of good news a mail has room for."""
    if fullness.is_bare:
        return BARE_NEWS_FACTS
    return LEAN_NEWS_FACTS if fullness.is_lean else NEWS_FACTS


def news_view(each: News, *, most: int, weeks: int) -> Mapping[str, Any]:
    """Return the words of one piece of good news."""
    said = [
        words
        for holds, words in (
            (each.won, _("order won")),
            (each.paid_step, _("paid step accepted")),
            (each.budget_approved, _("budget approved")),
            (each.holder_joined, _("budget holder joined")),
        )
        if holds
    ]
    if each.next_step_date:
        said.append(_("next step %(day)s") % {"day": formats.day(each.next_step_date)})
    chance = news_chance(each, weeks=weeks)
    facts = listed(said[:most]) + pgettext("end of a sentence", ".")
    return {
        "account": short_name(each.account),
        "facts": facts,
        "words": _("%(account)s: %(facts)s")
        % {"account": short_name(each.account), "facts": facts},
        "chance": chance,
        "told": two_sentences(facts, chance),
        "bar": order_bar(each.order) if each.order else (),
        "url": address("lead-detail", each.lead_id),
    }


def news_chance(each: News, *, weeks: int) -> str:
    """Return the chance of an order now and before."""
    if each.order is None or each.order.is_too_wide:
        return ""
    chance = {"chance": formats.percent(1 - each.order.probability)}
    then = was(each.order, each.order_before, weeks=weeks)
    beside = pgettext("beside a chance", " (%s)") % unbroken(then) if then else ""
    now = _("Chance of an order %(chance)s") % chance
    return now + beside + pgettext("end of a sentence", ".")


def covers_line(content: Content) -> str:
    """Say that the mails of the weeks before did not go out."""
    if content.weeks == 1:
        return ""
    return _("This mail covers %(n)s weeks.") % {"n": content.weeks}


def quiet_line(content: Content) -> str:
    """Return the first of the two lines of a week without anything to decide."""
    if not content.is_quiet:
        return ""
    if not content.reads_leads:
        return _("No invoice is due this week, and none overdue.")
    if content.more:
        return ngettext(
            "Nothing new to decide; %(n)s flag stands as before.",
            "Nothing new to decide; %(n)s flags stand as before.",
            content.more,
        ) % {"n": content.more}
    return _("Nothing to decide: no open flag, nothing overdue.")


def scores_line(content: Content) -> str:
    """Return what the scores stand on; a mail about money alone has none."""
    if not content.reads_leads:
        return ""
    return scorer_words.status(
        outcomes=content.outcomes, is_learned=content.is_learned, is_alone=content.is_alone
    )


def close_line(content: Content) -> str:
    """Return the last words: who decides, and that the data are invented if they are."""
    return two_sentences(_("You decide; nothing was closed automatically."), demo_words(content))


def demo_words(content: Content) -> str:
    """Say that the data are invented, if they are."""
    return _("Demo data.") if content.is_demo else ""
