"""The firm's figures as the settings page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.models import FirmFigure

MOST_FIGURES = 200
SHOWN_OF_A_KIND = 4


@dataclass(frozen=True)
class Figures:
    """One kind of figure: what holds now, what held before."""

    kind: str
    label: str
    now: FirmFigure | None
    others: Sequence[FirmFigure]


def figures(moment: datetime) -> list[Figures]:
    """Return each kind of figure with what holds at a moment and its neighbours, newest first."""
    rows = list(FirmFigure.objects.order_by("-valid_from", "-pk")[:MOST_FIGURES])
    found = []
    for kind in FirmFigure.Kind:
        own = [row for row in rows if row.kind == kind]
        now = next((row for row in own if row.valid_from <= moment), None)
        others = [row for row in own if row is not now][:SHOWN_OF_A_KIND]
        found.append(Figures(kind.value, str(kind.label), now, others))
    return found
