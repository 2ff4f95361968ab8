"""The score page: how far the chance of an order can be trusted, and who decides what scores."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.services.errors import LedgerError
from crm.views import downloads
from crm.views.requests import person
from scoring import (
    field_page,
    gaps,
    model_card,
    panels,
    points_page,
    points_table,
    promotions,
    said_then,
    scorer_state,
    thresholds,
)
from scoring.model_card import Page
from scoring.models import TrainedModel

TARGET = TrainedModel.Target.NO_ORDER.value
PAGE_ROWS = 50
NO_SHARE = gettext_lazy("“%(share)s” is no per cent from %(low)d to %(high)d; these are all leads.")


@login_required
@permission_required("crm.read_scores", raise_exception=True)
@require_safe
def scores(request: HttpRequest) -> HttpResponse:
    """Say who scores and why, and how well that went on later leads."""
    page = model_card.page(TARGET, as_of=timezone.now())
    context: dict[str, Any] = {"page": page, "steps": panels.steps(page), "tab": "order"}
    if not page.outcomes.usable:
        cells = points_page.cells_in_force(TARGET, (), as_of=timezone.now())
        strongest = points_table.strongest(cells)
        return render(request, "scoring/score_empty.html", context | {"strongest": strongest})
    return render(request, "scoring/score_page.html", context | _cards(request, page))


def _cards(request: HttpRequest, page: Page) -> dict[str, Any]:
    open_leads, missing = gaps.gaps()
    cards: dict[str, Any] = {
        "state": scorer_state.state(page.log, now=timezone.now()),
        "contest": scorer_state.contest(page.log),
        "open_leads": open_leads,
        "log": points_page.log(page, TARGET, as_of=timezone.now()),
        "gaps": panels.gap_rows(missing),
        "more": panels.more(page) if page.weight.deals else [],
        "signals": panels.disputed(panels.signals(page.facts.get("signals", []))),
    }
    if page.may_rank:
        cards |= {"ranking": panels.ranking(page), "curve": panels.curve(page)}
        cards["guessing"] = panels.guessing()
    if page.may_count:
        red = thresholds.asked(request.GET.get("red", ""), thresholds.RED)
        amber = thresholds.asked(request.GET.get("amber", ""), thresholds.AMBER)
        leads = thresholds.read(page.facts["leads"])
        fields = field_page.rows(page, as_of=timezone.now())
        cards |= {
            "calibration": panels.calibration(page),
            "is_calibrated": panels.is_calibrated(page),
            "quarters": panels.quarters(page),
            "strongest": fields,
            "leaks": sum(field.is_leak and not field.is_allowed for field in fields),
            "stops": panels.stops(leads, page, red=min(red, amber), amber=max(red, amber)),
        }
    return cards


@login_required
@permission_required("crm.read_scores", raise_exception=True)
@require_safe
def backtest(request: HttpRequest) -> HttpResponse:
    """List the later leads with what was said of them at the time."""
    page = model_card.page(TARGET, as_of=timezone.now())
    asked = request.GET.get("below", "")
    below = thresholds.share_of(asked)
    if asked and below is None:
        told = {"share": asked[:20], "low": thresholds.LOWEST, "high": thresholds.HIGHEST}
        messages.warning(request, NO_SHARE % told)
    found = said_then.leads(page, person(request), below=below)
    rows = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "tab": "then",
        "today": timezone.localdate(),
        "rows": rows,
        "said": said_then.rows(list(rows.object_list)),
        "below_percent": None if below is None else round(below * 100),
    }
    return render(request, "scoring/score_backtest.html", context)


@login_required
@permission_required("crm.read_scores", raise_exception=True)
@require_safe
def backtest_file(request: HttpRequest) -> downloads.FileAnswer:
    """Answer with the later leads that the page lists, all of them, as a CSV file."""
    page = model_card.page(TARGET, as_of=timezone.now())
    below = thresholds.share_of(request.GET.get("below", ""))
    found = said_then.leads(page, person(request), below=below)
    name = f"{_('said-then')}-{timezone.localdate().isoformat()}.csv"
    return downloads.csv(name, said_then.csv_lines(found))


@login_required
@permission_required("crm.read_scores", raise_exception=True)
@require_safe
def free_consulting(request: HttpRequest) -> HttpResponse:
    """Say whether free consulting can be foretold; a per cent only where that passes the gate."""
    page = model_card.page(TrainedModel.Target.FREE_CONSULTING.value, as_of=timezone.now())
    context = {
        "page": page,
        "tab": "free",
        "ranking": panels.ranking(page) if page.may_rank else [],
        "guessing": panels.guessing(),
        "running": said_then.running(page, person(request)) if page.passes_gate else [],
    }
    return render(request, "scoring/score_free.html", context)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def return_to(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Let an earlier version score again."""
    model = get_object_or_404(TrainedModel, pk=pk, target=TARGET)
    try:
        promotions.return_to(model=model, by=person(request), now=timezone.now())
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("That version scores again. Open leads are being scored anew."))
    return redirect("scores")


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def return_to_points(request: HttpRequest) -> HttpResponseRedirect:
    """Let experience score alone."""
    promotions.return_to_points(target=TARGET, by=person(request), now=timezone.now())
    messages.success(request, _("Expert points score alone. Open leads are being scored anew."))
    return redirect("scores")


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def return_to_curve(request: HttpRequest) -> HttpResponseRedirect:
    """Let the curve foresee payments alone."""
    promotions.return_to_curve(by=person(request), now=timezone.now())
    messages.success(request, _("The curve foresees alone. Open invoices are being foreseen anew."))
    return redirect("score-late")
