"""The money part of a digest: what falls due, what is overdue."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models import Sum as SqlSum
from django.db.models.functions import Coalesce

from crm.models import Invoice, Payment, User
from crm.selectors.digest_parts import Money, Sum
from crm.selectors.digest_readers import BESIDE_LEAD, Span, reads_money, rows_of
from crm.selectors.invoices import WEEK
from crm.selectors.leads_at import NUMBER

OF_MONEY = {"has_lead": ExpressionWrapper(Q(lead__isnull=False), BooleanField()), **BESIDE_LEAD}
Rows = Sequence[Mapping[str, Any]]


def money_in(readers: Sequence[User], span: Span) -> dict[int, Money]:
    """Return each reader's money of a week; what was paid later still counts as open.

    Two queries, however many readers there are.
    """
    day = span.day
    unpaid = rows_of(unpaid_at(as_of=span.as_of, day=day), readers)
    is_due, is_late = Q(due_date__gte=day, due_date__lte=day + WEEK), Q(due_date__lt=day)
    sums = unpaid.filter(is_due | is_late).values("currency", **OF_MONEY)
    rows = list(
        sums.annotate(
            due=SqlSum("open_amount", filter=is_due),
            due_count=Count("pk", filter=is_due),
            overdue=SqlSum("open_amount", filter=is_late),
            overdue_count=Count("pk", filter=is_late),
            oldest_date=Min("due_date", filter=is_late),
        )
    )
    mine = {user.pk: [row for row in rows if reads_money(user, row)] for user in readers}
    oldest = _oldest(unpaid.filter(is_late), mine)
    return {
        user.pk: _money(mine[user.pk], [row for row in oldest if reads_money(user, row)], day)
        for user in readers
    }


def unpaid_at(*, as_of: datetime, day: date) -> QuerySet[Invoice]:
    """Return invoices with something open on a day, as known at a moment: `open_amount`."""
    paid = Payment.objects.filter(
        invoice=OuterRef("pk"), paid_date__lte=day, recorded_at__lte=as_of, archived_at=None
    )
    paid_then = Coalesce(
        Subquery(
            paid.order_by().values("invoice").annotate(total=SqlSum("amount")).values("total"),
            output_field=NUMBER,
        ),
        Value(Decimal(0), output_field=NUMBER),
        output_field=NUMBER,
    )
    return (
        Invoice.objects.filter(
            Q(written_off_date=None) | Q(written_off_date__gt=day),
            issued_date__lte=day,
            recorded_at__lte=as_of,
            archived_at=None,
        )
        .annotate(open_amount=F("amount") - paid_then)
        .filter(open_amount__gt=0)
        .order_by()
    )


def _oldest(late: QuerySet[Invoice], mine: Mapping[int, Rows]) -> Rows:
    """Return the invoices that have waited longest for one of the readers, the oldest first."""
    firsts = {min(dates) for rows in mine.values() if (dates := _dates(rows))}
    if not firsts:
        return []
    found = late.filter(due_date__in=firsts).order_by("due_date", "pk")
    return list(found.values("pk", "due_date", "account__name", "lead_id", **OF_MONEY))


def _dates(rows: Rows) -> list[date]:
    return [row["oldest_date"] for row in rows if row["oldest_date"]]


def _money(rows: Rows, oldest: Rows, day: date) -> Money:
    first = oldest[0] if oldest else None
    return Money(
        due=_sum(rows, "due"),
        overdue=_sum(rows, "overdue"),
        oldest_days=(day - first["due_date"]) // timedelta(days=1) if first else 0,
        oldest_account=first["account__name"] if first else "",
        oldest_id=first["pk"] if first else None,
        oldest_lead_id=first["lead_id"] if first else None,
    )


def _sum(rows: Rows, name: str) -> Sum:
    amounts: dict[str, Decimal] = {}
    for row in rows:
        if row[f"{name}_count"]:
            amounts[row["currency"]] = amounts.get(row["currency"], Decimal(0)) + row[name]
    return Sum(amounts=amounts, count=sum(row[f"{name}_count"] for row in rows))
