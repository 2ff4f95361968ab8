"""The vendor's own words: names of stages, lead sources, reasons of an outcome; plain values."""

from collections.abc import Mapping, Sequence
from typing import Any

OWN = "own:"  # what a choice of an own source begins with, so that no code is mistaken for one
MOST_SOURCES, MOST_REASONS, LONGEST = 20, 20, 60


def stage_name(names: Mapping[str, Any], stage: str, language: str) -> str:
    """Return the vendor's name of a stage in a language, "" where it has none."""
    own = names.get(stage) or {}
    return str(own.get("zh" if language.startswith("zh") else "en") or "")


def source_choices(own_sources: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Return own sources as choices of a form."""
    return [(OWN + source["name"], source["name"]) for source in own_sources]


def source_of(chosen: str, own_sources: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """Return the code that a chosen source counts as, and the own name where it has one."""
    for source in own_sources:
        if chosen == OWN + source["name"]:
            return source["counts_as"], source["name"]
    return chosen, ""


def chosen_source(code: str, own_source: str, own_sources: Sequence[Mapping[str, str]]) -> str:
    """Return the choice that stands for a stored source; a name that was dropped is its code."""
    return OWN + own_source if own_source in {each["name"] for each in own_sources} else code


def lines(text: str) -> list[str]:
    """Return the lines of a text, each once, without those that say nothing."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
