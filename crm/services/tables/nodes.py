"""A mapping's JSON, walked so that whatever is wrong is said with its place."""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from crm.services.bundle.problems import excerpt
from crm.services.tables.refusals import TableRefused

LARGEST_MAPPING = 1_000_000
LONGEST_WORD = 1_000
MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the mapping and where it stands."""

    value: Any
    path: str = ""

    def fault(self, message: str) -> TableRefused:
        """Return the refusal that names this place."""
        return TableRefused(message, where=_("the mapping at %s") % (self.path or "{}"))

    def has(self, name: str) -> bool:
        """Say whether an object has an entry that is not null."""
        return self.entries().get(name) is not None

    def entries(self) -> dict[str, Any]:
        """Return the entries of an object."""
        if not isinstance(self.value, dict):
            raise self.fault(_("has to be an object: { ... }."))
        if len(self.value) > MOST_ENTRIES:
            raise self.fault(_("has more than %d entries.") % MOST_ENTRIES)
        return self.value

    def get(self, name: str) -> "Node":
        """Return the entry of an object; null where there is none."""
        path = f"{self.path}.{name}" if self.path else name
        return Node(self.entries().get(name), path)

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Yield the entries of an object by name."""
        for name in self.entries():
            yield name, self.get(name)

    def elements(self) -> Iterator["Node"]:
        """Yield the elements of a list."""
        if not isinstance(self.value, list):
            raise self.fault(_("has to be a list: [ ... ]."))
        if len(self.value) > MOST_ENTRIES:
            raise self.fault(_("has more than %d entries.") % MOST_ENTRIES)
        for place, value in enumerate(self.value):
            yield Node(value, f"{self.path}[{place}]")

    def only(self, *known: str) -> None:
        """Refuse entries that nobody reads: they are misspelt, or meant for something else."""
        for name, node in self.items():
            if name not in known:
                raise node.fault(_("is not known here. Known are: %s.") % ", ".join(known))

    def word(self, *, longest: int = LONGEST_WORD, empty: bool = False) -> str:
        """Return a text that says something."""
        value = self.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not (value.strip() or empty):
            raise self.fault(_("has to be a text in quotes."))
        if len(value) > longest or "\0" in value or _has_surrogates(value):
            raise self.fault(_("is too long or holds signs that no column has."))
        return value

    def words(self) -> list[str]:
        """Return a list of texts."""
        return [each.word(empty=True) for each in self.elements()]

    def one_of(self, known: tuple[str, ...]) -> str:
        """Return one of a few words, in whatever case it stands."""
        if self.value is None:
            told = ", ".join(each.lower() for each in known)
            raise self.fault(_("is needed. Write one of: %s.") % told)
        word = self.word()
        for each in known:
            if word.strip().lower() == each.lower():
                return each
        raise self.fault(
            _("“%(text)s” is none of: %(words)s.")
            % {"text": excerpt(word), "words": ", ".join(each.lower() for each in known)}
        )


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def read(path: Path) -> Node:
    """Return the mapping in a file; refuse what is no JSON object in UTF-8."""
    refuse_unreadable(path)
    try:
        with path.open("rb") as raw:
            content = raw.read(LARGEST_MAPPING + 1)
    except OSError as error:
        raise TableRefused(
            _("%(file)s cannot be read: %(reason)s.")
            % {"file": path.name, "reason": error.strerror or error}
        ) from None
    if len(content) > LARGEST_MAPPING:
        raise TableRefused(_("%s is too large for a mapping.") % path.name)
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise TableRefused(_("%s is not UTF-8. Save the mapping as UTF-8.") % path.name) from None
    except json.JSONDecodeError as error:
        raise TableRefused(
            _("%(file)s is not JSON: line %(line)d, column %(column)d.")
            % {"file": path.name, "line": error.lineno, "column": error.colno}
        ) from None
    except (ValueError, RecursionError):
        raise TableRefused(_("%s is not JSON that can be read.") % path.name) from None
    if not isinstance(value, dict):
        raise TableRefused(_("%s has to begin with {.") % path.name)
    return Node(value)


def refuse_unreadable(path: Path) -> None:
    """Refuse what is no plain file."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise TableRefused(_("There is no file “%s”.") % path.name) from None
    except (OSError, ValueError) as error:
        raise TableRefused(
            _("%(file)s cannot be read: %(reason)s.")
            % {"file": excerpt(path.name), "reason": getattr(error, "strerror", None) or error}
        ) from None
    if not stat.S_ISREG(mode):
        raise TableRefused(_("“%s” is no plain file. Name the file itself.") % path.name)
