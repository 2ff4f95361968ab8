"""Dated facts, and rows that are written once: scores, decisions, stages, mails, figures."""

from django.contrib import admin

from crm.admin.base import FactAdmin, ModelAdmin, ReadOnly, Short, away_filter
from crm.models import (
    Assessment,
    AttendeeTrail,
    Contest,
    Decision,
    Digest,
    Firm,
    FirmFigure,
    Flag,
    Heartbeat,
    InteractionEffort,
    JobRun,
    LeadFact,
    LeadTag,
    OutboxMail,
    PaidStepOffer,
    PlannedMeeting,
    QualificationNote,
    SavedView,
    StageChange,
    SystemEvent,
    Tag,
    TravelCheck,
    Undoable,
)

OF_LEAD = ("lead__account",)
SEARCH = ("lead__account__name", "lead__account__initials", "lead__title")


class WrittenOnce(ReadOnly, Short, ModelAdmin):
    """Rows that only services write."""


@admin.register(Assessment)
class AssessmentAdmin(WrittenOnce):
    """Stored scores."""

    list_display = ("as_of", "lead", "target", "probability", "verdict", "mark", "scorer_version")
    list_select_related = OF_LEAD
    list_filter = ("target", "verdict", "mark", "pattern")
    search_fields = SEARCH
    date_hierarchy = "as_of"


@admin.register(Flag)
class FlagAdmin(WrittenOnce):
    """Warnings that stand or stood."""

    list_display = ("raised_at", "lead", "target", "level", "pattern", "cleared_at")
    list_select_related = OF_LEAD
    list_filter = ("target", "level", ("cleared_at", admin.EmptyFieldListFilter))
    search_fields = SEARCH


@admin.register(Decision)
class DecisionAdmin(WrittenOnce):
    """What named persons decided."""

    list_display = ("happened_at", "lead", "kind", "handling", "decided_by", "review_date")
    list_select_related = (*OF_LEAD, "decided_by")
    list_filter = ("kind", "handling")
    search_fields = (*SEARCH, "reason")


@admin.register(QualificationNote)
class QualificationNoteAdmin(WrittenOnce):
    """What is known of leads, who said it and when."""

    list_display = ("happened_at", "lead", "item", "answer", "evidence", "said_by")
    list_select_related = OF_LEAD
    list_filter = ("item", "answer")
    search_fields = (*SEARCH, "evidence", "said_by")


@admin.register(Contest)
class ContestAdmin(WrittenOnce):
    """Who disagreed with which reason."""

    list_display = ("happened_at", "lead", "reason_code", "why", "note", "by")
    list_select_related = (*OF_LEAD, "by")
    list_filter = ("why", "reason_code")
    search_fields = (*SEARCH, "note")


@admin.register(SystemEvent)
class SystemEventAdmin(WrittenOnce):
    """What was done on the pages of leads."""

    list_display = ("happened_at", "lead", "kind", "what", "by")
    list_select_related = (*OF_LEAD, "by")
    list_filter = ("kind",)
    search_fields = (*SEARCH, "what")


@admin.register(StageChange)
class StageChangeAdmin(WrittenOnce):
    """How leads moved."""

    list_display = ("happened_at", "lead", "from_stage", "to_stage", "by")
    list_select_related = (*OF_LEAD, "by")
    list_filter = ("to_stage",)
    search_fields = SEARCH
    date_hierarchy = "happened_at"


@admin.register(InteractionEffort)
class InteractionEffortAdmin(WrittenOnce):
    """Hours by person."""

    list_display = ("interaction", "person", "hours")
    list_select_related = ("interaction", "person")
    list_filter = ("person",)
    search_fields = ("interaction__lead__account__name",)


@admin.register(AttendeeTrail)
class AttendeeTrailAdmin(WrittenOnce):
    """Who counted as present before a correction."""

    list_display = ("interaction", "contact", "since_at", "until_at")
    list_select_related = ("interaction", "contact")
    search_fields = ("interaction__lead__account__name", "contact__name")


