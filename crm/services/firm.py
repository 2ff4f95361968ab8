"""The firm's own settings: who we are, our lists and names, and figures with their dates."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction

from crm.models import Firm, FirmFigure, Lead
from crm.services import cash, figures, leads


@transaction.atomic
def change(*, facts: Mapping[str, Any]) -> Firm:
    """Change settings of the firm; the first time makes its one row."""
    firm = Firm.objects.select_for_update().filter(pk=1).first() or Firm(pk=1)
    for name, value in facts.items():
        setattr(firm, name, value)
    firm.save()
    return firm


@transaction.atomic
def note_figure(*, kind: str, amount: Decimal, valid_from: date, now: datetime) -> FirmFigure:
    """Keep a figure from a day on; the older ones stay for the time before it.

    A second figure for the same day corrects the first.
    """
    zone = Firm.current().zone
    figure, _new = FirmFigure.objects.update_or_create(
        kind=FirmFigure.Kind(kind),
        valid_from=datetime.combine(valid_from, time.min, tzinfo=zone),
        defaults={"amount": amount, "recorded_at": now},
    )
    if kind == FirmFigure.Kind.HOUR_COST:  # effort and losses to expect are made of hours
        figures.refresh(None, now=now)
        leads.mark_for_scoring(list(Lead.objects.open().values_list("pk", flat=True)), now=now)
    cash.ask_for_all(now=now)  # every kind of figure is part of a curve
    return figure
