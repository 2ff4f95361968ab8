"""What is wrong with a bundle: file, line, column, and what to write instead."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST_LISTED = 50
LONGEST_EXCERPT = 40


class BadCell(ValueError):
    """A cell that cannot be read; the text says what is wrong and what to write."""

    def __init__(self, message: str, column: str = "") -> None:
        """Keep the message and, where one part spans two columns, which one it is."""
        super().__init__(message)
        self.message, self.column = message, column


class BundleRefused(Exception):
    """The bundle is refused as a whole; nothing was written."""

    def __init__(self, message: str, problems: "Problems | None" = None) -> None:
        """Say why in one sentence; `problems` lists the places."""
        super().__init__(message)
        self.message = message
        self.problems = problems or Problems()


class TooManyProblems(Exception):
    """Enough was found to stop reading."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where."""

    file: str
    line: int | None
    column: str
    message: str

    def __str__(self) -> str:
        place = [self.file]
        if self.line:
            place.append(_("line %(line)d") % {"line": self.line})
        if self.column:
            place.append(_("column %(column)s") % {"column": self.column})
        return _("%(place)s: %(message)s") % {"place": ", ".join(place), "message": self.message}


@dataclass(slots=True)
class Problems:
    """The first problems of a bundle, in the order they were met."""

    listed: list[Problem] = field(default_factory=list)
    stopped_early: bool = False

    def __bool__(self) -> bool:
        return bool(self.listed)

    def add(self, file: str, message: str, *, line: int | None = None, column: str = "") -> None:
        """List a problem; raise TooManyProblems when the list is full."""
        self.listed.append(Problem(file, line, column, message))
        if len(self.listed) >= MOST_LISTED:
            self.stopped_early = True
            raise TooManyProblems


def excerpt(text: str) -> str:
    """Return the beginning of a cell, safe to print on a terminal."""
    shown = "".join(
        letter if letter.isprintable() else f"\\x{ord(letter):02x}"
        for letter in text[:LONGEST_EXCERPT]
    )
    return shown + ("…" if len(text) > LONGEST_EXCERPT else "")
