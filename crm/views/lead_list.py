"""The list of leads."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm.filters import LeadFilter
from crm.models import Firm, Lead
from crm.models.lead import LeadQuerySet
from crm.selectors import lead_list as selector
from crm.views.moments import Moment, moment
from crm.views.requests import HtmxRequest, number, person

MOST_PAGES = 2000
COLUMNS = (
    ("lead", "", "c-lead"),
    ("stage", "", "c-stage"),
    ("chance", "", "c-order"),
    ("late", "-", "c-late"),
    ("value", "-", "c-value right"),
    ("hours", "-", "c-hours right"),
    ("loss", "-", "c-loss right"),
    ("quiet", "", "c-quiet right"),
    ("step", "", "c-step"),
    ("decide", "", "c-decide right"),
)


@login_required
@require_GET
def lead_list(request: HtmxRequest) -> HttpResponse:
    """Show one page of the leads that the filters keep, now or at a day of the past."""
    request.firm = Firm.current()
    shown = moment(request)
    sort = _sort(request)
    filters: Any = LeadFilter(
        request.GET, queryset=_leads(request, shown), request=request, moment=shown
    )
    leads = filters.qs if filters.is_valid() else filters.queryset.none()
    page = max(1, number(request.GET.get("page"), most=MOST_PAGES))
    rows, more = selector.page_of(
        selector.ordered(leads, sort),
        number=page,
        moment=shown.at,
        today=shown.today,
        norms=request.firm.stage_norms,
    )
    usual = next((row.usual for row in rows if row.usual), None)
    context = {
        "rows": rows,
        "filter": filters,
        "totals": selector.totals(leads),
        "page": page,
        "more": more,
        "sort": sort,
        "columns": _columns(sort),
        "tabs": _tabs(request),
        "moment": shown,
        "usual": usual,
    }
    return render(request, "crm/lead_list.html", context)


def _leads(request: HttpRequest, shown: Moment) -> LeadQuerySet:
    leads = Lead.objects.visible_to(person(request))
    if shown.day is None:
        return selector.shown_now(leads)
    return selector.shown_at(leads.filter(recorded_at__lte=shown.at), shown.at)


def _sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", selector.DEFAULT_SORT)
    return sort if sort.removeprefix("-") in selector.SORTS else selector.DEFAULT_SORT


def _columns(sort: str) -> list[dict[str, str]]:
    """Return the heads of the table, each with the sort that a click on it asks for."""
    heads = {
        "lead": _("Lead"),
        "stage": _("Stage"),
        "chance": _("Chance of an order"),
        "late": _("Late payment"),
        "value": _("Est. value"),
        "hours": _("Unpaid h"),
        "loss": _("Exp. loss"),
        "quiet": _("Client quiet"),
        "step": _("Next step"),
        "decide": _("Decide by"),
    }
    found = []
    for name, first, css in COLUMNS:
        is_on = sort.removeprefix("-") == name
        down = sort.startswith("-")
        turned = ("" if down else "-") + name if is_on else first + name
        state = ("descending" if down else "ascending") if is_on else ""
        column = {"head": heads[name], "css": css, "turned": turned, "state": state}
        found.append(column | {"sort": sort if is_on else first + name})
    return found


def _tabs(request: HttpRequest) -> list[dict[str, object]]:
    """Return the ready-made views; the one whose parameters stand in the address is current."""
    views = (
        (_("Open"), ""),
        (_("Decide this week"), "decide=week"),
        (_("Low intent or Watch"), "verdict=LOW&verdict=WATCH"),
        (_("No dated next step"), "step=none"),
        (_("Pays late"), "payment=HIGH&payment=WATCH"),
        (_("Closed"), "status=closed&sort=-opened"),
    )
    asked = request.GET.copy()
    day = asked.pop("as_of", [""])[0]
    for beside in ("page", "sort"):
        asked.pop(beside, None)
    here = asked.urlencode()
    past = f"as_of={day}" if day else ""
    return [
        {
            "label": label,
            "query": "&".join(part for part in (query, past) if part),
            "is_on": query.split("&sort=")[0] == here,
        }
        for label, query in views
    ]
