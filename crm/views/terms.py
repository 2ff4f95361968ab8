"""Payment terms: a new version, a correction of the newest draft, the contract, the declaration."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm import formats, terms_templates
from crm.forms import terms_rows
from crm.forms.inputs import DayAheadField, TokenField
from crm.forms.terms import TermsForm
from crm.forms.terms_rows import Costs, Milestones
from crm.models import Lead, PaymentTerms, User
from crm.selectors import terms as selector
from crm.services import terms as service
from crm.services.errors import EditedMeanwhile, LedgerError
from crm.views.requests import HtmxRequest, number, person


@dataclass
class Said:
    """What stands in the three parts of the page of one version."""

    form: TermsForm
    milestones: Milestones
    costs: Costs

    def is_valid(self) -> bool:
        """Check every part, so that each shows its errors at once."""
        return all([self.form.is_valid(), self.milestones.is_valid(), self.costs.is_valid()])

    @property
    def kept(self) -> dict[str, Any]:
        """Return what a service takes."""
        rows = {"milestones": self.milestones.rows, "costs": self.costs.rows}
        return rows | self.form.facts


def _read(request: HtmxRequest, instance: PaymentTerms, rows: Mapping[str, Any]) -> Said:
    """Return the parts as they were sent, or as they begin."""
    data: QueryDict | None = request.POST if request.method == "POST" else None
    if "more" in request.POST:
        data = terms_rows.with_more_rows(request.POST)
    return Said(
        TermsForm(data, instance=instance, today=timezone.localdate()),
        terms_rows.milestones(data, initial=rows.get("milestones")),
        terms_rows.costs(data, initial=rows.get("costs")),
    )


def lead_seen(request: HtmxRequest, pk: int) -> Lead:
    """Return a lead that this person may see, with its account."""
    seen = Lead.objects.visible_to(person(request)).filter(archived_at=None)
    return get_object_or_404(seen.select_related("account", "owner"), pk=pk)


def terms_seen(request: HtmxRequest, pk: int) -> PaymentTerms:
    """Return a version of a lead that this person may see."""
    seen = PaymentTerms.objects.filter(
        archived_at=None, lead__in=Lead.objects.visible_to(person(request))
    )
    return get_object_or_404(seen.select_related("lead__account"), pk=pk)


@login_required
@permission_required("crm.edit_terms", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def terms_new(request: HtmxRequest, pk: int) -> HttpResponse:
    """Write a new version: from an earlier one, from a usual plan, or from nothing."""
    lead = lead_seen(request, pk)
    last = selector.newest(lead)
    instance, rows = _beginning(request, lead)
    said = _read(request, instance, rows)
    base = number(request.POST.get("base")) if request.POST else (last.pk if last else 0)
    if request.method == "POST" and "more" not in request.POST and said.is_valid():
        by: User = person(request)
        token = said.form.cleaned_data["token"]
        now = timezone.now()
        try:
            service.propose(lead=lead, base=base, now=now, by=by, token=token, **said.kept)
        except EditedMeanwhile as error:
            said.form.add_error(None, str(error))
            base = last.pk if last else 0
        else:
            messages.success(request, _("Saved. The score and the cash curve follow."))
            return redirect("lead-terms", pk=pk)
    return _page(request, lead, said, {"base": base, "is_new": True})


def _beginning(request: HtmxRequest, lead: Lead) -> tuple[PaymentTerms, dict[str, Any]]:
    """Return what a new version begins with."""
    source = selector.version_of(lead, number(request.GET.get("from")))
    status = PaymentTerms.Status.PROPOSED_BY_CLIENT
    if source is not None:
        begun = PaymentTerms(**service.copied(source.terms), lead=lead)
        begun.status = PaymentTerms.Status.PROPOSED_BY_US
        begun.happened_at = timezone.now()
        rows = {
            "milestones": terms_rows.milestone_rows([one.row for one in source.payments]),
            "costs": terms_rows.cost_rows(source.costs),
        }
        return begun, rows
    plan = terms_templates.PLANS.get(request.GET.get("plan", ""))
    begun = PaymentTerms(
        lead=lead,
        status=PaymentTerms.Status.PROPOSED_BY_US if plan else status,
        contract_amount=lead.est_value_amount,
        currency=lead.currency or "CNY",
        vat_percent=6,
        happened_at=timezone.now(),
    )
    return begun, {"milestones": terms_rows.milestone_rows(plan.planned)} if plan else {}


@login_required
@permission_required("crm.edit_terms", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def terms_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Correct the newest draft."""
    saved = terms_seen(request, pk)
    source = selector.version_of(saved.lead, pk)
    if source is None or not source.is_open:
        messages.error(request, str(service.VersionStands()))
        return redirect("lead-terms", pk=saved.lead_id)
    rows = {
        "milestones": terms_rows.milestone_rows([one.row for one in source.payments]),
        "costs": terms_rows.cost_rows(source.costs),
    }
    said = _read(request, source.terms, rows)
    version = number(request.POST.get("version")) if request.POST else saved.version
    if request.method == "POST" and "more" not in request.POST and said.is_valid():
        now = timezone.now()
        try:
            service.correct(terms=saved, version=version, now=now, **said.kept)
        except LedgerError as error:
            said.form.add_error(None, str(error))
            version = saved.version
        else:
            messages.success(request, _("Saved. The score and the cash curve follow."))
            return redirect("lead-terms", pk=saved.lead_id)
    return _page(request, saved.lead, said, {"version": version, "terms": saved})


def _page(request: HtmxRequest, lead: Lead, said: Said, more: dict[str, Any]) -> HttpResponse:
    wrong = said.form.errors or said.milestones.total_error_count() or said.costs.errors
    is_wrong = request.method == "POST" and "more" not in request.POST and bool(wrong)
    context = {"lead": lead, "said": said, "form": said.form, "is_wrong": is_wrong} | more
    return render(request, "crm/terms_form.html", context, status=422 if is_wrong else 200)


@login_required
@permission_required("crm.edit_terms", raise_exception=True)
@require_POST
def agree(request: HtmxRequest, pk: int) -> HttpResponse:
    """Note that the newest draft was signed."""
    terms = terms_seen(request, pk)
    try:
        day = DayAheadField(required=False).clean(request.POST.get("signed_date") or None)
        service.agree(
            terms=terms,
            version=number(request.POST.get("version")),
            signed_date=day or timezone.localdate(),
            now=timezone.now(),
            by=person(request),
            token=TokenField().clean(request.POST.get("token") or str(uuid4())),
        )
    except ValidationError as error:
        messages.error(request, formats.sentences(error.messages))
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Agreed. This version now stands as the contract."))
    return redirect("lead-terms", pk=terms.lead_id)


@login_required
@permission_required("crm.edit_terms", raise_exception=True)
@require_POST
def declared(request: HtmxRequest, pk: int) -> HttpResponse:
    """Note that the client was told that we are an SME, with the day; or take that back."""
    terms = terms_seen(request, pk)
    is_declared = request.POST.get("declared") == "yes"
    try:
        service.fill(
            terms=terms,
            version=number(request.POST.get("version")),
            now=timezone.now(),
            sme_declared=is_declared or None,
            sme_declared_date=timezone.localdate() if is_declared else None,
        )
    except LedgerError as error:
        messages.error(request, str(error))
    return redirect("lead-terms", pk=terms.lead_id)
