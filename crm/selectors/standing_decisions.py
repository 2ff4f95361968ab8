"""What was decided about leads: the history with what was shown then, and what stands now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from crm import reason_texts, rules
from crm.models import Decision, Lead, Mark, PaidStepOffer, User, Verdict
from crm.models.assessment import UNDO_FOR
from crm.models.lead import LeadQuerySet

MOST_SHOWN, MOST_OFFERS, MOST_LINES = 40, 10, 5
ALARMING = (Verdict.LOW, Verdict.WATCH)


@dataclass(frozen=True)
class Taken:
    """One decision as it was taken, with the score and the reasons that were shown then."""

    decision: Decision
    is_taken_back: bool
    may_take_back: bool

    @property
    def order(self) -> Mapping[str, Any]:
        """Return the score of the intent as it was shown."""
        found: Mapping[str, Any] = self.decision.shown.get("order") or {}
        return found

    @property
    def late(self) -> Mapping[str, Any]:
        """Return the score of the payment as it was shown."""
        found: Mapping[str, Any] = self.decision.shown.get("late") or {}
        return found

    @property
    def chance(self) -> float | None:
        """Return the chance of an order then."""
        against = self.order.get("probability")
        return None if against is None else 1 - against

    @property
    def usual(self) -> float | None:
        """Return the usual rate then."""
        against = self.order.get("base_rate")
        return None if against is None else 1 - against

    @property
    def verdict(self) -> str:
        """Return the verdict then."""
        return str(self.order.get("verdict", Verdict.UNKNOWN))

    @property
    def is_too_wide(self) -> bool:
        """Say whether the interval was too wide for a single figure."""
        return rules.is_too_wide(self.order.get("low"), self.order.get("high"))

    @property
    def reasons(self) -> Sequence[str]:
        """Return the reasons that were shown, in the reader's words."""
        shown = [*self.order.get("reasons", ()), *self.late.get("reasons", ())]
        return [reason_texts.text(reason) for reason in reason_texts.leading(shown)]

    @property
    def cap_hours(self) -> str:
        """Return the cap on hours that a review set."""
        return str(self.decision.shown.get("after", {}).get("cap_hours") or "")


@dataclass(frozen=True)
class Offered:
    """A paid step that we offered, and what is known of its answer."""

    offer: PaidStepOffer
    answer: str
    days: int
    may_take_back: bool

    @property
    def is_overdue(self) -> bool:
        """Say whether the client has been silent so long that scores count it as an answer."""
        return not self.answer and self.days >= rules.ANSWER_WITHIN_DAYS

    @property
    def due_date(self) -> date:
        """Return the day by which an answer is due."""
        offered = timezone.localdate(self.offer.happened_at)
        return offered + timedelta(days=rules.ANSWER_WITHIN_DAYS)


@dataclass(frozen=True)
class LeadDecisions:
    """What was decided about a lead and offered to its client, by a moment."""

    taken: Sequence[Taken]
    offers: Sequence[Offered]
    standing: Taken | None

    @property
    def waiting(self) -> Sequence[Offered]:
        """Return the offers that nobody has answered."""
        return [each for each in self.offers if not each.answer]


def of_lead(
    lead: Lead,
    *,
    user: User,
    moment: datetime,
    today: date,
    offers: Sequence[PaidStepOffer] | None = None,
) -> LeadDecisions:
    """Return the decisions and offers of a lead; accountants read none.

    Two queries, or one for a page that has read the `offers` already.
    """
    if user.role == User.Role.ACCOUNTANT:
        return LeadDecisions((), (), None)
    rows = list(
        Decision.objects.filter(lead=lead)
        .known_at(moment)
        .select_related("decided_by")
        .order_by("-happened_at", "-pk")[:MOST_SHOWN]
    )
    gone = {row.takes_back for row in rows}
    taken = [
        Taken(
            decision=row,
            is_taken_back=row.ledger_id in gone,
            may_take_back=row.ledger_id not in gone and row.may_be_taken_back(by=user, now=moment),
        )
        for row in rows
        if row.kind != Decision.Kind.TAKE_BACK
    ]
    return LeadDecisions(taken, _offers(lead, moment, offers), _standing(lead, taken, today))


def _standing(lead: Lead, taken: Sequence[Taken], today: date) -> Taken | None:
    """Return the answer that lets the lead rest now."""
    for each in taken:
        if each.is_taken_back or not each.decision.is_answer:
            continue
        until = each.decision.review_date
        fell = rules.is_asked_again(
            below=each.decision.shown.get("asked_again_below"), chance_now=lead.order_chance
        )
        return each if until and until > today and not fell else None
    return None


def _offers(lead: Lead, moment: datetime, read: Sequence[PaidStepOffer] | None) -> list[Offered]:
    rows = PaidStepOffer.objects.filter(lead=lead).known_at(moment)
    found = []
    for row in read if read is not None else rows.order_by("-happened_at", "-pk")[:MOST_OFFERS]:
        told_at = row.answer_recorded_at
        is_known = bool(told_at and max(told_at, row.answered_at or told_at) <= moment)
        found.append(
            Offered(
                offer=row,
                answer=row.answer if is_known else "",
                days=rules.days_between(row.happened_at, moment) or 0,
                may_take_back=bool(is_known and told_at and moment - told_at <= UNDO_FOR),
            )
        )
    return found


def lines(leads: LeadQuerySet, user: User, *, now: datetime, today: date) -> list[Taken]:
    """Return what a person decided within a day, then the risks that somebody took for a while."""
    every = Decision.objects.standing().answers().filter(archived_at=None, happened_at__lte=now)
    every = every.filter(lead__in=leads.open()).select_related("lead__account", "decided_by")
    fresh = every.filter(decided_by=user, recorded_at__gt=now - UNDO_FOR)
    found = list(fresh.order_by("-happened_at", "-pk")[:MOST_LINES])
    alarming = leads.filter(verdict__in=ALARMING) | leads.filter(payment_mark=Mark.HIGH)
    resting = alarming.answered_at(today).filter(rest_kind=Decision.Kind.ACCEPT_RISK)
    accepted = every.filter(
        kind=Decision.Kind.ACCEPT_RISK, lead__in=resting, review_date__gt=today
    ).exclude(pk__in=[row.pk for row in found])
    found += accepted.order_by("review_date", "pk")[:MOST_LINES]
    latest: dict[int, Decision] = {}
    for row in found:
        latest.setdefault(row.lead_id, row)
    return [Taken(row, False, row.may_be_taken_back(by=user, now=now)) for row in latest.values()]
