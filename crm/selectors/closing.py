"""What the ledger knows of how a lead ended, for the person who closes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from crm import formats, rules
from crm.models import Bid, Deliverable, Invoice, Lead, LeadFact, Outcome


@dataclass(frozen=True)
class Proposal:
    """The facts that speak for an outcome; a person confirms or says otherwise."""

    is_free_consulting: bool
    is_signed: bool
    bid_result: str
    unpaid_hours: Decimal
    highest_level: int | None
    days_silent: int
    revenue_amount: Decimal
    is_learning: bool

    @property
    def outcome(self) -> str:
        """Return the outcome that the facts speak for, "" where they speak for none."""
        if self.is_signed or self.bid_result == Bid.Result.WON:
            return Outcome.WON
        if self.bid_result == Bid.Result.LOST:
            return Outcome.LOST
        return Outcome.FREE_CONSULTING if self.is_free_consulting else ""

    @property
    def why(self) -> Sequence[str]:
        """Return the facts behind the proposed outcome, in words."""
        match self.outcome:
            case Outcome.WON if self.is_signed:
                return [_("a contract was signed")]
            case Outcome.WON:
                return [_("the bid was won")]
            case Outcome.LOST:
                return [_("the bid was lost to a rival")]
            case Outcome.FREE_CONSULTING:
                return self._why_free
            case _:
                return []

    @property
    def _why_free(self) -> list[str]:
        said = [_("no revenue")]
        if self.highest_level is not None and self.highest_level >= rules.FREE_CONSULTING_LEVEL:
            said.append(_("level %(level)s handed over unpaid") % {"level": self.highest_level})
        if self.unpaid_hours >= rules.FREE_CONSULTING_HOURS:
            said.append(_("%(hours)s unpaid") % {"hours": formats.hours(self.unpaid_hours)})
        if self.days_silent >= rules.FREE_CONSULTING_SILENCE_DAYS:
            said.append(_("client silent for %(days)s days") % {"days": self.days_silent})
        elif self.is_learning:
            said.append(_("they only wanted to learn"))
        return said


def proposal(lead: Lead, *, now: datetime) -> Proposal:
    """Return what speaks for the outcome of a lead that ends, or ended without one."""
    given = Deliverable.objects.filter(lead=lead, archived_at=None).exclude(paid=True)
    level = given.aggregate(level=Max("disclosure_level"))["level"]
    paid = Invoice.objects.filter(lead=lead, archived_at=None).aggregate(paid=Sum("paid_amount"))
    signed = LeadFact.objects.filter(lead=lead, kind=LeadFact.Kind.CONTRACT_SIGNED)
    bids = Bid.objects.filter(lead=lead, archived_at=None).order_by("-happened_at", "-pk")
    revenue = paid["paid"] or Decimal(0)
    silent = rules.days_between(lead.last_client_contact_at or lead.opened_at, now) or 0
    is_learning = lead.deal_type == Lead.DealType.LEARNING
    return Proposal(
        is_free_consulting=rules.looks_like_free_consulting(
            revenue=revenue,
            highest_unpaid_level=level or 0,
            unpaid_hours=lead.unpaid_hours,
            days_silent=silent,
            said_research_only=is_learning,
        ),
        is_signed=signed.filter(archived_at=None).exists(),
        bid_result=bids.values_list("result", flat=True).first() or "",
        unpaid_hours=lead.unpaid_hours,
        highest_level=level,
        days_silent=silent,
        revenue_amount=revenue,
        is_learning=is_learning,
    )
