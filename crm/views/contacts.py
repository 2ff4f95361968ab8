"""Pages of people at accounts."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.models import Contact
from crm.selectors import contacts as selector
from crm.views import undo_offers
from crm.views.requests import person, searched


@login_required
@require_safe
def contact_list(request: HttpRequest) -> HttpResponse:
    """List the people of the accounts that the reader may see, by name."""
    words, role = searched(request), request.GET.get("role", "")
    people = selector.listed(person(request), words, role)
    rows, after = selector.page_of(people, after=request.GET.get("after", ""))
    context = {
        "rows": rows,
        "after": after,
        "q": words,
        "role": role,
        "roles": Contact.Role.choices,
        "is_first": "after" not in request.GET,
        "today": timezone.localdate(),
    }
    return render(request, "crm/contact_list.html", context)


@login_required
@require_safe
def contact_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person with the history across leads; a merged one leads to whom it became."""
    user = person(request)
    visible = selector.visible(user).select_related("account")
    contact = visible.filter(pk=pk).first()
    if contact is None:
        merged = Contact.objects.filter(pk=pk).exclude(merged_into="").values("merged_into")
        became = get_object_or_404(visible, ledger_id__in=merged)
        return redirect("contact-detail", pk=became.pk)
    context = {
        "shown": selector.page(contact, user),
        "contact": contact,
        "today": timezone.localdate(),
        "undo": undo_offers.taken(request),
    }
    return render(request, "crm/contact_detail.html", context)
