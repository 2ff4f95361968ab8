"""The words of a digest about the hours and meetings of the weeks that it covers."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import formats
from crm.selectors.digest_parts import Content
from crm.services.digest_layout import address
from crm.weeks import iso_week


def effort_line(content: Content) -> str:
    """Return last week's presales hours with the share on red leads."""
    presales, red = presales_words(content), red_words(content)
    if not presales:
        return ""
    return _("%(presales)s, %(red)s.") % {"presales": presales, "red": red}


def presales_words(content: Content) -> str:
    """Return the presales hours of the weeks covered."""
    if not content.reads_leads or not content.effort.hours:
        return ""
    return _("%(hours)s presales") % {"hours": formats.hours(content.effort.hours)}


def red_words(content: Content) -> str:
    """Return which of the hours went to leads that are red now."""
    effort = content.effort
    if not effort.red_hours:
        return _("none on red leads")
    facts = {"red": formats.hours(effort.red_hours), "share": formats.percent(effort.red_share)}
    return _("%(red)s (%(share)s) on red leads") % facts


def meetings_line(content: Content) -> str:
    """Return how many of the meetings that were planned somebody has logged."""
    effort = content.effort
    if not content.reads_leads or not effort.planned_meetings:
        return ""
    facts = {"logged": effort.logged_meetings, "n": effort.planned_meetings}
    return (
        ngettext(
            "Logged %(logged)s of %(n)s planned meeting.",
            "Logged %(logged)s of %(n)s planned meetings.",
            effort.planned_meetings,
        )
        % facts
    )


def effort_address(content: Content) -> str:
    """Return the list of the hours and meetings of the weeks that the mail covers."""
    week = iso_week(content.day)
    if content.weeks == 1:
        return address("week-hours", week=week)
    return address("week-hours", week=week, weeks=content.weeks)


def effort_words(content: Content) -> str:
    """Return the hours with their weeks, as one line of a quiet mail."""
    effort = effort_line(content)
    if not effort:
        return ""
    return _("%(label)s: %(words)s") % {"label": period(content), "words": effort}


def period(content: Content) -> str:
    """Return which weeks the hours are of."""
    if content.weeks == 1:
        return _("Last week")
    return _("Last %(n)s weeks") % {"n": content.weeks}
