"""What leads still have ahead of them at a moment: of some leads, or of the outer one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from crm.models import Bid, PlannedMeeting

NUMBER = DecimalField(max_digits=18, decimal_places=2)
ZERO = Value(0, output_field=NUMBER)


@dataclass(slots=True)
class Ahead:
    """The hours that a lead has ahead, and what its planned trips will cost."""

    hours: Decimal = Decimal(0)
    travel_amount: Decimal = Decimal(0)


def of_leads(lead_ids: Collection[int], moment: datetime) -> dict[int, Ahead]:
    """Return what each of some leads has ahead, as the expressions say it of the outer one."""
    found = {lead_id: Ahead() for lead_id in lead_ids}
    meetings = _waiting(moment).filter(lead__in=lead_ids)
    for lead_id, *hours, amount in meetings.values_list(
        "lead_id", "hours", "travel_hours", "travel_amount"
    ):
        found[lead_id].hours += sum(each for each in hours if each)
        found[lead_id].travel_amount += amount or 0
    bids = _bids_to_make(moment).filter(lead__in=lead_ids)
    for lead_id, to_plan in bids.values_list("lead_id", "hours_planned"):
        found[lead_id].hours += to_plan or 0
    return found


def _waiting(moment: datetime) -> QuerySet[PlannedMeeting]:
    """Return the meetings that were planned and neither held nor cancelled."""
    open_then = Q(status_at=None) | Q(status_at__gt=moment)
    return PlannedMeeting.objects.filter(open_then, recorded_at__lte=moment, archived_at=None)


def _bids_to_make(moment: datetime) -> QuerySet[Bid]:
    """Return the bids that we meant to make."""
    chosen = Bid.objects.filter(choice=Bid.Choice.BID, choice_at__lte=moment)
    return chosen.filter(result="", hours=None).known_at(moment)


def _sum(rows: Any, what: Any) -> Coalesce:
    """Return a sum over the rows of the outer lead."""
    summed = rows.filter(lead=OuterRef("pk")).order_by().values("lead").annotate(n=what).values("n")
    return Coalesce(Subquery(summed, output_field=NUMBER), ZERO, output_field=NUMBER)


def hours(moment: datetime) -> Any:
    """Return the hours that planned meetings, trips and the bids we mean to make will take."""
    meeting = Coalesce(Sum("hours"), ZERO, output_field=NUMBER)
    road = Coalesce(Sum("travel_hours"), ZERO, output_field=NUMBER)
    planned = Coalesce(Sum("hours_planned"), ZERO, output_field=NUMBER)
    return _sum(_waiting(moment), meeting + road) + _sum(_bids_to_make(moment), planned)


def travel_amount(moment: datetime) -> Coalesce:
    """Return what planned trips will cost."""
    return _sum(_waiting(moment), Sum("travel_amount", output_field=NUMBER))
