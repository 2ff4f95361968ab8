"""The money part of a digest: what falls due, what is overdue, what came in."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models import Sum as SqlSum
from django.db.models.functions import Coalesce

from crm.models import Invoice, Payment, User
from crm.selectors.digest_parts import Money, Sum
from crm.selectors.leads_at import NUMBER
from crm.weeks import week_start


def money_in(user: User, *, as_of: datetime, day: date, since: date) -> Money:
    """Return the user's money of a week; what was paid later still counts as open."""
    week_end = week_start(day) + timedelta(days=6)
    open_then = unpaid_at(user, as_of=as_of, day=day).filter(due_date__lte=week_end)
    rows = list(
        open_then.values("currency").annotate(
            due=SqlSum("open_amount", filter=Q(due_date__gte=day)),
            due_count=Count("pk", filter=Q(due_date__gte=day)),
            overdue=SqlSum("open_amount", filter=Q(due_date__lt=day)),
            overdue_count=Count("pk", filter=Q(due_date__lt=day)),
        )
    )
    overdue = _sum(rows, "overdue")
    oldest = _oldest(open_then, day) if overdue.count else None
    return Money(
        due=_sum(rows, "due"),
        overdue=overdue,
        came_in=_came_in(user, as_of=as_of, day=day, since=since),
        oldest_days=(day - oldest.due_date).days if oldest else 0,
        oldest_account=oldest.account.name if oldest else "",
        oldest_lead_id=oldest.lead_id if oldest else None,
    )


def unpaid_at(user: User, *, as_of: datetime, day: date) -> QuerySet[Invoice]:
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
        Invoice.objects.visible_to(user)
        .filter(
            Q(written_off_date=None) | Q(written_off_date__gt=day),
            issued_date__lte=day,
            recorded_at__lte=as_of,
            archived_at=None,
        )
        .annotate(open_amount=F("amount") - paid_then)
        .filter(open_amount__gt=0)
        .order_by()
    )


def _oldest(invoices: QuerySet[Invoice], day: date) -> Invoice | None:
    late = invoices.filter(due_date__lt=day).select_related("account")
    return late.order_by("due_date", "pk").first()


def _came_in(user: User, *, as_of: datetime, day: date, since: date) -> Sum:
    paid = Payment.objects.filter(
        invoice__in=Invoice.objects.visible_to(user),
        paid_date__gte=since,
        paid_date__lt=day,
        recorded_at__lte=as_of,
        archived_at=None,
    )
    rows = paid.order_by().values(currency=F("invoice__currency"))
    return _sum(rows.annotate(paid=SqlSum("amount"), paid_count=Count("pk")), "paid")


def _sum(rows: Any, name: str) -> Sum:
    found = [row for row in rows if row[f"{name}_count"]]
    return Sum(
        amounts={row["currency"]: row[name] for row in found},
        count=sum(row[f"{name}_count"] for row in found),
    )
