"""Money, hours, per cent and days read as people say them, in both languages."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from crm import formats
from crm.text_lines import NEVER_FIRST, width, wrapped


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        (Decimal(0), "¥0", "0 元"),
        (Decimal(4_860), "¥4,860", "4,860 元"),
        (Decimal("9999.60"), "¥10k", "1 万"),
        (Decimal(186_000), "¥186k", "18.6 万"),
        (Decimal(-240_000), "−¥240k", "−24 万"),
        (Decimal(1_114_000), "¥1.11M", "111.4 万"),
        (Decimal(123_456_789), "¥123.46M", "1.23 亿"),
        (None, "–", "–"),
    ],
)
def test_money_is_short_in_sentences(amount, english, chinese):
    with override("en"):
        assert formats.money(amount) == english
    with override("zh-hans"):
        assert formats.money(amount) == chinese


def test_money_in_full_keeps_its_cents():
    with override("en"):
        assert formats.money_in_full(Decimal("186000.50")) == "¥186,000.50"
    with override("zh-hans"):
        assert formats.money_in_full(Decimal(186_000)) == "186,000 元"


def test_another_currency_is_named():
    with override("en"):
        assert formats.money(52_000, "USD") == "US$52k"
        assert formats.money(52_000, "CHF") == "CHF 52k"
    with override("zh-hans"):
        assert formats.money(52_000, "USD") == "5.2 万美元"


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.06, "6%"), (0.001, "<1%"), (0.9999, ">99%"), (0.0, "0%"), (1.0, "100%"), (None, "–")],
)
def test_a_chance_is_never_said_to_be_nothing_or_certain(share, said):
    assert formats.percent(share) == said


def test_hours_and_days_follow_the_language():
    with override("en"):
        assert (formats.hours(37), formats.hours(Decimal("4.5"))) == ("37 h", "4.5 h")
        assert formats.day(date(2026, 11, 27)) == "27 Nov"
        assert formats.day(date(2027, 1, 2), beside=date(2026, 12, 30)) == "2 Jan 2027"
        assert formats.weekday(date(2026, 11, 23)) == "Mon"
        assert [formats.ordinal(n) for n in (1, 2, 3, 4, 11, 21)] == [
            "1st", "2nd", "3rd", "4th", "11th", "21st",
        ]  # fmt: skip
    with override("zh-hans"):
        assert formats.hours(37) == "37 小时"
        assert formats.day(date(2026, 11, 27)) == "11/27"
        assert formats.weekday(date(2026, 11, 29)) == "周日"


def test_a_column_carries_its_unit_in_the_head():
    with override("en"):
        assert (formats.in_money_unit(186_000), formats.money_unit()) == ("186", "¥k")
    with override("zh-hans"):
        assert (formats.in_money_unit(186_000), formats.money_unit()) == ("18.6", "万元")


@given(st.text(alphabet="a, 海岳。（）.", max_size=200))
def test_wrapped_lines_fit_and_lose_nothing(text):
    lines = wrapped(text, columns=20).splitlines()

    assert "".join("".join(lines).split()) == "".join(text.split())
    short = [line for line in lines if width(line) <= 20]
    assert short == lines or len(max(text.split(), key=len)) > 4


def test_no_line_begins_with_a_closing_mark_and_addresses_stay_whole():
    address = "https://crm.example.com/leads/123456789012345678901234567890/"
    text = f"  第三轮索要方案，预算不明，方案发出后没有回音。\n  {address}"

    lines = wrapped(text, columns=20).splitlines()

    assert lines[-1] == f"  {address}"
    assert not any(line.strip()[:1] in NEVER_FIRST for line in lines)
    assert all(line.startswith("  ") for line in lines)
