"""The fast list that labels past leads: one tap each, one undo."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm import rules
from crm.forms.labels import STILL_RUNS, LabelForm, skipped
from crm.models import Lead, Outcome
from crm.selectors import closing, unlabelled
from crm.services import labels, users
from crm.services.errors import LedgerError
from crm.services.labels import Label
from crm.views.requests import HtmxRequest, person

DECIDE_IN = timedelta(days=30)
UNDO = "label_to_undo"
UNDO_FOR = timedelta(hours=1)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def label_leads(request: HtmxRequest) -> HttpResponse:
    """Show the next lead without a label, and take one label at a time."""
    if request.method == "POST":
        _take(request)
        if not request.htmx:
            return redirect(_address(request.POST.get("skip", "")))
    return _page(request)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def undo_label(request: HtmxRequest) -> HttpResponse:
    """Take the latest label back."""
    stored = request.session.pop(UNDO, None)
    if stored:
        label = Label(**stored["label"])
        try:
            labels.take_back(lead=_lead(request, label.lead_id), label=label, now=timezone.now())
        except LedgerError as error:
            messages.error(request, str(error))
    if request.htmx:
        return _page(request)
    return redirect(_address(request.POST.get("skip", "")))


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def put_off(request: HttpRequest) -> HttpResponse:
    """Leave the nudge about stale leads for a month."""
    users.put_off_stale_leads(user=person(request), now=timezone.now())
    return redirect("today")


def _take(request: HtmxRequest) -> None:
    form = LabelForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the outcomes."))
        return
    said, now = form.cleaned_data, timezone.now()
    lead = _lead(request, said["lead"])
    try:
        if said["outcome"] == STILL_RUNS:
            until = timezone.localdate() + DECIDE_IN
            done = labels.keep_running(lead=lead, version=said["version"], until=until, now=now)
        else:
            done = labels.label(
                lead=lead,
                outcome=said["outcome"],
                version=said["version"],
                is_guess=said["is_guess"],
                now=now,
                by=person(request),
            )
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        request.session[UNDO] = {"label": done.as_json(), "at": now.timestamp()}


def _page(request: HtmxRequest) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    skip = skipped(request.POST.get("skip", "") or request.GET.get("skip", ""))
    mine = Lead.objects.visible_to(person(request))
    queue = unlabelled.queue(
        mine, now=now, today=today, norms=request.firm.stage_norms, skipped=skip
    )
    following = [*skip, queue.lead.pk] if queue.lead else skip
    context = {
        "queue": queue,
        "outcomes": Outcome.choices,
        "proposal": closing.proposal(queue.lead, now=now) if queue.lead else None,
        "quiet_days": _quiet_days(queue.lead, now),
        "skip": ",".join(map(str, skip)),
        "skip_this": ",".join(map(str, following)),
        "is_guess": "is_guess" in request.POST,
        "done": _done(request, now),
        "today": today,
    }
    template = "crm/_label_queue.html" if request.htmx else "crm/label_leads.html"
    return render(request, template, context)


def _quiet_days(lead: Lead | None, now: datetime) -> int:
    since = (lead.last_client_contact_at or lead.opened_at) if lead else now
    return rules.days_between(since, now) or 0


def _done(request: HttpRequest, now: datetime) -> dict[str, object] | None:
    """Return the latest label, to be shown with its undo for a while."""
    stored = request.session.get(UNDO)
    if not stored or now.timestamp() - stored["at"] > UNDO_FOR.total_seconds():
        return None
    label = Label(**stored["label"])
    mine = Lead.objects.visible_to(person(request)).select_related("account")
    lead = mine.filter(pk=label.lead_id, version=label.version).first()
    return {"lead": lead, "outcome": label.outcome} if lead else None


def _lead(request: HttpRequest, pk: int) -> Lead:
    seen = Lead.objects.visible_to(person(request)).filter(archived_at=None)
    return get_object_or_404(seen, pk=pk)


def _address(skip: str) -> str:
    kept = ",".join(map(str, skipped(skip)))
    return reverse("lead-label") + (f"?{urlencode({'skip': kept})}" if kept else "")
