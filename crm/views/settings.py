"""The founders' settings page: the firm, its lists and names, its figures."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.forms.settings import FigureForm, FirmForm
from crm.models import Firm
from crm.selectors import firm as selector
from crm.services import firm as service
from crm.views.requests import HtmxRequest


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def firm_settings(request: HtmxRequest) -> HttpResponse:
    """Show and take the settings of the firm."""
    form = FirmForm(request.POST or None, instance=Firm.current(), now=timezone.now())
    if request.method == "POST" and form.is_valid():
        service.change(facts=form.facts)
        messages.success(request, _("Saved."))
        return redirect("firm-settings")
    figure_form = FigureForm(initial={"valid_from": timezone.localdate()})
    return _page(request, form, figure_form)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def firm_figure(request: HtmxRequest) -> HttpResponse:
    """Keep a figure from a day on."""
    figure_form = FigureForm(request.POST)
    if figure_form.is_valid():
        service.note_figure(now=timezone.now(), **figure_form.cleaned_data)
        messages.success(request, _("Saved. Older figures stay for the time before."))
        return redirect("firm-settings")
    return _page(request, FirmForm(instance=request.firm, now=timezone.now()), figure_form)


def _page(request: HtmxRequest, form: FirmForm, figure_form: FigureForm) -> HttpResponse:
    context = {
        "form": form,
        "figure_form": figure_form,
        "figures": selector.figures(timezone.now()),
    }
    wrong = form.errors or figure_form.errors
    return render(request, "crm/settings.html", context, status=422 if wrong else 200)
