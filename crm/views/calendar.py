"""The calendar feed, which a calendar reads by its secret, and the settings of its link."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.models import Firm, User
from crm.reports import calendar as report
from crm.selectors import calendar as selector
from crm.selectors.digest import language_of
from crm.services import calendars
from crm.views import limits
from crm.views.requests import person

PLACE = "calendar"  # the part of the page, and the mark of messages that are said there
READS_A_MINUTE, WRONG_SECRETS_A_MINUTE = 12, 20


@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer with the dates of whoever the secret belongs to; without a sign-in."""
    user = _owner(secret)
    if user is None:
        if not limits.allows(request, "calendar-wrong", a_minute=WRONG_SECRETS_A_MINUTE):
            return limits.too_many()
        raise Http404
    if not limits.allows(request, "calendar", a_minute=READS_A_MINUTE, key=secret):
        return limits.too_many()
    found = selector.of_person(user, firm=Firm.current(), now=timezone.now())
    with translation.override(language_of(user)):
        file = report.as_file(found, of=str(user), names=user.calendar_names_clients)
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = 'inline; filename="touchstone.ics"'
    return answer


def _owner(secret: str) -> User | None:
    if len(secret) != calendars.SECRET_LENGTH:
        return None
    return User.objects.filter(calendar_secret=secret, is_active=True).first()


@login_required
@require_POST
def calendar_link(request: HttpRequest) -> HttpResponse:
    """Make the link of one's calendar, replace it, remove it, or let it name no client."""
    user = person(request)
    match request.POST.get("do"):
        case "make":
            calendars.make_link(user=user)
            _say(request, _("Here is your link. A link from before no longer works."))
        case "remove":
            calendars.remove_link(user=user)
            _say(request, _("The link is removed; calendars with it stop."))
        case "hide" | "name" as names:
            calendars.name_clients(user=user, names=names == "name")
            _say(request, _("Saved. Calendars follow when they next look."))
    return redirect(reverse("profile") + f"#{PLACE}")


def _say(request: HttpRequest, words: str) -> None:
    """Say something beside the link, where the page jumps to."""
    messages.success(request, words, extra_tags=PLACE)


def calendar_url(user: User) -> str:
    """Return the whole address of a person's calendar; nothing while there is no link."""
    if not user.calendar_secret:
        return ""
    return settings.BASE_URL + reverse("calendar-feed", args=[user.calendar_secret])
