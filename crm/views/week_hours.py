"""The hours and meetings of some weeks: what the line of a Monday mail is made of."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm import weeks
from crm.selectors import digest_effort
from crm.selectors.digest_readers import Span
from crm.views.requests import HtmxRequest, number, person


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_safe
def week_hours(request: HtmxRequest) -> HttpResponse:
    """Show which leads took the presales hours of the weeks before a week, and what was planned."""
    user, now = person(request), timezone.now()
    zone = request.firm.zone_of(user)
    this_week = weeks.week_start(now.astimezone(zone).date())
    asked = weeks.monday_of(request.GET.get("week", "")) or this_week
    span = Span.on(
        min(asked, this_week + timedelta(weeks=1)),
        zone,
        as_of=now,
        weeks_covered=number(request.GET.get("weeks")),
    )
    found = digest_effort.week_hours(user, span)
    context = {
        "span": span,
        "hours": found,
        "more": found.lead_count - len(found.leads),
        "earlier": weeks.iso_week(span.day - timedelta(weeks=span.weeks)),
        "later": weeks.iso_week(span.day + timedelta(weeks=span.weeks))
        if span.day <= this_week
        else "",
    }
    return render(request, "crm/week_hours.html", context)
