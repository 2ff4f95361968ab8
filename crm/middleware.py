"""Gives each page the reader's language and time zone."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from crm.models import Firm


class ReaderRequest(HttpRequest):
    """A request of somebody who is signed in; the firm is read once for it."""

    firm: Firm


class ReaderMiddleware:
    """Follow the signed-in user's language, and zone or else the firm's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step of the chain."""
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        """Activate language and zone for this request only."""
        user = request.user
        if user.is_authenticated:
            if user.language:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            request.firm = Firm.current()
            with timezone.override(request.firm.zone_of(user)):
                response = self.get_response(request)
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
                response = only_a_form(request, response)
            # What one reader sees, no proxy and no later user of the browser may keep.
            response.setdefault("Cache-Control", "private, no-store")
            return response
        return sent_to_sign_in(request, self.get_response(request))


def sent_to_sign_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Send the whole page there, not a part of it, when htmx asked; afterwards back to the page."""
    there = reverse(settings.LOGIN_URL)
    if not (request.headers.get("HX-Request") and response.get("Location", "").startswith(there)):
        return response
    page = urlsplit(request.headers.get("HX-Current-URL", "/"))
    back = urlencode({"next": f"{page.path}?{page.query}" if page.query else page.path})
    return HttpResponse(status=204, headers={"HX-Redirect": f"{there}?{back}"})


def only_a_form(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the page for an address that only a form leads to: a sign-in may end there."""
    told = render(request, "405.html", status=response.status_code)
    told["Allow"] = response["Allow"]
    return told
