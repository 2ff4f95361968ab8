"""The pages of the points: the table and its versions, the editor, a draft with its preview."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.models import Target
from crm.services.errors import LedgerError
from crm.views.requests import HtmxRequest, person
from scoring import (
    hazard_state,
    model_card,
    points_edits,
    points_page,
    points_table,
    points_versions,
)
from scoring.models import PointsDraft, PointsVersion
from scoring.points_cells import cells
from scoring.points_form import PointsForm

UNDO, UNDO_FOR = "points_to_undo", timedelta(hours=1)
POLL_SECONDS, SLOW_SECONDS = 2, 60
OF_CARD = {"intent": "score-points", "receivable": "score-late"}


@login_required
@permission_required("crm.read_scores", raise_exception=True)
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """List every signal with its points, beside what own outcomes say, and the versions."""
    now = timezone.now()
    page = model_card.page(Target.NO_ORDER.value, as_of=now)
    kept = page.facts.get("signals", ())
    context = {"page": page, "tab": "points", **_table(request, "intent", kept, now=now)}
    return render(request, "scoring/score_points.html", context)


@login_required
@permission_required("crm.read_scores", raise_exception=True)
@require_safe
def paid_late(request: HttpRequest) -> HttpResponse:
    """Say what the late-payment risk stands on, and list its points."""
    now = timezone.now()
    paid = points_page.invoices(now)
    context = {
        "tab": "late",
        "paid": paid,
        "learned": hazard_state.state(paid=paid["paid_invoices"], as_of=now),
        **_table(request, "receivable", (), now=now),
    }
    return render(request, "scoring/score_late.html", context)


def _table(request: HttpRequest, card: str, kept: Any, *, now: datetime) -> dict[str, Any]:
    """Return the points in force, their versions, and what may still be undone."""
    target = _target(card)
    fields = points_page.own_fields(target)
    versions = points_page.versions(target, fields, as_of=now)
    holds = next(version for version in versions if version.is_in_force)
    found = cells(points_versions.data_of(holds.stored, target), fields)
    return {
        "card": card,
        "rows": points_table.rows(found, kept),
        "versions": versions,
        "holds": holds,
        "to_undo": _to_undo(request, target, versions[0].number, now),
    }


def _target(card: str) -> str:
    try:
        return points_page.CARDS[card]
    except KeyError:
        raise Http404 from None


def _to_undo(request: HttpRequest, target: str, newest: int, now: datetime) -> int | None:
    """Return the version that an undo would return to: for a while, while nothing came since."""
    kept = request.session.get(UNDO)
    if not kept or kept["target"] != target or kept["number"] != newest:
        return None
    is_over = now.timestamp() - kept["at"] > UNDO_FOR.total_seconds()
    return None if is_over else newest - 1


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, card: str) -> HttpResponse:
    """Show all points to be changed, and keep what was changed as a draft."""
    target, now = _target(card), timezone.now()
    fields = points_page.own_fields(target)
    base, number = _base(request, target)
    form = PointsForm(
        request.POST or None,
        initial={"base": number},
        points=points_versions.data_of(base, target),
        own=fields,
        now=now,
    )
    if form.is_valid():
        draft = points_edits.draft(
            target=target,
            base=number,
            data=form.edited(),
            reason=form.cleaned_data["reason"],
            effective_at=form.cleaned_data["effective_at"],
            by=person(request),
            now=now,
        )
        return redirect("points-draft", pk=draft.pk)
    context = {
        "form": form,
        "card": card,
        "back": OF_CARD[card],
        "number": number,
        "is_to_come": bool(base and base.effective_at > now),
        "starts_at": base.effective_at if base else None,
        "tab": "points" if card == "intent" else "late",
    }
    return render(request, "scoring/points_edit.html", context, status=422 if form.errors else 200)


def _base(request: HttpRequest, target: str) -> tuple[PointsVersion | None, int]:
    """Return the version that the editor began with, and its number: the newest unless said."""
    newest = points_versions.newest(target)
    number, asked = points_versions.number_of(newest), request.POST.get("base", "")
    if not asked.isdecimal() or asked == str(number) or len(asked) > 5:
        return newest, number
    base = points_page.version(target, int(asked))
    if base is None and int(asked) != points_versions.FIRST:
        raise Http404
    return base, int(asked)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_safe
def draft(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show what a draft changes and what it would do to open leads."""
    return _draft_page(request, get_object_or_404(PointsDraft, pk=pk))


