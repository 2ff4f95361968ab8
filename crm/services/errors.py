"""What services refuse, in words that a page can show."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.models import QualificationNote


class LedgerError(Exception):
    """A write that the ledger refuses; its text says what to do."""


class LeadIsClosed(LedgerError):
    """The lead already has an end."""

    def __init__(self, closed_at: datetime) -> None:
        """Say on which day of the reader it was closed."""
        day = timezone.localdate(closed_at).isoformat()
        super().__init__(
            _("This lead was closed on %(date)s. Open it again first.") % {"date": day}
        )


class EvidenceMissing(LedgerError):
    """A lead would move on without what its new stage asks for."""

    def __init__(self, gaps: Sequence[str], *, may_go_on: bool) -> None:
        """Name the gaps; `may_go_on` tells a warning from a refusal."""
        self.gaps, self.may_go_on = list(gaps), may_go_on
        names = pgettext("between two words", ", ").join(
            str(QualificationNote.Item(gap).label) for gap in gaps
        )
        super().__init__(_("No evidence yet: %(gaps)s.") % {"gaps": names})


class EditedMeanwhile(LedgerError):
    """Someone else saved the row since it was read."""

    def __init__(self) -> None:
        """Say that nothing was overwritten."""
        super().__init__(
            _("Someone else saved this meanwhile. Nothing was overwritten: compare and save again.")
        )
