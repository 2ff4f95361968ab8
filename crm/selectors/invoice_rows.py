"""One invoice as a row: how late it is, what is foreseen of it, which reminders were sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Max

from crm import rules
from crm.models import Invoice, InvoiceForecast, InvoiceReminder

LONG_DAYS = 120
AXIS_FIRST, AXIS_DAYS, AXIS_WIDTH = -100, 370, 120
STEPS = tuple(InvoiceReminder.Step)


@dataclass(frozen=True)
class Row:
    """One invoice, what is foreseen of it and which reminders were sent."""

    invoice: Invoice
    today: date
    forecast: InvoiceForecast | None = None
    sent: Mapping[int, InvoiceReminder] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Say whether something is still to come in."""
        invoice = self.invoice
        return bool(invoice.receivable_amount) and not invoice.written_off_date

    @property
    def days_late(self) -> int:
        """Return how many days it ran, or is running, past its due date."""
        return rules.days_overdue(
            due_date=self.invoice.due_date, paid_date=self.invoice.settled_date, as_of=self.today
        )

    @property
    def days_until_due(self) -> int:
        """Return how many days it has until it falls due."""
        return (self.invoice.due_date - self.today).days

    @property
    def level(self) -> str:
        """Return the mark of its overdue days."""
        return rules.lateness_level(self.days_late)

    @property
    def days_since_issue(self) -> int:
        """Return how old it is."""
        return (self.today - self.invoice.issued_date).days

    @property
    def is_long_already(self) -> bool:
        """Say whether it is over 120 days old and not paid."""
        return self.is_open and self.days_since_issue > LONG_DAYS

    @property
    def long_level(self) -> str:
        """Return the mark of the chance of over 120 days: amber from 30 %, red from 50 %."""
        chance = self.forecast.long_chance if self.forecast else 0.0
        if self.is_long_already or chance >= 0.5:
            return "HIGH"
        return "WATCH" if chance >= 0.3 else ""

    def _foreseen(self, days: int | None) -> date | None:
        return None if days is None else self.invoice.due_date + timedelta(days=days)

    @property
    def p10(self) -> date | None:
        """Return the day by which one in ten would be paid."""
        return self._foreseen(self.forecast.days_p10 if self.forecast else None)

    @property
    def p50(self) -> date | None:
        """Return the day by which half would be paid."""
        return self._foreseen(self.forecast.days_p50 if self.forecast else None)

    @property
    def p90(self) -> date | None:
        """Return the day by which nine in ten would be paid."""
        return self._foreseen(self.forecast.days_p90 if self.forecast else None)

    # --- the drawing: one axis for all rows, from 100 days ago to 270 days ahead ---

    @property
    def drawn(self) -> dict[str, str]:
        """Return the places of the drawing, in its own units."""
        places = {"today": self.today, "due": self.invoice.due_date}
        for name, day in (("p10", self.p10), ("p50", self.p50), ("p90", self.p90)):
            if day is not None:
                places[name] = day
        return {name: f"{self._place(day):.1f}" for name, day in places.items()}

    def _place(self, day: date) -> float:
        after = (day - self.today).days - AXIS_FIRST
        return min(1.0, max(0.0, after / AXIS_DAYS)) * AXIS_WIDTH

    # --- the ladder ---

    @property
    def ladder(self) -> list[tuple[int, str]]:
        """Return each step: sent, ahead, due (the highest reached) or past (left out below it)."""
        reached = [step for step in STEPS if step <= self.days_late]
        now = max([*reached, *self.sent], default=0)
        found = []
        for step in STEPS:
            state = "ahead" if step > self.days_late else "due" if step == now else "past"
            found.append((int(step), "sent" if step in self.sent else state))
        return found

    @property
    def due_step(self) -> InvoiceReminder.Step | None:
        """Return the step that should be taken now: the highest that is due; none in a dispute."""
        if not self.is_open or self.invoice.disputed_date:
            return None
        due = [step for step, state in self.ladder if state == "due"]
        return InvoiceReminder.Step(due[-1]) if due else None

    @property
    def next_step_date(self) -> date | None:
        """Return the day of the next step ahead of an invoice that is overdue."""
        ahead = [step for step, state in self.ladder if state == "ahead"]
        if not self.is_open or not self.days_late or not ahead:
            return None
        return self.invoice.due_date + timedelta(days=ahead[0])


def rows_of(invoices: Sequence[Invoice], *, today: date) -> list[Row]:
    """Return invoices with their latest forecast and their reminders, three queries for all."""
    ids = [invoice.pk for invoice in invoices]
    latest = InvoiceForecast.objects.aggregate(day=Max("as_of_date"))["day"]
    foreseen = InvoiceForecast.objects.filter(as_of_date=latest, invoice__in=ids)
    forecasts = {one.invoice_id: one for one in foreseen}
    sent: dict[int, dict[int, InvoiceReminder]] = {}
    for reminder in InvoiceReminder.objects.filter(invoice__in=ids).select_related("sent_by"):
        sent.setdefault(reminder.invoice_id, {})[reminder.step] = reminder
    return [
        Row(one, today, None if one.settled_date else forecasts.get(one.pk), sent.get(one.pk, {}))
        for one in invoices
    ]
