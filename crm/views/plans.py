"""Meetings ahead: plan, move, cancel, and the check before a trip."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm import trips, workdays
from crm.forms import plans as choices
from crm.forms.plans import CancelForm, PlanForm, TravelForm
from crm.models import BudgetStage, Firm, Lead, PlannedMeeting, TravelCheck
from crm.selectors import plans as selector
from crm.selectors import talks
from crm.services import plans
from crm.services.effort import LeadIsFrozen
from crm.services.errors import EditedMeanwhile, LeadIsClosed
from crm.views.requests import HtmxRequest, number, person, searched

POSTPONED_WORKDAYS = 10


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_new(request: HtmxRequest) -> HttpResponse:
    """Plan a meeting with a lead; a trip is looked at next. Without a lead, offer the last ones."""
    user, today = person(request), timezone.localdate()
    running = Lead.objects.visible_to(user).open().select_related("account")
    if "lead" not in request.GET:
        words = searched(request)
        found = talks.choices(running, user, words=words)
        context = {
            "choices": found, "q": words, "to": reverse("plan-new"), "heading": _("Plan a meeting"),
        }  # fmt: skip
        return render(request, "crm/log_choose.html", context)
    lead = get_object_or_404(running, pk=number(request.GET["lead"]))
    form = PlanForm(
        request.POST or None,
        people=talks.people_of(lead),
        today=today,
        initial={"meeting_date": _asked_day(request), "kind": ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            planned = plans.plan(
                lead=lead,
                now=timezone.now(),
                author=user,
                token=form.cleaned_data["token"],
                attendees=form.cleaned_data["attendees"],
                **form.facts,
            )
        except (LeadIsClosed, LeadIsFrozen) as error:
            form.add_error(None, str(error))
        else:
            return _planned(request, planned, _("Planned. It stands in the next days on Today."))
    return _plan_form(request, lead, form, None)


def _asked_day(request: HtmxRequest) -> Any:
    try:
        return parse_date(request.GET.get("day", "")[:10])
    except ValueError:
        return None


def _plan_form(
    request: HtmxRequest, lead: Lead, form: PlanForm, plan: PlannedMeeting | None
) -> HttpResponse:
    context = {"lead": lead, "form": form, "plan": plan, "kinds": choices.KINDS}
    return render(request, "crm/plan_form.html", context, status=422 if form.errors else 200)


def _planned(request: HtmxRequest, planned: PlannedMeeting, words: str) -> HttpResponse:
    """Go to the check where the meeting is a trip that nobody looked at, else to the lead."""
    messages.success(request, words)
    trip = selector.is_trip(planned, planned.lead.account, request.firm)
    if trip and not planned.checks.exists():
        return redirect("travel-check", pk=planned.pk)
    return redirect("lead-detail", pk=planned.lead_id)


def _waiting(request: HtmxRequest, pk: int) -> PlannedMeeting:
    leads = Lead.objects.visible_to(person(request)).open()
    waiting = PlannedMeeting.objects.waiting().filter(lead__in=leads)
    return get_object_or_404(waiting.select_related("lead__account"), pk=pk)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_safe
def lead_plans(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show what lies ahead of a lead; its page asks for this part after the rest."""
    running = Lead.objects.visible_to(person(request)).filter(archived_at=None)
    lead = get_object_or_404(running.select_related("account"), pk=pk)
    context = {
        "lead": lead,
        "meetings": selector.of_lead(lead, firm=request.firm),
        "day": timezone.localdate(),
        "token": uuid4(),
        "on_lead": True,
    }
    template = "crm/_lead_plans.html" if request.htmx else "crm/lead_plans.html"
    return render(request, template, context)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Move a meeting, or change what is known of it."""
    plan, today = _waiting(request, pk), timezone.localdate()
    known = {name: getattr(plan, name) for name in choices.PLAN_FIELDS}
    known["attendees"] = [str(key) for key in plan.attendees.values_list("pk", flat=True)]
    form = PlanForm(
        request.POST or None,
        people=talks.people_of(plan.lead),
        today=today,
        initial=known | {"version": plan.version},
    )
    if request.method == "POST" and form.is_valid():
        try:
            moved = plans.change(
                plan=plan,
                version=form.cleaned_data["version"],
                now=timezone.now(),
                attendees=form.cleaned_data["attendees"],
                **form.facts,
            )
        except LeadIsFrozen as error:
            form.add_error(None, str(error))
        except EditedMeanwhile as error:
            form.add_error(None, str(error))
            form.take_version(plan.version)
        else:
            return _planned(request, moved, _("Saved."))
    return _plan_form(request, plan.lead, form, plan)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def plan_cancel(request: HtmxRequest, pk: int) -> HttpResponse:
    """Cancel a meeting that does not take place."""
    plan = _waiting(request, pk)
    form = CancelForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        reason = form.cleaned_data.get("reason", "")
        plans.cancel(plan=plan, version=version, now=timezone.now(), reason=reason)
    except EditedMeanwhile as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Cancelled. A meeting that was not held counts nowhere."))
    if request.POST.get("to") == "today":
        return redirect("today")
    return redirect("lead-detail", pk=plan.lead_id)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def travel_check(request: HtmxRequest, pk: int) -> HttpResponse:
    """Ask five questions before a trip, say what the answers mean, and keep the choice."""
    plan, today = _waiting(request, pk), timezone.localdate()
    form = TravelForm(request.POST or None, today=today, initial=_known(plan, request.firm))
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and form.cleaned_data["choice"]:
        try:
            check = plans.check_travel(
                plan=plan,
                version=form.cleaned_data["version"],
                choice=form.cleaned_data["choice"],
                reason=form.cleaned_data["reason"],
                until=form.cleaned_data["until"],
                hours_before=plan.lead.unpaid_hours,
                travel_amount_before=plan.lead.travel_amount,
                now=timezone.now(),
                author=person(request),
                **form.answers,
            )
        except EditedMeanwhile as error:
            form.add_error(None, str(error))
            form.take_version(plan.version)
        else:
            messages.success(request, _said(check))
            return redirect("lead-detail", pk=plan.lead_id)
    context = {
        "plan": plan,
        "lead": plan.lead,
        "form": form,
        "yes_no": choices.YES_NO,
        "stages": [*BudgetStage.choices, ("", _("Don’t know"))],
        "until": form["until"].value() or form.initial["until"],
        "result": _result(form, plan) if form.is_bound else None,
    }
    if request.htmx:
        return render(request, "crm/_travel_result.html", context)
    return render(request, "crm/travel_check.html", context, status=422 if form.errors else 200)


def _known(plan: PlannedMeeting, firm: Firm) -> dict[str, Any]:
    """Return what we know before anybody answers."""
    usual = selector.usual_trip(plan.lead.account)
    later = workdays.add_workdays(
        plan.meeting_date, POSTPONED_WORKDAYS, country=firm.holiday_country
    )
    return {
        "version": plan.version,
        "budget_stage": selector.last_budget_stage(plan.lead),
        "trip_hours": _plain(plan.travel_hours, usual.hours),
        "trip_amount": _plain(plan.travel_amount, usual.amount),
        "until": later,
    }


def _plain(planned: Decimal | None, usual: Decimal | None) -> str:
    """Return a figure as people type it, without idle zeros."""
    figure = usual if planned is None else planned
    return "" if figure is None else f"{figure.normalize():f}"


def _result(form: TravelForm, plan: PlannedMeeting) -> dict[str, Any] | None:
    """Return what the answers mean, once they can be read."""
    if not {*form.fields} - {"reason", "until"} <= {*form.cleaned_data}:
        return None
    speaks_for = TravelCheck(**form.answers).speaks_for_count
    return {
        "missing": 5 - speaks_for,
        "worth_it": trips.is_worth_it(speaks_for),
        "hours": form.cost[0],
        "amount": form.cost[1],
        "hours_before": plan.lead.unpaid_hours,
        "amount_before": plan.lead.travel_amount,
    }


def _said(check: TravelCheck) -> str:
    match check.choice:
        case TravelCheck.Choice.ONLINE:
            return _("Online first. The road is off the plan.")
        case TravelCheck.Choice.POSTPONE:
            return _("Postponed. The trip stands on its new day.")
        case _:
            return _("Noted. Good trip: log the talk when it is over.")