def _draft_page(request: HtmxRequest, kept: PointsDraft, *, status: int = 200) -> HttpResponse:
    card = points_page.card_name(kept.target)
    fields = points_page.own_fields(kept.target)
    conflict = None if kept.version else points_page.conflict(kept, fields)
    waited = (timezone.now() - kept.created_at).total_seconds()
    context = {
        "draft": kept,
        "card": card,
        "back": OF_CARD[card],
        "tab": "points" if card == "intent" else "late",
        "changes": points_page.changes_of(kept, fields),
        "conflict": conflict,
        "preview": points_page.preview(kept, person(request)),
        "poll_seconds": POLL_SECONDS,
        "is_slow": waited > SLOW_SECONDS,
        "number": kept.base + 1,
    }
    name = "scoring/_points_preview.html" if request.htmx else "scoring/points_draft.html"
    return render(request, name, context, status=status)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def save(request: HtmxRequest, pk: int) -> HttpResponse:
    """Make a version of a draft; when someone else was first, show both."""
    kept = get_object_or_404(PointsDraft, pk=pk)
    try:
        version = points_edits.save(kept=kept, by=person(request), now=timezone.now())
    except points_edits.PointsAreOthers:
        kept.refresh_from_db()
        return _draft_page(request, kept, status=409)
    return _saved(request, version)


def _saved(request: HttpRequest, version: PointsVersion) -> HttpResponse:
    at = version.recorded_at.timestamp()
    request.session[UNDO] = {"target": version.target, "number": version.number, "at": at}
    said = _("Saved as version %(number)s. Open leads are being scored anew.")
    if version.effective_at > version.recorded_at:
        said = _("Saved as version %(number)s. It holds from the day that you chose.")
    messages.success(request, said % {"number": version.number})
    return redirect(OF_CARD[points_page.card_name(version.target)])


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a draft that was not saved."""
    kept = get_object_or_404(PointsDraft, pk=pk)
    card = points_page.card_name(kept.target)
    PointsDraft.objects.filter(pk=pk, version=None).delete()
    messages.success(request, _("The draft is gone; the points are as they were."))
    return redirect(OF_CARD[card])


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the worker once more for a preview that does not come."""
    kept = get_object_or_404(PointsDraft, pk=pk)
    if not points_edits.preview(kept):
        messages.error(request, _("Background work is away. Try again when it is back."))
    return redirect("points-draft", pk=pk)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def upon_newest(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft's changes upon what someone else saved, as a new draft to be weighed."""
    kept = get_object_or_404(PointsDraft, pk=pk)
    fields = points_page.own_fields(kept.target)
    fresh = points_edits.draft(
        target=kept.target,
        base=points_versions.number_of(points_versions.newest(kept.target)),
        data=points_page.upon_newest(kept, fields),
        reason=kept.reason,
        effective_at=kept.effective_at,
        by=person(request),
        now=timezone.now(),
    )
    return redirect("points-draft", pk=fresh.pk)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def return_to(request: HttpRequest, card: str, number: int) -> HttpResponse:
    """Make an earlier version's points the newest again; an undo is no more than that."""
    target = _target(card)
    try:
        version = points_edits.return_to(
            target=target, number=number, by=person(request), now=timezone.now()
        )
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect(OF_CARD[card])
    return _saved(request, version)
