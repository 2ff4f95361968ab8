"""The words of one decision in a digest, in the language that is active."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm import answer_buttons, formats, short_reasons
from crm.models import Pattern, Verdict
from crm.selectors.digest_parts import Decision, Score
from crm.services.digest_layout import (
    Fullness,
    address,
    order_bar,
    percent_bar,
    short_name,
    short_title,
)

RINGS = "○◔◑◕●"


def view(
    decision: Decision, *, number: int, fullness: Fullness, with_usual: bool
) -> Mapping[str, Any]:
    """Return the words of one decision."""
    is_first = number == 1
    facts = fullness.first_facts if is_first else fullness.facts
    said = short_reasons.against(decision.reasons, most=facts)
    if decision.is_flagged_intent and decision.late and facts:
        said = [*said[: max(1, facts - 1)], late_words(decision.late)]
    is_low = decision.is_low_intent or not decision.is_flagged_intent
    return {
        "number": number,
        "account": short_name(decision.account),
        "title": short_title(decision.title) if is_first or not fullness.is_lean else "",
        "until": until_words(decision),
        "verdict": verdict_words(decision),
        "aside": aside(decision, with_usual=with_usual),
        "tone": "red" if is_low else "amber",
        "pattern": pattern_words(decision),
        "facts": sentence(said),
        "spent": spent_words(decision),
        "play": str(decision.play.name),
        "message": decision.play.message,
        "url": address("lead-detail", decision.lead_id),
        "answer_url": answer_address(decision),
        "mark": mark(decision),
        "told": two_sentences(sentence(said), spent_words(decision)),
        "bar": decision_bar(decision),
    }


def answer_address(decision: Decision) -> str:
    """Return where the answer is given: a link that only shows the form of it."""
    kind = answer_buttons.buttons(decision.play)[0].kind
    return f"{address('lead-decide', decision.lead_id)}?kind={kind}"


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
    words = late_words(decision.late) if decision.late else ""
    return words[:1].upper() + words[1:]


def mark(decision: Decision) -> str:
    """Return the ring that fills with the chance: half is usual, full is twice that.

    Late payment has bars instead, which the template draws.
    """
    if not (decision.is_flagged_intent and decision.order):
        return ""
    share = (1 - decision.order.probability) / (2 * (1 - decision.order.usual))
    return RINGS[min(len(RINGS) - 1, round(share * (len(RINGS) - 1)))]


def late_words(score: Score) -> str:
    """Return the late-payment risk in words."""
    return _("late-payment risk %(chance)s") % {"chance": formats.percent(score.probability)}


def aside(decision: Decision, *, with_usual: bool) -> str:
    """Return what stands beside the chance: what it was, what is usual."""
    if not (decision.is_flagged_intent and decision.order):
        return ""
    said = was(decision.order, decision.order_before)
    usual = formats.percent(1 - decision.order.usual)
    parts = [said] if said else []
    if with_usual:
        parts.append(pgettext("chance of an order", "usual %(chance)s") % {"chance": usual})
    joined = pgettext("beside a chance", "; ").join(parts)
    return pgettext("beside a chance", " (%s)") % joined if joined else ""


def was(now: Score, before: Score | None) -> str:
    """Return the chance of an order before, where it reads different now."""
    if before is None or before.is_too_wide or now.is_too_wide:
        return ""
    then = formats.percent(1 - before.probability)
    if then == formats.percent(1 - now.probability):
        return ""
    return pgettext("chance of an order", "was %(chance)s") % {"chance": then}


def pattern_words(decision: Decision) -> str:
    """Return the pattern of a red lead."""
    if not (decision.is_low_intent and decision.order and decision.order.pattern):
        return ""
    return _("Pattern: %(pattern)s") % {"pattern": Pattern(decision.order.pattern).label}


def spent_words(decision: Decision) -> str:
    """Return what the lead has cost so far."""
    if not decision.is_flagged_intent or not (decision.hours or decision.travel):
        return ""
    parts = {"hours": formats.hours(decision.hours), "travel": formats.money(decision.travel)}
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
        words = ngettext("unanswered for %d day", "unanswered for %d days", days)
        parts.append(words % days)
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
    return joined[:1].upper() + joined[1:] + pgettext("end of a sentence", ".")


def decision_bar(decision: Decision) -> Sequence[Mapping[str, Any]]:
    """Return the bar under a verdict."""
    if decision.is_flagged_intent:
        return order_bar(decision.order) if decision.order else ()
    return percent_bar(decision.late.probability) if decision.late else ()
