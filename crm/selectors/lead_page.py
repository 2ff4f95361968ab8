"""Everything that the page of one lead shows, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, JSONField, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce, JSONObject

from crm import rules
from crm.models import (
    BudgetStage,
    Contact,
    Deliverable,
    Firm,
    FirmFigure,
    Flag,
    Interaction,
    Lead,
    LeadFact,
    PaidStepOffer,
    PaymentMilestone,
    PaymentTerms,
    Target,
    User,
)
from crm.selectors import effort, lead_entries, leads_at, planned
from crm.selectors.lead_entries import Entry
from crm.selectors.lead_events import Event, Passed, events_of, steps
from crm.selectors.lead_exposure import Exposure, Ladder, exposure, ladder
from crm.selectors.lead_people import Part, by_role, contacts, roles_met
from crm.selectors.lead_score import Score, row_points, scores
from crm.selectors.lead_timeline import Asked, Rows, Timeline, deliverables, timeline
from crm.selectors.what_if import WhatIf, what_ifs

ENOUGH_TALKS = 3
TERMS = (
    "pk",
    "status",
    "contract_amount",
    "prepay_percent",
    "retention_percent",
    "retention_months",
    "term_days",
    "is_back_to_back",
    "accepted_by_audit",
    "pays_by_bill",
)


@dataclass(frozen=True)
class LeadPage:
    """The page of one lead at a moment."""

    lead: Lead
    stage: str
    is_open: bool
    outcome: str
    days: int
    talks: int
    score: Score | None
    before: Score | None
    late: Score | None
    exposure: Exposure
    ladder: Ladder
    timeline: Timeline
    deliverables: Sequence[Deliverable]
    parts: Sequence[Part]
    events: Sequence[Event]
    steps: Sequence[Passed]
    terms: Mapping[str, Any] | None
    budget_stage: str
    flagged_at: datetime | None
    reads_notes: bool

    def of(self, *kinds: str) -> list[Event]:
        """Return the events of some kinds, the newest first."""
        return [event for event in self.events if event.kind in kinds]

    @property
    def talks_missing(self) -> range:
        """Return the talks still missing for a verdict, as something to count through."""
        return range(max(0, ENOUGH_TALKS - self.talks))

    @property
    def what_if(self) -> list[WhatIf]:
        """Return what would change the chance, while somebody can still bring it about."""
        score = self.score
        may_say = score and score.is_judged and not score.is_too_wide
        if score is None or not may_say or not self.is_open or not self.reads_notes:
            return []
        return what_ifs(score.stored)

    @property
    def roles_met(self) -> int:
        """Return how many parts in the decision we have met somebody for."""
        return roles_met(self.parts)

    @property
    def roles_count(self) -> int:
        """Return how many parts there are."""
        return len(Contact.Role)

    @property
    def bids(self) -> list[Event]:
        """Return the bids."""
        return self.of("BID")

    @property
    def decisions(self) -> list[Event]:
        """Return what people decided."""
        return self.of("DECISION")

    @property
    def facts(self) -> list[Event]:
        """Return the dated facts and the paid steps offered."""
        return self.of("FACT", "OFFER")


def lead_of(user: User, pk: int, moment: datetime) -> QuerySet[Lead]:
    """Return the query of one lead with what its page needs to know of other tables."""
    return (
        Lead.objects.visible_to(user)
        .filter(pk=pk, archived_at=None)
        .select_related("account", "owner", "outcome_by")
        .annotate(**_of_the_firm(moment), **_as_it_stood(moment), **_for_the_ladder(moment))
    )


def _of_the_firm(moment: datetime) -> dict[str, Subquery]:
    limits = Firm.objects.filter(pk=1).values("limits")[:1]
    return {
        "firm_limits": Subquery(limits, output_field=JSONField()),
        "hour_cost": _figure(FirmFigure.Kind.HOUR_COST, moment),
        "margin_percent": _figure(FirmFigure.Kind.MARGIN_PERCENT, moment),
    }


def _as_it_stood(moment: datetime) -> dict[str, Any]:
    """Return what the lead had come to at a moment."""
    met = Interaction.objects.filter(lead=OuterRef("pk")).known_at(moment)
    terms = PaymentTerms.objects.filter(lead=OuterRef("pk")).known_at(moment)
    standing = Flag.objects.filter(
        Q(cleared_at=None) | Q(cleared_at__gt=moment),
        lead=OuterRef("pk"),
        target=Target.NO_ORDER,
        raised_at__lte=moment,
    )
    told = JSONObject(**{name: name for name in TERMS})
    latest = terms.order_by("-happened_at", "-pk").values(as_json=told)[:1]
    counted = met.order_by().values("lead").annotate(n=Count("pk")).values("n")
    return {
        "latest_terms": Subquery(latest, output_field=JSONField()),
        "flagged_at": Subquery(standing.order_by("-raised_at").values("raised_at")[:1]),
        "budget_then": leads_at.budget_stage(moment),
        "talks_then": Coalesce(Subquery(counted), 0),
        "hours_then": leads_at.unpaid_hours(moment),
        "travel_then": leads_at.travel_amount(moment),
        "stage_then": leads_at.stage(moment),
        "has_milestones": Exists(
            PaymentMilestone.objects.filter(lead=OuterRef("pk"), archived_at=None)
        ),
        "ahead_hours": planned.hours(moment),
        "ahead_amount": planned.travel_amount(moment),
    }


def _for_the_ladder(moment: datetime) -> dict[str, Any]:
    """Return what the disclosure ladder asks for."""
    met = Interaction.objects.filter(lead=OuterRef("pk")).known_at(moment)
    facts = LeadFact.objects.filter(lead=OuterRef("pk")).known_at(moment)
    accepted = PaidStepOffer.objects.filter(
        lead=OuterRef("pk"),
        answer=PaidStepOffer.Answer.ACCEPTED,
        answered_at__lte=moment,
        answer_recorded_at__lte=moment,
        archived_at=None,
    )
    gifts = met.annotate(gifts=Cast("client_gave", TextField()))
    owner_met = met.filter(attendees__decision_role=Contact.Role.BUSINESS_OWNER)
    return {
        "gave": Exists(gifts.filter(gifts__contains='"')),
        "gave_nda": Exists(gifts.filter(gifts__contains='"NDA"')),
        "holder_met": Exists(met.filter(budget_holder_present=True)),
        "owner_met": Exists(owner_met) | Exists(facts.filter(kind=LeadFact.Kind.BUSINESS_OWNER)),
        "signed": Exists(facts.filter(kind=LeadFact.Kind.CONTRACT_SIGNED)),
        "paid_step": Exists(accepted),
    }


def _figure(kind: str, moment: datetime) -> Subquery:
    known = FirmFigure.objects.filter(kind=kind, valid_from__lte=moment, recorded_at__lte=moment)
    return Subquery(known.order_by("-valid_from", "-pk").values("amount")[:1])


def build(found: Any, *, user: User, moment: datetime, asked: Asked | None = None) -> LeadPage:
    """Return the page of a lead that `lead_of` found; accountants read no sales notes."""
    score, before, late = scores(found, moment)
    reads_notes = user.role != User.Role.ACCOUNTANT
    given = deliverables(found.pk, moment) if reads_notes else []
    people = contacts(found, moment)
    events = events_of(found.pk, moment, found.stage_then)
    if not reads_notes:
        events = [event for event in events if event.kind in {"STAGE", "LEFT"}]
    talks = Interaction.objects.filter(lead=found.pk).known_at(moment)
    said_at = found.outcome_recorded_at
    shown = asked or Asked()
    rows = Rows(
        talks=talks if reads_notes else talks.none(),
        others=_others(found, given, events, shown) if reads_notes else [],
        total=found.talks_then,
        points=row_points(score if score and score.is_judged else None),
    )
    return LeadPage(
        lead=found,
        stage=found.stage_then,
        is_open=found.closed_at is None or found.closed_at > moment,
        outcome=found.outcome if found.closed_at and said_at and said_at <= moment else "",
        days=rules.days_between(found.opened_at, min(moment, found.closed_at or moment)) or 0,
        talks=found.talks_then,
        score=score.with_objections(events) if score else None,
        before=before,
        late=late.with_objections(events) if late else None,
        exposure=exposure_of(found, score.chance if score else None),
        ladder=ladder(_ladder_facts(found, people), given),
        reads_notes=reads_notes,
        timeline=timeline(rows, shown),
        deliverables=given,
        parts=by_role(people),
        events=events,
        steps=steps(events, found, moment),
        terms=found.latest_terms,
        budget_stage=found.budget_then,
        flagged_at=found.flagged_at,
    )


def _others(
    found: Lead, given: Sequence[Deliverable], events: Sequence[Event], asked: Asked
) -> list[Entry]:
    """Return the rows of the timeline beside the talks; system events only when asked for."""
    wanted = [
        event
        for event in events
        if event.kind in lead_entries.LETTERS
        and (asked.with_system or asked.rows or event.kind not in lead_entries.SYSTEM)
    ]
    return [
        *(lead_entries.hand_over(item) for item in given),
        *(lead_entries.other(event) for event in wanted),
        lead_entries.opening(found),
    ]


def entries_of(lead: Lead, asked: Asked, moment: datetime) -> Sequence[Entry]:
    """Return the rows of a lead's timeline that are asked for."""
    given = deliverables(lead.pk, moment)
    others = _others(lead, given, events_of(lead.pk, moment), asked)
    talks = Interaction.objects.filter(lead=lead.pk).known_at(moment)
    return timeline(Rows(talks=talks, others=others, total=0), asked).entries


