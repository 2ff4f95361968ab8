"""The words of one decision in a digest, in the language that is active."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm import answer_buttons, formats, short_reasons
from crm.answer_buttons import Button
from crm.models import Pattern, Verdict
from crm.plays import Play
from crm.selectors.digest_parts import Decision, Score
from crm.services.digest_layout import (
    Fullness,
    address,
    order_bar,
    percent_bar,
    short_name,
    short_title,
    unbroken,
)

RINGS = "○◔◑◕●"


def view(
    decision: Decision, *, number: int, fullness: Fullness, with_usual: bool, weeks: int
) -> Mapping[str, Any]:
    """Return the words of one decision; the first is told in full, so that the others need not."""
    is_first = number == 1
    is_short = fullness.is_lean and not is_first
    facts = fullness.first_facts if is_first else fullness.facts
    said = short_reasons.against(decision.reasons, most=facts)
    if beside := beside_words(decision):
        said = [*said[: max(1, facts - 1)], beside]
    is_low = decision.is_low_intent or not decision.is_flagged_intent
    spent = spent_words(decision, is_short=fullness.is_bare)
    buttons = answer_buttons.buttons(decision.play, short=True)
    return {
        "number": number,
        "account": short_name(decision.account),
        "title": "" if is_short or fullness.is_bare else short_title(decision.title),
        "until": until_words(decision),
        "verdict": short_verdict_words(decision) if is_short else verdict_words(decision),
        "aside": aside(decision, with_usual=with_usual, weeks=weeks),
        "tone": "red" if is_low else "amber",
        "pattern": pattern_words(decision, is_short=is_short or fullness.is_bare),
        "facts": sentence(said),
        "spent": spent,
        "play": str(decision.play.name),
        "message": message_words(decision.play.message),
        "suggested": suggested_words(decision.play),
        "url": address("lead-detail", decision.lead_id),
        "answer_url": answer_address(decision, buttons[0]),
        "others": [] if fullness.is_lean else other_answers(decision, buttons[1:]),
        "mark": mark(decision),
        "told": two_sentences(sentence(said), spent),
        "bar": decision_bar(decision),
    }


def suggested_words(play: Play) -> str:
    """Return what the playbook suggests, and the message that goes with it."""
    message = message_words(play.message)
    if not message:
        return _("Suggested: %(play)s.") % {"play": play.name}
    return _("Suggested: %(play)s (%(message)s).") % {"play": play.name, "message": message}


def message_words(message: str) -> str:
    """Return the name of a message of the playbook; its words stand ready on the lead's page."""
    return _("message %(id)s") % {"id": message} if message else ""


def other_answers(decision: Decision, buttons: Sequence[Button]) -> Sequence[Mapping[str, str]]:
    """Return the answers beside the suggested one; each opens a form and changes nothing."""
    return [
        {"label": str(button.label), "url": answer_address(decision, button)} for button in buttons
    ]


def answer_address(decision: Decision, button: Button) -> str:
    """Return where an answer is given: a link that only shows the form of it."""
    return f"{address('lead-decide', decision.lead_id)}?kind={button.kind}"


def short_verdict_words(decision: Decision) -> str:
    """Return the verdict where the first decision has told already what the per cent mean."""
    order = decision.order
    if not decision.is_flagged_intent or order is None or order.is_too_wide:
        return verdict_words(decision)
    chance = {"chance": formats.percent(1 - order.probability)}
    if order.verdict == Verdict.LOW:
        return _("Low intent: %(chance)s") % chance
    return pgettext("verdict", "Watch: %(chance)s") % chance


def verdict_words(decision: Decision) -> str:
    """Return the verdict in words: low, watch, or the late-payment risk."""
    if decision.is_flagged_intent and decision.order:
        if decision.order.is_too_wide:
            is_low = decision.order.verdict == Verdict.LOW
            return _("Low intent") if is_low else pgettext("verdict", "Watch")
        chance = {"chance": formats.percent(1 - decision.order.probability)}
        if decision.order.verdict == Verdict.LOW:
            return _("Low intent: chance of an order %(chance)s") % chance
        return _("Watch: chance of an order %(chance)s") % chance
    return capital(late_words(decision.late)) if decision.late else ""


def mark(decision: Decision) -> str:
    """Return the ring that fills with the chance: half is usual, full is twice that.

    Late payment has bars instead, which the template draws.
    """
    if not (decision.is_flagged_intent and decision.order):
        return ""
    share = (1 - decision.order.probability) / (2 * (1 - decision.order.usual))
    return RINGS[min(len(RINGS) - 1, round(share * (len(RINGS) - 1)))]


