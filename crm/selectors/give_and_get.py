"""What we gave and what the client gave back, side by side and by month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from crm import formats
from crm.models import Deliverable, Interaction

COUNTED_FROM_LEVEL = 2
MOST_ROWS = 8
MONTHS_SHOWN = 6
Gift = Interaction.Gift
HOPED_FOR = (Gift.NAMES, Gift.REQUIREMENTS, Gift.DATA, Gift.ACCESS, Gift.NDA)


@dataclass(frozen=True)
class Got:
    """Something that a client may give, and when it first did."""

    code: str
    label: str
    at: datetime | None


@dataclass(frozen=True)
class Month:
    """How much was given and received in a month."""

    first_day: date
    given: int
    got: int

    @property
    def label(self) -> str:
        """Return the name of the month in short."""
        if formats.in_chinese():
            return f"{self.first_day.month} 月"
        return formats.ENGLISH_MONTHS.split()[self.first_day.month - 1]


@dataclass(frozen=True)
class Ledger:
    """Both sides, the newest first; what the client has not given stands there as well."""

    given: Sequence[Deliverable]
    got: Sequence[Got]
    given_count: int
    got_count: int
    months: Sequence[Month]

    @property
    def most_in_a_month(self) -> int:
        """Return the longest bar."""
        return max((max(month.given, month.got) for month in self.months), default=0)

    @property
    def last_got_at(self) -> datetime | None:
        """Return when the client gave something last."""
        return max((each.at for each in self.got if each.at), default=None)

    @property
    def given_since(self) -> int:
        """Return how many items we handed over since then."""
        last = self.last_got_at
        return sum(1 for item in self.given if last is None or item.happened_at > last)


def ledger(
    given: Iterable[Deliverable], gifts: Mapping[str, Sequence[datetime]], *, moment: datetime
) -> Ledger:
    """Return the ledger of a lead; `gifts` holds the moments of what the client gave, by code."""
    counted = [item for item in given if item.disclosure_level >= COUNTED_FROM_LEVEL]
    others = [code for code in gifts if code not in HOPED_FOR]
    got = [
        Got(code, str(Gift(code).label), min(gifts[code]) if gifts.get(code) else None)
        for code in [*HOPED_FOR, *others]
    ]
    got.sort(key=lambda each: (each.at is None, each.at or moment))
    every = [at for moments in gifts.values() for at in moments]
    return Ledger(
        given=counted[:MOST_ROWS],
        got=got,
        given_count=len(counted),
        got_count=len(every),
        months=_months([item.happened_at for item in counted], every, moment),
    )


def _months(given: Sequence[datetime], got: Sequence[datetime], moment: datetime) -> list[Month]:
    if not given and not got:
        return []
    last = timezone.localdate(moment).replace(day=1)
    days = [last]
    while len(days) < MONTHS_SHOWN:
        before = days[-1]
        year, month = (
            (before.year - 1, 12) if before.month == 1 else (before.year, before.month - 1)
        )
        days.append(before.replace(year=year, month=month))
    first = [timezone.localdate(at).replace(day=1) for at in given]
    second = [timezone.localdate(at).replace(day=1) for at in got]
    months = [Month(day, first.count(day), second.count(day)) for day in reversed(days)]
    while months and not (months[0].given or months[0].got):
        months.pop(0)
    return months
