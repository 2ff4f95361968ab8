"""The page of one lead, and the forms that change it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.evidence import Item
from crm.forms.leads import (
    LEAD_FIELDS,
    CloseForm,
    LeadForm,
    MoveForm,
    NewLeadForm,
    ReopenForm,
    owners,
)
from crm.models import Account, Lead
from crm.selectors import (
    closing,
    custom_fields,
    duplicates,
    evidence,
    lead_page,
)
from crm.selectors.lead_timeline import Asked
from crm.services import leads, openings
from crm.services.errors import EditedMeanwhile, EvidenceMissing, LeadIsClosed
from crm.services.quotas import TooManyAtATime
from crm.views import board, lead_context
from crm.views.moments import moment
from crm.views.requests import HtmxRequest, number, person

KNOWN_ACCOUNTS = 200
LONGEST_ROWS = 1000


@login_required
@require_safe
def lead_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show one lead, now or at a day of the past; htmx asks for earlier entries alone."""
    shown = moment(request)
    user = person(request)
    found = lead_page.lead_of(user, pk, shown.at).first()
    if found is None or (shown.day and max(found.opened_at, found.recorded_at) > shown.at):
        raise Http404
    page = lead_page.build(
        found,
        user=user,
        moment=shown.at,
        asked=_asked(request),
    )
    if request.htmx and not request.htmx.boosted:
        part = "_lead_timeline" if request.htmx.target == "timeline" else "_timeline_entries"
        context = lead_context.of_page(found, page, user=user, shown=shown)
        return render(request, f"crm/{part}.html", context)
    chosen = request.GET.get("play", "")
    context = lead_context.of_cards(
        found, page, user=user, firm=request.firm, shown=shown, chosen=chosen
    )
    context["own_facts"] = custom_fields.own_facts(
        found.custom_fields, is_past=shown.day is not None
    )
    return render(request, "crm/lead_detail.html", context)


def _asked(request: HtmxRequest) -> Asked:
    names = ("rows", "before", "system")
    rows, place, system = (request.GET.get(name, "")[:LONGEST_ROWS] for name in names)
    return Asked.of(rows, place, system)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def lead_new(request: HtmxRequest) -> HttpResponse:
    """Open a lead, with its account when it is not known yet."""
    user = person(request)
    chosen = Account.objects.visible_to(user).filter(pk=number(request.GET.get("account"))).first()
    form = NewLeadForm(
        request.POST or None,
        people=owners(),
        own_fields=custom_fields.own_fields(),
        own_sources=request.firm.own_sources,
        initial={"owner": user.pk, "currency": "CNY", "account_name": chosen or ""},
    )
    similar = _similar(request, form) if request.method == "POST" else []
    if request.method == "POST" and form.is_valid() and not similar:
        try:
            lead = openings.open_lead(now=timezone.now(), by=user, **form.opening)
        except TooManyAtATime as error:
            form.add_error("deal_type", str(error))
        else:
            messages.success(
                request, _("Opened. Log the first talk: after three it gets a verdict.")
            )
            return _to_lead(request, lead.pk)
    known = Account.objects.visible_to(user).current().order_by("-recorded_at", "-pk")
    context = {
        "form": form,
        "known": known.values_list("name", flat=True)[:KNOWN_ACCOUNTS],
        "similar": similar,
    }
    status = 422 if form.errors or similar else 200
    return render(request, "crm/lead_new.html", context, status=status)


