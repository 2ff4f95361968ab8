"""What foreign cells mean: amounts, dates in a named format, yes and no."""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crm import amounts, countries
from crm.models import CustomField
from crm.services.bundle.moments import FIRST_YEAR, LAST_YEAR, read_moment
from crm.services.bundle.problems import BadCell, excerpt

YES = frozenset({"1", "yes", "y", "true", "是", "有", "对"})
NO = frozenset({"0", "no", "n", "false", "否", "无", "不"})
ISO, EXCEL, EXCEL_1904 = "iso", "excel", "excel-1904"
EXCEL_DAYS = {EXCEL: date(1899, 12, 30), EXCEL_1904: date(1904, 1, 1)}
LAST_EXCEL_DAY = 109_000
CURRENCY_LETTERS = 3
FIRST_OF_1900 = 61  # before it Excel counts a day that never was
TRIAL = datetime(2021, 11, 23, 14, 35, 56, tzinfo=UTC)

Reader = Callable[[str], datetime]


def read_amount(text: str, *, decimal_comma: bool = False) -> Decimal:
    """Return the number of "1,234.50", "¥ 96000", "12万" or full-width digits."""
    try:
        return amounts.read(text, decimal_comma=decimal_comma).value
    except amounts.NotAnAmount:
        raise BadCell(_("“%s” is not a number.") % excerpt(text)) from None


def read_number(text: str, *, decimal_comma: bool = False) -> float:
    """Return the number of a cell for a field of one's own."""
    number = float(read_amount(text, decimal_comma=decimal_comma))
    if abs(number) >= CustomField.LARGEST_NUMBER:
        raise BadCell(_("Write a number of at most 15 digits."))
    return number


def read_currency(text: str) -> str:
    """Return the three letters of a currency, for 人民币, RMB or US$ as well."""
    word = unicodedata.normalize("NFKC", text).strip().lower()
    code = next(iter(meant)) if len(meant := amounts.MARKS.get(word, ())) == 1 else word.upper()
    if len(code) != CURRENCY_LETTERS or not code.isascii() or not code.isalpha():
        raise BadCell(_("“%s” is no currency. Write CNY.") % excerpt(text))
    return code


def read_country(text: str) -> str:
    """Return the two letters of a country, for its name as well: CN, cn, China, 中国."""
    if code := countries.code_of(unicodedata.normalize("NFKC", text).strip()):
        return code
    raise BadCell(_("“%s” is no country. Write CN.") % excerpt(text))


def read_yes_no(text: str) -> bool:
    """Return yes or no."""
    word = unicodedata.normalize("NFKC", text).strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadCell(
        _("“%s” is neither yes nor no. Say under “values” what it means.") % excerpt(text)
    )


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates written one way, in the firm's zone where a cell says none."""

    format: str
    zone: ZoneInfo

    @property
    def has_time(self) -> bool:
        """Say whether the cells may tell the time of day."""
        return self.format in EXCEL_DAYS or self.format == ISO or "%H" in self.format

    def read(self, text: str) -> datetime:
        """Return the moment of a cell; a date alone is midnight."""
        return _read(text, self.format, self.zone)


@lru_cache(maxsize=16_384)
def _read(text: str, written: str, zone: ZoneInfo) -> datetime:
    if written == ISO:
        return read_moment(text, zone)
    if written in EXCEL_DAYS:
        return _from_excel(text, written, zone)
    try:
        if "%z" in written:
            moment = datetime.strptime(text, written).astimezone(zone)
        else:
            moment = datetime.strptime(text, written).replace(tzinfo=zone)
    except (ValueError, OverflowError):
        raise BadCell(
            _("“%(text)s” is not a date written as %(format)s.")
            % {"text": excerpt(text), "format": written}
        ) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadCell(
            _("the year %(year)04d is not between %(first)d and %(last)d.")
            % {"year": moment.year, "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return moment


def _from_excel(text: str, written: str, zone: ZoneInfo) -> datetime:
    try:
        days = float(text)
    except ValueError:
        days = math.nan
    least = FIRST_OF_1900 if written == EXCEL else 0
    if not least <= days < LAST_EXCEL_DAY:  # also what is not a number
        raise BadCell(_("“%s” is not a day as Excel counts them.") % excerpt(text))
    first = datetime.combine(EXCEL_DAYS[written], time.min, tzinfo=zone)
    return first + timedelta(seconds=round(days * 86_400))


def is_format(written: str) -> bool:
    """Say whether dates can be read back when they are written so."""
    if written in {ISO, *EXCEL_DAYS}:
        return True
    try:
        again = datetime.strptime(TRIAL.strftime(written), written).replace(tzinfo=UTC)
    except (ValueError, re.error):
        return False
    return again.date() == TRIAL.date()


def end_of_day(moment: datetime) -> datetime:
    """Return the last second of a moment's day."""
    return datetime.combine(moment.date(), time(23, 59, 59), tzinfo=moment.tzinfo)
