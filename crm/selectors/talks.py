"""What the form that logs a talk offers, and what the talk changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from crm.models import Assessment, Contact, Interaction, Lead, Target, User
from crm.models.lead import LeadQuerySet
from crm.selectors import lead_page
from crm.selectors.lead_exposure import Exposure
from crm.selectors.lead_list import searched
from crm.selectors.lead_score import Reason, Score, changed, order_score

MOST_PEOPLE, LAST_USED, MOST_CHOICES = 12, 3, 30


@dataclass(frozen=True)
class Answer:
    """The scores around a logged talk, and what it did to the hours."""

    lead: Lead
    is_scored: bool
    before: Score | None
    after: Score | None
    changed: Sequence[Reason]
    exposure: Exposure

    @property
    def talks_missing(self) -> int:
        """Return how many talks are missing for a verdict."""
        return max(0, 3 - self.lead.interaction_count)


def last_used(leads: LeadQuerySet, user: User) -> Lead | None:
    """Return the lead of the talk that a person logged last."""
    latest = Interaction.objects.filter(author=user, lead__in=leads).order_by("-recorded_at", "-pk")
    last = latest.values_list("lead", flat=True).first()
    return leads.select_related("account").filter(pk=last).first() if last else None


def choices(leads: LeadQuerySet, user: User, *, words: str) -> list[Any]:
    """Return the leads to choose from, those of the last talks first."""
    if words.strip():
        leads = searched(leads, words)
    mine = Interaction.objects.filter(lead=OuterRef("pk"), author=user).order_by()
    touched = mine.values("lead").annotate(at=Max("recorded_at")).values("at")
    return list(
        leads.select_related("account")
        .annotate(touched_at=Subquery(touched))
        .order_by(F("touched_at").desc(nulls_last=True), "-opened_at", "-pk")[:MOST_CHOICES]
    )


def people_of(lead: Lead) -> list[Contact]:
    """Return the people of the account who may have been there, the usual ones first."""
    joined: Any = Interaction.attendees.through.objects.filter(
        contact=OuterRef("pk"), interaction__lead=lead.pk, interaction__archived_at=None
    )
    counted = joined.order_by().values("contact").annotate(n=Count("pk")).values("n")
    known = Contact.objects.current().filter(account=lead.account_id)
    return list(
        known.annotate(talks=Coalesce(Subquery(counted), 0)).order_by(
            "-talks", F("seniority").desc(nulls_last=True), "name", "pk"
        )[:MOST_PEOPLE]
    )


def answer(interaction: Interaction, user: User) -> Answer:
    """Return what the scores said before a talk and what they say with it."""
    logged_at = interaction.recorded_at
    lead: Any = lead_page.lead_of(user, interaction.lead_id, logged_at).get()
    scores = Assessment.objects.filter(lead=lead, target=Target.NO_ORDER)
    latest = list(
        scores.filter(
            Q(pk__in=scores.filter(as_of__lt=logged_at).order_by("-as_of", "-pk").values("pk")[:1])
            | Q(pk__in=scores.order_by("-as_of", "-pk").values("pk")[:1])
        ).order_by("as_of", "pk")
    )
    before = next((score for score in latest if score.as_of < logged_at), None)
    after = latest[-1] if latest and latest[-1].as_of >= logged_at else None
    # A score that says nothing new is not stored again: then the lead alone carries its date.
    is_scored = after is not None or (
        lead.assessment_due_at is None
        and lead.scored_at is not None
        and lead.scored_at >= logged_at
    )
    now_said = after or (before if is_scored else None)
    return Answer(
        lead=lead,
        is_scored=is_scored,
        before=order_score(before) if before else None,
        after=order_score(now_said) if now_said else None,
        changed=changed(before, after) if after else [],
        exposure=lead_page.exposure_of(
            lead, 1 - now_said.probability if now_said and now_said.probability else None
        ),
    )
