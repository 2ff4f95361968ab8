"""Which files a bundle has, and which column holds what."""

from typing import Any

from django.db import models

from crm.models import (
    Account,
    Assessment,
    Bid,
    Contact,
    CustomField,
    Decision,
    Deliverable,
    Firm,
    FirmFigure,
    Flag,
    Interaction,
    InteractionEffort,
    Lead,
    LeadFact,
    PaidStepOffer,
    PlannedMeeting,
    StageChange,
    Team,
    TravelCheck,
    User,
)
from crm.services.bundle import cells, money_tables, note_tables, own_values, sorting_tables
from crm.services.bundle.layout import Table, layout
from crm.services.bundle.parts import (
    GIFT,
    REQUIRED,
    Asks,
    DayAndMoment,
    Gifts,
    Part,
    Reference,
    Told,
    UpToThree,
)


def when(field: str, day: str, moment: str, *, known: bool = True) -> DayAndMoment:
    """Return a moment with its date beside it."""
    return DayAndMoment(field, (day, moment), REQUIRED if known else None)


def of_lead(file: str, model: type[models.Model], parts: tuple[Part, ...], **more: Any) -> Table:
    """Return a table of dated rows of a lead."""
    return Table(file, model, parts, touches="lead_id", dated=("happened_at",), **more)


DATE = when("happened_at", "date", "happened_at")
NOTICE = when("happened_at", "announced_at", "happened_at")
TABLES: tuple[Table, ...] = (
    Table("teams", Team, layout(Team, "team=name"), key=("name",), past=()),
    Table(
        "users",
        User,
        layout(User, "username display_name role team"),
        key=("username",),
        # A bundle never changes anybody's rights: they count only for people it adds.
        kept=frozenset(
            {
                "role",
                "team",
                "is_active",
                "email",
                "last_login",
                "date_joined",
                "last_visit_at",
                "previous_visit_at",
            }
        ),
        past=(),
    ),
    Table("firm", Firm, layout(Firm, "name"), key=("id",), past=()),
    Table(
        "firm_figures",
        FirmFigure,
        layout(FirmFigure, "kind amount valid_from"),
        key=("kind", "valid_from"),
    ),
    Table(
        "custom_fields",
        CustomField,
        layout(CustomField, "key label kind known_from choices position"),
        key=("key",),
        past=(),
    ),
    sorting_tables.TAGS,
    sorting_tables.SAVED_VIEWS,
    Table(
        "accounts",
        Account,
        layout(
            Account,
            "account_id=ledger_id name type=kind city distance_km employees is_big_name",
        ),
        touches="account",
    ),
    Table(
        "contacts",
        Contact,
        layout(
            Contact,
            "contact_id=ledger_id account_id=account name title seniority department"
            " first_seen=first_seen_date",
        ),
        touches="contact",
    ),
    Table(
        "leads",
        Lead,
        layout(
            Lead,
            "lead_id=ledger_id account_id=account owner source opened_at first_ask deal_type"
            " est_value_cny=est_value_amount status closed_at outcome_recorded=outcome"
            f" {own_values.COLUMN}",
            when("opened_at", "opened_at", "happened_at"),
            when("closed_at", "closed_at", "closed_happened_at", known=False),
            Told("", ("status",)),
            Told("", (own_values.COLUMN,)),
        ),
        past=("recorded_at", "opened_at", "closed_at", "outcome_recorded_at"),
        touches="pk",
    ),
    of_lead(
        "stage_changes",
        StageChange,
        layout(StageChange, "stage_change_id=ledger_id lead_id=lead date", DATE),
        append_only=True,
    ),
    sorting_tables.LEAD_TAGS,
    of_lead(
        "interactions",
        Interaction,
        layout(
            Interaction,
            "interaction_id=ledger_id lead_id=lead seq date kind initiated_by ask"
            " contact_id=contact max_seniority n_client_attendees=client_attendees"
            " budget_holder_present client_gave_material next_step_dated=has_dated_next_step"
            " budget_stage competitors_named response_latency_days hours_presales=presales_hours"
            " hours_travel=travel_hours travel_cost_cny=travel_amount",
            Told("", ("seq",)),
            DATE,
            Asks("asks", ("ask", "asks")),
            Gifts("client_gave", ("client_gave_material", "client_gave"), code=GIFT),
            UpToThree(
                "competitors_count",
                ("competitors_named", "competitors_count"),
                cell=cells.Whole(0, 32_767),
            ),
        ),
        many="attendees",
    ),
    Table(
        "interaction_effort",
        InteractionEffort,
        (
            Reference(
                "interaction", ("interaction_id",), REQUIRED, to="interactions", key="ledger_id"
            ),
            *layout(InteractionEffort, "person hours")[:2],
        ),
        key=("interaction_id", "person_id"),
        past=(),
        touches="interaction",
    ),
    Table(
        "planned_meetings",
        PlannedMeeting,
        layout(PlannedMeeting, "planned_meeting_id=ledger_id lead_id=lead kind meeting_date"),
        many="attendees",
        touches="lead_id",
    ),
    of_lead(
        "travel_checks",
        TravelCheck,
        layout(
            TravelCheck,
            "travel_check_id=ledger_id lead_id=lead planned_meeting_id=plan date",
            DATE,
        ),
        append_only=True,
    ),
    of_lead(
        "deliverables",
        Deliverable,
        layout(
            Deliverable,
            "deliverable_id=ledger_id lead_id=lead interaction_id=interaction date kind"
            " ladder_level=disclosure_level hours requested_by_client nda_signed paid",
            DATE,
        ),
    ),
    of_lead(
        "bids",
        Bid,
        layout(
            Bid,
            "bid_id=ledger_id lead_id=lead announced_at deadline_at=deadline_date prep_days"
            " incumbent_known contact_before_notice spec_matches_us=specification_fits_us"
            " deposit_cny=deposit_amount bid_hours=hours result",
            NOTICE,
        ),
    ),
    of_lead(
        "lead_facts", LeadFact, layout(LeadFact, "lead_fact_id=ledger_id lead_id=lead date", DATE)
    ),
    of_lead(
        "paid_step_offers",
        PaidStepOffer,
        layout(PaidStepOffer, "paid_step_offer_id=ledger_id lead_id=lead date", DATE),
    ),
    note_tables.EVIDENCE,
    note_tables.OBJECTIONS,
    note_tables.SYSTEM_EVENTS,
    *money_tables.TABLES,
    Table(
        "assessments",
        Assessment,
        layout(Assessment, "lead_id=lead target as_of recorded_at"),
        key=("lead_id", "target", "as_of", "recorded_at"),
        number_column="assessment_id",
        append_only=True,
    ),
    Table(
        "flags",
        Flag,
        layout(Flag, "lead_id=lead target raised_at"),
        key=("lead_id", "target", "raised_at"),
        number_column="flag_id",
        past=("raised_at", "cleared_at"),
    ),
    Table(
        "decisions",
        Decision,
        layout(Decision, "decision_id=ledger_id lead_id=lead date", DATE),
        append_only=True,
        dated=("happened_at",),
    ),
)
BY_FILE = {table.file: table for table in TABLES}
