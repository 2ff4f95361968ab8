"""What the reader has just done and may take back; said once, on the next page."""

from django.http import HttpRequest

OFFER = "undo_offer"


def offer(request: HttpRequest, *, said: str, address: str, left: list[str] | None = None) -> None:
    """Keep a sentence and the address that takes its deed back; `left` names what was left out."""
    request.session[OFFER] = {"said": said, "address": address, "left": left or []}


def taken(request: HttpRequest) -> dict[str, object] | None:
    """Return the offer, and forget it."""
    found: dict[str, object] | None = request.session.pop(OFFER, None)
    return found
