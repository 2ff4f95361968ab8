"""Names of the signals and of their answers in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm import formats
from crm.models import Account, Ask, BudgetStage, Lead, LeadFact, PaidStepOffer

FROM_THE_BEGINNING = -1_000
# Each signal: its code in the catalogue and its name.
TITLES: Mapping[str, tuple[str, Any]] = {
    "first_ask": ("F01", gettext_lazy("First ask")),
    "large_first_project": ("F02", gettext_lazy("Large first project, nothing paid before")),
    "met_through_the_notice": ("F03", gettext_lazy("Found through the tender notice")),
    "came_from": ("F04", gettext_lazy("Source")),
    "account_kind_lean": ("F05", gettext_lazy("Kind of account (context only)")),
    "budget_unknown": ("F06", gettext_lazy("Meetings without a word on the budget")),
    "last_known_budget_stage": ("F07", gettext_lazy("Budget stage")),
    "budget_holder_joined": ("F08", gettext_lazy("Budget holder came")),
    "budget_holder_missing": ("F08", gettext_lazy("Meetings without the budget holder")),
    "seniority_drop": ("F09", gettext_lazy("Seniority falls by levels")),
    "unpaid_solution_rounds": ("F10", gettext_lazy("Unpaid solution rounds")),
    "given_minus_received": ("F11", gettext_lazy("Given more than received, by items")),
    "trips_without_next_step": ("F12", gettext_lazy("Trips without a dated next step")),
    "no_dated_next_step": ("F13", gettext_lazy("Of the last 3 talks without a dated next step")),
    "slower_replies": ("F14", gettext_lazy("Replies grow slower")),
    "silence_after_hand_over": ("F15", gettext_lazy("Working days silent after a hand-over")),
    "silence": ("F16", gettext_lazy("Silence, times the usual gap")),
    "process_without_movement": ("F17", gettext_lazy("Process steps, budget unmoved")),
    "asked_us_to_write": ("F18", gettext_lazy("Asked us to write its papers")),
    "requirements_by_us": ("F19", gettext_lazy("Requirements by us, or changed twice")),
    "only_learning_department": ("F20", gettext_lazy("Only an innovation department takes part")),
    "business_owner_named": ("F20", gettext_lazy("Business owner named")),
    "roles_engaged": ("F21", gettext_lazy("Roles that take part")),
    "single_contact": ("F21", gettext_lazy("Meetings with one single contact")),
    "rivals_without_budget": ("F22", gettext_lazy("Competitors named, budget unknown")),
    "incumbent_known": ("F22", gettext_lazy("Incumbent supplier known")),
    "days_to_prepare": ("F23", gettext_lazy("Days to prepare the bid")),
    "specification_fits_others": ("F23", gettext_lazy("Specification fits others")),
    "questions_not_answered": ("F23", gettext_lazy("Questions on the bid not answered")),
    "paid_step": ("F24", gettext_lazy("Small paid step")),
    "quotation_before_requirements": ("F25", gettext_lazy("Quotation asked before requirements")),
    "own_ai_team": ("F26", gettext_lazy("Own AI team or IT subsidiary")),
    "leadership_stance": ("F27", gettext_lazy("Stance of the leadership")),
    "earlier_leads_without_order": ("F28", gettext_lazy("Earlier leads without an order")),
    "paid_us_before": ("F28", gettext_lazy("Paid us before")),
    "compelling_event": ("F29", gettext_lazy("Event that forces a decision")),
    "no_compelling_event": ("F29", gettext_lazy("Meetings without such an event")),
}
RECEIVABLE: Mapping[str, tuple[str, Any]] = {
    "account_kind_start": (
        "R01",
        gettext_lazy("Kind of account, until 5 of its invoices are paid"),
    ),
    "account_kind_payments": ("R01", gettext_lazy("Kind of account, by its payments so far")),
    "prepayment": ("R02", gettext_lazy("Prepayment, %")),
    "retention": ("R03", gettext_lazy("Retention, % × months")),
    "payment_term": ("R04", gettext_lazy("Payment term, days")),
    "back_to_back": ("R05", gettext_lazy("Paid only when a third party pays")),
    "by_audit": ("R06", gettext_lazy("Acceptance by an audit or a third party")),
    "no_acceptance_criteria": ("R07", gettext_lazy("No written acceptance criteria")),
    "no_deemed_acceptance": ("R07", gettext_lazy("No acceptance by silence")),
    "onsite_before_payment": ("R08", gettext_lazy("Person-days on site before the next payment")),
    "funded_by_us": ("R09", gettext_lazy("Cost that we pay in advance")),
    "cash_low_point": ("R09", gettext_lazy("Months of burn left at the low point of cash")),
    "work_without_contract": ("R10", gettext_lazy("Work began without a contract")),
    "pays_by_bill": ("R11", gettext_lazy("Paid by acceptance bill or e-voucher")),
    "through_an_integrator": ("R12", gettext_lazy("Contract with an integrator")),
    "account_days_late": ("R13", gettext_lazy("The account's earlier invoices, days late")),
    "account_open_days": ("R13", gettext_lazy("The account's oldest open invoice, days overdue")),
    "acceptance_slip": ("R14", gettext_lazy("Acceptance slipped, days")),
    "disputed_invoice": ("R15", gettext_lazy("Invoice disputed or returned")),
    "late_billing": ("R15", gettext_lazy("Billed late after acceptance, days")),
}
ALL = {**TITLES, **RECEIVABLE}
IN_PARTS = frozenset({"cash_low_point"})  # not counted in whole steps
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "first_ask": dict(Ask.choices),
    "came_from": dict(Lead.Source.choices),
    "last_known_budget_stage": dict(BudgetStage.choices),
    "leadership_stance": dict(LeadFact.Value.choices),
    "paid_step": {
        **dict(PaidStepOffer.Answer.choices),
        "NO_ANSWER": pgettext_lazy("paid step", "no answer yet"),
    },
    "asked_us_to_write": {
        "ASKED": gettext_lazy("a report or tender text"),
        "WITH_OUR_CRITERIA": gettext_lazy("with our criteria in the tender"),
    },
    "compelling_event": {"DATED": gettext_lazy("dated")},
    "account_kind_start": dict(Account.Kind.choices),
}


def code(feature: str) -> str:
    """Return the code of a signal, empty for a field of the vendor's own."""
    return ALL[feature][0] if feature in ALL else ""


