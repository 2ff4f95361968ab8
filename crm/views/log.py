"""Logging a talk: the form, and the answer that says what it changed."""

from typing import Any
from uuid import uuid4

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from crm.forms import interactions as choices
from crm.forms.interactions import LogForm
from crm.models import Firm, Interaction, Lead
from crm.selectors import talks as selector
from crm.services import talks
from crm.services.errors import LeadIsClosed
from crm.views.requests import HtmxRequest, number, person, searched

POLLS, POLL_MS = 16, 300  # together five seconds


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "POST"])
def log(request: HtmxRequest) -> HttpResponse:
    """Show the form for a lead and take it; without a lead, offer the last ones."""
    user = person(request)
    request.firm = Firm.current()
    asked = request.POST.get("lead") or request.GET.get("lead") or ""
    running = Lead.objects.visible_to(user).open()
    lead = None
    if asked:
        lead = get_object_or_404(running.select_related("account"), pk=number(asked))
    elif "choose" not in request.GET:
        lead = selector.last_used(running, user)
    if lead is None:
        words = searched(request)
        found = selector.choices(running, user, words=words)
        return render(request, "crm/log_choose.html", {"choices": found, "q": words})
    return _log(request, lead)


def _log(request: HtmxRequest, lead: Lead) -> HttpResponse:
    form = LogForm(
        request.POST or None,
        people=selector.people_of(lead),
        today=timezone.localdate(),
        country=request.firm.holiday_country,
        initial={"token": uuid4(), "happened_date": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        data = form.cleaned_data
        given = talks.HandedOver(data["given_kind"], data["given_level"])
        try:
            logged = talks.log(
                lead=lead,
                kind=data["kind"],
                happened_at=form.happened_at(now),
                now=now,
                author=person(request),
                token=data["token"],
                attendees=data["attendees"],
                new_person=data["new_person"],
                handed_over=given if data["given_kind"] else None,
                **form.facts,
            )
        except talks.LoggedAlready as error:
            form.add_error(None, str(error))
            form.take_new_token()
        except LeadIsClosed as error:
            form.add_error(None, str(error))
        else:
            return (
                _answer(request, logged, poll=0)
                if request.htmx
                else redirect("logged", pk=logged.pk)
            )
    template = "crm/_log_form.html" if request.htmx else "crm/log.html"
    return render(request, template, _context(lead, form), status=422 if form.errors else 200)


def _context(lead: Lead, form: LogForm) -> dict[str, Any]:
    return {
        "lead": lead,
        "form": form,
        "common_kinds": choices.COMMON_KINDS,
        "other_kinds": choices.OTHER_KINDS,
        "asks": choices.ASKS,
        "other_asks": choices.OTHER_ASKS,
        "sides": choices.SIDES,
        "holder": choices.YES_NO_UNKNOWN,
        "hours": choices.HOURS,
        "action": f"{reverse('log')}?lead={lead.pk}",
    }


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_GET
def logged(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show what a logged talk changed; htmx asks until the worker has scored it."""
    seen = Interaction.objects.visible_to(person(request)).current().filter(lead__archived_at=None)
    interaction = get_object_or_404(seen.select_related("lead__account"), pk=pk)
    return _answer(request, interaction, poll=number(request.GET.get("poll"), most=POLLS))


def _answer(request: HtmxRequest, interaction: Interaction, *, poll: int) -> HttpResponse:
    answer = selector.answer(interaction, person(request))
    context = {
        "answer": answer,
        "interaction": interaction,
        "lead": answer.lead,
        "next_poll": poll + 1 if not answer.is_scored and poll < POLLS else None,
        "poll_ms": POLL_MS,
    }
    template = "crm/_log_answer.html" if request.htmx else "crm/logged.html"
    return render(request, template, context)
