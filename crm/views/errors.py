"""Answers for what went wrong, and for addresses that lead nowhere on purpose."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults

RETRY_AFTER_SECONDS = 30


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something broke; 503 and when to come back where it was only the database."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return defaults.server_error(request)
    answer = HttpResponse(
        defaults.server_error(request, template_name="503.html").content, status=503
    )
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def closed(request: HttpRequest) -> HttpResponse:
    """Answer as if there were no such page."""
    raise Http404
