"""What a view knows of its request: who asks, and whether htmx does."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from crm.models import Firm, User


class HtmxRequest(HttpRequest):
    """A request that htmx may have sent; a view that reads the firm leaves it for the shell."""

    htmx: HtmxDetails
    firm: Firm


def person(request: HttpRequest) -> User:
    """Return who is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
