"""Countries to choose from, those often met first; the public holidays of each are known."""

from collections.abc import Sequence
from functools import cache

import holidays
from django.utils.translation import gettext as _

from crm import places

COMMON = ("CN", "HK", "MO", "TW", "SG", "JP", "KR", "MY", "AE", "GB", "DE", "FR", "US", "AU", "NZ")
Choice = tuple[str, str | Sequence[tuple[str, str]]]


def choices(kept: str = "") -> list[Choice]:
    """Return the choices of a select; letters that a file brought in stay among them."""
    named = sorted((places.country(code), code) for code in codes() - set(COMMON))
    of_a_file: list[Choice] = [(kept, kept)] if kept and kept not in codes() else []
    return [
        *of_a_file,
        (_("Often chosen"), [(code, places.country(code)) for code in COMMON]),
        (_("All others"), [(code, name) for name, code in named]),
    ]


def code_of(said: str) -> str:
    """Return the two letters of a country by letters or name, in any case; blank for none."""
    code = said.upper()
    if code not in codes():
        code = places.codes_by_name().get(said.casefold(), "")
    return code if code in codes() else ""


@cache
def codes() -> frozenset[str]:
    """Return the two letters of each country."""
    known = holidays.list_supported_countries(include_aliases=False)
    return frozenset(code for code in known if len(code) == 2)
