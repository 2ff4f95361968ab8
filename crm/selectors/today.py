"""What a person has to do today: decisions due, the next days, money, what changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from crm import formats, reason_texts, short_reasons
from crm.models import (
    Assessment,
    Bid,
    Invoice,
    Lead,
    Mark,
    Target,
    User,
    Verdict,
)
from crm.models.lead import LeadQuerySet
from crm.selectors import leads_at
from crm.selectors.plans import Ahead

MOST_DATES, MOST_INVOICES, MOST_CHANGES, MOST_BIDS = 12, 8, 8, 40
MOST_LATE = 3
SOON = timedelta(days=7)
STEP_IS_NEWS = timedelta(days=9)  # as long as a mail of the day reminds of it
FACTS_SAID, RAISERS_SAID = 3, 2
ALARMING = (Verdict.LOW, Verdict.WATCH)


@dataclass(frozen=True)
class Dated:
    """Something on one of the next days."""

    day: date
    kind: str
    lead: Lead | None
    name: str
    words: str
    invoice: Invoice | None = None
    ahead: Ahead | None = None
    bid: Bid | None = None


@dataclass(frozen=True)
class Money:
    """Invoices of one group with what is still to come in, by currency."""

    invoices: Sequence[Invoice]
    count: int
    amounts: Mapping[str, Decimal]

    @property
    def more(self) -> int:
        """Return how many are not shown."""
        return self.count - len(self.invoices)


@dataclass(frozen=True)
class Change:
    """A score that moved since the last visit."""

    lead: Lead
    target: str
    before: Assessment | None
    after: Assessment
    facts: str

    @property
    def usual(self) -> float:
        """Return the usual rate of orders when the score was made."""
        return 1 - self.after.base_rate

    @property
    def is_too_wide(self) -> bool:
        """Say whether one of the two is too wide for a single figure."""
        was = self.before is not None and self.before.is_too_wide
        return self.target == Target.NO_ORDER and (was or self.after.is_too_wide)

    @property
    def rose(self) -> bool:
        """Say whether the chance of an order rose."""
        was = self.before.probability if self.before else None
        now = self.after.probability
        return was is not None and now is not None and now < was


def said(reasons: Sequence[Any]) -> str:
    """Return the heaviest facts in one sentence."""
    facts = short_reasons.against(reasons, most=FACTS_SAID)
    return " · ".join(facts)


def raisers(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Return the heaviest signals that speak for an order, in one sentence.

    Habits in per cent and the kind of account (context only) explain no change.
    """
    signals = [one for one in reasons if one["code"].startswith("F") and one["code"] != "F05"]
    ordered = sorted(signals, key=lambda reason: reason["points"])[:RAISERS_SAID]
    facts = [reason_texts.text(reason) for reason in ordered if round(reason["points"]) < 0]
    return " · ".join(fact.rstrip(".。") for fact in facts)


def next_days(
    user: User,
    leads: LeadQuerySet,
    *,
    today: date,
    due: Sequence[Invoice],
    meetings: Sequence[Ahead] = (),
) -> list[Dated]:
    """Return meetings, dated next steps, bids, deposits and invoices due within a week.

    Meetings and next steps whose day went by stand first: somebody should say whether they took
    place. A next step on the day of a meeting is that meeting.
    """
    until = today + SOON
    met = {(one.plan.lead_id, one.plan.meeting_date) for one in meetings}
    found = [
        Dated(
            one.plan.meeting_date, "MEETING", one.plan.lead, str(one.plan.lead.account), "",
            ahead=one,
        )
        for one in meetings
    ]  # fmt: skip
    if user.role != User.Role.ACCOUNTANT:  # they are sales notes, as bids are
        found += [
            step
            for step in _of_steps(leads, today=today, until=until)
            if (step.lead and step.lead.pk, step.day) not in met
        ]
    found += _of_bids(user, today=today, until=until)
    found += [
        Dated(bill.due_date, "INVOICE", bill.lead, bill.account.name, bill.milestone_label, bill)
        for bill in due
        if bill.due_date <= until
    ]
    return sorted(found, key=lambda one: (one.day, one.kind, one.name))[:MOST_DATES]


def _of_steps(leads: LeadQuerySet, *, today: date, until: date) -> list[Dated]:
    """Return the next steps by a day, and those that were due lately."""
    soon = Q(next_step_date__gte=today, next_step_date__lte=until)
    steps = leads.open().filter(soon | Q(pk__in=_late(leads, today))).select_related("account")
    return [
        Dated(day, "STEP" if day >= today else "LATE_STEP", lead, lead.account.name, lead.next_step)
        for lead in steps.order_by("next_step_date", "pk")[:MOST_DATES]
        if (day := lead.next_step_date)
    ]


