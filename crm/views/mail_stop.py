"""Stopping a kind of mail by the link in it, without a sign-in (RFC 8058)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from crm.selectors.digest import language_of
from crm.services import stop_links
from crm.views import limits
from crm.views.requests import person

LONGEST_TOKEN = 80
STOPS_A_MINUTE, WRONG_TOKENS_A_MINUTE = 20, 20


# A mail program posts here on its own, without a cookie or a page of ours before it; all that a
# foreign page could do with a token is what the link is for.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before stopping, so that a scanner of mails stops none; stop when it is posted."""
    found = stop_links.reader_of(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        if not limits.allows(request, "stop-wrong", a_minute=WRONG_TOKENS_A_MINUTE):
            return limits.too_many()
        return _private(render(request, "crm/mail_stop_wrong.html", status=404))
    if not limits.allows(request, "stop", a_minute=STOPS_A_MINUTE, key=token):
        return limits.too_many()
    user, kind = found
    is_meant = request.POST.get("List-Unsubscribe") == "One-Click"
    if request.method == "POST" and is_meant:
        stop_links.stop(user=user, kind=kind)
    page = "crm/mail_stopped.html" if stop_links.is_stopped(user, kind) else "crm/mail_stop.html"
    status = 422 if request.method == "POST" and not is_meant else 200
    with translation.override(language_of(user)):
        return _private(render(request, page, {"kind": kind}, status=status))


def _private(answer: HttpResponse) -> HttpResponse:
    """Keep the page out of caches, and its address out of the next page's log."""
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@login_required
@require_POST
def renew_stop_links(request: HttpRequest) -> HttpResponse:
    """Make the stop links in one's earlier mails invalid."""
    stop_links.renew(user=person(request))
    messages.success(request, _("The links in earlier mails stop nothing any more."))
    return redirect(reverse("profile") + "#links")
