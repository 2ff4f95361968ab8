"""Invoices: the list, one invoice, a new one, the list as a file."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm import formats, workdays
from crm.forms.invoices import InvoiceForm, StateForm
from crm.forms.payments import PaymentForm
from crm.models import Account, Invoice, Lead, PaymentMilestone, User
from crm.reports import files, invoice_export
from crm.selectors import ageing, contract, invoice_page
from crm.selectors import invoices as selector
from crm.selectors.invoices import Asked
from crm.services import invoices, payment_rules
from crm.services.errors import EditedMeanwhile
from crm.services.invoices import InvoiceRefused
from crm.views import downloads
from crm.views.requests import HtmxRequest, number, person
from crm.views.undo_offers import taken

MOST_NAMED = 20
WRITTEN = ("number", "milestone_label", "amount", "currency", "issued_date", "due_date", "version")


def asked(request: HttpRequest) -> Asked:
    """Return which invoices an address asks for."""
    said = request.GET
    which, sort, age = said.get("which", ""), said.get("sort", ""), said.get("age", "")
    currency = said.get("currency", "").upper()
    return Asked(
        which=which if which in selector.WHICH else "open",
        account=number(said.get("account")),
        lead=number(said.get("lead")),
        age=age if age in ageing.AGES else "",
        currency=currency if currency.isalpha() and len(currency) == 3 else "",
        sort=sort if sort in selector.SORTS else "due",
        after=said.get("after") or said.get("before") or "",
        back=bool(said.get("before")),
    )


@login_required
@permission_required("crm.read_money", raise_exception=True)
@require_safe
def invoice_list(request: HtmxRequest) -> HttpResponse:
    """Show invoices with what is foreseen of them, their sums and their age."""
    user, today = person(request), timezone.localdate()
    want = asked(request)
    waiting = selector.still_open(selector.seen_by(user)).filter(currency=selector.MAIN)
    account = Account.objects.visible_to(user).filter(pk=want.account).first()
    context = {
        "asked": want,
        "page": selector.page(user, want, today=today),
        "counts": selector.counts(user, today=today),
        "sums": selector.sums(user, today=today),
        "ageing": ageing.ageing(waiting, today=today),
        "ages": ageing.AGES,
        "money_unit": formats.money_unit(),
        "account": account if want.account else None,
        "today": today,
        "undo": taken(request),
        "is_any": selector.seen_by(user).exists(),
    }
    return render(request, "crm/invoice_list.html", context)


def invoice_of(request: HtmxRequest, pk: int) -> Invoice:
    """Return an invoice that the reader may see."""
    found = selector.seen_by(person(request)).select_related("account", "lead", "milestone__terms")
    return get_object_or_404(found, pk=pk)


@login_required
@permission_required("crm.read_money", raise_exception=True)
@require_safe
def invoice_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show one invoice: its forecast, the ladder, the message, what was paid."""
    return detail(request, invoice_of(request, pk))


def detail(
    request: HtmxRequest,
    invoice: Invoice,
    form: PaymentForm | None = None,
    state: StateForm | None = None,
) -> HttpResponse:
    """Answer with the page of an invoice, and with what was wrong in one of its forms."""
    today = timezone.localdate()
    context = {
        "page": invoice_page.page(
            invoice,
            today=today,
            rules=payment_rules.current_rules(),
            rates=payment_rules.current_rates(),
        ),
        "invoice": invoice,
        "form": form or PaymentForm(invoice=invoice, today=today),
        "state": state,
        "what": request.POST.get("what", "") if state else "",
        "today": today,
        "undo": taken(request),
    }
    wrong = any(one.errors for one in (form, state) if one)
    return render(request, "crm/invoice_detail.html", context, status=422 if wrong else 200)


