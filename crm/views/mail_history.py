"""The history of mails, one mail as it was sent, and the mails that need a look."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.models import Digest
from crm.selectors import mails as selector
from crm.selectors.mails import Asked
from crm.services import mails
from crm.services.errors import LedgerError
from crm.views import undo_offers
from crm.views.mail import framed
from crm.views.requests import number, person


@login_required
@require_safe
def digest_history(request: HttpRequest) -> HttpResponse:
    """Show one's own mails, or everybody's to a founder, with what became of each."""
    user, want = person(request), asked(request)
    leads_firm = user.has_perm("crm.lead_the_firm")
    context = {
        "asked": want,
        "page": selector.page(user, want),
        "readers": selector.readers() if leads_firm else (),
        "states": Digest.Status.choices,
        "kinds": Digest.Kind.choices,
        "need": selector.count_in_need(user, timezone.now()),
        "is_filtered": bool(want.person or want.state or want.kind),
    }
    return render(request, "crm/digest_history.html", context)


def asked(request: HttpRequest) -> Asked:
    """Return which mails an address asks for."""
    said = request.GET
    state, kind = said.get("state", ""), said.get("kind", "")
    return Asked(
        person=number(said.get("person")),
        state=state if state in Digest.Status else "",
        kind=kind if kind in Digest.Kind else "",
        after=said.get("after") or said.get("before") or "",
        back=bool(said.get("before")),
    )


@login_required
@require_safe
def digest_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail as it was written, and what became of it."""
    user, mail = person(request), mail_of(request, pk)
    context = {
        "row": selector.rows_of([mail])[0],
        "mail": mail,
        "may_read": selector.may_read(mail, user),
        "seen": mails.seen(mail),
        "need": selector.count_in_need(user, timezone.now()),
        "undo": undo_offers.taken(request),
    }
    return render(request, "crm/digest_sent.html", context)


@login_required
@require_safe
def digest_sent_html(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer with the HTML part of a mail alone."""
    mail = mail_of(request, pk)
    if not selector.may_read(mail, person(request)):
        raise Http404
    return framed(request, mail.html_body)


def mail_of(request: HttpRequest, pk: int) -> Digest:
    """Return a mail that the reader may see."""
    found = Digest.objects.visible_to(person(request))
    found = found.select_related("recipient", "sent_again_by", "dismissed_by")
    return get_object_or_404(found, pk=pk)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_safe
def digest_look(request: HttpRequest) -> HttpResponse:
    """Show founders the mails that failed or may be lost, and what to do about each."""
    rows = [(row, mails.seen(row.mail)) for row in selector.to_look_at(timezone.now())]
    context = {"rows": rows, "need": len(rows), "undo": undo_offers.taken(request)}
    return render(request, "crm/digest_look.html", context)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def digest_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a mail of failed or unknown fate once more, by a founder's word."""
    mail, by = mail_of(request, pk), person(request)
    try:
        mails.send_again(
            digest=mail, as_seen=request.POST.get("seen", ""), by=by, now=timezone.now()
        )
    except LedgerError as error:
        messages.warning(request, str(error))
    else:
        told = _("It goes out again to %(name)s, with the same words and the same id.")
        messages.success(request, told % {"name": mail.recipient})
    return _back(request, mail)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def digest_arrived(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep that a mail of unknown fate arrived, as its reader says."""
    mail, by = mail_of(request, pk), person(request)
    try:
        mails.note_arrival(digest=mail, as_seen=request.POST.get("seen", ""), by=by)
    except LedgerError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Kept: it arrived."))
    return _back(request, mail)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def digest_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that nothing more is to be done about a mail, as a founder says."""
    mail, by, said = mail_of(request, pk), person(request), request.POST
    try:
        mails.dismiss(
            digest=mail,
            as_seen=said.get("seen", ""),
            by=by,
            why=said.get("why", "").replace("\0", ""),
            now=timezone.now(),
        )
    except LedgerError as error:
        messages.warning(request, str(error))
    else:
        told = _("Dismissed: the mail to %(name)s. It stays in the history.")
        address = reverse("digest-take-up", args=[mail.pk])
        undo_offers.offer(request, said=told % {"name": mail.recipient}, address=address)
    return _back(request, mail)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def digest_take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a dismissal back."""
    mail = mail_of(request, pk)
    if mails.take_up(digest=mail, by=person(request)):
        messages.success(request, _("It needs a look again."))
    return _back(request, mail)


def _back(request: HttpRequest, mail: Digest) -> HttpResponse:
    """Return to the page of the mail where that was asked from, else to those that need a look."""
    if request.POST.get("from") == "mail":
        return redirect("digest-sent", mail.pk)
    return redirect("digest-look")
