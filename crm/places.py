"""Names of countries and cities in the reader's language, as the Unicode CLDR gives them."""

from functools import cache

from babel import Locale
from babel.core import get_global
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from crm import formats

# How the mainland's business papers and its law name them; CLDR has the long official form.
OWN_NAMES = {"HK": _("Hong Kong"), "MO": _("Macao"), "TW": _("Taiwan")}
SHORT_NAMES = {"香港": "HK", "澳门": "MO"}  # as tables of others have them
BEIJING = "Asia/Shanghai"


def country(code: str) -> str:
    """Return the name of a country by its two letters; the letters where it has none."""
    own = OWN_NAMES.get(code)
    return str(own) if own else _locale().territories.get(code, code)


@cache
def codes_by_name() -> dict[str, str]:
    """Return the two letters of countries by their names in both languages, in small letters."""
    found = dict(SHORT_NAMES)
    for language, locale in (("en", "en"), ("zh-hans", "zh_Hans")):
        with translation.override(language):
            own = [(code, str(name)) for code, name in OWN_NAMES.items()]
        for code, name in [*_parsed(locale).territories.items(), *own]:
            found[name.casefold()] = code
    return found


def city(zone: str) -> str:
    """Return the city that a time zone is named after: New York, 纽约."""
    if zone == BEIJING and formats.in_chinese():
        return "北京"
    known, today = _locale().time_zones, names_of_old().get(zone, zone)
    # CLDR lists some under a name of old.
    for name in (today, *(old for old, new in names_of_old().items() if new == today)):
        if name in known and "city" in known[name]:
            return str(known[name]["city"])
    return today.rpartition("/")[2].replace("_", " ")


def _locale() -> Locale:
    return _parsed("zh_Hans" if formats.in_chinese() else "en")


@cache
def _parsed(name: str) -> Locale:
    return Locale.parse(name)


@cache
def names_of_old() -> dict[str, str]:
    """Return the names of zones of today by those of old."""
    return dict(get_global("zone_aliases"))