def beside_words(decision: Decision) -> str:
    """Return what is said beside the reasons: late payment, or how deep the deal's cash goes."""
    if decision.is_flagged_intent:
        return late_words(decision.late) if decision.late else ""
    low = decision.cash_low
    if low is None:
        return ""
    facts = {"amount": formats.money(-low.amount, low.currency)}
    if low.date is None:
        return _("cash low %(amount)s") % facts
    return _("cash low %(amount)s in %(month)s") % (facts | {"month": formats.month(low.date)})


def late_words(score: Score) -> str:
    """Return the late-payment risk in words."""
    return _("late-payment risk %(chance)s") % {"chance": formats.percent(score.probability)}


def aside(decision: Decision, *, with_usual: bool, weeks: int) -> str:
    """Return what stands beside the chance: what it was, what is usual."""
    if not (decision.is_flagged_intent and decision.order):
        return ""
    said = was(decision.order, decision.order_before, weeks=weeks)
    usual = formats.percent(1 - decision.order.usual)
    parts = [said] if said else []
    if with_usual:
        parts.append(pgettext("chance of an order", "usual %(chance)s") % {"chance": usual})
    joined = unbroken(pgettext("beside a chance", "; ").join(parts))
    return pgettext("beside a chance", " (%s)") % joined if joined else ""


def was(now: Score, before: Score | None, *, weeks: int) -> str:
    """Return the chance of an order in the mail before, where it reads different now."""
    if before is None or before.is_too_wide or now.is_too_wide:
        return ""
    then = formats.percent(1 - before.probability)
    if then == formats.percent(1 - now.probability):
        return ""
    if weeks > 1:
        return pgettext("chance of an order weeks ago", "was %(chance)s") % {"chance": then}
    return pgettext("chance of an order", "was %(chance)s") % {"chance": then}


def pattern_words(decision: Decision, *, is_short: bool) -> str:
    """Return the pattern of a red lead; of a later one in a lean mail, where it says anything."""
    if not (decision.is_low_intent and decision.order and decision.order.pattern):
        return ""
    pattern = Pattern(decision.order.pattern)
    if is_short:
        return "" if pattern == Pattern.LOW_INTENT else capital(str(pattern.label))
    return _("Pattern: %(pattern)s") % {"pattern": pattern.label}


def capital(words: str) -> str:
    """Return words that begin a line."""
    return words[:1].upper() + words[1:]


def spent_words(decision: Decision, *, is_short: bool) -> str:
    """Return what the lead has cost so far."""
    if not decision.is_flagged_intent or not (decision.hours or decision.travel):
        return ""
    parts = {"hours": formats.hours(decision.hours), "travel": formats.money(decision.travel)}
    if decision.travel and is_short:
        return _("Spent: %(hours)s, %(travel)s.") % parts
    if decision.travel:
        return _("Spent: %(hours)s, %(travel)s travel.") % parts
    return _("Spent: %(hours)s.") % parts


def until_words(decision: Decision) -> str:
    """Return by when to decide, and for how long nobody has where it is a reminder."""
    parts = []
    if decision.until is not None:
        day = {"day": formats.day(decision.until)}
        parts.append((_("bid due %(day)s") if decision.is_bid else _("by %(day)s")) % day)
    if decision.is_reminder:
        days = decision.unanswered_days
        words = ngettext("unanswered %(days)s day", "unanswered %(days)s days", days)
        parts.append(words % {"days": days})
    return "".join(pgettext("between two parts of a line", ", ") + part for part in parts)


def two_sentences(first: str, second: str) -> str:
    """Return two sentences as one text; Chinese has no space between them."""
    if not (first and second):
        return first or second
    pair = {"first": first, "second": second}
    return pgettext("two sentences", "%(first)s %(second)s") % pair


def sentence(facts: Sequence[str]) -> str:
    """Return facts as one sentence."""
    if not facts:
        return ""
    joined = pgettext("between two facts", "; ").join(facts)
    return capital(joined) + pgettext("end of a sentence", ".")


def decision_bar(decision: Decision) -> Sequence[Mapping[str, Any]]:
    """Return the bar under a verdict."""
    if decision.is_flagged_intent:
        return order_bar(decision.order) if decision.order else ()
    return percent_bar(decision.late.probability) if decision.late else ()
