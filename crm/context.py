"""What the shell of every page shows: demo banner and waiting background work."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from crm.selectors import background


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the shell's facts for signed-in readers; two queries, whatever the page."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    firm = getattr(request, "firm", None) or background.firm()
    return {"waiting": background.waiting(now=timezone.now()), "firm": firm}
