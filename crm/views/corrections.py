"""The form that opens the very row behind a reason, and taking a row back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.forms.corrections import FORMS, RowForm
from crm.models import Lead
from crm.selectors import corrections as selector
from crm.services import corrections
from crm.services.errors import EditedMeanwhile
from crm.views.requests import number, person


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def row_edit(request: HttpRequest, letter: str, pk: int) -> HttpResponse:
    """Correct a row; where someone was faster, show both values and save nothing."""
    stored = _row(request, letter, pk)
    form = FORMS[letter](request.POST or None, instance=_row(request, letter, pk))
    version, conflict = getattr(stored, "version", 0), None
    if form.is_bound and form.is_valid():
        read = form.cleaned_data["version"]
        try:
            corrections.correct(
                row=stored, version=read, now=timezone.now(), by=person(request), **form.changes
            )
        except EditedMeanwhile as error:
            form.add_error(None, str(error))
            conflict = _both(form, stored)
        else:
            messages.success(request, _("Corrected. The score follows in a moment."))
            return redirect(_entry(stored, letter))
    elif form.is_bound:
        version = number(request.POST.get("version"))
    context = {
        "form": form,
        "row": stored,
        "letter": letter,
        "version": version,
        "conflict": conflict,
        "revisions": selector.revisions(stored),
        "back": _entry(stored, letter),
    }
    return render(request, "crm/row_edit.html", context, status=422 if form.errors else 200)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def row_take_back(request: HttpRequest, letter: str, pk: int) -> HttpResponse:
    """Take a row back, or bring it back again."""
    row = _row(request, letter, pk)
    work = corrections.bring_back if row.archived_at else corrections.take_back
    try:
        work(
            row=row,
            version=number(request.POST.get("version")),
            now=timezone.now(),
            by=person(request),
        )
    except EditedMeanwhile as error:
        messages.error(request, str(error))
    else:
        done = _("It is back.") if row.archived_at else _("Taken back. You can bring it back here.")
        messages.success(request, done)
    return redirect("row-edit", letter=letter, pk=pk)


def _row(request: HttpRequest, letter: str, pk: int) -> Any:
    model = selector.MODELS.get(letter)
    if model is None:
        raise Http404
    user = person(request)
    rows = model._default_manager.filter(
        lead__in=Lead.objects.visible_to(user), lead__archived_at=None
    ).select_related("lead__account")
    row = get_object_or_404(rows, pk=pk)
    if not selector.may_correct(row, user):
        raise PermissionDenied
    return row


def _entry(row: Any, letter: str) -> str:
    return reverse("lead-detail", args=[row.lead_id]) + f"?rows={letter}:{row.pk}#timeline"


def _both(form: RowForm, stored: Any) -> list[dict[str, Any]]:
    """Return the fields in which the form and the row as it stands differ."""
    found = []
    for name, mine in form.changes.items():
        theirs = getattr(stored, name)
        if name == "attendees":
            pair = [", ".join(map(str, people)) for people in (theirs.all(), mine)]
        else:
            pair = [selector.said(stored, name, value) for value in (theirs, mine)]
        if pair[0] != pair[1]:
            label = form.fields[name].label if name in form.fields else _("When was it?")
            found.append({"label": label, "stored": pair[0], "yours": pair[1]})
    return found
