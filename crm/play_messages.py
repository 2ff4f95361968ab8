"""Messages of the playbook in both languages, their blanks filled where the facts are known."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("data") / "messages.toml"
SLOT = re.compile(r"\{(\w+)\}")
BLANK = "____"
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Piece:
    """A part of a message: words, or a slot that somebody should look at before sending."""

    text: str
    is_slot: bool = False


@dataclass(frozen=True)
class Message:
    """One message in one language."""

    code: str
    language: str
    pieces: Sequence[Piece]

    @property
    def text(self) -> str:
        """Return what is copied."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def lang(self) -> str:
        """Return the language as pages mark it."""
        return "zh-Hans" if self.language == "zh" else "en"


@lru_cache(maxsize=1)
def templates() -> Mapping[str, Mapping[str, str]]:
    """Return the texts by message and language."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def message(code: str, language: str, facts: Mapping[str, str]) -> Message:
    """Return a message with what is known filled in; the rest are blanks."""
    said = templates()[code][language]
    pieces: list[Piece] = []
    end = 0
    for slot in SLOT.finditer(said):
        pieces.append(Piece(said[end : slot.start()]))
        pieces.append(Piece(facts.get(slot[1]) or BLANK, is_slot=True))
        end = slot.end()
    pieces.append(Piece(said[end:]))
    return Message(code, language, [piece for piece in pieces if piece.text])
