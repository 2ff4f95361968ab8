"""The file of payment rules: read, checked line by line, and turned into plain values.

One row is one clock, clause or cap of one country, with its article, source and how sure it is.
Nothing here is legal advice.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.utils.translation import gettext as _

from crm import interest

SHIPPED = Path(__file__).parent / "data" / "payment_rules.csv"
SHIPPED_RATES = Path(__file__).parent / "data" / "reference_rates.csv"

ANY = "any"
KINDS = ("TERM", "CLAUSE", "CAP")
SCOPES = ("ANY", "SME", "MICRO_SMALL")
LIMITS = ("", "HARD", "SOFT", "CONTRACT")
BROKEN = ("UNLAWFUL", "VOID", "UNUSUAL")
SURE = ("READ", "SECOND", "MEMORY", "OWN_RULE")
BUYERS = (
    ANY,
    "government",
    "public_institution",
    "soe_large",
    "private_large",
    "private_sme",
    "foreign_mnc_in_cn",
    "public_authority",
    "company",
    "federal_agency",
)
INTEREST = ("", interest.COURT, *interest.KINDS)


class RuleFileError(ValueError):
    """A row of a rule file cannot be used; the message names line, column and what to write."""

    def __init__(self, what: str, *, line: int | None = None, column: str = "") -> None:
        """Say where, and what to write there."""
        self.what, self.column = what, column
        where = {"line": line, "column": column, "what": what}
        if line is None:
            said = _("column %(column)s: %(what)s") % where
        elif column:
            said = _("line %(line)d, column %(column)s: %(what)s") % where
        else:
            said = _("line %(line)d: %(what)s") % where
        super().__init__(said)


@dataclass(frozen=True)
class Rule:
    """One rule as it stood between two days."""

    code: str
    country: str
    buyer_types: tuple[str, ...]
    payee_scope: str
    kind: str
    clause: str
    default_days: int | None
    max_days: int | None
    max_kind: str
    warn_days: int | None
    alert_days: int | None
    cap_value: Decimal | None
    cap_unit: str
    status_if_broken: str
    clock_start: str
    day_basis: str
    interest_kind: str
    rate: Decimal | None
    reference: str
    floor_reference: str
    fixed_sum: str
    valid_from: date
    valid_to: date | None
    article: str
    source: str
    sure: str
    checked_on: date | None

    def holds_for(self, *, country: str, buyer: str, payee_is_sme: bool, day: date) -> bool:
        """Say whether a rule speaks about a buyer, a payee and the day of signature."""
        in_time = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        about = ANY in self.buyer_types or buyer in self.buyer_types
        return (
            in_time
            and self.country == country
            and about
            and (self.payee_scope == "ANY" or payee_is_sme)
        )


COLUMNS = tuple(field.name for field in fields(Rule))
CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": KINDS,
    "payee_scope": SCOPES,
    "max_kind": LIMITS,
    "status_if_broken": BROKEN,
    "interest_kind": INTEREST,
    "sure": SURE,
}


def read_rules(path: Path = SHIPPED) -> list[Rule]:
    """Return the rules of a file; raise RuleFileError at the first row that cannot be used."""
    rules = [_rule(line, row) for line, row in _rows(path, COLUMNS)]
    seen: dict[tuple[str, date], int] = {}
    for line, rule in enumerate(rules, start=2):
        if (first := seen.setdefault((rule.code, rule.valid_from), line)) != line:
            what = _("%(code)s stands in line %(first)d already")
            raise RuleFileError(what % {"code": rule.code, "first": first}, line=line)
    return rules


def read_rates(path: Path = SHIPPED_RATES) -> list[tuple[str, date, Decimal]]:
    """Return reference rates as (code, valid from, rate), 0.03 for 3 per cent."""
    columns = ("code", "valid_from", "percent", "source", "sure")
    return [
        (row["code"], _day(line, "valid_from", row), _number(line, "percent", row) / 100)
        for line, row in _rows(path, columns)
    ]


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            if tuple(reader.fieldnames or ()) != columns:
                what = _("write the columns %(columns)s") % {"columns": ", ".join(columns)}
                raise RuleFileError(what, line=1)
            for row in reader:
                if None in row or None in row.values():
                    what = _("write %(count)d cells") % {"count": len(columns)}
                    raise RuleFileError(what, line=reader.line_num)
                yield reader.line_num, {name: cell.strip() for name, cell in row.items()}
        except UnicodeDecodeError:
            raise RuleFileError(_("save the file as UTF-8"), line=reader.line_num + 1) from None
        except csv.Error:
            what = _("close every quotation mark that is opened")
            raise RuleFileError(what, line=reader.line_num) from None


def _rule(line: int, row: dict[str, str]) -> Rule:
    rule = Rule(
        code=row["code"],
        country=row["country"],
        buyer_types=tuple(row["buyer_types"].split()),
        payee_scope=row["payee_scope"],
        kind=row["kind"],
        clause=row["clause"],
        default_days=_whole(line, "default_days", row),
        max_days=_whole(line, "max_days", row),
        max_kind=row["max_kind"],
        warn_days=_whole(line, "warn_days", row),
        alert_days=_whole(line, "alert_days", row),
        cap_value=_number(line, "cap_value", row) if row["cap_value"] else None,
        cap_unit=row["cap_unit"],
        status_if_broken=row["status_if_broken"],
        clock_start=row["clock_start"],
        day_basis=row["day_basis"],
        interest_kind=row["interest_kind"],
        rate=_number(line, "rate", row) if row["rate"] else None,
        reference=row["reference"],
        floor_reference=row["floor_reference"],
        fixed_sum=row["fixed_sum"],
        valid_from=_day(line, "valid_from", row),
        valid_to=_day(line, "valid_to", row) if row["valid_to"] else None,
        article=row["article"],
        source=row["source"],
        sure=row["sure"],
        checked_on=_day(line, "checked_on", row) if row["checked_on"] else None,
    )
    try:
        check_rule(rule)
    except RuleFileError as error:
        raise RuleFileError(error.what, line=line, column=error.column) from None
    return rule


def check_rule(rule: Rule) -> None:
    """Raise RuleFileError, naming the column, when a rule says too little to be of use."""
    for column, allowed in CHOICES.items():
        if getattr(rule, column) not in allowed:
            words = ", ".join(word or _("nothing") for word in allowed)
            raise RuleFileError(_("write one of %(words)s") % {"words": words}, column=column)
    if not rule.buyer_types or not set(rule.buyer_types) <= set(BUYERS):
        what = _("write some of %(words)s") % {"words": ", ".join(BUYERS)}
        raise RuleFileError(what, column="buyer_types")
    missing = {
        **{name: not getattr(rule, name) for name in ("code", "country", "article", "source")},
        "clause": rule.kind != "TERM" and not rule.clause,
        "cap_value": rule.kind == "CAP" and rule.cap_value is None,
        "max_kind": rule.kind == "TERM" and not rule.max_kind,
        "max_days": rule.max_kind == "HARD" and rule.kind == "TERM" and rule.max_days is None,
        "rate": rule.interest_kind in {"FIXED_DAILY", "FIXED_ANNUAL", "MULTIPLE_COMPOUND"}
        and rule.rate is None,
        "reference": rule.interest_kind in {"REFERENCE_PLUS", "PUBLISHED", "MULTIPLE_COMPOUND"}
        and not rule.reference,
        "valid_to": rule.valid_to is not None and rule.valid_to < rule.valid_from,
    }
    for column, is_missing in missing.items():
        if is_missing:
            what = _("write what fits %(code)s") % {"code": rule.code}
            raise RuleFileError(what, column=column)
    try:
        interest.fixed_sum(rule.fixed_sum, Decimal(1))
    except (ValueError, InvalidOperation):
        what = _("write %(words)s") % {"words": '"40 EUR", "40 GBP < 1000; 70 GBP"'}
        raise RuleFileError(what, column="fixed_sum") from None


def _whole(line: int, column: str, row: dict[str, str]) -> int | None:
    if not row[column]:
        return None
    if not (row[column].isascii() and row[column].isdigit() and len(row[column]) <= 4):
        raise RuleFileError(_("write whole days, such as 60"), line=line, column=column)
    return int(row[column])


def _number(line: int, column: str, row: dict[str, str]) -> Decimal:
    try:
        number = Decimal(row[column])
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise RuleFileError(_("write a number, such as 0.0005"), line=line, column=column)
    return number


def _day(line: int, column: str, row: dict[str, str]) -> date:
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        what = _("write a day, such as 2025-06-01")
        raise RuleFileError(what, line=line, column=column) from None
