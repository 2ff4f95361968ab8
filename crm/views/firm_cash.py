"""The firm's cash of the next 26 weeks."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm import formats
from crm.selectors import ageing, invoices, metrics
from crm.selectors import firm_cash as selector
from crm.views.requests import HtmxRequest, person


@login_required
@permission_required("crm.keep_money", raise_exception=True)
@require_safe
def firm_cash(request: HtmxRequest) -> HttpResponse:
    """Show how low cash goes, who holds our money, and how fast it comes in."""
    user, today, now = person(request), timezone.localdate(), timezone.now()
    seen = invoices.seen_by(user)
    waiting = invoices.still_open(seen).filter(currency=invoices.MAIN)
    aged = ageing.ageing(waiting, today=today)
    page = selector.page(with_pipeline=request.GET.get("pipeline") == "1")
    cash = page.cash if page else None
    context = {
        "page": page,
        "drafts": page.drafts(user) if page else [],
        "missing": selector.missing(now),
        "ageing": aged,
        "ages": ageing.AGES,
        "holders": [
            (row, float(row.total / aged.total.total), float(row.total / cash) if cash else None)
            for row in aged.rows
            if aged.total.total
        ],
        "largest": aged.rows[0].total if aged.rows else None,
        "largest_share": float(aged.rows[0].total / cash) if aged.rows and cash else None,
        "total_share": float(aged.total.total / cash) if cash else None,
        "limit": selector.LIMIT,
        "metrics": metrics.metrics(seen, today=today),
        "money_unit": formats.money_unit(),
        "today": today,
    }
    return render(request, "crm/firm_cash.html", context)
