"""Why a table is refused, and what is wrong with single rows of it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST_LISTED = 50


class TableRefused(Exception):
    """The whole file is refused; the text is one sentence that says what to do."""

    def __init__(self, message: str, *, where: str = "", bad_rows: "BadRows | None" = None) -> None:
        """Say why; `where` is a place in the mapping, such as lead.opened_at.format."""
        super().__init__(f"{where}: {message}" if where else message)
        self.message, self.where = message, where
        self.bad_rows = bad_rows or BadRows()


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that was left out, and why."""

    row: int  # as a spreadsheet counts them: the header is row 1
    column: str
    message: str

    def __str__(self) -> str:
        place = {"row": self.row, "column": self.column, "message": self.message}
        if self.column:
            return _("row %(row)d, column %(column)s: %(message)s") % place
        return _("row %(row)d: %(message)s") % place


@dataclass(slots=True)
class BadRows:
    """The rows that were left out: all counted, the first listed."""

    count: int = 0
    listed: list[BadRow] = field(default_factory=list)

    def add(self, row: int, message: str, column: str = "") -> None:
        """Count a row, and list it while there is room."""
        self.count += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append(BadRow(row, column, message))

    @property
    def not_listed(self) -> int:
        """Return how many more there are."""
        return self.count - len(self.listed)
