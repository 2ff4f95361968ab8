"""The signed-in person's own settings, and the language of the pages."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.forms.profile import ProfileForm
from crm.models import User
from crm.selectors import next_mail
from crm.services import users
from crm.views.calendar import calendar_url
from crm.views.requests import HtmxRequest, person


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language: on the person where one is signed in, else in a cookie."""
    following = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
        following = "/"
    response = HttpResponseRedirect(following)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
        if request.user.is_authenticated:
            users.change_settings(user=person(request), language=language)
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HtmxRequest) -> HttpResponse:
    """Show and change one's own settings; say when the next mail comes."""
    user, now = person(request), timezone.now()
    today = now.astimezone(request.firm.zone_of(user)).date()
    form = ProfileForm(
        request.POST or None,
        initial=users.settings_of(user, today=today),
        kept_zone=user.time_zone,
        firm_zone=request.firm.zone.key,
        today=today,
        now=now,
    )
    if request.method == "POST" and form.is_valid():
        users.save_profile(user=user, today=today, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("profile")
    context = {
        "form": form,
        "next_mail": next_mail.of_person(user, firm=request.firm, now=now),
        "muted_until": user.mails_muted_until if user.is_muted_on(today) else None,
        "reads_digest": user.role != User.Role.VIEWER,
        "feed_url": calendar_url(user),
    }
    return render(request, "crm/profile.html", context, status=422 if form.errors else 200)
