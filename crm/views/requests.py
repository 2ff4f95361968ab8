"""What a view knows of its request: who asks, and whether htmx does."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from crm.middleware import ReaderRequest
from crm.models import User

# No page, key or version is larger; databases count no further than 64 bits.
LONGEST, MOST = 15, 10**15
LONGEST_SEARCH = 100


class HtmxRequest(ReaderRequest):
    """A request that htmx may have sent."""

    htmx: HtmxDetails


def number(said: str | None, *, default: int = 0, most: int = MOST) -> int:
    """Return the whole number that an address or a hidden field carries, else the default."""
    if not said or len(said) > LONGEST or not said.isdecimal():
        return default
    return min(int(said), most)


def searched(request: HttpRequest) -> str:
    """Return the words that a reader looks for; PostgreSQL takes no NUL among them."""
    return request.GET.get("q", "").replace("\0", "")[:LONGEST_SEARCH]


def person(request: HttpRequest) -> User:
    """Return who is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def leave(request: HtmxRequest, address: str) -> HttpResponse:
    """Send the reader to another page, also where htmx waits for a part of this one."""
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
