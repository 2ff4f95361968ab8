"""One change of many leads of the list, and its way back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.forms.bulk import FORMS
from crm.models import Lead, Undoable
from crm.services import bulk, bulk_undo
from crm.services.bulk import Done
from crm.services.errors import LedgerError
from crm.views import undo_offers
from crm.views.list_state import state
from crm.views.moments import Moment
from crm.views.requests import number, person

SHOWN, LONGEST_QUERY = 12, 2000
Kind = Undoable.Kind


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_bulk(request: HttpRequest) -> HttpResponse:
    """Ask what to change, then change it; without a selected lead go back and say so."""
    kind = request.POST.get("action", "")
    query = request.POST.get("query", "")[:LONGEST_QUERY]
    back = _list(query)
    ids = _picked(request, query)
    if kind not in FORMS or not ids:
        messages.warning(request, _("Select a lead first."))
        return redirect(back)
    form = FORMS[kind](request.POST if "go" in request.POST else None)
    if form.is_valid():
        try:
            done = _do(request, kind, ids, form)
        except LedgerError as error:
            form.add_error(None, str(error))
        else:
            _offer(request, kind, done)
            return redirect(back)
    context = {
        "form": form,
        "kind": Kind(kind),
        "ids": ids if "every" not in request.POST else [],
        "every": "every" in request.POST,
        "count": len(ids),
        "some": Lead.objects.filter(pk__in=ids[:SHOWN]).select_related("account"),
        "more": len(ids) - SHOWN,
        "query": query,
        "back": back,
    }
    return render(request, "crm/lead_bulk.html", context, status=422 if form.errors else 200)


def _list(query: str) -> str:
    return reverse("lead-list") + (f"?{query}" if query else "")


def _picked(request: HttpRequest, query: str) -> list[int]:
    """Return the leads that were selected, or all that the list holds, of those one may see."""
    user, most = person(request), bulk.MOST_LEADS + 1
    if "every" in request.POST:
        found = state(QueryDict(query), user, Moment(timezone.now())).leads
    else:
        asked = [number(pk) for pk in request.POST.getlist("lead")[:most]]
        found = Lead.objects.visible_to(user).current().filter(pk__in=asked)
    return list(found.order_by("pk").values_list("pk", flat=True)[:most])


def _do(request: HttpRequest, kind: str, ids: list[int], form: forms.Form) -> Done:
    said: dict[str, Any] = {"lead_ids": ids, "by": person(request), "now": timezone.now()}
    told = form.cleaned_data
    match kind:
        case Kind.ASSIGN:
            return bulk.assign(owner=told["owner"], **said)
        case Kind.STAGE:
            return bulk.move(to_stage=told["to_stage"], **said)
        case Kind.TAG:
            return bulk.tag(names=told["names"], **said)
        case Kind.SNOOZE:
            today = timezone.localdate()
            return bulk.snooze(until=told["until"], reason=told["reason"], today=today, **said)
        case _:
            return bulk.close(**told, **said)


def _offer(request: HttpRequest, kind: str, done: Done) -> None:
    n = done.changed
    words = {
        Kind.ASSIGN: ngettext("%d lead assigned.", "%d leads assigned.", n),
        Kind.STAGE: ngettext("%d lead moved.", "%d leads moved.", n),
        Kind.TAG: ngettext("%d lead tagged.", "%d leads tagged.", n),
        Kind.SNOOZE: ngettext("%d lead paused.", "%d leads paused.", n),
        Kind.CLOSE: ngettext("%d lead closed.", "%d leads closed.", n),
    }
    left = []
    if done.closed:
        rest = ngettext(
            "%d was closed already and stays as it is.",
            "%d were closed already and stay as they are.",
            done.closed,
        )
        left.append(rest % done.closed)
    address = reverse("lead-bulk-undo", args=[done.undoable.pk]) if done.undoable else ""
    undo_offers.offer(request, said=words[Kind(kind)] % n, address=address, left=left)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_bulk_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own change back; name the leads that somebody edited since."""
    user = person(request)
    undoable = get_object_or_404(Undoable.objects.of(user), pk=pk, kind__in=FORMS)
    try:
        undone = bulk_undo.undo(undoable=undoable, by=user, now=timezone.now())
    except LedgerError as error:
        messages.error(request, str(error))
        return redirect("lead-list")
    n = undone.restored
    said = ngettext("%d lead is as it was.", "%d leads are as they were.", n) % n
    left = []
    if undone.edited_count:
        names = _(", ").join(undone.edited)
        rest = ngettext(
            "%(n)d was edited since and keeps the edit: %(names)s",
            "%(n)d were edited since and keep the edit: %(names)s",
            undone.edited_count,
        )
        left.append(rest % {"n": undone.edited_count, "names": names})
    undo_offers.offer(request, said=said, address="", left=left)
    return redirect("lead-list")
