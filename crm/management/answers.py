"""What several commands answer."""

from django.utils.translation import ngettext


def imported(leads: int, seconds: float) -> str:
    """Return the sentence that ends an import."""
    return ngettext(
        "Imported in %(seconds)s s. %(leads)d lead waits for a new score.",
        "Imported in %(seconds)s s. %(leads)d leads wait for a new score.",
        leads,
    ) % {"leads": leads, "seconds": seconds}
