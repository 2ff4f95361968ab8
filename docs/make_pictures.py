"""Take a picture of every page in both languages from a running copy that holds the demo data.

Touchstone runs, and somebody may sign in (`manage.py reset_demo` prints a password):

    .venv/bin/python docs/make_pictures.py http://localhost:8000 founder PASSWORD

The pictures go to docs/pictures/, the page that shows them all is docs/pictures.md. Talks and
plans are made for the pictures, so take a copy that nobody needs. With `--empty` the copy is one
that was started with DEMO=0, and the pictures are those of pages that hold nothing yet.
"""

import os
import sys
from pathlib import Path

from album import LANGUAGES, PICTURES, Album, Shot
from pages import CHAPTERS, EMPTY_NAMES, SIGN_IN
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent


def shots(*, empty: bool) -> list[Shot]:
    """Return what to take of a full or of an empty ledger."""
    every = [shot for chapter in CHAPTERS.values() for shot in chapter]
    return [shot for shot in every if shot.name in EMPTY_NAMES] if empty else every


def main(address: str, name: str, password: str, *options: str) -> None:
    """Take all pictures, or those whose names are given."""
    empty = "--empty" in options
    prefix = "empty-" if empty else ""
    only = {option for option in options if not option.startswith("--")}
    PICTURES.mkdir(exist_ok=True)
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    languages = [code for code in LANGUAGES if f"--{code}" in options] or list(LANGUAGES)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for language in languages:
            album = Album(browser, address, language)
            chosen = [shot for shot in shots(empty=empty) if not only or shot.name in only]
            if SIGN_IN in chosen:
                album.take(SIGN_IN)
            album.sign_in(name, password)
            if not empty:
                album.find_leads()
            for shot in chosen:
                if shot is not SIGN_IN:
                    album.take(shot, prefix=prefix)
        browser.close()
    write_gallery()


def write_gallery() -> None:
    """Write the page that shows all pictures that are there."""
    lines = [
        "# Every page in a picture",
        "",
        "English on the left, 中文在右。All companies are invented.",
    ]
    full = [(title, "", chapter) for title, chapter in CHAPTERS.items()]
    for title, prefix, chapter in (*full, ("An empty ledger", "empty-", shots(empty=True))):
        lines += ["", f"## {title}", "", "| | English | 中文 |", "|---|---|---|"]
        for shot in chapter:
            files = [f"{prefix}{shot.name}-{code}.png" for code in LANGUAGES]
            if all((PICTURES / file).exists() for file in files):
                cells = [f"![{shot.title}](pictures/{file})" for file in files]
                lines.append(f"| {shot.title} | {' | '.join(cells)} |")
    (HERE / "pictures.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