@admin.register(Digest)
class DigestAdmin(WrittenOnce):
    """Monday mails."""

    list_display = ("due_at", "recipient", "period", "status", "attempts", "sent_at")
    list_select_related = ("recipient",)
    list_filter = ("kind", "status")
    search_fields = ("recipient__username", "recipient__display_name", "recipient__email")


@admin.register(OutboxMail)
class OutboxMailAdmin(WrittenOnce):
    """Mails that stayed here."""

    list_display = ("created_at", "to", "subject")
    search_fields = ("to", "subject")
    date_hierarchy = "created_at"


@admin.register(Heartbeat)
class HeartbeatAdmin(WrittenOnce):
    """Signs of life of the background work."""

    list_display = ("name", "beat_at")


@admin.register(JobRun)
class JobRunAdmin(WrittenOnce):
    """How the last runs of background jobs went."""

    list_display = ("started_at", "name", "outcome", "ended_at", "done", "error", "place")
    list_filter = ("outcome", "name")
    date_hierarchy = "started_at"


@admin.register(PlannedMeeting)
class PlannedMeetingAdmin(WrittenOnce):
    """Meetings ahead, and what became of them."""

    list_display = ("meeting_date", "lead", "kind", "place", "status", "author")
    list_select_related = (*OF_LEAD, "author")
    list_filter = ("status", "kind")
    search_fields = (*SEARCH, "topic", "ledger_id")
    date_hierarchy = "meeting_date"


@admin.register(TravelCheck)
class TravelCheckAdmin(WrittenOnce):
    """What was answered before trips."""

    list_display = ("happened_at", "lead", "choice", "trip_hours", "trip_amount", "author")
    list_select_related = (*OF_LEAD, "author")
    list_filter = ("choice",)
    search_fields = (*SEARCH, "reason")


@admin.register(LeadFact)
class LeadFactAdmin(FactAdmin):
    """Dated facts about leads."""

    list_display = ("happened_at", "lead", "kind", "value", "due_date")
    list_select_related = OF_LEAD
    list_filter = ("kind", "value", away_filter())
    search_fields = (*SEARCH, "ledger_id")
    autocomplete_fields = ("lead", "author")


@admin.register(PaidStepOffer)
class PaidStepOfferAdmin(FactAdmin):
    """Paid steps that we offered."""

    list_display = ("happened_at", "lead", "what", "amount", "answer")
    list_select_related = OF_LEAD
    list_filter = ("answer", away_filter())
    search_fields = (*SEARCH, "what", "ledger_id")
    autocomplete_fields = ("lead", "author")


@admin.register(Firm)
class FirmAdmin(WrittenOnce):
    """The one row of settings; the page of settings checks what it takes."""

    list_display = ("__str__", "city", "time_zone", "horizon_days")
    exclude = ("thresholds",)  # nothing reads them


@admin.register(FirmFigure)
class FirmFigureAdmin(WrittenOnce):
    """Dated figures of the firm; the page of settings asks for new scores and curves, too."""

    list_display = ("kind", "amount", "valid_from", "recorded_at")
    list_filter = ("kind",)


@admin.register(Tag)
class TagAdmin(WrittenOnce):
    """Words that leads are sorted by."""

    list_display = ("name",)
    search_fields = ("name",)


@admin.register(LeadTag)
class LeadTagAdmin(WrittenOnce):
    """Which lead carries which tag."""

    list_display = ("lead", "tag")
    list_select_related = ("lead__account", "tag")
    search_fields = SEARCH


@admin.register(SavedView)
class SavedViewAdmin(WrittenOnce):
    """Views of the lead list that people keep."""

    list_display = ("name", "owner", "is_shared", "recorded_at", "archived_at")
    list_select_related = ("owner",)
    search_fields = ("name",)


@admin.register(Undoable)
class UndoableAdmin(WrittenOnce):
    """Changes of many rows, and whether they were taken back."""

    list_display = ("made_at", "kind", "by", "undone_at")
    list_select_related = ("by",)
    list_filter = ("kind",)
    search_fields = ("by__username",)
