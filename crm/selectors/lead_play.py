"""The play that fits a lead, why it does, and its message with the blanks filled from facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from crm import formats, play_messages, plays, reason_texts, workdays
from crm.models import Contact, Interaction
from crm.play_messages import Message
from crm.plays import Play, Situation
from crm.selectors.lead_score import Score

FEE_SHARE, FEE_STEP, LEAST_FEE = Decimal("0.015"), 1_000, 10_000
FIRST_DATE_DAYS, SECOND_DATE_DAYS, AGAIN_AFTER_DAYS = 3, 5, 60
USUAL_DAYS, USUAL_PREPAY, USUAL_TERM = "10", "30", "30"
MOST_WHY = 2


@dataclass(frozen=True)
class Suggestion:
    """One play to suggest, with the others that fit as well."""

    play: Play
    why: str
    messages: Sequence[Message]
    fitting: Sequence[Play]

    @property
    def others(self) -> list[Play]:
        """Return the other plays that fit."""
        return [play for play in self.fitting if play != self.play]


@dataclass(frozen=True)
class Known:
    """What fills the blanks of a message, and what the playbook looks at beside scores."""

    lead: Any
    people: Sequence[Contact]
    gave: frozenset[str]
    is_near_cap: bool
    is_above_ladder: bool
    cap_hours: Decimal | None
    today: date
    country: str


def suggestion(
    known: Known,
    *,
    score: Score | None,
    before: Score | None,
    late: Score | None,
    chosen: str = "",
) -> Suggestion | None:
    """Return the play that fits, or the fitting one that was chosen; None where none fits."""
    judged = score if score and score.is_judged else None
    fitting = plays.fitting(
        judged.stored.reasons if judged else [],
        late.stored.reasons if late else [],
        Situation(
            verdict=judged.stored.verdict if judged else "",
            pattern=judged.stored.pattern if judged else "",
            chance=judged.chance if judged else None,
            chance_before=before.chance if before else None,
            is_near_cap=known.is_near_cap,
            is_above_ladder=known.is_above_ladder,
            is_big_name=bool(known.lead.account.is_big_name),
            mark=late.stored.mark if late else "",
        ),
    )
    if not fitting:
        return None
    play = next((each for each in fitting if each.code == chosen), fitting[0])
    reasons = [reason for each in (judged, late) if each for reason in each.stored.reasons]
    client_reads = ("zh", "en") if known.lead.account.country == "CN" else ("en", "zh")
    facts = _facts(known)
    return Suggestion(
        play=play,
        why=_why(play, reasons),
        messages=[
            play_messages.message(play.message, language, facts[language])
            for language in client_reads
            if play.message
        ],
        fitting=fitting,
    )


def _why(play: Play, reasons: Sequence[Mapping[str, Any]]) -> str:
    heavy = sorted(reasons, key=lambda reason: -reason["points"])
    behind = [
        reason_texts.text(reason)
        for reason in heavy
        if reason["points"] >= reason_texts.LEAST_POINTS
        and plays.BY_REASON.get(reason["code"]) == play
    ]
    return ("" if formats.in_chinese() else " ").join(behind[:MOST_WHY])


def _facts(known: Known) -> dict[str, dict[str, str]]:
    """Return what fills the blanks, in each language."""
    filled = {}
    for language, code in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(code):
            filled[language] = _in_words(known)
    return filled


def _in_words(known: Known) -> dict[str, str]:
    today, people, cap_hours = known.today, known.people, known.cap_hours
    first, second = (
        workdays.add_workdays(today, days, country=known.country)
        for days in (FIRST_DATE_DAYS, SECOND_DATE_DAYS)
    )
    again = today + timedelta(days=AGAIN_AFTER_DAYS)
    return {
        "name": people[0].name if people else "",
        "fee": _fee(known.lead),
        "date_a": _spoken(first),
        "date_b": _spoken(second),
        "inputs": _inputs(known.gave),
        "days": USUAL_DAYS,
        "prepay": USUAL_PREPAY,
        "term": USUAL_TERM,
        "hours": formats.plain(cap_hours, 1) if cap_hours is not None else "",
        "month": _month(again),
    }


def _fee(lead: Any) -> str:
    """Return a fee of about 1.5 % of the value, in whole thousands; blank where unknown."""
    if not lead.est_value_amount:
        return ""
    steps = round(lead.est_value_amount * FEE_SHARE / FEE_STEP)
    return formats.money_in_full(Decimal(max(LEAST_FEE, steps * FEE_STEP)), lead.currency)


def _spoken(day: date) -> str:
    if formats.in_chinese():
        return f"{day.month} 月 {day.day} 日（{formats.weekday(day)}）"
    return f"{formats.weekday(day)} {formats.day(day)}"


def _month(day: date) -> str:
    if formats.in_chinese():
        return f"{day.month} 月份"
    return str(MONTHS[day.month])


def _inputs(gave: frozenset[str]) -> str:
    wanted = {
        Interaction.Gift.DATA: _("sample data"),
        Interaction.Gift.REQUIREMENTS: _("a description of the current process"),
        Interaction.Gift.ACCESS: _("the figure by which success is measured"),
    }
    missing = [words for gift, words in wanted.items() if gift not in gave]
    joined = "、" if formats.in_chinese() else ", "
    return joined.join(missing or wanted.values())
