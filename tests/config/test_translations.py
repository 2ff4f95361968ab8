"""What holds of the Chinese catalogue."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.template.loader import get_template

ROOT = Path(__file__).parent.parent.parent
FOLDER = Path("config/locale/zh_Hans/LC_MESSAGES")
CATALOGUE = ROOT / FOLDER / "django.po"
SENTENCE_ENDS = r'(?:[.!?]["\']\s*(?:context "[^"]*" )?%\}|[.!?]\{% endblocktranslate %\})'
MARKUP = (
    r"(?:\{% (?:if|elif|else|endif|with|endwith|for|endfor|url|empty)[^%]*%\}"
    r"|</?(?:strong|b|span|em|a|small)\b[^>]*>)"
)
SENTENCE_AFTER_A_SPACE = re.compile(
    rf"{SENTENCE_ENDS}{MARKUP}* (?:{MARKUP}| )*\{{% (?:translate|blocktranslate)[^%]*%\}}"
)
ASCII_COMMA = re.compile(r"(?:\}\}|endif %\}|endblocktranslate %\}), (?=\{[{%])")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


@pytest.fixture(scope="module")
def chinese() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def texts(catalogue: polib.POFile | polib.MOFile) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return what each message becomes."""
    return {
        (entry.msgctxt or "", entry.msgid): tuple(entry.msgstr_plural.values()) or (entry.msgstr,)
        for entry in catalogue
        if not entry.obsolete
    }


def filled_in(text: str) -> set[str]:
    """Return the places of a message that are filled in."""
    return set(PLACEHOLDER.findall(text))


def test_every_message_is_translated_and_none_is_a_guess(chinese):
    assert [entry.msgid for entry in chinese.untranslated_entries()] == []
    assert [entry.msgid for entry in chinese.fuzzy_entries()] == []


def test_the_compiled_catalogue_says_the_same(chinese):
    assert texts(polib.mofile(str(CATALOGUE.with_suffix(".mo")))) == texts(chinese)


def test_what_is_filled_in_is_the_same_in_both_languages(chinese):
    differing = [
        entry.msgid
        for entry in chinese
        for text in (*entry.msgstr_plural.values(), entry.msgstr)
        if text and filled_in(text) != filled_in(entry.msgid_plural or entry.msgid)
    ]

    assert differing == []


@pytest.mark.gettext
def test_every_message_in_code_and_templates_is_in_the_catalogue(chinese, tmp_path):
    skipped = shutil.ignore_patterns("__pycache__", "static", "migrations")
    for name in ("config", "crm", "scoring", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=skipped)
    shutil.copy(ROOT / "manage.py", tmp_path)
    command = [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-obsolete"]

    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)

    found = polib.pofile(str(tmp_path / FOLDER / "django.po"))
    assert set(texts(found)) == set(texts(chinese))


def test_no_template_puts_a_latin_space_or_comma_between_chinese_words():
    found = []
    for file in sorted((ROOT / "templates").rglob("*.html")):
        source = re.sub(
            r"\{% blocktranslate .*?\{% endblocktranslate %\}",
            lambda block: block[0].replace(", ", "").replace("}} ", "}}"),
            file.read_text(),
            flags=re.DOTALL,
        )
        for wrong in (SENTENCE_AFTER_A_SPACE, ASCII_COMMA):
            found += [f"{file.name}: {place[0]}" for place in wrong.finditer(source)]

    assert found == []  # {% next_sentence %}, or ", " translated "between two parts of a line"


def test_every_template_can_be_read():
    for file in sorted((ROOT / "templates").rglob("*.html")):
        get_template(str(file.relative_to(ROOT / "templates")))
