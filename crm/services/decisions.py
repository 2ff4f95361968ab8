"""What named persons decide about leads: written once, with what was shown then; taken back by
a row of its own.

`decide` answers a flag (continue, offer, pause, walk away, accept the risk); `decide_all` does so
for many leads in one transaction; `take_back` and `take_back_all` undo them for a while.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from crm import rules
from crm.models import Decision, Lead, PaidStepOffer, User
from crm.services import answers, decision_rows, figures, history
from crm.services.answers import Answer, ReasonIsMissing
from crm.services.columns import write_columns
from crm.services.errors import LeadIsClosed, LedgerError

Kind = Decision.Kind
IDS_A_STATEMENT = 500


class TooLateToTakeBack(LedgerError):
    """A decision that stands too long, is somebody else's, or was taken back before."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(
            _("This decision stands by now. Decide anew instead: the latest decision counts.")
        )


@transaction.atomic
def decide(
    *,
    lead: Lead,
    answer: Answer,
    by: User,
    now: datetime,
    today: date,
    seen: Sequence[int] = (),
    token: UUID | None = None,
    more: Mapping[str, Any] | None = None,
) -> Decision:
    """Record an answer to the flags of one lead; the same token again returns the first row.

    Raises ReasonIsMissing, ReviewDateIsMissing, HandlingIsMissing or LeadIsClosed.
    """
    Lead.objects.select_for_update().get(pk=lead.pk)  # of two taps at once, the second waits here
    if token and (made := Decision.objects.filter(client_token=token).first()):
        return made
    (made,) = decide_all(
        lead_ids=[lead.pk],
        answer=answer,
        by=by,
        now=now,
        today=today,
        seen=seen,
        token=token,
        more=more,
    )
    return made


@transaction.atomic
def decide_all(
    *,
    lead_ids: Sequence[int],
    answer: Answer,
    by: User,
    now: datetime,
    today: date,
    seen: Sequence[int] = (),
    token: UUID | None = None,
    more: Mapping[str, Any] | None = None,
) -> list[Decision]:
    """Record the same answer for many leads, all or none; see `decide` for what it raises."""
    checked = answers.checked(answer, today)
    made: list[Decision] = []
    for start in range(0, len(lead_ids), IDS_A_STATEMENT):
        chunk = lead_ids[start : start + IDS_A_STATEMENT]
        leads = list(Lead.objects.select_for_update().filter(pk__in=chunk).order_by("pk"))
        if closed_at := next((lead.closed_at for lead in leads if lead.closed_at), None):
            raise LeadIsClosed(closed_at)
        made += decision_rows.write(
            leads, checked, by=by, now=now, seen=seen, token=token, more=more
        )
        _date_leads(leads, checked, by=by, now=now)
    figures.refresh(lead_ids, now=now)
    return made


def record(
    *,
    lead: Lead,
    kind: str,
    by: User,
    now: datetime,
    reason: str,
    reason_codes: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
    token: UUID | None = None,
) -> Decision:
    """Record a decision that answers no flag: material above the level, a review of the effort.

    Raises ReasonIsMissing.
    """
    if not rules.says_why(reason, reason_codes):
        raise ReasonIsMissing
    said = Answer(kind=kind, reason=reason, reason_codes=reason_codes)
    (made,) = decision_rows.write([lead], said, by=by, now=now, token=token, more=more or {})
    return made


@transaction.atomic
def take_back(*, decision: Decision, by: User, now: datetime) -> Decision:
    """Take a decision back by a row of its own; raise TooLateToTakeBack.

    The lead's day to decide becomes what it was, and an offer that came with it is put away.
    """
    (row,) = take_back_all(decisions=[decision], by=by, now=now)
    return row


@transaction.atomic
def take_back_all(*, decisions: Sequence[Decision], by: User, now: datetime) -> list[Decision]:
    """Take decisions of one person back, all or none; raise TooLateToTakeBack."""
    lead_ids = sorted({decision.lead_id for decision in decisions})
    locked = Lead.objects.select_for_update().order_by("pk")
    found = {
        lead.pk: lead
        for start in range(0, len(lead_ids), IDS_A_STATEMENT)
        for lead in locked.filter(pk__in=lead_ids[start:][:IDS_A_STATEMENT])
    }
    named = [decision.ledger_id for decision in decisions]
    gone = set(Decision.objects.filter(takes_back__in=named).values_list("takes_back", flat=True))
    back = [_taken_back(decision, gone, by=by, now=now) for decision in decisions]
    Decision.objects.bulk_create(back, batch_size=IDS_A_STATEMENT)
    _restore(decisions, found, by=by, now=now)
    _put_offers_away(decisions, now=now)
    figures.refresh(lead_ids, now=now)
    return back