@login_required
@permission_required("crm.keep_money", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_new(request: HtmxRequest) -> HttpResponse:
    """Note an invoice of a milestone, of a lead, or of an account alone."""
    user, today = person(request), timezone.localdate()
    milestone, lead, account = _billed(request, user)
    if account is None:
        return _choose(request, user)
    usual = _usual(milestone, today)
    form = InvoiceForm(request.POST or None, today=today, initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            made = invoices.issue(
                account=account, lead=lead, milestone=milestone, now=timezone.now(),
                token=form.cleaned_data["token"], **form.facts,
            )  # fmt: skip
        except InvoiceRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Noted. Its forecast follows in a moment."))
            return redirect("invoice-detail", pk=made.pk)
    context = {
        "form": form, "account": account, "lead": lead, "milestone": milestone, "invoice": None,
        "free_day": _next_workday(usual["due_date"], request.firm.holiday_country),
        "due_date": usual["due_date"],
        "days": contract.term_days(milestone, milestone.terms) if milestone else None,
    }  # fmt: skip
    return render(request, "crm/invoice_form.html", context, status=422 if form.errors else 200)


def _billed(
    request: HtmxRequest, user: User
) -> tuple[PaymentMilestone | None, Lead | None, Account | None]:
    """Return whom and what is billed, as the address says."""
    said = request.GET
    if "milestone" in said:
        rows = PaymentMilestone.objects.visible_to(user).current().filter(lead__archived_at=None)
        rows = rows.select_related("lead__account", "terms")
        one = get_object_or_404(rows, pk=number(said["milestone"]))
        return one, one.lead, one.lead.account
    if "lead" in said:
        leads = Lead.objects.visible_to(user).current().select_related("account")
        lead = get_object_or_404(leads, pk=number(said["lead"]))
        return None, lead, lead.account
    if "account" in said:
        accounts = Account.objects.visible_to(user).current()
        return None, None, get_object_or_404(accounts, pk=number(said["account"]))
    return None, None, None


def _usual(milestone: PaymentMilestone | None, today: date) -> dict[str, Any]:
    terms = milestone.terms if milestone else None
    days = contract.term_days(milestone, terms)
    due = today + timedelta(days=invoices.USUAL_TERM_DAYS if days is None else days)
    if milestone is not None:  # the clock runs from the acceptance, though not to before the issue
        due = max(today, contract.due_date(milestone) or due)
    usual: dict[str, Any] = {"issued_date": today, "due_date": due, "currency": "CNY"}
    if milestone is not None:
        usual["milestone_label"] = milestone.label
        usual["amount"] = invoices.milestone_amount(milestone)
        usual["currency"] = terms.currency if terms else "CNY"
    return usual


def _next_workday(day: date, country: str) -> date | None:
    """Return the working day after a day on which no bank works, None for a working day."""
    if workdays.is_workday(day, country=country):
        return None
    return workdays.add_workdays(day, 1, country=country)


def _choose(request: HtmxRequest, user: User) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "")[:100].strip()
    found = Lead.objects.visible_to(user).filter(archived_at=None).select_related("account")
    if words:
        found = found.filter(account__name__icontains=words)
    context = {
        "milestones": [
            (one, invoices.milestone_amount(one)) for one in invoice_page.billable(user)
        ],
        "leads": found.order_by("-opened_at", "-pk")[:MOST_NAMED],
        "accounts": Account.objects.visible_to(user)
        .current()
        .filter(name__icontains=words)
        .order_by("name", "pk")[:MOST_NAMED]
        if words
        else (),
        "q": words,
    }
    return render(request, "crm/invoice_choose.html", context)


@login_required
@permission_required("crm.keep_money", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Correct what an invoice says."""
    invoice = invoice_of(request, pk)
    told = {name: getattr(invoice, name) for name in WRITTEN}
    form = InvoiceForm(request.POST or None, today=timezone.localdate(), initial=told)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            invoices.change(invoice=invoice, version=version, now=timezone.now(), **form.facts)
        except (InvoiceRefused, EditedMeanwhile) as error:
            form.add_error(None, str(error))
            form.said_again(invoice.version)
        else:
            messages.success(request, _("Saved."))
            return redirect("invoice-detail", pk=pk)
    context = {"form": form, "invoice": invoice, "account": invoice.account, "lead": invoice.lead}
    return render(request, "crm/invoice_form.html", context, status=422 if form.errors else 200)


@login_required
@permission_required("crm.read_money", raise_exception=True)
@require_safe
def invoice_export_file(request: HtmxRequest, form: str) -> downloads.FileAnswer:
    """Answer with all the invoices that are asked for, as CSV or XLSX."""
    if form not in files.FORMS:
        raise Http404
    user, today = person(request), timezone.localdate()
    want = asked(request)
    rows = invoice_export.rows(selector.asked_for(user, want, today=today), want, today=today)
    name = f"{_('invoices')}-{today.isoformat()}.{form}"
    if form == "csv":
        return downloads.csv(name, invoice_export.csv_lines(rows))
    return downloads.workbook(
        name, lambda target: invoice_export.write_xlsx(rows, target, today=today)
    )
