"""The same reasons as `reason_texts`, in the few words that a line of a mail has room for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from crm import formats
from crm.reason_texts import LABELS

# Code, params it needs (a value after "=" must match), words. The first that fits is said.
Line = tuple[str, tuple[str, ...], str | Promise]
LINES: Sequence[Line] = (
    ("F01", ("ask",), _("first asked for %(ask)s")),
    ("F02", ("value",), _("large first project (%(value)s)")),
    ("F03", (), _("no contact before the notice")),
    ("F06", ("n",), _("budget unknown after %(n)s talks")),
    ("F07", ("stage=NO_BUDGET",), _("no budget")),
    ("F07", ("stage=PILOT_WITHOUT_BUDGET",), _("pilot without budget")),
    ("F07", ("stage=PLANNED",), _("budget only planned")),
    ("F08", ("n",), _("budget holder absent %(n)s times")),
    (
        "F09",
        ("d",),
        ngettext_lazy("contacts %(d)s level lower", "contacts %(d)s levels lower", "d"),
    ),
    ("F10", ("n",), _("%(nth)s solution request, unpaid")),
    ("F11", ("g", "c"), _("%(g)s items given, %(c)s received")),
    (
        "F12",
        ("k",),
        ngettext_lazy(
            "%(k)s trip without dated next step", "%(k)s trips without dated next step", "k"
        ),
    ),
    ("F13", ("p", "q"), _("%(p)s of %(q)s talks without next step")),
    ("F14", ("d2",), _("replies now take %(d2)s days")),
    ("F15", ("d",), _("silent %(d)s working days since hand-over")),
    ("F16", ("d",), _("client silent %(d)s days")),
    ("F17", ("n",), _("%(n)s process steps, budget unmoved")),
    ("F18", (), _("asked us to write its text")),
    ("F19", ("author=US",), _("requirements written by us")),
    ("F19", ("n",), _("requirements changed %(n)s times")),
    ("F20", ("dept",), _("only %(dept)s takes part")),
    ("F21", ("n",), _("one contact after %(n)s talks")),
    ("F22", ("n",), _("%(n)s rivals, budget unknown")),
    ("F22", ("incumbent",), _("incumbent in place")),
    ("F23", ("d",), _("%(d)s days’ notice")),
    ("F23", ("mismatch",), _("specification does not fit us")),
    ("F23", ("unanswered",), _("tender questions unanswered")),
    ("F24", ("answer=REFUSED",), _("paid step refused")),
    ("F24", ("answer=NO_ANSWER",), _("paid step unanswered")),
    ("F25", (), _("price asked before requirements")),
    ("F26", (), _("own AI team")),
    ("F27", ("stance=VETO",), _("a leader is against it")),
    ("F27", ("stance=WATCHING",), _("leaders wait and see")),
    ("F28", ("b",), _("%(b)s earlier leads without purchase")),
    ("F29", ("n",), _("no date forces a decision")),
    ("R02", ("p",), _("%(p)s%% prepaid")),
    ("R03", ("p",), _("%(p)s%% retained")),
    ("R04", ("d",), _("%(d)s-day payment term")),
    ("R05", (), _("back-to-back clause")),
    ("R06", (), _("audit-based acceptance")),
    ("R07", (), _("acceptance not written down")),
    ("R08", ("h",), _("%(h)s on-site days before payment")),
    ("R09", ("y",), _("cash falls to %(y)s")),
    ("R09", ("x",), _("we front %(x)s")),
    ("R10", (), _("work started, unsigned")),
    ("R11", (), _("paid by bill")),
    ("R12", (), _("through an integrator")),
    ("R13", ("open",), _("owes an invoice %(open)s days overdue")),
    ("R13", ("d",), _("paid %(d)s days late before")),
    ("R14", ("d",), _("acceptance slipped %(d)s days")),
    ("R15", ("disputed",), _("invoice disputed")),
    ("R15", ("d",), _("invoiced %(d)s days after acceptance")),
)
MONEY = frozenset({"value", "x", "y"})


def short(reason: Mapping[str, Any]) -> str:
    """Return the fact behind a reason in a few words; nothing where there is no short form."""
    params = {key: value for key, value in reason["params"].items() if value is not None}
    for code, needed, words in LINES:
        if code == reason["code"] and all(_holds(need, params) for need in needed):
            return str(words % _said(params))
    return ""


def against(reasons: Sequence[Mapping[str, Any]], *, most: int) -> list[str]:
    """Return the heaviest facts that speak for the bad end, in a few words each."""
    ordered = sorted(reasons, key=lambda reason: -reason["points"])
    said = (short(reason) for reason in ordered if reason["points"] > 0)
    return [fact for fact in said if fact][:most]


def _holds(need: str, params: Mapping[str, Any]) -> bool:
    key, _equals, wanted = need.partition("=")
    return key in params and (not wanted or params[key] == wanted)


def _said(params: Mapping[str, Any]) -> dict[str, Any]:
    said = {key: _word(key, value) for key, value in params.items()}
    if isinstance(params.get("n"), int | float):
        said["nth"] = formats.ordinal(int(params["n"]))
    return said


def _word(key: str, value: Any) -> Any:
    if key in MONEY:
        return formats.money(value)
    if key in LABELS and isinstance(value, str):
        return LABELS[key].get(value, value)
    if isinstance(value, float):
        return formats.plain(value, 1)
    return value
