"""Writes a digest as a mail that is read in a minute: subject, text part and HTML part."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from crm import formats
from crm.selectors.digest_parts import Content
from crm.services import digest_words
from crm.services.digest_layout import Fullness, inlined, laid_out

MOST_WORDS, MOST_CHARACTERS = 170, 320
# The fullest first. Three decisions with few facts are worth more than two with many.
FULLNESS = (
    Fullness(decisions=5, first_facts=3, facts=3, news=2),
    Fullness(decisions=4, first_facts=3, facts=3, news=2),
    Fullness(decisions=3, first_facts=3, facts=3, news=2),
    Fullness(decisions=3, first_facts=3, facts=2),
    Fullness(decisions=3, first_facts=2, facts=2),
    Fullness(decisions=3, first_facts=3, facts=2, is_lean=True),
    Fullness(decisions=3, first_facts=2, facts=2, is_lean=True),
    Fullness(decisions=3, first_facts=2, facts=1, is_lean=True),
    Fullness(decisions=3, first_facts=1, facts=1, is_lean=True),
    Fullness(decisions=3, first_facts=1, facts=1, is_lean=True, is_bare=True),
    Fullness(decisions=2, first_facts=3, facts=2),
    Fullness(decisions=2, first_facts=2, facts=2, is_lean=True),
    Fullness(decisions=2, first_facts=1, facts=1, is_lean=True),
    Fullness(decisions=1, first_facts=2, is_lean=True),
    Fullness(decisions=1, first_facts=1, is_lean=True),
    Fullness(decisions=1, first_facts=1, news=0, is_lean=True, is_bare=True),
)
ADDRESS = re.compile(r"https?://\S+")
STYLE_OR_HEAD = re.compile(r"(?s)<head>.*?</head>")
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Mail:
    """A mail ready to be sent, what is noted of it for later mails, and the leads it names."""

    subject: str
    text: str
    html: str
    shown: Mapping[str, Any]
    names: frozenset[int]


def render(content: Content, *, language: str) -> Mail:
    """Return the mail in one language, as full as its limits allow."""
    with translation.override(language):
        for fullness in FULLNESS:
            cut = digest_words.trimmed(content, fullness)
            view = digest_words.view(cut, fullness)
            text = render_to_string("emails/digest.txt", view)
            html = render_to_string("emails/digest.html", view)
            if is_short_enough(text) and is_short_enough(words_of(html)):
                break
    return Mail(
        subject=" ".join(view["subject"].split()),
        text=laid_out(text),
        html=inlined(html),
        shown={str(decision.lead_id): decision.points for decision in cut.decisions},
        names=names(cut),
    )


def names(content: Content) -> frozenset[int]:
    """Return the leads that a mail names; of money, an accountant may know all."""
    if not content.reads_leads:
        return frozenset()
    told = [each.lead_id for each in content.decisions] + [each.lead_id for each in content.news]
    oldest = content.money.oldest_lead_id
    return frozenset([*told, oldest] if oldest else told)


def is_short_enough(text: str) -> bool:
    """Say whether a text keeps the limit of the language that is active."""
    if formats.in_chinese():
        return count_characters(text) <= MOST_CHARACTERS
    return count_words(text) <= MOST_WORDS


def count_words(text: str) -> int:
    """Count what has a letter or a digit in it; lone signs are not words."""
    return sum(any(mark.isalnum() for mark in word) for word in text.split())


def count_characters(text: str) -> int:
    """Count letters and digits; nobody reads an address."""
    return sum(mark.isalnum() for mark in ADDRESS.sub("", text))


def words_of(html: str) -> str:
    """Return what a reader of an HTML mail of ours sees."""
    return unescape(TAG.sub(" ", STYLE_OR_HEAD.sub("", html)))
