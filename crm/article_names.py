"""Articles of the law as a reader calls them: Chinese ones by their Chinese name in Chinese."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# What the shipped rules of China cite; the law of other countries stays as it is written.
NAMED = (
    gettext_noop("Order 802 arts 9, 10, 17"),
    gettext_noop("Order 802 art 12"),
    gettext_noop("Order 802 art 14"),
    gettext_noop("Order 728 arts 8, 15"),
    gettext_noop("Order 728 art 8(2)"),
    gettext_noop("Civil Code art 585"),
    gettext_noop("Fa Shi 2024 No. 11; Order 802 art 9"),
    gettext_noop("PBoC and CBIRC Order 2022 No. 4 art 25; Order 802 art 11"),
    gettext_noop("Government Procurement Regulations art 48; Order 802 art 13"),
    # xgettext:no-python-format
    gettext_noop("Jian Zhi 2017 No. 138 art 7 (3% in construction; for software our own rule, 5%)"),
)


def named(article: str) -> str:
    """Return an article in the reader's language; one that a person wrote stays as written."""
    return _(article) if article else ""
