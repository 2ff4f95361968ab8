"""Wraps plain text where a Chinese character takes two columns and may end a line."""

import unicodedata
from collections.abc import Iterator

NEVER_FIRST = "，。；：、！？）》”’%,.;:!?)"
NEVER_LAST = "（《“‘¥(["
FOOTER = "-- "
ADDRESSES = ("http://", "https://")


def wrapped(text: str, *, columns: int) -> str:
    """Return a text whose lines fit, each continued under its own indent; addresses stay whole."""
    lines: list[str] = []
    for line in text.strip("\n").split("\n"):
        # Mail programs know the line "-- ", with its space, as the start of the footer.
        lines += [line] if line == FOOTER else list(_fit(line.rstrip(), columns))
    return "\n".join(lines) + "\n"


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)


def _fit(line: str, columns: int) -> Iterator[str]:
    body = line.lstrip(" ")
    indent = " " * (len(line) - len(body))
    current = indent
    for piece in _pieces(body):
        if width(current + piece.rstrip()) > columns and current.strip():
            yield current.rstrip()
            current = indent + piece.lstrip()
        else:
            current += piece
    yield current.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """Yield what must stay together: a word with its space, or a Chinese character."""
    piece = ""
    for place, mark in enumerate(text):
        if piece and _may_break(text, place):
            yield piece
            piece = ""
        piece += mark
    yield piece


def _may_break(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if after == " " or after in NEVER_FIRST or before in NEVER_LAST:
        return False
    if before == " ":
        return True
    start = text.rfind(" ", 0, place) + 1
    if text.startswith(ADDRESSES, start):
        return False
    return width(before) == 2 or width(after) == 2
