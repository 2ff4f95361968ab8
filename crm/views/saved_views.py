"""Saved views of the lead list: keep, rename, share, delete and bring back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.forms.bulk import SavedViewForm
from crm.models import SavedView
from crm.services import saved_views
from crm.services.errors import LedgerError
from crm.views import undo_offers
from crm.views.requests import person

MOST_VIEWS, LONGEST_QUERY = 100, 4000


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_safe
def lead_views(request: HttpRequest) -> HttpResponse:
    """List the views that the reader may change."""
    user = person(request)
    views = SavedView.objects.changeable_by(user).current().select_related("owner")
    context = {
        "views": views[:MOST_VIEWS],
        "may_share": saved_views.may_share(user),
        "undo": undo_offers.taken(request),
    }
    return render(request, "crm/lead_views.html", context)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_view_save(request: HttpRequest) -> HttpResponse:
    """Keep the list as it stands under a name."""
    query = saved_views.kept(request.POST.get("query", "")[:LONGEST_QUERY])
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the view a name of 1 to 40 letters."))
        return redirect(_list(query))
    try:
        view = saved_views.save(
            owner=person(request), query=query, now=timezone.now(), **form.cleaned_data
        )
    except LedgerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return redirect(_list(query))


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view, or share it."""
    user = person(request)
    view = get_object_or_404(SavedView.objects.changeable_by(user).current(), pk=pk)
    form = SavedViewForm(request.POST)
    if form.is_valid():
        saved_views.rename(view=view, by=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Give the view a name of 1 to 40 letters."))
    return redirect("lead-views")


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a view; the next page offers to bring it back."""
    view = get_object_or_404(SavedView.objects.changeable_by(person(request)).current(), pk=pk)
    saved_views.put_away(view=view, now=timezone.now())
    said = _("The view “%(name)s” is deleted.") % {"name": view.name}
    undo_offers.offer(request, said=said, address=reverse("lead-view-restore", args=[pk]))
    return redirect("lead-views")


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def lead_view_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a deleted view back."""
    view = get_object_or_404(SavedView.objects.changeable_by(person(request)), pk=pk)
    saved_views.bring_back(view=view)
    messages.success(request, _("The view “%(name)s” is back.") % {"name": view.name})
    return redirect("lead-views")


def _list(query: str) -> str:
    return reverse("lead-list") + (f"?{query}" if query else "")
