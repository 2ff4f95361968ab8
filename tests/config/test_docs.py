"""What the documents promise: their links lead somewhere, their pictures load fast."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
HEAVIEST = 150_000  # bytes


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_to_a_file_leads_to_one(page: Path):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text())

    assert [at for at in links if "://" not in at and not (page.parent / at).exists()] == []


def test_no_picture_is_heavy():
    pictures = list((ROOT / "docs" / "pictures").iterdir())

    assert pictures
    assert [each.name for each in pictures if each.stat().st_size > HEAVIEST] == []


def test_both_guides_tell_the_same_in_the_same_order():
    english, chinese = (
        re.findall(r"^(#+) ", (ROOT / "docs" / name).read_text(), re.MULTILINE)
        for name in ("user-guide.md", "user-guide.zh.md")
    )

    assert english == chinese
