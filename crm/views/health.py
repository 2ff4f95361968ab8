"""Whether this copy works, for a monitor, and whether it can take requests, for a proxy."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.selectors import health as selector

RETRY_AFTER_SECONDS = 10


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the database does, and name what is not as it should be."""
    parts = selector.parts(now=timezone.now())
    answer = {**parts, "degraded": selector.degraded(parts)}
    return JsonResponse(answer, status=200 if parts["database"] == "ok" else 503)


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 503 while no request can be served: no database, older tables, a full disk."""
    because = selector.not_ready()
    answer = JsonResponse(
        {"ready": not because, "because": because}, status=503 if because else 200
    )
    if because:
        answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer
