"""Gives each page the reader's language and time zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


class ReaderMiddleware:
    """Follow the signed-in user's own language and zone; strangers keep the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate language and zone for this request only."""
        user = request.user
        if user.is_authenticated:
            if user.language:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            with timezone.override(zone_named(user.time_zone)):
                response = self.get_response(request)
            # What one reader sees, no proxy and no later user of the browser may keep.
            response.setdefault("Cache-Control", "private, no-store")
            return response
        return self.get_response(request)


def zone_named(name: str) -> ZoneInfo | None:
    """Return a zone; nothing where none, or one that this machine does not know, is set."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
