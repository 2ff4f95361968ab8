"""Reads amounts as people write them: 12,000.50, ¥12 000, 12万, 1.5亿, full-width digits."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

TIMES = {
    "": 1,
    "k": 1_000,
    "千": 1_000,
    "w": 10_000,  # how 万 is typed where no Chinese keyboard is at hand
    "万": 10_000,
    "m": 10**6,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
YUAN = frozenset({"¥", "元", "块", "元整", "cny", "rmb", "人民币", "圆"})
MARK = r"cny|rmb|usd|eur|hkd|gbp|jpy|人民币|美元|欧元|港元|英镑|日元|us\$|hk\$|[¥$€£]|元整|[元圆块]"
DIGITS = r"[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,6}"
AMOUNT = re.compile(
    rf"(?P<sign>[+-]?)(?P<before>{MARK})?(?P<whole>{DIGITS})(?:\.(?P<rest>[0-9]{{1,18}}))?"
    rf"(?P<times>百万|千万|[千万亿kwm])?(?P<after>{MARK})?"
)
IN_TWO_PARTS = re.compile(
    r"(?P<large>.*[0-9][亿万])(?P<small>[0-9]{4}|[0-9]{1,4}[万千])(?P<mark>[^0-9亿万千]*)"
)
# Between digits a blank may stand before three more alone, as in 12 000.
BLANKS = re.compile(r"(?<![0-9]) | (?![0-9])| (?=[0-9]{3}(?![0-9]))")
LONGEST = 60


class NotAnAmount(ValueError):
    """Words of which no amount can be read."""


@dataclass(frozen=True)
class Amount:
    """A number, and whether a currency other than the yuan stood beside it."""

    value: Decimal
    is_foreign: bool = False


def read(text: str, *, decimal_comma: bool = False) -> Amount:
    """Return the amount that a text says; raise NotAnAmount where it could mean two things."""
    plain = unicodedata.normalize("NFKC", text[: LONGEST + 1]).strip().lower()
    plain = BLANKS.sub("", plain).replace("\u2212", "-").replace("。", ".")
    if decimal_comma:
        plain = plain.translate(str.maketrans(".,", ",."))
    if found := IN_TWO_PARTS.fullmatch(plain):
        return _sum(found)
    return _one(plain)


def _one(plain: str) -> Amount:
    found = AMOUNT.fullmatch(plain)
    if not found or len(plain) > LONGEST:
        raise NotAnAmount
    digits = f"{found['whole'].replace(',', '')}.{found['rest'] or '0'}"
    value = Decimal(found["sign"] + digits) * TIMES[found["times"] or ""]
    marks = {mark for mark in (found["before"], found["after"]) if mark}
    return Amount(value, is_foreign=not marks <= YUAN)


def _sum(found: re.Match[str]) -> Amount:
    """Return 1亿2000万 or 12万5000; the second part is less than one of the first's unit."""
    large, small = _one(found["large"]), _one(found["small"] + found["mark"])
    unit = TIMES[found["large"][-1]]
    if small.value >= unit or (found["small"].isdecimal() and unit != TIMES["万"]):
        raise NotAnAmount
    if large.value < 0:
        return Amount(large.value - small.value, large.is_foreign or small.is_foreign)
    return Amount(large.value + small.value, large.is_foreign or small.is_foreign)
