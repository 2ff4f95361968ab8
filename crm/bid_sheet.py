"""The bid/no-bid sheet: eight questions, and what their answers say; plain values in and out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

YES, NO = "yes", "no"
ENOUGH_NO = 3  # so many "no" suggest not to bid
ENOUGH_DAYS = 7  # fewer days between notice and deadline are too few


@dataclass(frozen=True)
class Question:
    """One question; "yes" speaks for a bid. `fact` is the column of the bid that it fills."""

    code: str
    text: str | Promise
    fact: str = ""
    yes_means: bool = True


QUESTIONS = (
    Question(
        "contact",
        _("Did we talk with the client before the notice?"),
        fact="contact_before_notice",
    ),
    Question(
        "open",
        _("Is the field open, with no supplier in place?"),
        fact="incumbent_known",
        yes_means=False,
    ),
    Question(
        "fits",
        _("Do the requirements fit our product as they stand?"),
        fact="specification_fits_us",
    ),
    Question("time", _("Are there more than 7 days to prepare?")),
    Question("criteria", _("Did we help to set the criteria?"), fact="set_criteria"),
    Question("budget", _("Do we know the budget, and does our price fit it?")),
    Question("qualified", _("Do we meet every mandatory reference and qualification?")),
    Question("terms", _("Are payment terms and deposit acceptable?")),
)


def no_count(sheet: Mapping[str, str]) -> int:
    """Return how many questions are answered "no"; what nobody knows is no "no"."""
    return sum(sheet.get(question.code) == NO for question in QUESTIONS)


def answered_count(sheet: Mapping[str, str]) -> int:
    """Return how many questions have an answer."""
    return sum(sheet.get(question.code) in {YES, NO} for question in QUESTIONS)


def suggests_no_bid(sheet: Mapping[str, str]) -> bool:
    """Say whether the sheet suggests not to bid. It decides nothing."""
    return no_count(sheet) >= ENOUGH_NO


def facts(sheet: Mapping[str, str]) -> dict[str, bool]:
    """Return the columns of a bid that the answers fill."""
    return {
        question.fact: (sheet[question.code] == YES) is question.yes_means
        for question in QUESTIONS
        if question.fact and sheet.get(question.code) in {YES, NO}
    }


def known(bid_facts: Mapping[str, bool | None], *, days: int | None) -> dict[str, str]:
    """Return the answers that a bid's own columns give already."""
    answers = {}
    for question in QUESTIONS:
        fact = bid_facts.get(question.fact)
        if fact is not None:
            answers[question.code] = YES if fact is question.yes_means else NO
    if days is not None:
        answers["time"] = YES if days > ENOUGH_DAYS else NO
    return answers


@dataclass(frozen=True)
class Row:
    """Bids whose sheet had the same number of "no", and how they ended."""

    label: str
    made: int
    won: int
    passed: int


def calibration(bids: Iterable[tuple[Mapping[str, str], str, str]]) -> Sequence[Row]:
    """Return how bids ended by the number of "no" on their sheets; (sheet, choice, result) each.

    Only bids that were made and ended as won or lost count as made; those that we left out stand
    beside them.
    """
    rows = {count: [0, 0, 0] for count in range(ENOUGH_NO + 2)}
    for sheet, choice, result in bids:
        if not answered_count(sheet):
            continue
        row = rows[min(no_count(sheet), ENOUGH_NO + 1)]
        if choice == "NO_BID":
            row[2] += 1
        elif result in {"WON", "LOST"}:
            row[0] += 1
            row[1] += result == "WON"
    most = ENOUGH_NO + 1
    return [Row(f"{n}+" if n == most else str(n), *counts) for n, counts in rows.items()]
