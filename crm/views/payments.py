"""What is done with an invoice: money in, a reminder sent, a dispute, a write-off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm import formats
from crm.forms.invoices import StateForm
from crm.forms.payments import PaymentForm
from crm.models import Invoice, InvoiceReminder, Payment
from crm.selectors import invoices as selector
from crm.services import invoices, payments, reminders
from crm.services.errors import EditedMeanwhile, LedgerError
from crm.views.invoices import detail, invoice_of
from crm.views.requests import HtmxRequest, number, person
from crm.views.undo_offers import offer

BESIDE = {"dispute": "day", "write_off": "reason"}  # the field that each button has


@login_required
@permission_required("crm.keep_money", raise_exception=True)
@require_POST
def invoice_pay(request: HtmxRequest, pk: int) -> HttpResponse:
    """Note money that came in, or a credit note."""
    invoice = invoice_of(request, pk)
    form = PaymentForm(request.POST, invoice=invoice, today=timezone.localdate())
    if form.is_valid():
        try:
            made = payments.record(
                invoice=invoice, now=timezone.now(), author=person(request), **form.facts
            )
        except payments.CreditNoteTooLarge as error:
            form.add_error("amount", str(error))
        except payments.PaymentRefused as error:
            form.add_error(None, str(error))
        else:
            away = reverse("payment-away", args=[made.pk])
            offer(request, said=_said(invoice, made), address=away)
            return redirect("invoice-detail", pk=pk)
    return detail(request, invoice, form)


def _said(invoice: Invoice, made: Payment) -> str:
    """Say what the payment did: a part, all of it, or too much."""
    told = {
        "amount": formats.money_in_full(made.amount, invoice.currency),
        "rest": formats.money_in_full(invoice.receivable_amount, invoice.currency),
        "over": formats.money_in_full(invoice.paid_amount - invoice.amount, invoice.currency),
    }
    if invoice.paid_amount > invoice.amount:
        return _("Noted: %(amount)s. That is %(over)s too much: pay it back or bill it.") % told
    if invoice.settled_date:
        return _("Noted: %(amount)s. Paid in full.") % told
    return _("Noted: %(amount)s. Still open: %(rest)s.") % told


@login_required
@permission_required("crm.keep_money", raise_exception=True)
@require_POST
def payment_away(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take a payment back that was a mistake."""
    seen = selector.seen_by(person(request))
    payment = get_object_or_404(Payment.objects.filter(invoice__in=seen), pk=pk)
    try:
        payments.take_back(payment=payment, now=timezone.now())
    except payments.PaymentRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back. The invoice is as it was before."))
    return redirect("invoice-detail", pk=payment.invoice_id)


@login_required
@permission_required("crm.keep_money", raise_exception=True)
@require_POST
def invoice_state(request: HtmxRequest, pk: int) -> HttpResponse:
    """Note a dispute or a write-off, take one back, or put a mistaken invoice away."""
    invoice = invoice_of(request, pk)
    form, what = StateForm(request.POST), request.POST.get("what", "")
    if form.is_valid():
        try:
            said = _change(request, invoice, form)
        except LedgerError as error:
            form.add_error(
                None if isinstance(error, EditedMeanwhile) else BESIDE.get(what), str(error)
            )
        else:
            messages.success(request, said)
            if what == "put_away":
                return redirect("money-invoices")
            return redirect("invoice-detail", pk=pk)
    if what in BESIDE:
        return detail(request, invoice, state=form)
    messages.error(request, formats.sentences(one for each in form.errors.values() for one in each))
    return redirect("invoice-detail", pk=pk)


def _change(request: HttpRequest, invoice: Invoice, form: StateForm) -> str:
    """Do what the button says and return what to say of it."""
    at = {"invoice": invoice, "version": form.cleaned_data["version"], "now": timezone.now()}
    on = form.cleaned_data["day"] or timezone.localdate()
    why = {"reason": form.cleaned_data["reason"], "by": person(request)}
    match request.POST.get("what"):
        case "dispute":
            invoices.dispute(on=on, **at)
            return _("Noted as disputed. No reminder is due until that is settled.")
        case "resolve":
            invoices.dispute(on=None, **at)
            return _("The dispute is settled; the ladder goes on.")
        case "write_off":
            invoices.write_off(on=on, **why, **at)
            return _("Written off. It counts as never paid, not as paid.")
        case "bring_back":
            invoices.write_off(on=None, **why, **at)
            return _("Open again.")
        case "put_away":
            invoices.put_away(**at)
            return _("Put away.")
    raise Http404


@login_required
@permission_required("crm.read_money", raise_exception=True)
@require_POST
def invoice_remind(request: HtmxRequest, pk: int) -> HttpResponse:
    """Note that a step of the ladder was sent, or that it was not."""
    invoice, by = invoice_of(request, pk), person(request)
    step = number(request.POST.get("step"))
    if step not in InvoiceReminder.Step.values:
        raise Http404
    if "undo" in request.POST:
        reminders.take_back(invoice=invoice, step=step, by=by)
        messages.success(request, _("Taken back."))
        return redirect("invoice-detail", pk=pk)
    try:
        reminders.mark_sent(
            invoice=invoice,
            step=step,
            by=by,
            now=timezone.now(),
            note=request.POST.get("note", "").replace("\0", "")[:300],
        )
    except reminders.ReminderRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Noted under your name."))
    return redirect("invoice-detail", pk=pk)