def title(feature: str) -> str:
    """Return the name of a signal; a field of the vendor's own is its name."""
    return str(ALL[feature][1]) if feature in ALL else feature


def of_bin(row: Mapping[str, Any]) -> str:
    """Return the name of one answer or span: {"feature", "answer", "start", "end", "is_above"}."""
    feature, answer = row["feature"], row["answer"]
    span = str(ANSWERS.get(feature, {}).get(answer, answer)) if answer else _span(row)
    name = title(feature)
    return _("%(signal)s: %(answer)s") % {"signal": name, "answer": span} if span else name


def _span(row: Mapping[str, Any]) -> str:
    start, end = row["start"], row["end"]
    if start < FROM_THE_BEGINNING and end is not None:
        return f"{'≤' if row['is_above'] else '<'}\N{NO-BREAK SPACE}{formats.plain(end, 1)}"
    if start == 1 and end is None:
        return ""
    if row["is_above"]:
        return f">\N{NO-BREAK SPACE}{formats.plain(start, 1)}"
    if end is None:
        return f"≥\N{NO-BREAK SPACE}{formats.plain(start, 1)}"
    if not start and end > 1:
        return f"<\N{NO-BREAK SPACE}{formats.plain(end, 1)}"
    last = end if row["feature"] in IN_PARTS else end - 1
    return (
        formats.plain(start) if last <= start else f"{formats.plain(start)}–{formats.plain(last)}"
    )
