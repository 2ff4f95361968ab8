"""Logging a talk: the form, and the answer that says what it changed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm import play_messages
from crm.forms import interactions as choices
from crm.forms.interactions import LogForm, of_plan
from crm.forms.talk_facts import FactForm, TokenForm
from crm.models import Interaction, Lead, PlannedMeeting
from crm.models.lead import LeadQuerySet
from crm.selectors import talks as selector
from crm.services import taking_back, talks
from crm.services.errors import LeadIsClosed
from crm.services.handovers import AboveAllowedLevel, HandedOver
from crm.views.requests import HtmxRequest, number, person, searched

POLLS, POLL_MS = 16, 300  # together five seconds
FACT_FOR = timedelta(days=1)  # how long the answer to a talk takes another fact


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HtmxRequest) -> HttpResponse:
    """Show the form for a lead and take it; without a lead, offer the last ones."""
    user = person(request)
    running = Lead.objects.visible_to(user).open().select_related("account")
    asked = request.POST.get("lead") or request.GET.get("lead") or ""
    plan = _plan(request, running)
    lead = plan.lead if plan else None
    if lead is None and asked:
        lead = get_object_or_404(running, pk=number(asked))
    elif lead is None and "choose" not in request.GET:
        plan = selector.plan_of_today(running, user, timezone.localdate())
        lead = plan.lead if plan else selector.last_used(running, user)
    if lead is None:
        words = searched(request)
        found = selector.choices(running, user, words=words)
        context = {
            "choices": found, "q": words, "to": reverse("log"), "heading": _("Log a meeting"),
        }  # fmt: skip
        template = "crm/_log_choose.html" if request.htmx else "crm/log_choose.html"
        return render(request, template, context)
    return _log(request, lead, plan)


def _plan(request: HtmxRequest, running: LeadQuerySet) -> PlannedMeeting | None:
    """Return the planned meeting that is logged now, where the address names one."""
    asked = request.GET.get("plan")
    if not asked:
        return None
    plans = PlannedMeeting.objects.waiting().filter(lead__in=running)
    found = plans.select_related("lead__account").filter(pk=number(asked)).first()
    # Sent twice, the plan waits no longer the second time; the token still finds its talk.
    done = PlannedMeeting.objects.filter(pk=number(asked), lead__in=running)
    return found or get_object_or_404(done.select_related("lead__account"))


def _log(request: HtmxRequest, lead: Lead, plan: PlannedMeeting | None) -> HttpResponse:
    user, today = person(request), timezone.localdate()
    form = LogForm(
        request.POST or None,
        people=selector.people_of(lead),
        colleagues=selector.colleagues(user),
        today=today,
        country=request.firm.holiday_country,
        initial={"token": uuid4(), "happened_date": today} | of_plan(plan, today),
    )
    if request.method == "POST" and form.is_valid():
        try:
            logged = _store(request, form, lead, plan)
        except talks.LoggedAlready as error:
            form.add_error(None, str(error))
            form.take_new_token()
        except LeadIsClosed as error:
            form.add_error(None, str(error))
        except AboveAllowedLevel as error:
            form.add_error("given_anyway", str(error))
        else:
            return (
                _answer(request, logged, poll=0)
                if request.htmx
                else redirect("logged", pk=logged.pk)
            )
    template = "crm/_log_form.html" if request.htmx else "crm/log.html"
    return render(request, template, _context(lead, form, plan), status=422 if form.errors else 200)


def _store(
    request: HtmxRequest, form: LogForm, lead: Lead, plan: PlannedMeeting | None
) -> Interaction:
    now, data = timezone.now(), form.cleaned_data
    given = HandedOver(data["given_kind"], data["given_level"], form.override_reason)
    return talks.log(
        lead=lead,
        kind=data["kind"],
        happened_at=form.happened_at(now),
        now=now,
        author=person(request),
        token=data["token"],
        attendees=data["attendees"],
        new_person=data["new_person"],
        handed_over=given if data["given_kind"] else None,
        plan=plan,
        effort=form.effort(person(request)),
        **form.facts,
    )


def _context(lead: Lead, form: LogForm, plan: PlannedMeeting | None) -> dict[str, Any]:
    return {
        "lead": lead,
        "form": form,
        "plan": plan,
        "common_kinds": choices.COMMON_KINDS,
        "other_kinds": choices.OTHER_KINDS,
        "asks": choices.ASKS,
        "other_asks": choices.OTHER_ASKS,
        "sides": choices.SIDES,
        "holder": choices.YES_NO_UNKNOWN,
        "hours": choices.HOURS,
        "instead": [play_messages.message("M3", language, {}) for language in ("zh", "en")],
        "action": f"{reverse('log')}?" + (f"plan={plan.pk}" if plan else f"lead={lead.pk}"),
    }


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_safe
def logged(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show what a logged talk changed; htmx asks until the worker has scored it."""
    poll = number(request.GET.get("poll"), most=POLLS)
    seen = Interaction.objects.visible_to(person(request)).exclude(archived_at=None)
    if poll and request.htmx and seen.filter(pk=pk).exists():
        return HttpResponse(status=204)  # taken back while it was being scored
    return _answer(request, _talk(request, pk), poll=poll, asks="told" not in request.GET)