def _similar(request: HttpRequest, form: NewLeadForm) -> list[Account]:
    """Return accounts that a new one may be the same as, unless the reader has said it is not."""
    if not form.is_valid() or "account_is_new" in request.POST:
        return []
    name = form.cleaned_data["account_name"].strip()
    similar = duplicates.similar_accounts(name)
    # Looked for last: the same form, sent a moment before, may have added it meanwhile.
    return [] if openings.known_account(name) else similar


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def lead_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Change a lead; an edit of an old version shows what was saved meanwhile."""
    lead = _lead(request, pk)
    saved = Lead.objects.get(pk=lead.pk)
    own_fields = custom_fields.own_fields()
    form = LeadForm(
        request.POST or None,
        instance=lead,
        people=owners(lead.owner_id),
        own_fields=own_fields,
        own_sources=request.firm.own_sources,
    )
    version = number(request.POST.get("version")) if form.is_bound else lead.version
    differing: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            leads.edit(lead=saved, version=version, now=timezone.now(), **form.lead_facts)
        except EditedMeanwhile as error:
            form.add_error(None, str(error))
            version, differing = saved.version, _differing(saved, form)
        except TooManyAtATime as error:
            form.add_error("deal_type", str(error))
        else:
            messages.success(request, _("Saved."))
            return _to_lead(request, pk)
    context = {"form": form, "lead": saved, "version": version, "differing": differing}
    return render(request, "crm/lead_edit.html", context, status=422 if form.errors else 200)


def _differing(saved: Lead, form: LeadForm) -> list[dict[str, Any]]:
    """Return the fields that somebody saved otherwise, with both values."""
    found = []
    for name in LEAD_FIELDS:
        theirs, mine = getattr(saved, name), form.cleaned_data[name]
        if (theirs or None) != (mine or None):
            shown = getattr(saved, f"get_{name}_display", lambda value=theirs: value)()
            labels = (
                dict(getattr(form.fields[name], "choices", ()) or ()) if name != "owner" else {}
            )
            found.append(
                {
                    "label": form.fields[name].label,
                    "theirs": shown,
                    "mine": labels.get(mine, mine),
                }
            )
    mine_own = form.lead_facts["custom_fields"]
    return found + custom_fields.differing(form.own_fields, saved.custom_fields, mine_own)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a lead to a stage."""
    lead = _lead(request, pk)
    form = MoveForm(request.POST)
    if form.is_valid():
        try:
            leads.move(
                lead=lead,
                to_stage=form.cleaned_data["to_stage"],
                version=form.cleaned_data["version"],
                now=timezone.now(),
                by=person(request),
                despite=form.cleaned_data["despite"],
            )
        except EvidenceMissing as error:
            return _gaps_page(request, lead, form.cleaned_data["to_stage"], error)
        except (EditedMeanwhile, LeadIsClosed) as error:
            messages.error(request, str(error))
    else:
        messages.error(request, _("Choose one of the stages."))
    return redirect("lead-detail", pk=pk)


def _gaps_page(
    request: HttpRequest, lead: Lead, to_stage: str, error: EvidenceMissing
) -> HttpResponse:
    """Show what a stage asks for and nobody has noted, with the way on where there is one."""
    questions = [(Item(gap).label, evidence.QUESTIONS[Item(gap)]) for gap in error.gaps]
    context = {
        "lead": lead,
        "to_stage": to_stage,
        "questions": questions,
        "may_go_on": error.may_go_on,
    }
    return render(request, "crm/lead_gaps.html", context, status=422)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def lead_close(request: HtmxRequest, pk: int) -> HttpResponse:
    """Close a lead with how it ended; the page proposes, a person judges.

    The board asks for the form alone, and leads back to itself.
    """
    lead = _lead(request, pk)
    now = timezone.now()
    proposal = closing.proposal(lead, now=now)
    form = CloseForm(
        request.POST or None,
        own_reasons=request.firm.own_reasons,
        initial={
            "version": lead.version,
            "outcome": board.outcome_of_drop(request.GET.get("outcome"), proposal.outcome),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            closed = leads.close(lead=lead, now=now, by=person(request), **form.cleaned_data)
        except (EditedMeanwhile, LeadIsClosed) as error:
            form.add_error(None, str(error))
            form.take_version(Lead.objects.get(pk=pk).version)
        else:
            if "board" in request.GET:
                return board.after_close(request, closed)
            messages.success(request, _("Closed. Thank you: every outcome makes scores better."))
            return redirect("lead-detail", pk=pk)
    context = {"form": form, "lead": lead, "proposal": proposal}
    page = "crm/_lead_close_form.html" if request.htmx else "crm/lead_close.html"
    return render(request, page, context, status=422 if form.errors else 200)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed lead again."""
    lead = _lead(request, pk)
    form = ReopenForm(request.POST)
    try:
        version = form.cleaned_data["version"] if form.is_valid() else 0
        leads.reopen(lead=lead, version=version, now=timezone.now())
    except EditedMeanwhile as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Open again."))
    return redirect("lead-detail", pk=pk)


def _to_lead(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to a lead, or to the list when it belongs to someone else now."""
    if Lead.objects.visible_to(person(request)).filter(pk=pk).exists():
        return redirect("lead-detail", pk=pk)
    messages.info(request, _("The lead belongs to a colleague now, so it left your list."))
    return redirect("lead-list")


def _lead(request: HttpRequest, pk: int) -> Lead:
    seen = Lead.objects.visible_to(person(request)).filter(archived_at=None)
    return get_object_or_404(seen.select_related("account", "owner"), pk=pk)
