"""The list of leads, on screen and as a file."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.models import CustomField
from crm.reports import files, lead_columns, lead_export
from crm.selectors import custom_fields, paging, view_tabs
from crm.selectors import lead_list as selector
from crm.services import saved_views
from crm.views import downloads, list_state, undo_offers
from crm.views.list_state import ListState, state
from crm.views.moments import Moment, moment
from crm.views.requests import HtmxRequest, number, person

MOST_PAGES = 2000


@login_required
@require_safe
def lead_list(request: HtmxRequest) -> HttpResponse:
    """Show one page of the leads that the filters keep, now or at a day of the past."""
    shown, user = moment(request), person(request)
    own_fields = custom_fields.filtered_by()
    asked = state(request.GET, user, shown, own_fields, request.firm)
    past = 0 if shown.day is None else max(1, number(request.GET.get("page"), most=MOST_PAGES))
    page = selector.page_of(
        asked.leads,
        asked.keys,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        past=past,
    )
    if "tags" in asked.columns:
        prefetch_related_objects(page.leads, "tags")
    rows = selector.rows_of(
        page.leads, moment=shown.at, today=shown.today, norms=request.firm.stage_norms
    )
    context = {
        "rows": rows,
        "filter": asked.filter,
        "pages": _pages(request, page, asked, past),
        "moment": shown,
        "usual": next((row.usual for row in rows if row.usual), None),
        "may_pick": shown.day is None and user.has_perm("crm.sell"),
        "may_share": saved_views.may_share(user),
        "query": saved_views.kept(request.GET.urlencode()),
        "undo": undo_offers.taken(request),
        **_counts(request, shown, asked, own_fields),
        **_looks(request, asked),
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    template = "crm/lead_list.html#list" if is_part else "crm/lead_list.html"
    return render(request, template, context)


def _counts(
    request: HtmxRequest, shown: Moment, asked: ListState, own_fields: Sequence[CustomField]
) -> dict[str, Any]:
    """Return the tabs with their counts and the totals; of a past day the totals alone."""
    user = person(request)
    tabs = view_tabs.tabs(user, request.GET)
    if shown.day is not None:
        return {"tabs": tabs, "totals": selector.totals(asked.leads)}

    beside = [tab.query for tab in tabs if not tab.is_on]
    kept = list_state.found(beside, user, shown, own_fields)
    tabs, totals = view_tabs.counted(tabs, user, asked.leads, dict(zip(beside, kept, strict=True)))
    return {"tabs": tabs, "totals": totals}


@login_required
@require_safe
def lead_filter(request: HtmxRequest) -> HttpResponse:
    """Show all filters as one form; htmx puts it under the chips."""
    shown = moment(request)
    context = {
        "filter": state(request.GET, person(request), shown, firm=request.firm).filter,
        "moment": shown,
        "sort": request.GET.get("sort", ""),
        "asked_columns": request.GET.getlist("col"),
    }
    template = "crm/_lead_filter_form.html" if request.htmx else "crm/lead_filter.html"
    return render(request, template, context)


def _pages(request: HtmxRequest, page: selector.Page, asked: ListState, past: int) -> Any:
    """Return the addresses of the pages before and after, empty where there is none."""
    back: dict[str, Any]
    on: dict[str, Any]
    if past:
        back, on = {"page": past - 1}, {"page": past + 1}
    elif page.leads:
        back = {"before": paging.written(page.leads[0], asked.keys)}
        on = {"after": paging.written(page.leads[-1], asked.keys)}
    else:
        return {"back": "", "on": ""}
    return {
        "back": "?" + _with(request.GET, **back) if page.has_before else "",
        "on": "?" + _with(request.GET, **on) if page.has_next else "",
    }


def _with(asked: QueryDict, **changes: Any) -> str:
    """Return an address with other values; where the reader stood is left out."""
    changed = asked.copy()
    for name in ("after", "before", "page"):
        changed.pop(name, None)
    for name, value in changes.items():
        if value is None:
            changed.pop(name, None)
        elif isinstance(value, list):
            changed.setlist(name, value)
        else:
            changed[name] = str(value)
    return changed.urlencode()


def _looks(request: HtmxRequest, asked: ListState) -> dict[str, Any]:
    """Return heads, sorts and column sets, each with its address."""
    heads = [lead_columns.LEAD, *(lead_columns.HEADS[name] for name in asked.columns)]
    columns = [_head(request.GET, head, asked.sort) for head in heads]
    sorts = [
        {
            "label": label,
            "address": "?" + _with(request.GET, sort=sort),
            "is_on": sort == asked.sort,
        }
        for sort, label in _sorts()
    ]
    sets = [
        {"label": label, "address": "?" + _with(request.GET, col=list(names)), "is_on": on}
        for label, names in lead_columns.SETS
        for on in [tuple(names) == tuple(asked.columns)]
    ]
    here = next((each["label"] for each in sorts if each["is_on"]), _("by a column"))
    return {
        "columns": columns,
        "shown_columns": set(asked.columns),
        "sorts": sorts,
        "sort_said": here,
        "column_sets": sets,
        "set_said": next((each["label"] for each in sets if each["is_on"]), _("own choice")),
        "asked_columns": request.GET.getlist("col"),
        "every_column": lead_columns.HEADS.values(),
        "carried": [
            (name, value)
            for name, values in request.GET.lists()
            if name not in ("col", "after", "before", "page")
            for value in values
        ],
    }


def _sorts() -> list[tuple[str, str]]:
    return [
        ("mine", _("Mine first, then decide by")),
        ("decide", _("Decide by, then loss")),
        ("chance", _("Chance of an order, lowest first")),
        ("-late", _("Late payment, highest first")),
        ("-loss", _("Expected loss, highest first")),
        ("-value", _("Est. value, highest first")),
        ("-hours", _("Unpaid hours, most first")),
        ("quiet", _("Client quiet, longest first")),
        ("step", _("Next step, soonest first")),
        ("-opened", _("Opened, latest first")),
        ("lead", _("Name")),
    ]


def _head(asked: QueryDict, head: lead_columns.Head, sort: str) -> dict[str, Any]:
    """Return one head of the table, with the sort that a click on it asks for."""
    name = "decide" if sort == selector.MINE_FIRST else sort.removeprefix("-")
    is_on, down = name == head.name, sort.startswith("-")
    turned = ("" if down else "-") + head.name if is_on else f"{head.first}{head.name}"
    return {
        "label": head.label,
        "css": head.css,
        "address": "?" + _with(asked, sort=turned) if head.first is not None else "",
        "state": ("descending" if down else "ascending") if is_on else "",
    }


@login_required
@require_safe
def lead_export_file(request: HtmxRequest, which: str, form: str) -> downloads.FileAnswer:
    """Answer with the leads that the filters keep: the columns of this view, or all fields."""
    if form not in files.FORMS or which not in ("view", "all"):
        raise Http404
    shown, user = moment(request), person(request)
    asked = state(request.GET, user, shown)
    columns = lead_columns.of_view(asked.columns)
    if which == "all":
        columns = lead_columns.of_all() + lead_export.own_columns(custom_fields.own_fields())
    sheet = lead_export.LeadSheet(
        leads=selector.in_order(asked.leads, asked.keys),
        columns=columns,
        moment=shown.at,
        today=shown.today,
        firm=request.firm,
        zone=request.firm.zone_of(user),
        reader=user,
    )
    name = f"{_('leads')}-{shown.today.isoformat()}.{form}"
    if form == "csv":
        return downloads.csv(name, lead_export.csv_lines(sheet))
    said = "; ".join(f"{chip.label} {chip.operator} {chip.said}" for chip in asked.filter.chips)
    return downloads.workbook(name, lambda target: lead_export.write_xlsx(sheet, target, view=said))
