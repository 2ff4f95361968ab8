"""What to ask the client for: the concession that lowers the peak most, and M7 with its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm import formats, play_messages
from crm.models import Lead, PaymentMilestone, PaymentTerms
from crm.play_messages import Message
from crm.selectors import lead_people
from crm.selectors.terms import Version
from crm.selectors.terms_cash import Cash

MESSAGE = "M7"
USUAL_PREPAY, USUAL_INSPECTION_DAYS, USUAL_TERM_DAYS = Decimal(30), 10, 30
WORTH_ASKING = 0.95  # a concession that leaves more of the peak than this is not worth a favour
ASKS: Mapping[str, str | Promise] = {
    "HIGHER_ADVANCE": _("Ask for a 30% advance"),
    "WAIT_FOR_ADVANCE": _("Ask for a 30% advance and start when it is paid"),
    "SHORTER_TERM": _("Ask for 30 days to pay after acceptance"),
    "DEEMED_ACCEPTANCE": _("Ask that silence after some days counts as acceptance"),
    "LOWER_RETENTION": _("Ask for a retention of 3%"),
    "PAID_PRE_SALES": _("Have the work before the contract paid for"),
    "HALF_ON_SITE": _("Halve the months on site"),
}
WHOLE_PLAN = "BOTH_GATES"


@dataclass(frozen=True)
class Ask:
    """The concession that buys the most, with the P90 peak before and after it.

    `sentence` is empty where none is worth asking for; `gated_amount` is the peak of a plan of
    four payments whose first two the work waits for, where that is lower still.
    """

    sentence: str
    before_amount: int
    after_amount: int
    gated_amount: int | None
    currency: str


def ask(cash: Cash) -> Ask | None:
    """Return what to ask for first; None where no peak is to be lowered."""
    if not cash.is_there or cash.result["peak"]["p90"] <= 0:
        return None
    before = cash.result["peak"]["p90"]
    peaks = {row["code"]: row["peak"]["p90"] for row in cash.result["levers"]}
    single = {code: peaks[code] for code in ASKS if code in peaks}
    best = min(single, key=single.__getitem__, default="")
    after = single.get(best, before)
    if after > before * WORTH_ASKING:
        best, after = "", before
    gated = peaks.get(WHOLE_PLAN, before)
    return Ask(
        sentence=str(ASKS[best]) if best else "",
        before_amount=before,
        after_amount=after,
        gated_amount=gated if gated < after * WORTH_ASKING else None,
        currency=cash.currency,
    )


def messages(lead: Lead, versions: Sequence[Version], *, now: datetime) -> list[Message]:
    """Return M7 with what our latest proposal asks for, the client's language first.

    Nothing is left to ask for once the newest version is agreed.
    """
    if not versions or versions[-1].is_agreed:
        return []
    ours = next((each for each in reversed(versions) if each.is_ours), None)
    people = lead_people.contacts(lead, now)
    facts = _figures(ours) | {"name": people[0].name if people and people[0].talks else ""}
    languages = ("zh", "en") if lead.account.country == "CN" else ("en", "zh")
    return [play_messages.message(MESSAGE, language, facts) for language in languages]


def _figures(ours: Version | None) -> dict[str, str]:
    """Return the figures of M7: ours where we wrote them, else what is usual to ask for."""
    terms = ours.terms if ours else PaymentTerms()
    rows = [one.row for one in ours.payments] if ours else []
    prepay = terms.prepay_percent or USUAL_PREPAY
    days = terms.inspection_days or USUAL_INSPECTION_DAYS
    return {
        "prepay": formats.plain(prepay, 2),
        "days": str(days),
        "term": str(_term_days(terms, rows)),
    }


def _term_days(terms: PaymentTerms, rows: Sequence[PaymentMilestone]) -> int:
    after: list[Any] = [row.term_days for row in rows if row.is_acceptance]
    said = next((days for days in (*after, terms.term_days) if days is not None), None)
    return USUAL_TERM_DAYS if said is None else said
