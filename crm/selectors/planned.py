"""What leads still have ahead of them at a moment, as expressions over the outer lead."""

from datetime import datetime
from typing import Any

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from crm.models import Bid, PlannedMeeting

NUMBER = DecimalField(max_digits=18, decimal_places=2)
ZERO = Value(0, output_field=NUMBER)


def _waiting(moment: datetime) -> QuerySet[PlannedMeeting]:
    """Return the meetings of the outer lead that were planned and neither held nor cancelled."""
    open_then = Q(status_at=None) | Q(status_at__gt=moment)
    return PlannedMeeting.objects.filter(
        open_then, lead=OuterRef("pk"), recorded_at__lte=moment, archived_at=None
    )


def _sum(rows: Any, what: Any) -> Coalesce:
    summed = rows.order_by().values("lead").annotate(n=what).values("n")
    return Coalesce(Subquery(summed, output_field=NUMBER), ZERO, output_field=NUMBER)


def hours(moment: datetime) -> Any:
    """Return the hours that planned meetings, trips and the bids we mean to make will take."""
    meeting = Coalesce(Sum("hours"), ZERO, output_field=NUMBER)
    road = Coalesce(Sum("travel_hours"), ZERO, output_field=NUMBER)
    bids = Bid.objects.filter(
        lead=OuterRef("pk"), choice=Bid.Choice.BID, choice_at__lte=moment, result="", hours=None
    )
    return _sum(_waiting(moment), meeting + road) + _sum(
        bids.known_at(moment), Coalesce(Sum("hours_planned"), ZERO, output_field=NUMBER)
    )


def travel_amount(moment: datetime) -> Coalesce:
    """Return what planned trips will cost."""
    return _sum(_waiting(moment), Sum("travel_amount", output_field=NUMBER))
