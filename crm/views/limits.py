"""How often a page without a sign-in answers: counted for a minute, by address or by link."""

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

SECONDS = 60


def allows(request: HttpRequest, what: str, *, a_minute: int, key: str = "") -> bool:
    """Count one request and say whether it is within what a minute allows.

    Counted by the key where there is one, else by the address of who asks; a forwarded address
    that anyone may write is not believed.
    """
    whose = key or str(get_adapter(request).get_client_ip(request))
    place = f"limit:{what}:{hashlib.sha256(whose.encode()).hexdigest()}"
    cache.add(place, 0, timeout=SECONDS)
    try:
        return int(cache.incr(place)) <= a_minute
    except ValueError:  # the minute ended in between
        return True


def too_many() -> HttpResponse:
    """Answer that it was too often, and when to come back."""
    answer = HttpResponse(
        _("Too many requests. Try again in a minute."),
        status=429,
        content_type="text/plain; charset=utf-8",
    )
    answer["Retry-After"] = str(SECONDS)
    return answer
