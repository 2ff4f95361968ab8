"""The page of a lead's terms: two versions side by side with their points, law and cash."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm import shares, terms_templates
from crm.forms import terms_rows
from crm.forms.terms import TermsForm
from crm.models import Lead, PaymentTerms
from crm.selectors import contract, terms_ask, terms_cash, terms_law
from crm.selectors import terms as selector
from crm.selectors.contract import Step
from crm.selectors.terms import Version
from crm.services import payment_rules
from crm.services import terms as service
from crm.views.requests import HtmxRequest, number
from crm.views.terms import lead_seen
from scoring import terms_points
from scoring.receivable_mark import Marked, marked

POLL_SECONDS = 3


@login_required
@permission_required("crm.edit_terms", raise_exception=True)
@require_safe
def terms(request: HtmxRequest, pk: int) -> HttpResponse:
    """Compare two versions of a lead's terms."""
    lead, now = lead_seen(request, pk), timezone.now()
    found = selector.versions(lead)
    context: dict[str, Any] = {"lead": lead, "versions": found, "plans": terms_templates.PLANS}
    if found:
        context |= _compared(request, lead, found, now=now)
    return render(request, "crm/terms.html", context)


def _chosen(request: HtmxRequest, found: list[Version]) -> tuple[Version, Version | None]:
    return selector.pair(
        found, first=number(request.GET.get("a")), second=number(request.GET.get("b"))
    )


def _compared(
    request: HtmxRequest, lead: Lead, found: list[Version], *, now: datetime
) -> dict[str, Any]:
    before, after = _chosen(request, found)
    rules, today = payment_rules.current_rules(), timezone.localdate(now)
    beside = terms_points.beside(lead, now=now)
    sides = [
        _side(version, lead, beside, rules, today=today) for version in (before, after) if version
    ]
    left, right = sides[0], sides[1] if len(sides) > 1 else None
    newest = found[-1]
    return {
        "before": before,
        "after": after,
        "newest": newest,
        "sides": sides,
        "payments": selector.payment_rows(before, after),
        "facts": selector.fact_rows(before, after),
        "law": terms_law.rows(left["findings"], right["findings"] if right else []),
        "steps": _steps(lead, found, today=today),
        "texts": terms_ask.messages(lead, found, now=now),
        "is_our_text": any(version.is_ours for version in found),
        "reasons": terms_points.reason_rows(left["worth"], right["worth"] if right else None),
        "beside": beside,
        "today": today,
        "token": uuid4().hex,
        **_cash(before, after, now=now),
    }


def _steps(lead: Lead, found: list[Version], *, today: date) -> list[Step]:
    """Return the milestones of the contract with their sums, tax included."""
    amounts = {
        one.row.pk: one.gross_amount
        for version in found
        if version.is_agreed
        for one in version.payments
    }
    return contract.steps(lead.pk, today=today, amounts=amounts) if amounts else []


def _side(
    version: Version, lead: Lead, beside: terms_points.Beside, rules: Any, *, today: Any
) -> dict[str, Any]:
    """Return a version with its points, its findings and its mark."""
    findings = terms_law.findings(rules, version.terms, lead.account, today=today)
    worth = terms_points.worth(version.terms, beside)
    kept = terms_cash.cash_of(version)
    return {
        "version": version,
        "findings": findings,
        "worth": worth,
        "marked": mark_of(worth.chance, findings, kept.result),
        "broken": sum(one.status in {"VOID", "UNLAWFUL"} for one in findings),
    }


def mark_of(chance: float, findings: Any, result: Any) -> Marked:
    """Return the receivable mark of a version by its points, its clauses and its cash."""
    value = result.get("present_value")
    return marked(
        chance,
        statuses=[one.status for one in findings],
        peak_share=result.get("share_of_cash"),
        worst_value=value["p10"] if value else None,
    )


def _cash(before: Version, after: Version | None, *, now: datetime) -> dict[str, Any]:
    """Return the curves of two versions, or that they are still to come."""
    found = [terms_cash.cash_of(version) for version in (before, after) if version]
    names = [f"v{one.version.number} {one.version.terms.get_status_display()}" for one in found]
    left, right = found[0], found[1] if len(found) > 1 else None
    waiting = any(one.is_waiting for one in found)
    return {
        "cashes": found,
        "cash_before": left,
        "cash_after": right,
        "chart": terms_cash.chart(found, names=names),
        "levers": terms_cash.levers(left, right),
        "ask": terms_ask.ask(left),
        "is_waiting": waiting,
        "poll_seconds": POLL_SECONDS,
        "knows_cash": terms_cash.cash_is_known(now),
    }


@login_required
@permission_required("crm.edit_terms", raise_exception=True)
@require_safe
def cash(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show the cash curves again while they are being computed."""
    lead, now = lead_seen(request, pk), timezone.now()
    found = selector.versions(lead)
    context: dict[str, Any] = {"lead": lead, "versions": found}
    if found:
        before, after = _chosen(request, found)
        context |= {"before": before, "after": after, **_cash(before, after, now=now)}
    return render(request, "crm/_terms_cash.html", context)


@login_required
@permission_required("crm.edit_terms", raise_exception=True)
@require_POST
def preview(request: HtmxRequest, pk: int) -> HttpResponse:
    """Say what the terms in a form would be worth, and what each payment would be."""
    lead, now = lead_seen(request, pk), timezone.now()
    begun = PaymentTerms(lead=lead, happened_at=now)
    form = TermsForm(request.POST, instance=begun, today=timezone.localdate(now))
    payments = terms_rows.milestones(request.POST)
    form.is_valid()
    payments.is_valid()
    rows = _rows(payments)
    if rows:
        for name, value in service.in_sum(rows).items():
            setattr(begun, name, value)
    beside = terms_points.beside(lead, now=now)
    worth = terms_points.worth(begun, beside)
    findings = terms_law.findings(
        payment_rules.current_rules(), begun, lead.account, today=timezone.localdate(now)
    )
    total = begun.contract_amount
    parts = [row["share_percent"] for row in rows]
    context = {
        "lead": lead,
        "worth": worth,
        "marked": mark_of(worth.chance, findings, {}),
        "broken": [terms_law.say(one) for one in findings if one.status in {"VOID", "UNLAWFUL"}],
        "lacking": shares.difference(parts) if parts else None,
        "amounts": _named(rows, shares.amounts(total, parts)) if total else [],
        "currency": begun.currency,
    }
    template = "crm/_terms_preview.html" if request.htmx else "crm/terms_preview.html"
    return render(request, template, context)


def _rows(payments: terms_rows.Milestones) -> list[dict[str, Any]]:
    """Return the rows that can be used already, while others are still being typed."""
    said = (getattr(form, "cleaned_data", {}) for form in payments.forms)
    return [{"label": "", **row} for row in said if row.get("share_percent") is not None]


def _named(rows: list[dict[str, Any]], amounts: list[Any]) -> list[tuple[str, Any]]:
    return [(row["label"] or "–", amount) for row, amount in zip(rows, amounts, strict=True)]
