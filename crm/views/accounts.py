"""Pages of accounts and of the people there."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.forms.accounts import AccountForm, ContactForm, VersionedForm
from crm.models import Account, Contact
from crm.selectors import accounts as selector
from crm.selectors import duplicates
from crm.services import accounts
from crm.services.errors import EditedMeanwhile
from crm.views import undo_offers
from crm.views.requests import number, person, searched

MOST_PAGES = 2000


@login_required
@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """List the accounts that the reader may see, by name."""
    user, words = person(request), searched(request)
    page = max(1, number(request.GET.get("page"), most=MOST_PAGES))
    rows, more = selector.page_of(selector.listed(user, words), page, user)
    context = {"rows": rows, "more": more, "page": page, "q": words}
    return render(request, "crm/account_list.html", context)


@login_required
@require_safe
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account: its leads, people and invoices."""
    user = person(request)
    visible = Account.objects.visible_to(user).current()
    account = visible.filter(pk=pk).first()
    if account is None:
        merged = Account.objects.filter(pk=pk).exclude(merged_into="").values("merged_into")
        became = get_object_or_404(visible, ledger_id__in=merged)
        return redirect("account-detail", pk=became.pk)
    today = timezone.localdate()
    context = {
        "account": account,
        "shown": selector.page(account, user, today=today),
        "today": today,
        "undo": undo_offers.taken(request),
    }
    return render(request, "crm/account_detail.html", context)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of an account."""
    account = get_object_or_404(Account.objects.visible_to(person(request)).current(), pk=pk)
    form = AccountForm(request.POST or None, instance=account)
    return _edit(request, form, account, _("Edit account"))


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a person at an account."""
    account = get_object_or_404(Account.objects.visible_to(person(request)).current(), pk=pk)
    form = ContactForm(request.POST or None, initial={"decision_role": _role(request)})
    known = _known_already(request, form, account)
    if form.is_valid() and not known:
        contact = accounts.add_contact(
            account=account, now=timezone.now(), token=form.cleaned_data["token"], **form.changes
        )
        messages.success(request, _("%(name)s is now a contact.") % {"name": contact.name})
        return _after_contact(request, account)
    return _form_page(request, form, account, _("Add contact"), known=known)


def _known_already(request: HttpRequest, form: ContactForm, account: Account) -> list[Contact]:
    """Return people of the account with such a name, unless the reader knows of them."""
    if not form.is_valid() or "is_another" in request.POST:
        return []
    similar = duplicates.similar_people(account, form.cleaned_data["name"])
    # Looked for last: the same form, sent a moment before, may have added the person meanwhile.
    sent_before = Contact.objects.filter(ledger_id=form.cleaned_data["token"].hex).exists()
    return [] if sent_before else similar


def _role(request: HttpRequest) -> str:
    """Return the part in the decision that a link asks for."""
    asked = request.GET.get("role", "")
    return asked if asked in Contact.Role.values else ""


def _after_contact(request: HttpRequest, account: Account) -> HttpResponse:
    """Go back to the lead that asked for the person, else to the account."""
    seen = account.leads.visible_to(person(request))
    lead = seen.filter(pk=number(request.GET.get("lead"))).first()
    if lead is None:
        return redirect("account-detail", pk=account.pk)
    return redirect(reverse("lead-detail", args=[lead.pk]) + "#people")


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a person."""
    visible = Account.objects.visible_to(person(request)).current()
    contacts = Contact.objects.current().filter(account__in=visible).select_related("account")
    contact = get_object_or_404(contacts, pk=pk)
    form = ContactForm(request.POST or None, instance=contact)
    return _edit(request, form, contact.account, _("Edit contact"))


def _edit(request: HttpRequest, form: VersionedForm, account: Account, title: str) -> HttpResponse:
    """Save a valid form; where someone was faster, show both values and save nothing."""
    stored = type(form.instance)._default_manager.get(pk=form.instance.pk)
    conflict: list[dict[str, Any]] | None = None
    if form.is_valid():
        try:
            version, now = form.cleaned_data["version"], timezone.now()
            accounts.edit(row=stored, version=version, now=now, **form.changes)
        except EditedMeanwhile as error:
            form.add_error(None, str(error))
            conflict = _both(form, stored)
        else:
            messages.success(request, _("Saved."))
            return redirect("account-detail", pk=account.pk)
    return _form_page(request, form, account, title, conflict)


def _both(form: VersionedForm, stored: Account | Contact) -> list[dict[str, Any]]:
    """Return the fields in which the form and the row as it stands differ."""
    return [
        {"label": field.label, "stored": getattr(stored, name), "yours": form.cleaned_data[name]}
        for name, field in form.fields.items()
        if name in form.changes and getattr(stored, name) != form.cleaned_data[name]
    ]


def _form_page(
    request: HttpRequest,
    form: VersionedForm,
    account: Account,
    title: str,
    conflict: list[dict[str, Any]] | None = None,
    *,
    known: Sequence[Contact] = (),
) -> HttpResponse:
    # After a conflict the next save is meant to win over what the reader now has seen.
    has_read = conflict is not None or not form.is_bound
    read = form.instance.version if has_read else form["version"].value()
    context = {
        "form": form,
        "account": account,
        "title": title,
        "conflict": conflict,
        "known": known,
        "version": read,
    }
    status = 422 if form.errors or known else 200
    return render(request, "crm/account_form.html", context, status=status)
