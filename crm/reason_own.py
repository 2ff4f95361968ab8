"""Says a reason that speaks of one of the vendor's own fields; the words of it are their own.

Its code is "cf_" and the field's key; its params are the field's name as it was, the kind, what
was said in it, of how many leads it was learned, and in which third of them a number lies.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import formats, wording

PREFIX = "cf_"
THIRDS: Mapping[str, Promise] = {
    "LOWER": gettext_lazy("%(field)s: %(said)s, among the lowest third of %(n)s closed leads."),
    "MIDDLE": gettext_lazy("%(field)s: %(said)s, in the middle third of %(n)s closed leads."),
    "UPPER": gettext_lazy("%(field)s: %(said)s, among the highest third of %(n)s closed leads."),
}


def is_own(code: str) -> bool:
    """Say whether a code speaks of one of the vendor's own fields."""
    return code.startswith(PREFIX)


def text(params: Mapping[str, Any]) -> str:
    """Return the sentence in the language that is active."""
    words = {"field": params["field"], "said": _said(params), "n": params.get("n")}
    if params.get("said") is None:
        sentence = _("%(field)s: not stated.")
        if words["n"]:
            sentence = _("%(field)s: not stated, as in %(n)s closed leads.")
    elif not words["n"]:
        sentence = _("%(field)s: %(said)s.")
    elif params.get("third") in THIRDS:
        sentence = str(THIRDS[params["third"]])
    else:
        sentence = _("%(field)s: %(said)s, as in %(n)s closed leads.")
    return sentence % words


def _said(params: Mapping[str, Any]) -> Any:
    value = params.get("said")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return formats.plain(value, 2)
    if params.get("kind") == "DATE" and value:
        return wording.dated(date.fromisoformat(value))
    return value
