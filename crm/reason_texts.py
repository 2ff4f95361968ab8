"""Says a stored reason in the reader's language: a logged fact, never the client's motive.

A reason is {"code", "points", "params", "rows"} (see `Assessment`). Each code has sentences that
name the params they need; those whose params are there are said, one after the other.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext, pgettext_lazy

from crm import reason_own, wording
from crm.models import (
    Account,
    Ask,
    BudgetStage,
    Deliverable,
    Interaction,
    Lead,
    LeadFact,
    PaidStepOffer,
)
from crm.reason_sentences import SENTENCES

MOST_AGAINST, MOST_IN_FAVOUR = 3, 2
LEAST_POINTS = 0.5
AMOUNTS = frozenset({"value", "x", "y"})
SHARES = (  # per cent; "none of the talks" reads better than "0% of the talks"
    *("learning", "solutions", "quotations", "gave"),
    *("said", "began", "steps", "process"),
)
LABELS: Mapping[str, Mapping[str, Any]] = {
    "ask": dict(Ask.choices),
    "stage": dict(BudgetStage.choices),
    "type": dict(Account.Kind.choices),
    "source": dict(Lead.Source.choices),
    "item": dict(Deliverable.Kind.choices),
    "list": dict(Interaction.Kind.choices),
    "answer": {
        **dict(PaidStepOffer.Answer.choices),
        "NO_ANSWER": pgettext_lazy("paid step", "no answer yet"),
    },
    "stance": dict(LeadFact.Value.choices),
}


def text(reason: Mapping[str, Any]) -> str:
    """Return the sentence of a reason in the language that is active."""
    if reason_own.is_own(reason["code"]):
        return reason_own.text(reason["params"])
    code, params = reason["code"], _derived(reason["params"])
    said: list[str] = []
    used: set[str] = set()
    for needed, sentence in SENTENCES.get(code, ()):
        if used.isdisjoint(needed) and params.keys() >= set(needed) and (needed or not said):
            used |= set(needed)
            said.append(str(sentence % {key: _word(key, params[key]) for key in params}))
    return ("" if _is_chinese() else " ").join(said) or code


def leading(reasons: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the heaviest reasons: at most three for the bad end, then two against it.

    What rounds to no point at all is no reason; it stays in the sum.
    """
    counted = [reason for reason in reasons if abs(reason["points"]) >= LEAST_POINTS]
    ordered = sorted(counted, key=lambda reason: -abs(reason["points"]))
    against = [reason for reason in ordered if reason["points"] > 0]
    in_favour = [reason for reason in ordered if reason["points"] < 0]
    return against[:MOST_AGAINST] + in_favour[:MOST_IN_FAVOUR]


def _derived(params: Mapping[str, Any]) -> dict[str, Any]:
    """Add what tells one sentence of a code from another."""
    found = {key: value for key, value in params.items() if value is not None}
    days = found.get("d")
    tells = {
        "all": found.get("p") == 0 and "q" in found,
        "on_time": isinstance(days, int | float) and days <= 0,
        "by_us": found.get("author") == LeadFact.Value.US,
        "mandate": found.get("stance") == LeadFact.Value.MANDATE,
        "none": any(found.get(share) == 0 for share in SHARES),
        "with_our_criteria": found.get("how") == "WITH_OUR_CRITERIA",
    }
    if "author" in found and found.get("n") == 0:
        del found["n"]
    if found.get("h") == 0:  # nobody wrote down the hours on the road
        del found["h"]
    return found | {key: True for key, holds in tells.items() if holds}


def _word(key: str, value: Any) -> Any:
    if key in LABELS:
        codes = value if isinstance(value, list) else [value]
        return pgettext("between two words", ", ").join(
            str(LABELS[key].get(code, code)) for code in codes
        )
    if key in AMOUNTS:
        return _money(value)
    if key == "date":
        return wording.dated(date.fromisoformat(value))
    if isinstance(value, float):
        return number_format(value, decimal_pos=1)
    return value


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _money(value: float) -> str:
    """Return an amount in the vendor's currency: ¥186k, or 18.6 万 for a Chinese reader."""
    if value < 0:
        return f"−{_money(-value)}"
    if _is_chinese():
        return f"{value / 10_000:,.3g} 万" if value >= 10_000 else f"{value:,.0f} 元"
    return f"¥{value / 1_000:,.0f}k" if value >= 10_000 else f"¥{value:,.0f}"
