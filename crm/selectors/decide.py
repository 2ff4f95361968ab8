"""Decisions that are due: flagged leads that nobody has answered, and what stands before them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from crm import answer_buttons, formats, rules, short_reasons
from crm.answer_buttons import Button
from crm.models import (
    Assessment,
    Bid,
    Decision,
    Flag,
    Lead,
    Mark,
    PaidStepOffer,
    Target,
    Verdict,
)
from crm.models.lead import LeadQuerySet

MOST_DECISIONS, FACTS_SAID = 8, 3
SOON = timedelta(days=7)
PLAY_RESTS = timedelta(days=14)  # how long a play that was chosen has to show something
ALARMING = (Verdict.LOW, Verdict.WATCH)
FLAGGED = Q(verdict__in=ALARMING) | Q(payment_mark=Mark.HIGH)


@dataclass(frozen=True)
class Shown:
    """The scores that stand before a person who decides."""

    order: Assessment | None
    late: Assessment | None

    @property
    def ids(self) -> list[int]:
        """Return their ids, which the decision keeps."""
        return [score.pk for score in (self.order, self.late) if score]

    @property
    def reasons(self) -> Sequence[Mapping[str, Any]]:
        """Return all their reasons."""
        return [reason for score in (self.order, self.late) if score for reason in score.reasons]

    @property
    def facts(self) -> str:
        """Return the heaviest facts in one sentence."""
        return " · ".join(short_reasons.against(self.reasons, most=FACTS_SAID))


@dataclass(frozen=True)
class Due:
    """One decision that somebody should take, and the answers that stand to choose."""

    lead: Lead
    until: date | None
    is_bid: bool
    facts: str
    seen: str
    buttons: Sequence[Button]


def flagged(leads: LeadQuerySet, *, today: date) -> LeadQuerySet:
    """Keep open leads with a flag that nobody has answered."""
    return leads.open().filter(FLAGGED).exclude(pk__in=leads.answered_at(today).values("pk"))


def due(leads: LeadQuerySet, *, today: date) -> list[Due]:
    """Return the most urgent decisions."""
    rows = _waiting(leads, today).select_related("account", "owner")
    return [_due(lead) for lead in _with_scores(rows)[:MOST_DECISIONS]]


def due_of(lead: Lead) -> Due:
    """Return the decision about one lead, whether it is due or not."""
    mine = Lead.objects.filter(pk=lead.pk).select_related("account", "owner")
    rows = mine.annotate(bid_until=_bid_until(date.min))
    return _due(_with_scores(rows)[0])


def hours_at_risk(due: Sequence[Due]) -> Decimal:
    """Return the unpaid hours of the leads of low intent among them."""
    low = (one.lead.unpaid_hours for one in due if one.lead.verdict == Verdict.LOW)
    return sum(low, Decimal(0))


def has_flags(leads: LeadQuerySet) -> bool:
    """Say whether a lead of low or doubtful intent is open."""
    return leads.open().filter(verdict__in=ALARMING).exists()


def sums(leads: LeadQuerySet, *, today: date) -> dict[str, Any]:
    """Return how many decisions are due, and the hours at risk in them."""
    rows = list(_waiting(leads, today).values_list("verdict", "unpaid_hours")[:MOST_DECISIONS])
    hours = sum((spent for verdict, spent in rows if verdict == Verdict.LOW), Decimal(0))
    return {"count": len(rows), "hours": hours}


def _waiting(leads: LeadQuerySet, today: date) -> Any:
    until = today + SOON
    waiting: Any = flagged(leads, today=today).annotate(bid_until=_bid_until(today))
    return waiting.filter(
        is_urgent(until=until)
        | Q(order_chance__lt=F("asked_again_below"))
        | Exists(_ignored(today))
    ).order_by(
        F("decide_by_date").asc(nulls_last=True),
        F("expected_loss_amount").desc(nulls_last=True),
        "pk",
    )


def is_urgent(*, until: date, verdict: str = "verdict", mark: str = "payment_mark") -> Q:
    """Return what makes a flag one to decide by a day; it may be named as it stood at a moment."""
    red = Q(**{verdict: Verdict.LOW}) | Q(**{mark: Mark.HIGH})
    return Q(decide_by_date__lte=until) | Q(bid_until__lte=until) | Q(red, decide_by_date=None)


def _ignored(today: date) -> QuerySet[Flag]:
    """Return the red flags that the Monday mail reminds of, however late the date to decide."""
    since = today - timedelta(days=rules.OWNER_REMINDED_DAY)
    red = Flag.objects.filter(lead=OuterRef("pk"), target=Target.NO_ORDER, level=Verdict.LOW)
    return red.filter(cleared_at=None, raised_at__date__lte=since)


def _bid_until(today: date) -> Subquery:
    bids = Bid.objects.filter(
        lead=OuterRef("pk"), choice="", result="", archived_at=None, deadline_date__gte=today
    )
    return Subquery(bids.order_by("deadline_date", "pk").values("deadline_date")[:1])


def _with_scores(leads: Any) -> Any:
    scores = Assessment.objects.filter(lead=OuterRef("pk")).order_by("-as_of", "-pk")
    order, late = (
        scores.filter(target=target) for target in (Target.NO_ORDER, Target.LATE_PAYMENT)
    )
    return leads.annotate(
        order_id=Subquery(order.values("pk")[:1]),
        order_reasons=Subquery(order.values("reasons")[:1]),
        late_id=Subquery(late.values("pk")[:1]),
        late_reasons=Subquery(late.values("reasons")[:1]),
    )


def _due(lead: Any) -> Due:
    until = min((day for day in (lead.decide_by_date, lead.bid_until) if day), default=None)
    is_of_intent = lead.verdict in ALARMING
    play = answer_buttons.suggested(
        verdict=lead.verdict,
        pattern=lead.pattern,
        order=lead.order_reasons or (),
        late=lead.late_reasons or (),
    )
    reasons = (lead.order_reasons if is_of_intent else lead.late_reasons) or ()
    return Due(
        lead=lead,
        until=until,
        is_bid=until is not None and until == lead.bid_until,
        facts=" · ".join(short_reasons.against(reasons, most=FACTS_SAID)),
        seen=",".join(str(pk) for pk in (lead.order_id, lead.late_id) if pk),
        buttons=answer_buttons.buttons(play, short=True),
    )


def shown(lead: Lead) -> Shown:
    """Return the latest scores of a lead."""
    (row,) = _with_scores(Lead.objects.filter(pk=lead.pk))
    found = Assessment.objects.defer("what_if").in_bulk({row.order_id, row.late_id} - {None})
    return Shown(found.get(row.order_id), found.get(row.late_id))


def waits_for_answer(lead: Lead) -> bool:
    """Say whether an offered paid step still waits for its answer."""
    return PaidStepOffer.objects.filter(lead=lead, answer="", archived_at=None).exists()


def words_of(decision: Decision) -> str:
    """Say what was decided until when."""
    said = {"what": decision.get_kind_display()}
    if decision.review_date is None:
        return _("Decided: %(what)s.") % said
    said["day"] = formats.day(decision.review_date)
    if decision.kind == Decision.Kind.PAUSE:
        return _("Paused until %(day)s.") % said
    return _("Decided: %(what)s. Next look on %(day)s.") % said