def _talk(request: HtmxRequest, pk: int) -> Interaction:
    seen = Interaction.objects.visible_to(person(request)).current().filter(lead__archived_at=None)
    return get_object_or_404(seen.select_related("lead__account"), pk=pk)


def _answer(
    request: HtmxRequest, interaction: Interaction, *, poll: int, asks: bool = True
) -> HttpResponse:
    now, user = timezone.now(), person(request)
    answer = selector.answer(interaction, user, now=now, asks=asks)
    context = {
        "answer": answer,
        "interaction": interaction,
        "lead": answer.lead,
        "next_poll": poll + 1 if not answer.is_scored and poll < POLLS else None,
        "poll_ms": POLL_MS,
        "asks": asks,
        "may_take_back": taking_back.may_take_back(interaction, by=user, now=now),
    }
    template = "crm/_log_answer.html" if request.htmx else "crm/logged.html"
    return render(request, template, context)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def log_fact(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take the one fact that the answer asked for; "not said" is an answer, too."""
    talk, now = _talk(request, pk), timezone.now()
    form = FactForm(request.POST)
    if form.is_valid() and talk.lead.is_open and talk.recorded_at > now - FACT_FOR:
        talks.add_fact(talk=talk, now=now, by=person(request), **form.cleaned_data)
        talk.refresh_from_db()
    if request.htmx:
        return _answer(request, talk, poll=0, asks=False)
    return redirect(f"{reverse('logged', args=[pk])}?told=1")


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def log_undo(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take a talk back."""
    talk = _talk(request, pk)
    try:
        taking_back.take_back(talk=talk, by=person(request), now=timezone.now())
    except taking_back.TooLateToTakeBack as error:
        messages.error(request, str(error))
        return redirect("lead-detail", pk=talk.lead_id)
    if request.htmx:
        return render(request, "crm/_log_undone.html", {"lead": talk.lead})
    messages.success(request, _("Taken back. Nothing of it counts any more."))
    return redirect("lead-detail", pk=talk.lead_id)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def log_in_vain(request: HtmxRequest, pk: int) -> HttpResponse:
    """Note with one tap that a call was not answered."""
    lead = get_object_or_404(Lead.objects.visible_to(person(request)).open(), pk=pk)
    form = TokenForm(request.POST)
    form.is_valid()
    try:
        talks.call_in_vain(
            lead=lead, by=person(request), now=timezone.now(), token=form.cleaned_data["token"]
        )
    except LeadIsClosed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Noted: called, nobody answered. It counts as no contact."))
    return redirect("lead-detail", pk=pk)
