"""Deciding about a lead: the small form, the answer in one tap, and taking it back."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm import answer_buttons
from crm.forms.decisions import DecideForm, OfferAnswerForm, PlayForm, scores_seen
from crm.models import Decision, Lead, PaidStepOffer
from crm.models.assessment import ANSWERS
from crm.selectors import decide as selector
from crm.selectors import standing_decisions
from crm.services import decisions, offers
from crm.services.answers import Answer, HandlingIsMissing, ReasonIsMissing, ReviewDateIsMissing
from crm.services.errors import LedgerError
from crm.views.requests import HtmxRequest, leave, person

Kind = Decision.Kind
FIELD_OF: Mapping[type[LedgerError], str] = {
    ReasonIsMissing: "reason",
    ReviewDateIsMissing: "review_date",
    HandlingIsMissing: "handling",
}


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show the form of one answer, and take it; a link of a mail only ever shows it."""
    lead = _lead(request, pk)
    asked = request.POST.get("kind") or request.GET.get("kind") or Kind.CONTINUE
    kind = asked if asked in ANSWERS else Kind.CONTINUE
    play = answer_buttons.PLAYS.get(request.POST.get("play", ""))
    if play and kind == Kind.CONTINUE:
        return _follow_play(request, lead, play.code)
    shown = selector.shown(lead)
    form = DecideForm(
        request.POST or None,
        kind=kind,
        lead=lead,
        today=timezone.localdate(),
        initial={"seen": ",".join(map(str, shown.ids))},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _take(request, lead, form)
        except LedgerError as error:
            field = FIELD_OF.get(type(error))
            form.add_error(field if field in form.fields else None, str(error))
        else:
            return _answered(request, lead, made)
    return _form(request, lead, form, shown)


def _take(request: HtmxRequest, lead: Lead, form: DecideForm) -> Decision:
    data = form.cleaned_data
    common: dict[str, Any] = {
        "lead": lead,
        "answer": form.answer,
        "by": person(request),
        "now": timezone.now(),
        "today": timezone.localdate(),
        "seen": scores_seen(data["seen"]),
        "token": data["token"],
    }
    if form.kind == Kind.OFFER_PAID_STEP:
        return offers.offer(what=data["what"], amount=data["amount"], **common)
    return decisions.decide(**common)


def _follow_play(request: HtmxRequest, lead: Lead, code: str) -> HttpResponse:
    """Go on by the play that the reasons suggest: those reasons are the why."""
    now, today = timezone.now(), timezone.localdate()
    play, shown = answer_buttons.PLAYS[code], selector.shown(lead)
    answer = Answer(
        kind=Kind.CONTINUE,
        reason=str(play.name),
        reason_codes=answer_buttons.codes_behind(play, shown.reasons),
        handling=Decision.Handling.REDUCE,
        review_date=today + selector.PLAY_RESTS,
        play=code,
    )
    said = PlayForm(request.POST)
    said.is_valid()
    seen = scores_seen(said.cleaned_data.get("seen", "")) or shown.ids
    try:
        made = decisions.decide(
            lead=lead,
            answer=answer,
            by=person(request),
            now=now,
            today=today,
            seen=seen,
            token=said.cleaned_data["token"],
        )
    except LedgerError as error:
        form = DecideForm(None, kind=Kind.CONTINUE, lead=lead, today=today)
        messages.error(request, str(error))
        return _form(request, lead, form, shown)
    return _answered(request, lead, made)


def _form(
    request: HtmxRequest, lead: Lead, form: DecideForm, shown: selector.Shown
) -> HttpResponse:
    context = {
        "lead": lead,
        "form": form,
        "shown": shown,
        "kinds": [(kind, Kind(kind).label) for kind in ANSWERS],
        "action": reverse("lead-decide", args=[lead.pk]),
        "on_today": _on_today(request, lead),
        "waiting_offer": form.kind == Kind.OFFER_PAID_STEP and selector.waits_for_answer(lead),
        "open_form": True,
        "one": selector.due_of(lead) if _on_today(request, lead) else None,
    }
    template = "crm/_due_row.html" if _on_today(request, lead) else "crm/decide.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _answered(request: HtmxRequest, lead: Lead, made: Decision) -> HttpResponse:
    """Say what was decided where it was decided."""
    if made.kind == Kind.WALK_AWAY:
        return leave(request, f"{reverse('lead-close', args=[lead.pk])}?outcome=WALKED_AWAY")
    if _on_today(request, lead):
        return _line(request, made)
    messages.success(request, selector.words_of(made))
    return redirect(f"{reverse('lead-detail', args=[lead.pk])}#decisions")


def _line(request: HtmxRequest, made: Decision) -> HttpResponse:
    """Return the grey line in the place of the row, with the sums above it."""
    user, now = person(request), timezone.now()
    taken = standing_decisions.Taken(
        decision=made, is_taken_back=False, may_take_back=made.may_be_taken_back(by=user, now=now)
    )
    context = {"line": taken, "sums": _sums(request), "focus": True}
    return render(request, "crm/_due_answered.html", context)


def _sums(request: HtmxRequest) -> dict[str, Any]:
    leads = Lead.objects.visible_to(person(request))
    return selector.sums(leads, today=timezone.localdate())


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def take_back(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take one's own decision back while it is fresh."""
    seen = Decision.objects.visible_to(person(request)).filter(archived_at=None)
    decision = get_object_or_404(seen.select_related("lead__account", "decided_by"), pk=pk)
    try:
        decisions.take_back(decision=decision, by=person(request), now=timezone.now())
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        if not request.htmx:
            messages.success(request, _("Taken back. The history shows both."))
    lead = _lead(request, decision.lead_id)
    if _on_today(request, lead):
        return _row(request, lead)
    if request.POST.get("next") == "today":
        return redirect("today")
    return redirect(f"{reverse('lead-detail', args=[lead.pk])}#decisions")


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_safe
def due_row(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show the row of Today again, its small form folded away."""
    lead = _lead(request, pk)
    return _row(request, lead) if request.htmx else redirect("today")


def _row(request: HtmxRequest, lead: Lead) -> HttpResponse:
    context = {
        "lead": lead,
        "one": selector.due_of(lead),
        "sums": _sums(request),
        "focus": True,
        "day": timezone.localdate(),
    }
    return render(request, "crm/_due_row.html", context)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def offer_answer(request: HtmxRequest, pk: int) -> HttpResponse:
    """Log what the client said to an offered step, or take that back."""
    seen = PaidStepOffer.objects.filter(
        archived_at=None, lead__in=Lead.objects.visible_to(person(request))
    )
    offer = get_object_or_404(seen, pk=pk)
    form = OfferAnswerForm(request.POST)
    now = timezone.now()
    try:
        if "undo" in request.POST:
            offers.take_answer_back(offer=offer, now=now)
            messages.success(request, _("Taken back: the offer waits for its answer again."))
        elif form.is_valid():
            offers.log_answer(offer=offer, answer=form.cleaned_data["answer"], now=now)
            messages.success(request, _("Logged. The score takes it in within moments."))
        else:
            messages.error(request, _("Choose one of the answers."))
    except LedgerError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('lead-detail', args=[offer.lead_id])}#decisions")


def _on_today(request: HtmxRequest, lead: Lead) -> bool:
    return bool(request.htmx and request.htmx.target == f"due-{lead.pk}")


def _lead(request: HtmxRequest, pk: int) -> Lead:
    seen = Lead.objects.visible_to(person(request)).filter(archived_at=None)
    return get_object_or_404(seen.select_related("account", "owner"), pk=pk)
