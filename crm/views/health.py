"""Whether this copy works, for a proxy or a monitor that asks."""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.selectors import background


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while pages work, 503 without the database; say whether the worker is alive."""
    try:
        waiting = background.waiting(now=timezone.now())
    except DatabaseError:
        return JsonResponse({"database": "away", "worker": "unknown"}, status=503)
    return JsonResponse({"database": "ok", "worker": "silent" if waiting else "alive"})
