"""What lays out a digest: bars as cells of a table, names cut to a line, addresses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import css_inline
from django.conf import settings
from django.urls import reverse

from crm import formats
from crm.names import LEGAL_FORMS
from crm.selectors.digest_parts import Score
from crm.text_lines import wrapped

NO_BREAK = "\u00a0"
COLUMNS = 52
LONGEST_NAME, MOST_NAME_WORDS = 14, 4
LONGEST_TITLE, MOST_TITLE_WORDS = 10, 3
BAR_END = 0.5
CHINESE = re.compile(r"[\u3400-\u9fff]")
# A figure and its unit never part.
UNITS = f"h|days?|weeks?|{formats.ENGLISH_MONTHS.replace(' ', '|')}"
TOGETHER = re.compile(rf"(?<=\d) (?=(?:{UNITS})\b|[小元万亿天笔条周])")


@dataclass(frozen=True)
class Fullness:
    """How much a mail says: decisions, facts of the first and of each other one, good news.

    A lean mail tells the first decision in full and the others shortly: without their subject,
    in a shorter verdict; it offers no answers beside the suggested one, names no meetings and at
    most two facts of good news. A bare one leaves out the first subject, too, and names one fact
    of good news.
    """

    decisions: int
    first_facts: int = 1
    facts: int = 1
    news: int = 1
    is_lean: bool = False
    is_bare: bool = False


def order_bar(score: Score) -> Sequence[Mapping[str, Any]]:
    """Return the cells of a bar from 0 to 50 % with a tick at the usual rate."""
    filled = round(min(1.0, (1 - score.probability) / BAR_END) * 99)
    usual = round(min(1.0, (1 - score.usual) / BAR_END) * 99)
    cells = [("fill", min(filled, usual)), ("rest", max(0, usual - filled)), ("tick", 1)]
    cells += [("fill", max(0, filled - usual)), ("rest", 99 - max(filled, usual))]
    return [{"kind": kind, "width": width} for kind, width in cells if width]


def percent_bar(share: float) -> Sequence[Mapping[str, Any]]:
    """Return the cells of a bar from 0 to 100 %."""
    filled = round(max(0.0, min(1.0, share)) * 100)
    cells = [("fill", filled), ("rest", 100 - filled)]
    return [{"kind": kind, "width": width} for kind, width in cells if width]


def address(name: str, *args: int, **asked: str | int) -> str:
    """Return the address of a page; opening it changes nothing."""
    query = f"?{urlencode(asked)}" if asked else ""
    return settings.BASE_URL + reverse(name, args=args) + query


def settings_address() -> str:
    """Return where a reader stops mails of a kind; a sent mail carries a link of its own there."""
    return address("profile") + "#mails"


def short_name(name: str) -> str:
    """Return a company's name without its legal form, cut to what a line of a mail has room for."""
    return cut(LEGAL_FORMS.sub("", name).strip() or name, LONGEST_NAME, MOST_NAME_WORDS)


def short_title(title: str) -> str:
    """Return a lead's subject, cut."""
    return cut(title, LONGEST_TITLE, MOST_TITLE_WORDS)


def cut(text: str, characters: int, words: int) -> str:
    """Cut a text to so many words, and a Chinese one to so many characters."""
    kept = " ".join(text.split()[:words])
    kept = kept[: characters if CHINESE.search(kept) else 4 * characters]
    return kept if kept == " ".join(text.split()) else f"{kept}…"


def laid_out(text: str) -> str:
    """Return a text part in lines that fit, in which a figure keeps its unit beside it."""
    lines = wrapped(TOGETHER.sub(NO_BREAK, text), columns=COLUMNS)
    return lines.replace(NO_BREAK, " ")


def unbroken(words: str) -> str:
    """Return words that stay in one line where a line has room for them."""
    return words.replace(" ", NO_BREAK)


def inlined(html: str) -> str:
    """Return an HTML mail with its styles at each element, for programs that drop the sheet."""
    together = TOGETHER.sub("&nbsp;", _inliner().inline(html))
    return together.replace(formats.MINUS, f"{formats.MINUS}&NoBreak;")


@lru_cache(maxsize=1)
def _inliner() -> Any:
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False, base_url=None)
