"""The good news of a digest: steps that cost the client something."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from crm.models import (
    Assessment,
    BudgetStage,
    Interaction,
    Outcome,
    PaidStepOffer,
    Target,
    User,
)
from crm.models.lead import opens_leads_of
from crm.selectors import leads_at
from crm.selectors.digest_parts import News, Score
from crm.selectors.digest_readers import Span, leads_of

MOST_NEWS = 2


def moved(readers: Sequence[User], span: Span) -> dict[int, list[Any]]:
    """Return for each reader the leads whose client took a costly step, orders first."""
    rows = list(_moved(readers, span))
    return {user.pk: list(islice(_of(rows, user), MOST_NEWS)) for user in readers}


def told(lead: Any, scores: Mapping[int, Assessment]) -> News:
    """Return what is told of a lead."""
    return News(
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


def _of(rows: Iterable[Any], user: User) -> Iterable[Any]:
    return (
        lead
        for lead in rows
        if opens_leads_of(
            user,
            owner_id=lead.owner_id,
            team_id=lead.owner.team_id if lead.owner else None,
        )
    )


def _moved(readers: Sequence[User], span: Span) -> QuerySet[Any]:
    """Return the leads whose client took a costly step, orders first."""
    as_of, before = span.as_of, span.before
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
    leads = leads_of(readers).filter(recorded_at__lte=as_of, archived_at=None)
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
            approved=_first_since(approved, span),
            joined=_first_since(joined, span),
            step_then=_next_step(met, span),
            order_id=leads_at.latest_id(Target.NO_ORDER, as_of),
            before_id=leads_at.latest_id(Target.NO_ORDER, before),
        )
        .filter(Q(won=True) | Q(accepted=True) | Q(approved=True))
        .filter(Q(won=True) | Q(closed_at=None) | Q(closed_at__gt=as_of))
        .select_related("account", "owner")
        .order_by("-won", "-accepted", "-approved", "-joined", "pk")
    )


def _first_since(rows: QuerySet[Interaction], span: Span) -> Any:
    """Say whether something was seen since the mail before, and never up to it."""
    return Exists(rows.filter(happened_at__gt=span.before)) & ~Exists(
        rows.filter(happened_at__lte=span.before)
    )


def _next_step(met: QuerySet[Interaction], span: Span) -> Subquery:
    """Return the date of the next step that is still ahead."""
    latest = met.filter(next_step_date__gte=span.day).order_by("-happened_at", "-pk")
    return Subquery(latest.values("next_step_date")[:1])
