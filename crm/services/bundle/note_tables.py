"""The files of a bundle that hold what people noted of leads, and what they did there."""

from django.db import models

from crm.models import Contest, QualificationNote, SystemEvent
from crm.services.bundle.layout import Table, layout
from crm.services.bundle.parts import REQUIRED, DayAndMoment


def _of_lead(file: str, model: type[models.Model]) -> Table:
    date = DayAndMoment("happened_at", ("date", "happened_at"), REQUIRED)
    parts = layout(model, "note_id=ledger_id lead_id=lead date", date)
    return Table(file, model, parts, append_only=True, dated=("happened_at",))


EVIDENCE = _of_lead("evidence", QualificationNote)
OBJECTIONS = _of_lead("objections", Contest)
SYSTEM_EVENTS = _of_lead("system_events", SystemEvent)
