"""A pasted payment clause, cut at its cues: what each may mean and what it would fill."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from crm import clause_cues, formats
from crm.clause_cues import Cue
from crm.models import PaymentTerms

TITLES: Mapping[str, str | Promise] = {
    "PAY_WHEN_PAID": gettext_lazy("Pay-when-paid"),
    "SETTLED_BY_AUDIT": gettext_lazy("Settled by an audit"),
    "INTERNAL_APPROVAL": gettext_lazy("Paid after the client’s own approval"),
    "SUBJECTIVE_ACCEPTANCE": gettext_lazy("Acceptance at the client’s discretion"),
    "KPI_ACCEPTANCE": gettext_lazy("Accuracy promised: on which test data?"),
    "TRIAL_RUN": gettext_lazy("Acceptance after a trial run"),
    "BILL": gettext_lazy("Paid by a bill or e-voucher"),
    "NO_ADVANCE": gettext_lazy("No prepayment"),
    "INVOICE_FIRST": gettext_lazy("Full invoice, and its VAT, before payment"),
    "ON_SITE": gettext_lazy("On-site work"),
    "VENDOR_FUNDED": gettext_lazy("We buy compute or hardware first"),
    "PERFORMANCE_BOND": gettext_lazy("Performance bond"),
    "UNLIMITED_CHANGES": gettext_lazy("Changes without limit"),
    "UNCAPPED_PENALTY": gettext_lazy("Penalty without a cap"),
    "FREE_TRIAL": gettext_lazy("Free trial before the contract"),
    "PREPAYMENT": gettext_lazy("Prepayment"),
    "RETENTION": gettext_lazy("Retention"),
    "TERM": gettext_lazy("Days to pay"),
    "DEEMED_ACCEPTANCE": gettext_lazy("Counts as accepted after some days"),
    "NO_DEEMED_ACCEPTANCE": gettext_lazy(
        "Acceptance without a last day: the clock may never start"
    ),
}
FINE = frozenset({"DEEMED_ACCEPTANCE", "PREPAYMENT", "TERM"})
IN_MILESTONES = frozenset({"prepay_percent", "retention_percent", "term_days"})
FACTS = {"INTERNAL_APPROVAL": {"needs_internal_approval": True}}


@dataclass(frozen=True)
class Found:
    """One cue with what it would fill; `blocked` where the milestones say it already."""

    place: int
    cue: Cue
    fills: Mapping[str, Any]
    blocked: bool

    @property
    def title(self) -> str:
        """Return what the cue may mean."""
        return str(TITLES[self.cue.code])

    @property
    def is_risk(self) -> bool:
        """Say whether it speaks against the terms."""
        return self.cue.code not in FINE

    @property
    def told(self) -> str:
        """Return what a tick would write down."""
        said = (f"{_label(name)}: {_value(name, value)}" for name, value in self.fills.items())
        return pgettext("between two facts", "; ").join(said)


def _label(name: str) -> str:
    return str(getattr(PaymentTerms._meta.get_field(name), "verbose_name", name))


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(pgettext("chip", "Yes") if value else pgettext("chip", "No"))
    return f"{formats.plain(value, 2)}%" if name.endswith("percent") else formats.plain(value)


def found(text: str, *, has_milestones: bool) -> list[Found]:
    """Return the cues of a text in their order."""
    return [
        Found(place, cue, fills, blocked=has_milestones and not IN_MILESTONES.isdisjoint(fills))
        for place, cue in enumerate(clause_cues.find(text), start=1)
        for fills in [dict(cue.fills) or FACTS.get(cue.code, {})]
    ]


def chosen(cues: Sequence[Found], places: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the facts of the ticked cues, and the names of facts that they say twice over."""
    facts: dict[str, Any] = {}
    doubtful: list[str] = []
    for one in cues:
        if str(one.place) not in places or one.blocked:
            continue
        for name, value in one.fills.items():
            if facts.setdefault(name, value) != value:
                doubtful.append(_label(name))
    return facts, list(dict.fromkeys(doubtful))


@dataclass(frozen=True)
class Piece:
    """A stretch of the text: plain, or with the numbers of the cues that stand there."""

    text: str
    places: Sequence[int]
    is_risk: bool = False


def pieces(text: str, cues: Sequence[Found]) -> Iterator[Piece]:
    """Yield the text cut where cues begin and end; together the pieces are the text."""
    ends = sorted({0, len(text), *(one.cue.start for one in cues), *(one.cue.end for one in cues)})
    for start, end in pairwise(ends):
        here = [one for one in cues if one.cue.start <= start and end <= one.cue.end]
        risky = any(one.is_risk for one in here)
        yield Piece(text[start:end], [one.place for one in here], risky)


NOTHING = pgettext_lazy(
    "pasted clause", "No cue found. That does not mean that the clause is fine."
)


def doubt(names: Sequence[str]) -> str:
    """Return what is asked when ticked cues contradict each other."""
    listed = pgettext("between two words", ", ").join(names)
    return _("Two ticked places say different things about: %(names)s. Keep one.") % {
        "names": listed
    }
