"""The words of a digest in the language that is active; templates only lay them out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm import formats, scorer_words
from crm.selectors.digest_parts import Content, News, Sum
from crm.services import digest_decision_words
from crm.services.digest_decision_words import two_sentences, was
from crm.services.digest_layout import Fullness, address, order_bar, percent_bar, short_name

MOST_NEWS_FACTS, LEAN_NEWS_FACTS = 3, 2


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
        "weekday": formats.weekday(content.day),
        "day": formats.day(content.day),
        "headline": headline(content),
        "decisions": [
            digest_decision_words.view(
                decision, number=place, fullness=fullness, with_usual=decision is first_of_intent
            )
            for place, decision in enumerate(content.decisions, start=1)
        ],
        "more": more_line(content.more) if content.more else "",
        "leads_url": address("lead-list") + "?verdict=LOW&verdict=WATCH",
        "money": money_lines(content),
        "news": [news_view(each, is_lean=fullness.is_lean) for each in content.news],
        "period": period(content),
        "covers": covers_line(content),
        "effort": effort_line(content),
        "effort_bar": percent_bar(content.effort.red_share),
        "quiet": quiet_line(content),
        "scores": scores_line(content),
        "close": close_line(content),
        "quiet_close": effort_words(content) or close_line(content),
        "home_url": address("today"),
    }


def more_line(count: int) -> str:
    """Return how many more leads carry a flag."""
    return ngettext("%(n)s more flagged lead", "%(n)s more flagged leads", count) % {"n": count}


def money_lines(content: Content) -> Sequence[Mapping[str, Any]]:
    """Return the lines of money: due, overdue."""
    money = content.money
    widest = max(money.due.main, money.overdue.main, Decimal(1))
    lines = [
        ("due", _("Due this week"), money.due, ""),
        ("overdue", _("Overdue"), money.overdue, oldest_words(content)),
    ]
    return [
        {
            "kind": kind,
            "label": label,
            "amount": amounts(total),
            "count": ngettext("%(n)s invoice", "%(n)s invoices", total.count) % {"n": total.count},
            "words": _("%(label)s: %(amount)s (%(n)s)")
            % {"label": label, "amount": amounts(total), "n": total.count},
            "oldest": oldest,
            "bar": percent_bar(float(total.main / widest)),
        }
        for kind, label, total, oldest in lines
        if total.count
    ]


def oldest_words(content: Content) -> str:
    """Return who owes the oldest invoice, and which message reminds him."""
    money = content.money
    return ngettext(
        "Oldest %(days)s day: %(account)s (M11).",
        "Oldest %(days)s days: %(account)s (M11).",
        money.oldest_days,
    ) % {"days": money.oldest_days, "account": short_name(money.oldest_account)}


def news_view(each: News, *, is_lean: bool) -> Mapping[str, Any]:
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
    chance = news_chance(each)
    facts = listed(said[: LEAN_NEWS_FACTS if is_lean else MOST_NEWS_FACTS]) + pgettext(
        "end of a sentence", "."
    )
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


def news_chance(each: News) -> str:
    """Return the chance of an order now and before."""
    if each.order is None or each.order.is_too_wide:
        return ""
    chance = {"chance": formats.percent(1 - each.order.probability)}
    then = was(each.order, each.order_before)
    beside = pgettext("beside a chance", " (%s)") % then if then else ""
    now = _("Chance of an order %(chance)s") % chance
    return now + beside + pgettext("end of a sentence", ".")


def effort_line(content: Content) -> str:
    """Return last week's presales hours with the share on red leads."""
    effort = content.effort
    if not content.reads_leads or not effort.hours:
        return ""
    facts = {
        "hours": formats.hours(effort.hours),
        "red": formats.hours(effort.red_hours),
        "share": formats.percent(effort.red_share),
    }
    if not effort.red_hours:
        return _("%(hours)s of presales, none on red leads.") % facts
    return _("%(hours)s of presales, %(red)s (%(share)s) on red leads.") % facts


def effort_words(content: Content) -> str:
    """Return the hours with their weeks, as one line of a quiet mail."""
    effort = effort_line(content)
    if not effort:
        return ""
    return _("%(label)s: %(words)s") % {"label": period(content), "words": effort}


def period(content: Content) -> str:
    """Return which weeks the hours are of."""
    if content.weeks == 1:
        return _("Last week")
    return _("Last %(n)s weeks") % {"n": content.weeks}


def covers_line(content: Content) -> str:
    """Say that the mails of the weeks before did not go out."""
    if content.weeks == 1:
        return ""
    return _("This mail covers %(n)s weeks.") % {"n": content.weeks}


def quiet_line(content: Content) -> str:
    """Return the one sentence of a week without anything to decide."""
    if not content.is_quiet:
        return ""
    if not content.reads_leads:
        return _("No invoice falls due this week and none is overdue.")
    if content.more:
        return ngettext(
            "Nothing new to decide: %(n)s flagged lead stands as before. No invoice is overdue.",
            "Nothing new to decide: %(n)s flagged leads stand as before. No invoice is overdue.",
            content.more,
        ) % {"n": content.more}
    return _("Nothing to decide this week: no open flag, no overdue invoice.")


def scores_line(content: Content) -> str:
    """Return what the scores stand on; a mail about money alone has none."""
    if not content.reads_leads:
        return ""
    return scorer_words.status(
        outcomes=content.outcomes, is_learned=content.is_learned, is_alone=content.is_alone
    )


def close_line(content: Content) -> str:
    """Return the last words: who decides, and that the data are invented if they are."""
    demo = _("Demo data.") if content.is_demo else ""
    return two_sentences(_("You decide; nothing was closed automatically."), demo)
