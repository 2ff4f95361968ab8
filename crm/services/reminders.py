"""Reminders of the ladder: a person sends them, the ledger keeps who and when."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Invoice, InvoiceReminder, User
from crm.services.errors import LedgerError


class ReminderRefused(LedgerError):
    """A reminder that cannot be noted; its text says why."""


@transaction.atomic
def mark_sent(
    *, invoice: Invoice, step: int, by: User, now: datetime, note: str = ""
) -> InvoiceReminder:
    """Note that a person sent a step of the ladder; the same step twice stays the first."""
    locked = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if locked.archived_at or locked.written_off_date or not locked.receivable_amount:
        raise ReminderRefused(_("Nothing is open of this invoice any more."))
    found, _made = InvoiceReminder.objects.get_or_create(
        invoice=locked,
        step=InvoiceReminder.Step(step),
        defaults={"sent_at": now, "sent_by": by, "note": note.strip()},
    )
    return found


@transaction.atomic
def take_back(*, invoice: Invoice, step: int, by: User) -> None:
    """Forget a step that was marked by mistake, by who marked it."""
    InvoiceReminder.objects.filter(invoice=invoice, step=step, sent_by=by).delete()
