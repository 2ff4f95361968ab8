"""The outbox, and this week's mail of the reader before it is sent."""

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from crm.models import Firm, OutboxMail, User
from crm.selectors import mails as sent_mails
from crm.selectors.digest import content, language_of
from crm.services import digest_mail
from crm.services.digest_mail import Mail
from crm.views.moments import Moment, moment
from crm.views.requests import HtmxRequest, person

MAILS_A_PAGE = 50
# A mail brings its own styles and must do nothing else: no script, no picture, no form.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
    # Same origin, so that the page around it may see how high it is; scripts stay forbidden.
    "sandbox": ["allow-same-origin", "allow-popups", "allow-popups-to-escape-sandbox"],
}


@login_required
@require_safe
def outbox_list(request: HttpRequest) -> HttpResponse:
    """Show the mails that stayed here."""
    user = person(request)
    mails = OutboxMail.objects.visible_to(user).select_related("recipient")
    pages = Paginator(mails.defer("text_body", "html_body"), MAILS_A_PAGE)
    return render(
        request,
        "crm/outbox_list.html",
        {
            "page": pages.get_page(request.GET.get("page")),
            "reads_digest": reads_digest(user),
            "need": sent_mails.count_in_need(user, timezone.now()),
        },
    )


@login_required
@require_safe
def outbox_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail, its text and its HTML part."""
    mail = get_object_or_404(OutboxMail.objects.visible_to(person(request)), pk=pk)
    return render(request, "crm/outbox_mail.html", {"mail": mail})


@login_required
@require_safe
def outbox_mail_html(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer with the HTML part alone, for the frame of the page."""
    mail = get_object_or_404(OutboxMail.objects.visible_to(person(request)), pk=pk)
    return framed(request, mail.html_body)


@login_required
@require_safe
def digest_preview(request: HtmxRequest) -> HttpResponse:
    """Show the reader's own mail as it would be sent now, or at the end of a past day."""
    user = person(request)
    at = moment(request)
    mail = written_at(at, user, request.firm) if reads_digest(user) else None
    html_url = reverse("digest-preview-html") + (f"?as_of={at.day.isoformat()}" if at.day else "")
    need = sent_mails.count_in_need(user, timezone.now())
    context = {"mail": mail, "moment": at, "html_url": html_url, "need": need}
    return render(request, "crm/digest_preview.html", context)


@login_required
@require_safe
def digest_preview_html(request: HtmxRequest) -> HttpResponseBase:
    """Answer with the HTML part of the preview alone."""
    user = person(request)
    if not reads_digest(user):
        return framed(request, "")
    return framed(request, written_at(moment(request), user, request.firm).html)


def framed(request: HttpRequest, html: str) -> HttpResponseBase:
    """Answer with a mail that only a page of ours may frame, under its own strict policy."""
    answer = csp_replace(MAIL_POLICY)(lambda _request: HttpResponse(html))
    return xframe_options_sameorigin(answer)(request)


def reads_digest(user: User) -> bool:
    """Say whether the user's role has a Monday mail at all."""
    return user.role != User.Role.VIEWER


def written_at(at: Moment, user: User, firm: Firm) -> Mail:
    """Write the mail of a moment without keeping it."""
    told = content(user, as_of=at.at, firm=firm)
    return digest_mail.render(told, language=language_of(user))
