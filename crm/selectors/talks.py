"""What the form that logs a talk offers, and what the talk changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.models import (
    Assessment,
    BudgetStage,
    Contact,
    Interaction,
    Lead,
    LeadFact,
    PlannedMeeting,
    Target,
    User,
    Verdict,
)
from crm.models.lead import LeadQuerySet
from crm.selectors import lead_page
from crm.selectors.lead_exposure import Exposure
from crm.selectors.lead_score import Reason, Score, changed, order_score
from crm.selectors.lead_search import searched

MOST_PEOPLE, MOST_CHOICES, MOST_COLLEAGUES = 12, 30, 60
LOW_UNTIL = 0.4  # of the usual rate: so far a red lead stays red


@dataclass(frozen=True)
class Missing:
    """One fact that a talk left open: a question and the answers to it, one tap each."""

    fact: str
    question: str
    answers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """The scores around a logged talk, and what it did to the hours."""

    lead: Lead
    is_scored: bool
    before: Score | None
    after: Score | None
    changed: Sequence[Reason]
    exposure: Exposure
    missing: Missing | None

    @property
    def stays_low_until(self) -> float | None:
        """Return the chance from which a red lead that rose is red no longer."""
        before, after = self.before, self.after
        if not before or not after or before.stored.verdict != Verdict.LOW:
            return None
        if after.stored.verdict != Verdict.LOW or (after.chance or 0) <= (before.chance or 0):
            return None
        return after.usual * LOW_UNTIL

    @property
    def hours_left(self) -> Decimal | None:
        """Return the hours that are left of the cap, once it comes near."""
        cap = self.exposure.cap_hours
        if cap is None or not self.exposure.is_near_cap:
            return None
        left = cap - self.exposure.hours
        return left if left >= 0 else None

    @property
    def talks_missing(self) -> int:
        """Return how many talks are missing for a verdict."""
        return max(0, 3 - self.lead.interaction_count)


def plan_of_today(leads: LeadQuerySet, user: User, today: date) -> PlannedMeeting | None:
    """Return the meeting that a person planned for today and has not logged yet."""
    waiting = PlannedMeeting.objects.waiting().filter(meeting_date=today, lead__in=leads)
    mine = waiting.filter(Q(author=user) | Q(lead__owner=user))
    return mine.select_related("lead__account").order_by("meeting_time", "pk").first()


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


def colleagues(user: User) -> list[User]:
    """Return who else may have come along."""
    able = User.objects.filter(is_active=True).exclude(pk=user.pk).exclude(role=User.Role.VIEWER)
    return list(able.order_by("display_name", "username")[:MOST_COLLEAGUES])


def missing_fact(talk: Interaction, lead: Any) -> Missing | None:
    """Return the one fact that would tell most, where the lead or the talk leaves it open."""
    told = LeadFact.objects.filter(lead=lead, kind=LeadFact.Kind.BUDGET_STAGE, archived_at=None)
    if not lead.budget_then and not told.exists():
        stages = [(code, str(label)) for code, label in BudgetStage.choices]
        return Missing("BUDGET", _("Did they say anything about budget?"), stages)
    if talk.budget_holder_present is None and not lead.holder_met:
        there = pgettext("in the room", "Yes"), pgettext("in the room", "No")
        sides = list(zip(("yes", "no"), there, strict=True))
        return Missing("HOLDER", _("Was the budget holder there?"), sides)
    if not talk.initiated_by:
        who = [("CLIENT", pgettext("chip", "They did")), ("US", pgettext("chip", "We did"))]
        return Missing("SIDE", _("Who got in touch?"), who)
    return None


def answer(interaction: Interaction, user: User, *, now: datetime, asks: bool = True) -> Answer:
    """Return what the scores said before a talk and what they say with it.

    A fact that was added since waits for a score of its own. `asks` is whether to ask for one.
    """
    logged_at = interaction.recorded_at
    lead: Any = lead_page.lead_of(user, interaction.lead_id, now).get()
    scores = Assessment.objects.filter(lead=lead, target=Target.NO_ORDER)
    latest = list(
        scores.filter(
            Q(pk__in=scores.filter(as_of__lt=logged_at).order_by("-as_of", "-pk").values("pk")[:1])
            | Q(pk__in=scores.order_by("-as_of", "-pk").values("pk")[:1])
        ).order_by("as_of", "pk")
    )
    before = next((score for score in latest if score.as_of < logged_at), None)
    since = max(logged_at, lead.assessment_due_at or logged_at)
    after = latest[-1] if latest and latest[-1].as_of >= since else None
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
        missing=missing_fact(interaction, lead) if asks else None,
    )
