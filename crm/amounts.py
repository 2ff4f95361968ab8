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
HOME = "CNY"
YUAN, DOLLARS = frozenset({HOME}), frozenset({"USD", "HKD", "SGD", "TWD", "AUD"})
# What may stand before or after a number, and the currencies that it can mean.
MARKS = {
    "人民币": YUAN,
    "元整": YUAN,
    "元": YUAN,
    "圆": YUAN,
    "块": YUAN,
    "cny": YUAN,
    "rmb": YUAN,
    "¥": frozenset({"CNY", "JPY"}),
    "us$": frozenset({"USD"}),
    "hk$": frozenset({"HKD"}),
    "$": DOLLARS,
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "美元": frozenset({"USD"}),
    "欧元": frozenset({"EUR"}),
    "港元": frozenset({"HKD"}),
    "英镑": frozenset({"GBP"}),
    "日元": frozenset({"JPY"}),
} | {code.lower(): frozenset({code}) for code in ("USD", "EUR", "HKD", "GBP", "JPY", "SGD")}
MARK = "|".join(re.escape(mark) for mark in MARKS)
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
IN_FRONT, BEHIND = re.compile(rf"[+-]?\s*({MARK})"), re.compile(rf"({MARK})$")
LONGEST = 60


class NotAnAmount(ValueError):
    """Words of which no amount can be read."""


@dataclass(frozen=True)
class Amount:
    """A number, and the currencies that the marks beside it can mean; none where none stood."""

    value: Decimal
    currencies: frozenset[str] = frozenset()


def currencies_of(text: str) -> frozenset[str]:
    """Return the currencies that a mark beside a number can mean; none where none stands."""
    plain = unicodedata.normalize("NFKC", text[: LONGEST + 1]).strip().lower()
    found = IN_FRONT.match(plain) or BEHIND.search(plain)
    return MARKS[found[1]] if found else frozenset()


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
    marks = [MARKS[mark] for mark in (found["before"], found["after"]) if mark]
    if len(marks) > 1 and not marks[0] & marks[1]:
        raise NotAnAmount
    return Amount(value, frozenset.intersection(*marks) if marks else frozenset())


def _sum(found: re.Match[str]) -> Amount:
    """Return 1亿2000万 or 12万5000; the second part is less than one of the first's unit."""
    large, small = _one(found["large"]), _one(found["small"] + found["mark"])
    unit = TIMES[found["large"][-1]]
    if small.value >= unit or (found["small"].isdecimal() and unit != TIMES["万"]):
        raise NotAnAmount
    more = -small.value if large.value < 0 else small.value
    return Amount(large.value + more, large.currencies or small.currencies)
