"""Deals for a name or for learning: few at a time, with a cap, and a name only in writing."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from crm import rules
from crm.models import Lead
from crm.selectors import effort
from crm.services import leads
from crm.services.effort import ReviewIsNeeded
from crm.services.quotas import BOUNDED


@transaction.atomic
def agree(
    *,
    lead: Lead,
    kind: str,
    cap_hours: Decimal,
    cap_date: date,
    logo_right_date: date | None,
    version: int,
    now: datetime,
    today: date,
) -> Lead:
    """Make a lead a logo or a learning deal with its cap; raise TooManyAtATime, EditedMeanwhile.

    Its value counts nothing in forecasts from then on.
    """
    if effort.state_of(lead, today=today) == rules.Effort.FROZEN and lead.deal_type not in BOUNDED:
        raise ReviewIsNeeded
    return leads.edit(
        lead=lead,
        version=version,
        now=now,
        deal_type=kind,
        cap_hours=cap_hours,
        cap_date=cap_date,
        logo_right_date=logo_right_date,
    )
