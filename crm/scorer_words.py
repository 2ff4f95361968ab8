"""Says what the scores stand on; the same words on mails, reports and pages."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import formats


def status(*, outcomes: int, is_learned: bool) -> str:
    """Return what the scores stand on, with the number of own outcomes known."""
    count = {"n": formats.plain(outcomes)}
    if not outcomes:
        return _("Scores: expert points alone; none of your outcomes yet.")
    if is_learned:
        return (
            ngettext(
                "Scores: expert points blended with %(n)s of your closed leads.",
                "Scores: expert points blended with %(n)s of your closed leads.",
                outcomes,
            )
            % count
        )
    return (
        ngettext(
            "Scores: expert points, usual rate from your %(n)s closed lead.",
            "Scores: expert points, usual rate from your %(n)s closed leads.",
            outcomes,
        )
        % count
    )
