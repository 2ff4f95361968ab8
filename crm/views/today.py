"""The first page after signing in."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.models import Firm, Lead, User
from crm.models.lead import LeadQuerySet
from crm.selectors import (
    decide,
    effort,
    firm_cash,
    invoices,
    mails,
    plans,
    standing_decisions,
    unlabelled,
)
from crm.selectors import today as selector
from crm.services import users
from crm.views.requests import HtmxRequest, person

FIRST_LOOK_BACK = timedelta(days=7)


@login_required
@require_safe
def today(request: HtmxRequest) -> HttpResponse:
    """Show decisions due, the next days, money, and what changed since the last visit."""
    user = person(request)
    if user.role == User.Role.VIEWER:
        return redirect("report-list")
    now, day = timezone.now(), timezone.localdate()
    since = users.note_visit(user=user, now=now) or now - FIRST_LOOK_BACK
    leads = Lead.objects.visible_to(user)
    due = decide.due(leads, today=day)
    usual = next((one.lead.usual_order_rate for one in due if one.lead.usual_order_rate), None)
    sells = user.has_perm("crm.sell")
    meetings = plans.ahead(leads, until=day + selector.SOON, firm=request.firm) if sells else ()
    overdue, soon = selector.money(user, today=day)
    context = {
        "day": day,
        **(_of_sales(user, leads, request.firm, now=now, day=day) if sells else {}),
        "mails_in_need": mails.count_in_need(user, now),
        "due": due,
        "has_leads": bool(due) or leads.exists(),
        "flags": decide.has_flags(leads),
        "hours_at_risk": decide.hours_at_risk(due),
        "dates": selector.next_days(user, leads, today=day, due=soon.invoices, meetings=meetings),
        "overdue": overdue,
        "soon": soon,
        "reminders_due": invoices.reminders_due(user, today=day),
        "cash_is_thin": user.has_perm("crm.keep_money") and firm_cash.is_thin(),
        "changes": selector.changes(leads, since=since),
        "since": since,
        "usual": usual,
    }
    return render(request, "crm/today.html", context)


def _of_sales(
    user: User, leads: LeadQuerySet, firm: Firm, *, now: datetime, day: date
) -> dict[str, Any]:
    """Return what only those who sell are asked for."""
    caps, caps_count = effort.at_their_caps(leads, user, today=day)
    return {
        "stale_count": unlabelled.nudge_count(
            leads,
            put_off_at=user.stale_leads_put_off_at,
            now=now,
            today=day,
            norms=firm.stage_norms,
        ),
        "lines": standing_decisions.lines(leads, user, now=now, today=day),
        "caps": caps,
        "caps_count": caps_count,
        "caps_more": caps_count - len(caps),
    }
