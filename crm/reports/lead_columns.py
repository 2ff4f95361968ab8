"""The columns of the lead list: its heads, its sets, and the same as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.reports.columns import Column, Kind


@dataclass(frozen=True)
class Head:
    """One column of the list on screen; `first` is the way a first click sorts."""

    name: str
    label: str | Promise
    css: str
    first: str | None = ""


HEADS: Mapping[str, Head] = {
    head.name: head
    for head in (
        Head("stage", _("Stage"), "c-stage"),
        Head("chance", _("Chance of an order"), "c-order"),
        Head("late", _("Late payment"), "c-late", "-"),
        Head("value", _("Est. value"), "c-value right", "-"),
        Head("hours", _("Unpaid h"), "c-hours right", "-"),
        Head("loss", _("Exp. loss"), "c-loss right", "-"),
        Head("quiet", _("Client quiet"), "c-quiet right"),
        Head("step", _("Next step"), "c-step"),
        Head("decide", _("Decide by"), "c-decide right"),
        Head("opened", _("Opened"), "c-opened right", "-"),
        Head("source", _("Source"), "c-source", None),
        Head("tags", _("Tags"), "c-tags", None),
    )
}
LEAD = Head("lead", _("Lead"), "c-lead")
USUAL = tuple(HEADS)[:9]
SETS: Sequence[tuple[str | Promise, Sequence[str]]] = (
    (pgettext_lazy("columns", "Chance and loss"), USUAL),
    (pgettext_lazy("columns", "Money"), ("stage", "late", "value", "hours", "loss", "decide")),
    (
        pgettext_lazy("columns", "Follow up"),
        ("stage", "chance", "quiet", "step", "decide", "opened", "source", "tags"),
    ),
)
# The same as a file: what stands on screen under one head may be several columns there.
OF_HEAD: Mapping[str, Sequence[Column]] = {
    "stage": (Column("stage_name", _("Stage"), width=13),),
    "chance": (
        Column("figure", _("Chance of an order"), Kind.SHARE, width=12),
        Column("usual", _("Usual rate"), Kind.SHARE, width=10),
        Column("verdict_name", _("Verdict"), width=12),
        Column("pattern_name", _("Pattern"), width=22),
    ),
    "late": (
        Column("late", _("Paid late"), Kind.SHARE, width=10),
        Column("mark_name", _("Late-payment mark"), width=12),
    ),
    "value": (
        Column("value", _("Estimated value"), Kind.MONEY, width=15),
        Column("currency", _("Currency"), width=9),
    ),
    "hours": (Column("hours", _("Unpaid hours"), Kind.HOURS, width=10),),
    "loss": (Column("loss", _("Expected loss"), Kind.MONEY, width=13),),
    "quiet": (Column("days_quiet", _("Client quiet, days"), Kind.COUNT, width=10),),
    "step": (
        Column("step", _("Next step"), width=24),
        Column("step_date", _("Date of the next step"), Kind.DAY, width=13),
    ),
    "decide": (Column("decide_by", _("Decide by"), Kind.DAY, width=13),),
    "opened": (Column("opened", _("Opened"), Kind.DAY, width=13),),
    "source": (Column("source_name", _("Source"), width=18),),
    "tags": (Column("tags", _("Tags"), width=24),),
}
FIRST = (Column("account", _("Account"), width=28), Column("title", _("Lead"), width=22))
OWNER = Column("owner_name", _("Owner"), width=14)
BEYOND = (
    Column("kind_name", _("Kind of organisation"), width=18),
    Column("city", _("City"), width=12),
    Column("deal_type_name", _("Deal type"), width=16),
    Column("use_case", _("Use case"), width=22),
    Column("first_ask_name", _("First ask"), width=18),
    Column("stated_purpose", _("Stated purpose"), width=24),
    Column("talks", _("Talks"), Kind.COUNT, width=8),
    Column("travel", _("Travel cost"), Kind.MONEY, width=12),
    Column("closed", _("Closed"), Kind.DAY, width=13),
    Column("outcome_name", _("Outcome"), width=18),
    Column("basis", _("How do we know?"), width=24),
    Column("lesson", _("What did we learn?"), width=24),
    Column("ledger_id", _("Ledger id"), width=34),
)


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns asked for, in the list's own order; the usual ones where none is."""
    return tuple(name for name in HEADS if name in names) or USUAL


def of_view(names: Sequence[str]) -> list[Column]:
    """Return what a file of this view holds."""
    return [*FIRST, *(column for name in names for column in OF_HEAD[name]), OWNER]


def of_all() -> list[Column]:
    """Return what a file of all fields holds."""
    return [*of_view(tuple(HEADS)), *BEYOND]
