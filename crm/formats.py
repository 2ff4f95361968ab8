"""Money, hours, per cent and days as people say them, in the language that is active.

Plain functions; template tags and mails call them. ¥186k and 18.6 万 in sentences, the full
figure where it counts; numbers stand without their unit where a column head carries it.
"""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import get_language

SIGNS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}
WORDS = {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港元"}
MINUS, DASH = "\u2212", "–"
SHORT_FROM, SMALL_HOURS = 10_000, 10
CHINESE_WEEKDAYS = "一二三四五六日"
ENGLISH_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ENGLISH_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
Number = Decimal | float | int


def in_chinese() -> bool:
    """Say whether the reader's language is Chinese."""
    return (get_language() or "").startswith("zh")


def exact(value: Number) -> Decimal:
    """Return a number as it is written, not as a float holds it."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def rounded(value: Number, places: int) -> Decimal:
    """Return a number with so many decimals, halves away from zero."""
    return exact(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain(value: Number, places: int = 0) -> str:
    """Return a number with thousands separators and no idle zeros: 1,114 or 18.6."""
    text = f"{abs(rounded(value, places)):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if rounded(value, places) >= 0 else MINUS + text


def money(amount: Number | None, currency: str = "CNY") -> str:
    """Return an amount for a sentence: ¥186k or 18.6 万; small sums in full: ¥4,860, 4,860 元."""
    if amount is None:
        return DASH
    if abs(rounded(amount, 0)) < SHORT_FROM:
        return money_in_full(rounded(amount, 0), currency)
    return _chinese(amount, currency) if in_chinese() else _english(amount, currency)


def _chinese(amount: Number, currency: str) -> str:
    unit, size = ("亿", 100_000_000) if abs(exact(amount)) >= 100_000_000 else ("万", 10_000)
    scaled = exact(amount) / size
    places = 2 if unit == "亿" else 0 if abs(scaled) >= 1_000 else 1
    other = "" if currency == "CNY" else WORDS.get(currency, f" {currency}")
    return f"{plain(scaled, places)} {unit}{other}"


def _english(amount: Number, currency: str) -> str:
    unit, size, places = ("M", 1_000_000, 2) if abs(exact(amount)) >= 999_500 else ("k", 1_000, 0)
    digits = plain(abs(exact(amount)) / size, places)
    return f"{MINUS if amount < 0 else ''}{sign(currency)}{digits}{unit}"


def sign(currency: str) -> str:
    """Return what stands before an amount: ¥, or the code and a space."""
    return SIGNS.get(currency, f"{currency} ")


def money_in_full(amount: Number | None, currency: str = "CNY") -> str:
    """Return the whole amount: ¥186,000 or 186,000 元; cents only where there are some."""
    if amount is None:
        return DASH
    cents = abs(rounded(amount, 2))
    digits = f"{cents:,f}" if cents % 1 else plain(cents)
    minus = MINUS if amount < 0 else ""
    if in_chinese():
        return f"{minus}{digits} {WORDS.get(currency, currency)}"
    return f"{minus}{sign(currency)}{digits}"


def money_unit() -> str:
    """Return the unit that a column of money carries in its head."""
    return "万元" if in_chinese() else "¥k"


def in_money_unit(amount: Number | None) -> str:
    """Return an amount bare, in the unit of its column: 186 (¥k) or 18.6 (万元)."""
    if amount is None:
        return DASH
    size, places = (10_000, 1) if in_chinese() else (1_000, 0)
    scaled = rounded(exact(amount) / size, places)
    return (MINUS if scaled < 0 else "") + f"{abs(scaled):,f}"


def percent(share: float | None) -> str:
    """Return a share as per cent without a space; never 0% or 100% for a chance between."""
    if share is None:
        return DASH
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 <= share < 1:
        return ">99%"
    return f"{plain(share * 100)}%"


def hours(count: Number | None) -> str:
    """Return hours: 37 h, 4.5 h or 37 小时; from ten on without the half."""
    if count is None:
        return DASH
    digits = plain(count, 1 if abs(exact(count)) < SMALL_HOURS else 0)
    return f"{digits} 小时" if in_chinese() else f"{digits} h"


def day(value: date | None, *, beside: date | None = None) -> str:
    """Return a day: 27 Nov or 11/27; with its year where that differs from the day beside it."""
    if value is None:
        return DASH
    year = value.year if beside is not None and beside.year != value.year else None
    if in_chinese():
        text = f"{value.month}/{value.day}"
        return f"{year}/{text}" if year else text
    text = f"{value.day} {ENGLISH_MONTHS.split()[value.month - 1]}"
    return f"{text} {year}" if year else text


def weekday(value: date) -> str:
    """Return the short name of a day of the week: Mon or 周一."""
    if in_chinese():
        return f"周{CHINESE_WEEKDAYS[value.weekday()]}"
    return ENGLISH_WEEKDAYS[value.weekday()]


def month(value: date) -> str:
    """Return the name of a month: May or 5 月."""
    return f"{value.month} 月" if in_chinese() else ENGLISH_MONTHS.split()[value.month - 1]


def sentences(said: Iterable[object]) -> str:
    """Return sentences one after another, with a space between; Chinese ones need none."""
    return ("" if in_chinese() else " ").join(map(str, said))


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th …; the bare number in Chinese."""
    if in_chinese():
        return str(number)
    teen = 10 <= number % 100 <= 20
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
