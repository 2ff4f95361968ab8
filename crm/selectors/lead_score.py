"""What a lead's stored scores say, ready to be shown: verdict, reasons, late-payment risk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from crm import reason_texts
from crm.models import Assessment, Lead, Target, Verdict
from crm.selectors.lead_events import Event

LOW_BELOW, WATCH_BELOW = 1 / 3, 2 / 3  # of the usual rate
FULL_SCALE, SCALE_STEP = 2.2, 10  # the track runs to about twice the usual rate
# Where rows of a kind are shown: in the timeline, with the terms, on the account's page.
PLACES = {
    **dict.fromkeys("IDFOBS", "timeline"),
    **dict.fromkeys("TM", "terms"),
    **dict.fromkeys("PV", "account"),
}
OF_OTHER_LEADS = frozenset({"F05", "F28", "R01", "R13"})
MOST_LINKED = 40


@dataclass(frozen=True)
class Reason:
    """One reason with its points and the rows of this lead that stand behind it."""

    code: str
    points: float
    text: str
    rows: Sequence[str]
    was: float | None = None
    objections: Sequence[Event] = ()

    @property
    def place(self) -> str:
        """Return where its rows are shown: timeline, terms, account, or nowhere."""
        if not self.rows:
            return ""
        if self.code in OF_OTHER_LEADS:
            return "account"
        return PLACES.get(self.rows[0][0], "timeline")

    @property
    def linked_rows(self) -> str:
        """Return its rows as an address carries them."""
        return ",".join(self.rows[:MOST_LINKED])


@dataclass(frozen=True)
class Score:
    """The chance of an order of a lead, or its late-payment risk, at a moment."""

    stored: Assessment
    chance: float | None
    low: float | None
    high: float | None
    usual: float
    lowers: Sequence[Reason]
    raises: Sequence[Reason]
    smaller_count: int
    smaller_points: float

    def with_objections(self, events: Sequence[Event]) -> "Score":
        """Return the score with who disagreed with each of its reasons."""
        said = [event for event in events if event.kind == "CONTEST"]

        def told(reasons: Sequence[Reason]) -> list[Reason]:
            return [
                replace(each, objections=[event for event in said if event.code == each.code])
                for each in reasons
            ]

        return replace(self, lowers=told(self.lowers), raises=told(self.raises))

    @property
    def is_judged(self) -> bool:
        """Say whether enough is known for a verdict."""
        return self.chance is not None and self.stored.verdict != Verdict.UNKNOWN

    @property
    def is_too_wide(self) -> bool:
        """Say whether the interval is too wide for a single figure."""
        return self.stored.is_too_wide

    @property
    def scale_end(self) -> float:
        """Return where the track ends: about twice the usual rate, in tens of per cent."""
        tens = -(-self.usual * FULL_SCALE * 100 // SCALE_STEP)
        return min(1.0, max(1.0, tens) * SCALE_STEP / 100)

    @property
    def low_limit(self) -> float:
        """Return the chance below which the intent is low."""
        return self.usual * LOW_BELOW

    @property
    def watch_limit(self) -> float:
        """Return the chance below which a lead is watched."""
        return self.usual * WATCH_BELOW


def scores(lead: Lead, moment: datetime) -> tuple[Score | None, Score | None, Score | None]:
    """Return the chance of an order, the one before it and the late-payment risk at a moment."""
    then = Assessment.objects.filter(lead=lead, as_of__lte=moment).order_by("-as_of", "-pk")
    found = Assessment.objects.filter(
        Q(pk__in=then.filter(target=Target.NO_ORDER).values("pk")[:2])
        | Q(pk__in=then.filter(target=Target.LATE_PAYMENT).values("pk")[:1])
    ).order_by("-as_of", "-pk")
    orders = [row for row in found if row.target == Target.NO_ORDER]
    late = [row for row in found if row.target == Target.LATE_PAYMENT]
    return (
        order_score(orders[0]) if orders else None,
        order_score(orders[1]) if len(orders) > 1 else None,
        late_score(late[0]) if late else None,
    )


def order_score(stored: Assessment) -> Score:
    """Return the chance of an order: the other end of the stored chance of none."""
    known = stored.probability is not None
    return _score(
        stored,
        chance=1 - stored.probability if stored.probability is not None else None,
        low=1 - stored.high if known and stored.high is not None else None,
        high=1 - stored.low if known and stored.low is not None else None,
        usual=1 - stored.base_rate,
    )


def late_score(stored: Assessment) -> Score:
    """Return the risk of a late payment as it is stored."""
    return _score(
        stored,
        chance=stored.probability,
        low=stored.low,
        high=stored.high,
        usual=stored.base_rate,
    )


def _score(stored: Assessment, **figures: Any) -> Score:
    leading = reason_texts.leading(stored.reasons)
    rest = [reason for reason in stored.reasons if reason not in leading]
    shown = [said(reason) for reason in leading]
    return Score(
        stored=stored,
        lowers=[reason for reason in shown if reason.points > 0],
        raises=[reason for reason in shown if reason.points < 0],
        smaller_count=len(rest),
        smaller_points=sum(reason["points"] for reason in rest),
        **figures,
    )


def said(reason: Mapping[str, Any], was: float | None = None) -> Reason:
    """Return a stored reason with its sentence."""
    return Reason(
        code=reason["code"],
        points=reason["points"],
        text=reason_texts.text(reason),
        rows=reason["rows"],
        was=was,
    )


def _gone(reason: Mapping[str, Any]) -> Reason:
    """Return a reason that no longer holds, with the points that it had."""
    words = _("No longer so: %(reason)s") % {"reason": reason_texts.text(reason)}
    return Reason(reason["code"], 0.0, words, (), was=reason["points"])


def row_points(*scores: Score | None) -> dict[str, float]:
    """Return what each row is worth: its even share of the points of its reasons."""
    worth: dict[str, float] = {}
    for score in scores:
        for reason in score.stored.reasons if score else ():
            rows = set(reason["rows"])
            for row in rows:
                worth[row] = worth.get(row, 0.0) + reason["points"] / len(rows)
    return worth


def reason_of(code: str, *scores: Score | None) -> tuple[Reason, Score] | None:
    """Return the reason of a code with the score that it stands in."""
    for score in scores:
        for each in score.stored.reasons if score else ():
            if score and each["code"] == code:
                return said(each), score
    return None


def _stands(was: Mapping[str, Any] | None, now: Mapping[str, Any]) -> bool:
    return was is not None and (was["params"], was["rows"]) == (now["params"], now["rows"])


def changed(before: Assessment | None, after: Assessment) -> list[Reason]:
    """Return the reasons whose points moved between two scores, with the points they had.

    A reason that still says the same of the same rows has not changed: at the limit of the sum
    all points are scaled, and a talk moves none of them by that.
    """
    old = {reason["code"]: reason for reason in before.reasons} if before else {}
    new = {reason["code"]: reason for reason in after.reasons}
    moved = []
    for code in [*new, *(code for code in old if code not in new)]:
        was = old[code]["points"] if code in old else 0.0
        reason = new.get(code)
        if reason and (_stands(old.get(code), reason) or round(reason["points"]) == round(was)):
            continue
        if reason:
            moved.append(said(reason, was=was))
        elif round(was):
            moved.append(_gone(old[code]))
    return sorted(moved, key=lambda reason: -abs(reason.points - (reason.was or 0.0)))
