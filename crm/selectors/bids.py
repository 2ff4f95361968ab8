"""Bids as pages show them: what is open by its deadline, deposits out, how sheets came true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from crm import bid_sheet
from crm.models import Bid, User

MOST_BIDS, MOST_ENDED, MOST_JUDGED = 60, 30, 5_000
FACTS = ("contact_before_notice", "incumbent_known", "specification_fits_us", "set_criteria")


@dataclass(frozen=True)
class Bids:
    """The page of bids."""

    running: Sequence[Bid]
    waiting: Sequence[Bid]
    ended: Sequence[Bid]
    deposits: Sequence[Bid]
    deposits_amount: Decimal
    calibration: Sequence[bid_sheet.Row]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not (self.running or self.waiting or self.ended)

    @property
    def judged(self) -> int:
        """Return how many bids with a sheet were made and ended."""
        return sum(row.made for row in self.calibration)


def seen_by(user: User) -> QuerySet[Bid]:
    """Return the bids that a person may see."""
    seen = Bid.objects.visible_to(user).current().filter(lead__archived_at=None)
    return seen.select_related("lead__account", "choice_by")


def page(user: User, *, today: date) -> Bids:
    """Return the bids of a person: open ones by deadline, then those that wait for a result."""
    bids = seen_by(user)
    no_result = bids.filter(result="").exclude(choice=Bid.Choice.NO_BID)
    ahead = Q(deadline_date__gte=today) | Q(deadline_date=None)
    ended = bids.filter(~Q(result="") | Q(choice=Bid.Choice.NO_BID))
    out = deposits_out(bids)
    total = out.order_by().aggregate(total=Sum("deposit_amount"))["total"]
    return Bids(
        running=list(no_result.filter(ahead).order_by("deadline_date", "pk")[:MOST_BIDS]),
        waiting=list(no_result.exclude(ahead).order_by("-deadline_date", "pk")[:MOST_BIDS]),
        ended=list(ended.order_by("-happened_at", "-pk")[:MOST_ENDED]),
        deposits=list(out.order_by("deposit_due_date", "pk")[:MOST_ENDED]),
        deposits_amount=total or Decimal(0),
        calibration=bid_sheet.calibration(
            ended.exclude(sheet={})
            .order_by("-happened_at", "-pk")
            .values_list("sheet", "choice", "result")[:MOST_JUDGED]
        ),
    )


def deposits_out(bids: QuerySet[Bid]) -> QuerySet[Bid]:
    """Keep the bids whose deposit is out and not back."""
    return bids.filter(deposit_paid_date__isnull=False, deposit_back_date=None)


def answers(bid: Bid) -> dict[str, str]:
    """Return the sheet of a bid, with what its own columns answer where nobody has yet."""
    days = bid.prep_days
    if days is None and bid.deadline_date:
        days = (bid.deadline_date - timezone.localdate(bid.happened_at)).days
    said: dict[str, str] = bid.sheet
    return bid_sheet.known({name: getattr(bid, name) for name in FACTS}, days=days) | said
