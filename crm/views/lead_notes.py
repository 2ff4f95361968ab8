"""What people add on a lead's page: objections, evidence, answers with one tap, copied messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.forms.lead_notes import AnswerForm, ContestForm, CopiedForm, EvidenceForm
from crm.models import Lead
from crm.selectors import lead_page
from crm.selectors.lead_entries import Entry
from crm.selectors.lead_score import Reason, reason_of, scores
from crm.selectors.lead_timeline import Asked
from crm.services import contests, qualification
from crm.services.errors import EditedMeanwhile, LeadIsClosed
from crm.views import lead_context
from crm.views.moments import Moment
from crm.views.requests import HtmxRequest, leave, person


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def lead_contest(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Show the rows behind a reason, each open to correction, and take a disagreement."""
    lead = _lead(request, pk)
    now = timezone.now()
    order, _before, late = scores(lead, now)
    found = reason_of(code, order, late)
    if found is None:
        raise Http404
    reason, score = found
    form = ContestForm(request.POST or None)
    if form.is_valid():
        contests.disagree(
            lead=lead,
            reason_code=code,
            said=reason.text,
            points=reason.points,
            scorer_version=score.stored.scorer_version,
            by=person(request),
            now=now,
            **form.cleaned_data,
        )
        messages.success(request, _("Noted under your name. The score stays; the count is kept."))
        return redirect(reverse("lead-detail", args=[pk]) + "#verdict")
    context = {"lead": lead, "reason": reason, "form": form, "entries": _behind(lead, reason, now)}
    return render(request, "crm/lead_contest.html", context, status=422 if form.errors else 200)


def _behind(lead: Lead, reason: Reason, now: datetime) -> Sequence[Entry]:
    """Return the rows of this lead behind a reason."""
    if reason.place != "timeline":
        return []
    return lead_page.entries_of(lead, Asked(rows=frozenset(reason.rows)), now)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_evidence(request: HtmxRequest, pk: int) -> HttpResponse:
    """Keep what is known of an item."""
    lead = _lead(request, pk)
    form = EvidenceForm(request.POST)
    if form.is_valid():
        try:
            _note(request, lead, form)
        except LeadIsClosed as error:
            form.add_error(None, str(error))
    if form.errors:
        context = {"lead": lead, "form": form}
        return render(request, "crm/lead_evidence.html", context, status=422)
    messages.success(request, _("Noted with name and day."))
    return redirect(reverse("lead-detail", args=[pk]) + "#evidence")


def _note(request: HtmxRequest, lead: Lead, form: EvidenceForm) -> None:
    now, data = timezone.now(), form.cleaned_data
    day = data.pop("said_date")
    happened_at = qualification.noon_of(day, request.firm, now=now)
    qualification.note(lead=lead, happened_at=happened_at, now=now, by=person(request), **data)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_answer(request: HtmxRequest, pk: int) -> HttpResponse:
    """Keep the answer to one question; htmx gets the card anew."""
    lead = _lead(request, pk)
    form = AnswerForm(request.POST)
    status = 200
    if form.is_valid():
        try:
            _keep(request, lead, form)
        except EditedMeanwhile as error:
            form.add_error(None, str(error))
        except LeadIsClosed as error:
            messages.error(request, str(error))
            return _at_lead(request, pk)
    if form.errors:
        status = 422
    if request.htmx:
        return _card(request, lead.pk, form, status)
    if form.errors:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect(reverse("lead-detail", args=[pk]) + "#verdict")


def _keep(request: HttpRequest, lead: Lead, form: AnswerForm) -> None:
    data, now, by = form.cleaned_data, timezone.now(), person(request)
    match data["question"]:
        case "BUDGET":
            qualification.tell_budget(lead=lead, stage=data["choice"], now=now, by=by)
        case "OWNER":
            name = "" if data["choice"] else data["name"].strip()
            qualification.tell_owner(lead=lead, name=name, now=now, by=by)
        case "FIRST_ASK":
            qualification.tell_first_ask(
                lead=lead, ask=data["choice"], version=data["version"], now=now
            )
        case _:
            day = None if data["choice"] else data["due_date"]
            qualification.tell_date(lead=lead, due_date=day, answer=data["choice"], now=now, by=by)


def _at_lead(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show the lead as it is by now; a closed one offers there to open it again."""
    return leave(request, reverse("lead-detail", args=[pk]))


def _card(request: HtmxRequest, pk: int, form: AnswerForm, status: int) -> HttpResponse:
    user, shown = person(request), Moment(timezone.now())
    found: Any = lead_page.lead_of(user, pk, shown.at).get()
    page = lead_page.build(found, user=user, moment=shown.at)
    context = lead_context.of_cards(found, page, user=user, firm=request.firm, shown=shown)
    context["answered"] = form
    part = "_lead_verdict" if page.score and page.score.is_judged else "_lead_unknown"
    return render(request, f"crm/{part}.html", context, status=status)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_copied(request: HtmxRequest, pk: int) -> HttpResponse:
    """Keep that a message was copied."""
    lead = _lead(request, pk)
    form = CopiedForm(request.POST)
    if form.is_valid():
        contests.note_copied(lead=lead, by=person(request), now=timezone.now(), **form.cleaned_data)
    if request.htmx:
        return HttpResponse(status=204 if form.is_valid() else 422)
    messages.success(request, _("Noted as copied; whether it was sent, only you know."))
    return redirect(reverse("lead-detail", args=[pk]) + "#play")


def _lead(request: HttpRequest, pk: int) -> Lead:
    seen = Lead.objects.visible_to(person(request)).filter(archived_at=None)
    return get_object_or_404(seen.select_related("account", "owner"), pk=pk)
