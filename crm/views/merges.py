"""Merging two accounts, or two people, after a look at what it would do."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.models import Account, Contact, Undoable
from crm.selectors import contacts, duplicates
from crm.services import merging
from crm.services.errors import EditedMeanwhile, LedgerError
from crm.views import undo_offers
from crm.views.requests import number, person, searched

PAGE = {Account: "account-detail", Contact: "contact-detail"}
KINDS = (Undoable.Kind.MERGE_ACCOUNTS, Undoable.Kind.MERGE_CONTACTS)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def account_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the other account, look at what a merge would do, and do it."""
    seen = Account.objects.visible_to(person(request)).current()
    account = get_object_or_404(seen, pk=pk)
    other = seen.filter(pk=number(request.GET.get("with"))).exclude(pk=pk).first()
    choices = [] if other else duplicates.mergeable(seen, account, searched(request))
    return _page(request, account, other, choices)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the other person of the same account, look, and merge."""
    seen = contacts.visible(person(request)).select_related("account")
    contact = get_object_or_404(seen, pk=pk)
    others: QuerySet[Contact] = seen.filter(account=contact.account_id).exclude(pk=pk)
    other = others.filter(pk=number(request.GET.get("with"))).first()
    return _page(request, contact, other, [] if other else list(others.order_by("pinyin")[:50]))


def _page(request: HttpRequest, winner: Any, loser: Any, choices: Any) -> HttpResponse:
    """Merge when asked to; else show what would move and which values win."""
    conflict = ""
    if request.method == "POST" and loser:
        chosen = [name for name in request.POST if request.POST[name] == "loser"]
        versions = number(request.POST.get("version")), number(request.POST.get("version_of_other"))
        try:
            undoable = merging.merge(
                winner=winner,
                loser=loser,
                versions=versions,
                chosen=chosen,
                by=person(request),
                now=timezone.now(),
            )
        except EditedMeanwhile:
            conflict = _(
                "Someone changed one of the two meanwhile. Nothing was merged: look again."
            )
        except LedgerError as error:
            conflict = str(error)
        else:
            said = _("%(other)s is now part of %(name)s.") % {"other": loser, "name": winner}
            address = reverse("merge-undo", args=[undoable.pk])
            undo_offers.offer(request, said=said, address=address)
            return redirect(PAGE[type(winner)], pk=winner.pk)
    context = {
        "winner": winner,
        "loser": loser,
        "choices": choices,
        "q": searched(request),
        "fields": _fields(winner, loser) if loser else [],
        "moving": duplicates.moving(loser) if loser else None,
        "conflict": conflict,
        "is_account": isinstance(winner, Account),
        "page": PAGE[type(winner)],
    }
    return render(request, "crm/merge.html", context, status=422 if conflict else 200)


def _fields(winner: Any, loser: Any) -> list[dict[str, Any]]:
    """Return the fields in which the two differ, with the one that wins unless chosen otherwise."""
    gained = merging.gains(winner, loser)
    found = []
    for name in merging.FIELDS[type(winner)]:
        ours, theirs = _said(winner, name), _said(loser, name)
        if ours != theirs:
            label = winner._meta.get_field(name.removesuffix("_id")).verbose_name
            is_free = getattr(loser, name) in ("", None) or name in gained
            found.append(
                {
                    "name": name,
                    "label": label,
                    "ours": ours,
                    "theirs": theirs,
                    "takes_theirs": name in gained,
                    "is_open": not is_free,
                }
            )
    return found


def _said(row: Any, name: str) -> str:
    plain = name.removesuffix("_id")
    value = getattr(row, f"get_{plain}_display", lambda: getattr(row, plain))()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Part two merged rows again."""
    user = person(request)
    undoable = get_object_or_404(Undoable.objects.of(user), pk=pk, kind__in=KINDS)
    is_account = undoable.kind == Undoable.Kind.MERGE_ACCOUNTS
    try:
        merging.take_back(undoable=undoable, by=user, now=timezone.now())
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("They are two again."))
    page = PAGE[Account if is_account else Contact]
    return redirect(page, pk=undoable.rows[0]["winner"]) if undoable.rows else redirect("today")
