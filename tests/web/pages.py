"""What a reader sees of a page."""

import re

from django.http import HttpResponse


def text(answer: HttpResponse) -> str:
    """Return the words of a page, its tags taken away."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
