"""The good news of a digest: steps that cost the client something."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from crm.models import BudgetStage, Interaction, Lead, Outcome, PaidStepOffer, Target, User
from crm.selectors import leads_at
from crm.selectors.digest_decisions import scores_of
from crm.selectors.digest_parts import News, Score

MOST_NEWS = 2


def news(user: User, *, as_of: datetime, day: date, before: datetime) -> Sequence[News]:
    """Return the clients that took a costly step since a moment, orders first."""
    rows: list[Any] = list(_moved(user, as_of=as_of, day=day, before=before)[:MOST_NEWS])
    scores = scores_of(rows, "order_id", "before_id")
    return [
        News(
            lead_id=lead.pk,
            account=lead.account.name,
            won=lead.won,
            paid_step=lead.accepted,
            budget_approved=lead.approved,
            holder_joined=lead.joined,
            next_step_date=lead.step_then,
            order=None if lead.won else Score.of(scores.get(lead.order_id)),
            order_before=None if lead.won else Score.of(scores.get(lead.before_id)),
        )
        for lead in rows
    ]


def _moved(user: User, *, as_of: datetime, day: date, before: datetime) -> QuerySet[Any]:
    """Return the leads whose client took a costly step, orders first."""
    met = Interaction.objects.filter(lead=OuterRef("pk")).known_at(as_of)
    approved = met.filter(budget_stage=BudgetStage.APPROVED)
    joined = met.filter(budget_holder_present=True)
    accepted = PaidStepOffer.objects.filter(
        lead=OuterRef("pk"),
        answer=PaidStepOffer.Answer.ACCEPTED,
        answered_at__gt=before,
        answered_at__lte=as_of,
        answer_recorded_at__lte=as_of,
        archived_at=None,
    )
    leads = Lead.objects.visible_to(user).filter(recorded_at__lte=as_of, archived_at=None)
    return (
        leads.filter(Q(closed_at=None) | Q(closed_at__gt=before))
        .annotate(
            won=Q(
                outcome=Outcome.WON,
                closed_at__gt=before,
                closed_at__lte=as_of,
                outcome_recorded_at__lte=as_of,
            ),
            accepted=Exists(accepted),
            approved=_first_since(approved, before),
            joined=_first_since(joined, before),
            step_then=_next_step(met, day),
            order_id=leads_at.latest_id(Target.NO_ORDER, as_of),
            before_id=leads_at.latest_id(Target.NO_ORDER, before),
        )
        .filter(Q(won=True) | Q(accepted=True) | Q(approved=True))
        .filter(Q(won=True) | Q(closed_at=None) | Q(closed_at__gt=as_of))
        .select_related("account")
        .order_by("-won", "-accepted", "-approved", "-joined", "pk")
    )


def _first_since(rows: QuerySet[Interaction], before: datetime) -> Any:
    """Say whether something was seen since a moment, and never up to it."""
    return Exists(rows.filter(happened_at__gt=before)) & ~Exists(
        rows.filter(happened_at__lte=before)
    )


def _next_step(met: QuerySet[Interaction], day: date) -> Subquery:
    """Return the date of the next step that is still ahead."""
    latest = met.filter(next_step_date__gte=day).order_by("-happened_at", "-pk")
    return Subquery(latest.values("next_step_date")[:1])
