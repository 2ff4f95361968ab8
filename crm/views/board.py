"""The board: leads as cards in the columns of their stages, moved by hand, key or menu."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from crm import formats
from crm.filters import LeadFilter
from crm.forms.leads import LEAD_FIELDS, MoveForm, ReopenForm
from crm.models import Lead, Outcome
from crm.models.lead import LeadQuerySet
from crm.selectors import board as selector
from crm.selectors import lead_list
from crm.services import leads
from crm.services.errors import EditedMeanwhile, EvidenceMissing, LeadIsClosed
from crm.views.moments import Moment
from crm.views.requests import HtmxRequest, person

SAID, LONGEST_BACK = "board_said", 1000
NOT_OF_THE_BOARD = ("status", "stage", "as_of", "page", "filter")
OWN_STATE = ("sort", "tab", "whole")
COMPARED = ("stage", "outcome", *LEAD_FIELDS)


@dataclass(frozen=True)
class Said:
    """What the board says after a write, and what takes it back."""

    what: str
    lead: int = 0
    name: str = ""
    stage: str = ""
    was: str = ""
    version: int = 0
    words: str = ""


@login_required
@require_safe
def board(request: HtmxRequest) -> HttpResponse:
    """Show the open leads that the filters keep, by stage."""
    context = _columns(request, request.GET, selector.STAGES)
    said = request.session.pop(SAID, None)
    every = Lead.objects.visible_to(person(request))
    counts = selector.views(every.open(), person(request), today=context["moment"].today)
    context |= {
        "said": Said(**said) if said else None,
        "views": _views(request, counts),
        "ended": selector.ended(every),
        "total": counts["all"],
        # Its 20 fields are a third of the page's time: they are drawn when somebody asks.
        "filter_is_open": request.GET.get("filter") == "open",
    }
    return render(request, "crm/board.html", context)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def board_move(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show where a lead may go, or move it there; a move of an old version changes nothing."""
    lead = _lead(request, pk)
    if request.method != "POST":
        page = "crm/_board_menu.html" if request.htmx else "crm/board_move.html"
        context = {"lead": lead, "stages": selector.STAGES, "back": _back(request.GET)}
        return render(request, page, context)
    form = MoveForm(request.POST)
    if not form.is_valid():
        said = Said("refused", words=_("Choose one of the stages."))
        return _answer(request, said, selector.STAGES, status=422)
    to_stage, was, now = form.cleaned_data["to_stage"], lead.stage, timezone.now()
    try:
        # A card is moved in passing: gaps in its evidence stop it only where the firm wants that.
        data = form.cleaned_data | {"despite": True}
        moved = leads.move(lead=lead, now=now, by=person(request), **data)
    except EditedMeanwhile:
        return _meanwhile(request, lead, form)
    except (EvidenceMissing, LeadIsClosed) as error:
        what = "gaps" if isinstance(error, EvidenceMissing) else "refused"
        said = Said(what, pk, str(lead.account), to_stage, words=str(error))
        return _answer(request, said, selector.STAGES, status=422)
    what = "back" if "undo" in request.POST else "moved"
    warning = str(EvidenceMissing(moved.gaps, may_go_on=True)) if moved.gaps else ""
    said = Said(what, pk, str(lead.account), to_stage, was, moved.lead.version, warning)
    return _answer(request, said, (was, to_stage))


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def board_reopen(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take back that a lead was closed from the board."""
    lead = _lead(request, pk)
    form = ReopenForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        leads.reopen(lead=lead, version=version, now=timezone.now())
    except EditedMeanwhile as error:
        said = Said("refused", pk, str(lead.account), words=str(error))
        return _answer(request, said, (lead.stage,), status=422)
    return _answer(request, Said("open", pk, str(lead.account), lead.stage), (lead.stage,))


def outcome_of_drop(place: str | None, proposed: str) -> str:
    """Return the outcome to begin with for a card dropped on won or ended."""
    if place in {Outcome.WON, Outcome.WALKED_AWAY}:
        return str(place)
    return "" if place and proposed == Outcome.WON else proposed


def after_close(request: HtmxRequest, lead: Lead) -> HttpResponse:
    """Go back to the board, which says that the lead is closed and how to take that back."""
    said = Said("closed", lead.pk, str(lead.account), was=lead.outcome, version=lead.version)
    request.session[SAID] = asdict(said)
    back = _back(request.GET)
    address = reverse("board") + (f"?{back}" if back else "")
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _meanwhile(request: HtmxRequest, lead: Lead, form: MoveForm) -> HttpResponse:
    """Show what somebody else saved since the card was drawn, beside what was wanted."""
    to_stage, version = form.cleaned_data["to_stage"], form.cleaned_data["version"]
    lead.refresh_from_db()
    if lead.stage == to_stage and lead.is_open:
        said = Said("moved", lead.pk, str(lead.account), to_stage)
        return _answer(request, said, selector.STAGES)
    since = selector.changed_since(lead, version, COMPARED)
    differing = [
        {
            "is_stage": name == "stage",
            "label": getattr(Lead._meta.get_field(name), "verbose_name", name),
            "seen": _value(name, seen),
            "now": _value(name, value),
        }
        for name, seen, value in since.fields
    ]
    context = {
        "lead": lead,
        "to_stage": to_stage,
        "since": since,
        "differing": differing,
        "stage_differs": any(row["is_stage"] for row in differing),
    }
    return _answer(request, Said("meanwhile"), selector.STAGES, status=409, more=context)


def _value(name: str, value: Any) -> str:
    if value in (None, ""):
        return formats.DASH
    choices = dict(getattr(Lead._meta.get_field(name), "flatchoices", ()))
    if value in choices:
        return str(choices[value])
    if isinstance(value, Decimal):
        return formats.plain(value, 2)
    return formats.day(value) if isinstance(value, date) else str(value)


def _answer(
    request: HtmxRequest,
    said: Said,
    stages: Sequence[str],
    *,
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Answer a write: htmx swaps what was said and the columns; others go back to the board."""
    back = _back(request.POST)
    if request.htmx:
        context = _columns(request, QueryDict(back), stages) | (more or {}) | {"said": said}
        # htmx swaps 422 as it does 200; a conflict is told apart by its words.
        code = 422 if status >= 400 else 200
        return render(request, "crm/_board_moved.html", context, status=code)
    if more:
        context = more | {"said": said, "back": back, "stages": selector.STAGES}
        return render(request, "crm/board_move.html", context, status=status)
    request.session[SAID] = asdict(said)
    return redirect(reverse("board") + (f"?{back}" if back else ""))


def _columns(request: HtmxRequest, asked: QueryDict, stages: Sequence[str]) -> dict[str, Any]:
    """Return what the columns show; `asked` holds the filters of the board's address."""
    moment = Moment(timezone.now())
    filters = _filtered(request, asked, moment)
    kept = filters.qs if filters.is_valid() else filters.queryset.none()
    sort = asked.get("sort", "")
    sort = sort if sort in selector.SORTS else lead_list.DEFAULT_SORT
    columns = selector.columns(
        kept,
        stages,
        sort=sort,
        whole=asked.get("whole", ""),
        now=moment.at,
        today=moment.today,
        norms=request.firm.stage_norms,
    )
    shown = [card.lead for column in columns for card in column.cards or ()]
    filled = [column.stage for column in columns if column.count]
    tab = asked.get("tab", "")
    return {
        "columns": columns,
        "filter": filters,
        "moment": moment,
        "sort": sort,
        "tab": tab if tab in selector.STAGES else next(iter(filled), selector.STAGES[0]),
        "count": sum(column.count for column in columns),
        "usual": next((lead.usual_order_rate for lead in shown if lead.usual_order_rate), None),
        "back": _without(asked, NOT_OF_THE_BOARD),
        "base": _open_ended(_without(asked, (*NOT_OF_THE_BOARD, "tab", "whole"))),
        "kept": _open_ended(_without(asked, (*NOT_OF_THE_BOARD, *OWN_STATE))),
        "state": [(name, asked[name]) for name in OWN_STATE if asked.get(name)],
    }


def _filtered(request: HtmxRequest, asked: QueryDict, moment: Moment) -> Any:
    every: LeadQuerySet = Lead.objects.visible_to(person(request))
    data = asked.copy()
    for name in NOT_OF_THE_BOARD:
        data.pop(name, None)
    shown = lead_list.shown_now(every)
    return LeadFilter(data, queryset=shown, request=request, moment=moment, firm=request.firm)


def _views(request: HttpRequest, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return the ready-made views; the one whose filters stand in the address is current."""
    here = _without(request.GET, (*NOT_OF_THE_BOARD, *OWN_STATE))
    kept = request.GET.copy()
    for name in [name for name in kept if name not in OWN_STATE]:
        kept.pop(name)
    state = kept.urlencode()
    views = (
        (_("Decide this week"), "decide=week", counts["week"]),
        (_("Mine"), f"owner={person(request).pk}", counts["mine"]),
        (pgettext("board", "All"), "", counts["all"]),
        (_("Low intent or Watch"), "verdict=LOW&verdict=WATCH", counts["flagged"]),
    )
    return [
        {
            "label": label,
            "query": "&".join(part for part in (query, state) if part),
            "count": count,
            "is_on": query == here,
        }
        for label, query, count in views
    ]


def _without(asked: QueryDict, names: Sequence[str]) -> str:
    kept = asked.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()


def _open_ended(query: str) -> str:
    """Return a query that another parameter may follow."""
    return f"{query}&" if query else ""


def _back(asked: QueryDict) -> str:
    """Return the board's filters that a form carries along, and nothing that is no filter."""
    said = QueryDict(asked.get("back", "").replace("\0", "")[:LONGEST_BACK])
    return _without(said, NOT_OF_THE_BOARD)


def _lead(request: HttpRequest, pk: int) -> Lead:
    seen = Lead.objects.visible_to(person(request)).filter(archived_at=None)
    return get_object_or_404(seen.select_related("account", "owner"), pk=pk)
