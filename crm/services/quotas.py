"""How many deals for a name or for learning may run at a time."""

from django.utils.translation import gettext as _

from crm.models import Firm, Lead
from crm.selectors import effort
from crm.services.errors import LedgerError

Deal = Lead.DealType
BOUNDED = (Deal.LOGO, Deal.LEARNING)


class TooManyAtATime(LedgerError):
    """One more logo or learning deal than the firm allows itself."""

    def __init__(self, kind: str, most: int) -> None:
        """Say what to end first."""
        names = {"kind": Deal(kind).label, "n": most}
        super().__init__(
            _("%(kind)s: %(n)s at a time, and so many run. End one of them first.") % names
        )


def refuse_one_too_many(kind: str, *, but: int | None = None) -> None:
    """Raise TooManyAtATime where as many deals of the kind run as the firm allows itself."""
    if kind not in BOUNDED:
        return
    most = effort.logo_deals_at_a_time(Firm.current())
    if Lead.objects.open().filter(deal_type=kind).exclude(pk=but or 0).count() >= most:
        raise TooManyAtATime(kind, most)