def _taken_back(decision: Decision, gone: set[str], *, by: User, now: datetime) -> Decision:
    if decision.ledger_id in gone or not decision.may_be_taken_back(by=by, now=now):
        raise TooLateToTakeBack
    return Decision(
        lead_id=decision.lead_id,
        kind=Kind.TAKE_BACK,
        decided_by=by,
        reason=decision.get_kind_display(),
        takes_back=decision.ledger_id,
        happened_at=now,
        recorded_at=now,
    )


def _taken_back_before(lead_ids: Sequence[int]) -> dict[int, list[Decision]]:
    """Return all decisions about leads that were taken back, the latest first."""
    found: dict[int, list[Decision]] = {}
    for start in range(0, len(lead_ids), IDS_A_STATEMENT):
        of_leads = Decision.objects.filter(lead__in=lead_ids[start:][:IDS_A_STATEMENT])
        gone = of_leads.filter(kind=Kind.TAKE_BACK).values("takes_back")
        for row in of_leads.filter(ledger_id__in=gone).order_by("-pk"):
            found.setdefault(row.lead_id, []).append(row)
    return found


def _restore(
    decisions: Sequence[Decision], leads: Mapping[int, Lead], *, by: User, now: datetime
) -> None:
    """Bring back what decisions changed on their leads, unless somebody changed it since."""
    earlier = _taken_back_before(list(leads))
    changed: dict[int, set[str]] = {}
    for decision in decisions:
        lead = leads[decision.lead_id]
        stood = _stood_before(decision, lead, earlier.get(lead.pk, ()))
        for name, value in stood.items():
            setattr(lead, name, value)
        if stood:
            changed.setdefault(lead.pk, set()).update(stood)
    by_names: dict[tuple[str, ...], list[Lead]] = {}
    for pk, names in changed.items():
        by_names.setdefault(tuple(sorted(names)), []).append(leads[pk])
    for columns, some in by_names.items():
        rows = [
            (lead.pk, *(getattr(lead, name) for name in columns), lead.version + 1) for lead in some
        ]
        write_columns(Lead, (*columns, "version"), rows)
    kind = Kind.TAKE_BACK
    history.keep(Lead, list(changed), kind=history.CHANGED, now=now, reason=kind, by=by.pk)


def _stood_before(decision: Decision, lead: Lead, gone: Sequence[Decision]) -> dict[str, Any]:
    """Return what a lead's columns were before a decision, of those that still follow it.

    What stood before it may be of a decision that is `gone` itself: then what stood before that.
    """
    before, after = decision.shown.get("before", {}), decision.shown.get("after", {})
    columns: dict[str, Any] = {each.name: each for each in Lead._meta.concrete_fields}
    found = {}
    for name, value in after.items():
        if columns[name].to_python(value) != getattr(lead, name):
            continue
        stood = before[name]
        for each in gone:
            if each.pk < decision.pk and each.shown.get("after", {}).get(name, ...) == stood:
                stood = each.shown["before"][name]
        found[name] = columns[name].to_python(stood)
    return found


def _put_offers_away(decisions: Sequence[Decision], *, now: datetime) -> None:
    """Put the offers away that came with decisions and have no answer yet."""
    named = [offer for decision in decisions if (offer := decision.shown.get("offer"))]
    waiting = PaidStepOffer.objects.filter(ledger_id__in=named, answer="")
    concerned = list(waiting.values_list("lead_id", flat=True))
    if concerned:
        waiting.update(archived_at=now)
        Lead.objects.filter(pk__in=concerned).update(assessment_due_at=now)


def _date_leads(leads: Sequence[Lead], answer: Answer, *, by: User, now: datetime) -> None:
    """Let the day to decide follow the answer; an edit that was begun before says so."""
    if answer.kind == Kind.WALK_AWAY:
        return
    ids = [lead.pk for lead in leads]
    Lead.objects.filter(pk__in=ids).update(
        decide_by_date=answer.review_date, version=F("version") + 1
    )
    history.keep(Lead, ids, kind=history.CHANGED, now=now, reason=answer.kind, by=by.pk)
