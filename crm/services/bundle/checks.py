"""What two columns of one row have to agree on, said in words before the database says no."""

import re
from collections.abc import Callable
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from crm.models.custom_field import KEY, CustomField
from crm.services.bundle import own_values
from crm.services.bundle.moments import read_day
from crm.services.bundle.problems import BadCell, excerpt
from crm.services.bundle.rows import ONE_DAY, Parser, Row

OPEN, CLOSED, PAID = "open", "closed", "paid"


def _word(row: Row, *known: str) -> str:
    status = row.told.get("status", "")
    if status and status not in known:
        raise BadCell(
            _("“%(text)s” is none of: %(words)s.")
            % {"text": status[:40], "words": ", ".join(known)},
            "status",
        )
    return status


def lead(row: Row, parser: Parser) -> None:
    """Check that status, close and outcome tell the same."""
    own_values.read(row.told.get(own_values.COLUMN, ""), now=parser.moments.now)
    status, closed_at = _word(row, OPEN, CLOSED), row.values.get("closed_at")
    if not parser.has_column("closed_at") and not parser.has_column("closed_happened_at"):
        if row.values.get("outcome"):
            raise BadCell(_("an outcome needs the column closed_at."), "outcome_recorded")
        return
    if status == CLOSED and closed_at is None:
        raise BadCell(_("is blank, but the status is closed. Write the date."), "closed_at")
    if status == OPEN and closed_at is not None:
        raise BadCell(_("the status is open, but closed_at has a date. Correct one."), "status")
    if row.values.get("outcome") and closed_at is None:
        raise BadCell(_("an open lead has no outcome. Close it or clear this."), "outcome_recorded")
    if closed_at is not None and closed_at < row.values["opened_at"]:
        raise BadCell(_("lies before opened_at. Correct one of them."), "closed_at")


def interaction(row: Row, parser: Parser) -> None:
    """Check that a next step with a date is known to have one."""
    if row.values.get("next_step_date") is None:
        return
    if row.values.get("has_dated_next_step") is False:
        raise BadCell(
            _("is 0, but next_step_date has a date. Correct one of them."), "next_step_dated"
        )
    row.values["has_dated_next_step"] = True


def invoice(row: Row, parser: Parser) -> None:
    """Check issue, due and paid dates against each other and the status."""
    status, text = _word(row, OPEN, PAID), row.told.get("paid_at", "")
    if row.values["due_date"] < row.values["issued_date"]:
        raise BadCell(_("lies before issued_at. Correct one of them."), "due_at")
    if status == PAID and not text:
        raise BadCell(_("is blank, but the status is paid. Write the date."), "paid_at")
    if status == OPEN and text:
        raise BadCell(_("the status is open, but paid_at has a date. Correct one."), "status")
    if not text:
        return
    try:
        paid_date = read_day(text)
    except BadCell as bad:
        raise BadCell(bad.message, "paid_at") from None
    if parser.moments.is_after(paid_date, ONE_DAY):
        raise BadCell(_("%s lies in the future. Correct it.") % text, "paid_at")


def offer(row: Row, parser: Parser) -> None:
    """Check that an answer and its date come together."""
    if bool(row.values.get("answer")) != (row.values.get("answered_at") is not None):
        raise BadCell(_("an answer and answered_at go together. Fill in both or none."), "answer")


def account(row: Row, parser: Parser) -> None:
    """Check that an account is not its own parent."""
    if row.values.get("parent_id") == row.values["ledger_id"]:
        raise BadCell(_("an account cannot be its own parent group."), "parent_id")


def firm(row: Row, parser: Parser) -> None:
    """Make the row the one firm, in a time zone that there is."""
    row.values["id"] = 1
    zone(row, parser)


def zone(row: Row, parser: Parser) -> None:
    """Check that there is such a time zone."""
    name = row.values.get("time_zone")
    if name and name not in available_timezones():
        raise BadCell(
            _("there is no time zone “%s”. Write Asia/Shanghai, for example.") % excerpt(name),
            "time_zone",
        )


def custom_field(row: Row, parser: Parser) -> None:
    """Check that a field has a plain key and that its choices are words."""
    key, choices = row.values["key"], row.values.get("choices", [])
    if not re.fullmatch(KEY, key):
        raise BadCell(
            _("“%s” is no key. Use small letters, digits and _, a letter first.") % excerpt(key),
            "key",
        )
    if not all(isinstance(choice, str) for choice in choices):
        raise BadCell(_("is not a list of words."), "choices")
    if len(choices) > CustomField.MOST_CHOICES:
        raise BadCell(
            _("has more than %d choices. Make it a text.") % CustomField.MOST_CHOICES, "choices"
        )


CHECKS: dict[str, Callable[[Row, Parser], None]] = {
    "accounts": account,
    "custom_fields": custom_field,
    "leads": lead,
    "interactions": interaction,
    "invoices": invoice,
    "paid_step_offers": offer,
    "firm": firm,
    "users": zone,
}
