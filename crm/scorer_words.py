"""Says what the scores stand on; the same words on mails, reports and pages."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import formats
from crm.models.assessment import LEARNED_ALONE

# "points-2", or "points-2+80aba0ab" with what own outcomes taught: "-steps" in steps per signal,
# "-alone" with the points left out.
VERSION = re.compile(
    r"(?:points|receivable)-(?P<number>\d{1,6})(?:\+(?P<learned>\w+)(?P<way>-alone|-steps)?)?"
)


def version(scorer_version: str) -> str:
    """Return the name of a scorer in words; a name of another make as it is."""
    found = VERSION.fullmatch(scorer_version)
    if not found:
        return scorer_version
    if found["way"] == LEARNED_ALONE:
        return _("learned version %(learned)s alone") % found.groupdict()
    if found["way"]:
        return (
            _("points version %(number)s, learned version %(learned)s in steps") % found.groupdict()
        )
    if found["learned"]:
        return _("points version %(number)s, learned version %(learned)s") % found.groupdict()
    return _("points version %(number)s") % {"number": found["number"]}


def status(*, outcomes: int, is_learned: bool, is_alone: bool = False) -> str:
    """Return what the scores stand on, with the number of own outcomes known."""
    count = {"n": formats.plain(outcomes)}
    if is_alone:
        return (
            ngettext(
                "Scores: learned from %(n)s of your closed leads, expert points left out.",
                "Scores: learned from %(n)s of your closed leads, expert points left out.",
                outcomes,
            )
            % count
        )
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
