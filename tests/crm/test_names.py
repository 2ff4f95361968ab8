"""Names as search keys, and what they cost a process that needs none."""

import os
import subprocess
import sys

import pytest

from crm import names


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [("试金石", "shijinshi", "sjs"), ("ABC 银行", "abcyinhang", "abcyh")],
)
def test_a_name_is_found_by_its_syllables_and_by_their_first_letters(
    name: str, pinyin: str, initials: str
) -> None:
    assert names.pinyin(name) == pinyin
    assert names.initials(name) == initials


def test_a_process_that_names_nobody_carries_no_dictionary() -> None:
    loads = "import django, sys; django.setup(); import config.urls"
    code = f"{loads}; sys.exit('pypinyin' in sys.modules)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, check=False, timeout=60)
    assert ended.returncode == 0
