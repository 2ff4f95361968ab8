"""What services refuse, in words that a page can show."""

from django.utils.translation import gettext as _


class LedgerError(Exception):
    """A write that the ledger refuses; its text says what to do."""


class LeadIsClosed(LedgerError):
    """The lead already has an end."""

    def __init__(self, closed_on: str) -> None:
        """Say when it was closed."""
        super().__init__(
            _("This lead was closed on %(date)s. Open it again first.") % {"date": closed_on}
        )


class EditedMeanwhile(LedgerError):
    """Someone else saved the row since it was read."""

    def __init__(self) -> None:
        """Say that nothing was overwritten."""
        super().__init__(
            _("Someone else saved this meanwhile. Nothing was overwritten: compare and save again.")
        )
