"""Caps on effort: set, reviewed by somebody else, and the firm's own; logo and learning deals."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm import rules
from crm.forms.decisions import CAP_FIELDS, CapForm, LimitsForm, LogoDealForm, ReviewForm
from crm.models import Decision, Lead
from crm.selectors import decision_quality, lead_page
from crm.selectors import effort as selector
from crm.services import effort, logo_deals, quotas
from crm.services.effort import NewCap
from crm.services.errors import EditedMeanwhile, LedgerError
from crm.views.requests import HtmxRequest, number, person


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def cap(request: HtmxRequest, pk: int) -> HttpResponse:
    """Set the cap while there is room in it; after that, somebody else reviews the effort."""
    lead, today = _lead(request, pk), timezone.localdate()
    state = selector.state_of(lead, today=today)
    form, done = (
        _set(request, lead, today)
        if state == rules.Effort.WITHIN
        else _review(request, lead, today=today)
    )
    if done:
        messages.success(request, _("The cap holds from now on."))
        return redirect(f"{reverse('lead-detail', args=[pk])}#exposure")
    found = lead_page.lead_of(person(request), pk, timezone.now()).get()
    others = list(selector.reviewers(lead)[: effort.MOST_NAMED])
    context = {
        "lead": lead,
        "form": form,
        "state": state,
        "spent": lead_page.exposure_of(found, None),
        "is_review": state != rules.Effort.WITHIN,
        "others": others,
        "must_be_other": lead.owner_id == person(request).pk and bool(others),
    }
    return render(request, "crm/decide_cap.html", context, status=422 if form.errors else 200)


def _set(request: HtmxRequest, lead: Lead, today: date) -> tuple[Any, bool]:
    version = number(request.POST.get("version")) if request.method == "POST" else lead.version
    form = CapForm(request.POST or None, instance=Lead.objects.get(pk=lead.pk))
    form.fields["version"].initial = lead.version
    if request.method == "POST" and form.is_valid():
        new = NewCap(*(form.cleaned_data[name] for name in CAP_FIELDS))
        try:
            effort.set_cap(lead=lead, cap=new, version=version, now=timezone.now(), today=today)
        except LedgerError as error:
            form.add_error(None, str(error))
            form.take_version(lead.version)
        else:
            return form, True
    return form, False


def _review(request: HtmxRequest, lead: Lead, *, today: date) -> tuple[Any, bool]:
    initial = {name: getattr(lead, name) for name in CAP_FIELDS}
    form = ReviewForm(request.POST or None, kind=Decision.Kind.REVIEW_EFFORT, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            effort.review(
                lead=lead,
                cap=NewCap(*(data[name] for name in CAP_FIELDS)),
                by=person(request),
                now=timezone.now(),
                reason=data["reason"],
                reason_codes=data["reason_codes"],
                token=data["token"],
            )
        except LedgerError as error:
            form.add_error(None, str(error))
        else:
            return form, True
    return form, False


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def logo_deal(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a lead a logo or a learning deal, with its right and its caps."""
    lead = _lead(request, pk)
    initial = {
        "kind": lead.deal_type if lead.deal_type in quotas.BOUNDED else Lead.DealType.LOGO,
        "logo_right_date": lead.logo_right_date,
        "cap_hours": lead.cap_hours,
        "cap_date": lead.cap_date,
        "version": lead.version,
    }
    form = LogoDealForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        now, today = timezone.now(), timezone.localdate()
        try:
            logo_deals.agree(lead=lead, now=now, today=today, **form.cleaned_data)
        except LedgerError as error:
            form.add_error(None, str(error))
            if isinstance(error, EditedMeanwhile):
                form.take_version(Lead.objects.get(pk=pk).version)
        else:
            messages.success(request, _("Noted. Its value counts nothing in forecasts."))
            return redirect("lead-detail", pk=pk)
    context = {"lead": lead, "form": form}
    return render(request, "crm/decide_logo.html", context, status=422 if form.errors else 200)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HtmxRequest) -> HttpResponse:
    """Set the firm's caps and how many logo deals run at a time."""
    firm = request.firm
    caps = selector.caps(firm)
    initial = {
        "cap_hours_until_budget": caps.hours_until_budget,
        "cap_hours_until_terms": caps.hours_until_terms,
        "cap_percent_of_value": (caps.share_of_value * 100).normalize(),
        "logo_deals_at_a_time": selector.logo_deals_at_a_time(firm),
    }
    form = LimitsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = {name: str(value) for name, value in form.cleaned_data.items()}
        effort.set_limits(limits=said, now=timezone.now())
        messages.success(request, _("Saved. Every lead was weighed anew."))
        return redirect("effort-limits")
    context = {"form": form}
    return render(request, "crm/decide_limits.html", context, status=422 if form.errors else 200)


@login_required
@permission_required("crm.read_scores", raise_exception=True)
@require_safe
def decision_report(request: HtmxRequest) -> HttpResponse:
    """Show how leads ended whose flags were overridden, quarter by quarter."""
    leads = Lead.objects.visible_to(person(request)).current()
    found = decision_quality.quarters(leads, today=timezone.localdate(), zone=request.firm.zone)
    context = {"quarters": found, "is_empty": not any(one.leads for one in found)}
    return render(request, "crm/decide_report.html", context)


def _lead(request: HttpRequest, pk: int) -> Lead:
    seen = Lead.objects.visible_to(person(request)).open()
    return get_object_or_404(seen.select_related("account", "owner"), pk=pk)