def ladder_of(found: Any, moment: datetime) -> Ladder:
    """Return what may be handed over of a lead that `lead_of` found."""
    return ladder(_ladder_facts(found, contacts(found, moment)), ())


def exposure_of(found: Any, order_chance: float | None) -> Exposure:
    """Return what a lead that `lead_of` found has cost."""
    return exposure(
        hours=found.hours_then,
        travel_amount=found.travel_then,
        hour_cost=found.hour_cost,
        cap_hours=found.cap_hours,
        cap_amount=found.cap_amount,
        value_amount=found.est_value_amount,
        budget_known=found.budget_then not in {"", BudgetStage.NO_BUDGET},
        terms_known=found.latest_terms is not None,
        order_chance=order_chance,
        usual=effort.caps_of(found.firm_limits or {}),
    )


def _ladder_facts(found: Any, people: Sequence[Contact]) -> rules.LadderFacts:
    said = found.title or found.use_case or found.stated_purpose
    return rules.LadderFacts(
        contact_verified=bool(people),
        need_named=bool(said) and any(person.department for person in people),
        client_gave=found.gave,
        budget_known=bool(found.budget_then),
        business_owner_met=found.owner_met,
        budget_holder_met=found.holder_met,
        paid_or_nda_with_date=found.paid_step or (found.gave_nda and bool(found.decide_by_date)),
        contract_or_paid=found.signed or found.paid_step,
    )