def _late(leads: LeadQuerySet, today: date) -> QuerySet[Lead, Any]:
    """Return the leads whose next step was due lately and that no later talk has overtaken."""
    awake = leads.open().awake_at(today)
    late = awake.filter(next_step_date__gte=today - STEP_IS_NEWS, next_step_date__lt=today)
    return late.order_by("-next_step_date", "pk").values("pk")[:MOST_LATE]


def _of_bids(user: User, *, today: date, until: date) -> list[Dated]:
    """Return the deadlines of open bids, and the deposits that should be back by a day."""
    closes = Q(deadline_date__gte=today, deadline_date__lte=until, result="")
    out = Q(deposit_paid_date__isnull=False, deposit_back_date=None, deposit_due_date__lte=until)
    bids = Bid.objects.visible_to(user).current().filter(closes | out, lead__archived_at=None)
    found = []
    for bid in bids.select_related("lead__account").order_by("deadline_date", "pk")[:MOST_BIDS]:
        name = bid.lead.account.name
        if bid.deadline_date and today <= bid.deadline_date <= until and not bid.result:
            found.append(Dated(bid.deadline_date, "BID", bid.lead, name, bid.choice, bid=bid))
        is_out = bid.deposit_paid_date and not bid.deposit_back_date
        if is_out and bid.deposit_due_date and bid.deposit_due_date <= until:
            found.append(Dated(bid.deposit_due_date, "DEPOSIT", bid.lead, name, "", bid=bid))
    return found


def money(user: User, *, today: date) -> tuple[Money, Money]:
    """Return what is overdue, the oldest first, and what falls due within a week."""
    unpaid = Invoice.objects.visible_to(user).unpaid().select_related("account", "lead")
    late = unpaid.filter(due_date__lt=today)
    soon = unpaid.filter(due_date__gte=today, due_date__lte=today + SOON)
    return _money(late), _money(soon)


def _money(invoices: QuerySet[Invoice]) -> Money:
    shown = list(invoices.order_by("due_date", "pk")[:MOST_INVOICES])
    if not shown:
        return Money((), 0, {})
    every: Any = invoices.order_by("currency").values("currency")
    rows = list(every.annotate(n=Count("pk"), open=Sum(F("amount") - F("paid_amount"))))
    return Money(
        shown, sum(row["n"] for row in rows), {row["currency"]: row["open"] for row in rows}
    )


def changes(leads: LeadQuerySet, *, since: datetime) -> list[Change]:
    """Return the scores that moved since a moment, the latest of each lead, the newest first."""
    fresh = (
        Assessment.objects.filter(lead__in=leads.open(), as_of__gt=since)
        .defer("what_if")
        .select_related("lead__account")
        .order_by("-as_of", "-pk")[: MOST_CHANGES * 4]
    )
    latest: dict[tuple[int, str], Assessment] = {}
    for score in fresh:
        latest.setdefault((score.lead_id, score.target), score)
    old = _scores_at({score.lead_id for score in latest.values()}, since)
    found = [_change(score, old.get(key)) for key, score in latest.items()]
    return [change for change in found if change][:MOST_CHANGES]


def _scores_at(lead_ids: Iterable[int], moment: datetime) -> dict[tuple[int, str], Assessment]:
    """Return the scores that stood at a moment, however many there were before."""
    ids = Lead.objects.filter(pk__in=lead_ids).values_list(
        *(leads_at.latest_id(target, moment) for target in Target)
    )
    found = Assessment.objects.filter(pk__in={pk for row in ids for pk in row if pk})
    return {(score.lead_id, score.target): score for score in found.defer("what_if")}


def _change(after: Assessment, before: Assessment | None) -> Change | None:
    """Return what is worth saying: another per cent, or a first alarm."""
    if after.probability is None or after.verdict == Verdict.UNKNOWN == after.mark:
        return None
    was = before.probability if before else None
    if was is None and after.verdict not in ALARMING and after.mark != Mark.HIGH:
        return None
    if was is not None and formats.percent(was) == formats.percent(after.probability):
        return None
    if before and (before.is_too_wide or after.is_too_wide) and before.verdict == after.verdict:
        return None
    rose = was is not None and after.target == Target.NO_ORDER and after.probability < was
    # What speaks against an order does not explain why its chance rose.
    facts = raisers(after.reasons) if rose else said(after.reasons)
    return Change(after.lead, after.target, before, after, facts)
