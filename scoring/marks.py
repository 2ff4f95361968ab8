"""What each row of a timeline is, by itself and among the others: the words of the features."""

import polars as pl
from polars import Expr, coalesce, col, lit, when

from scoring.feature import Marks, first, last, so_far, to_come
from scoring.landmarks import AT
from scoring.vocabulary import (
    PROCESS_STEPS,
    SOLUTION_ASKS,
    WRITING_ASKS,
    Ask,
    Budget,
    Fact,
    Kind,
    Outcome,
    Role,
    Source,
)

FAR_KM, LONG_TRIP_HOURS = 50, 3
LEARNING_DEPARTMENTS = "创新|战略|(?i)innovation|(?i)strategy"
# A department says which part somebody plays where the role was not logged.
DEPARTMENT_ROLES = {
    Role.BUSINESS_OWNER: "业务|(?i)business",
    Role.IT: r"IT|数字化|信息|(?i)digital",
    Role.PROCUREMENT: "采购|(?i)procurement|(?i)purchas",
    Role.FINANCE: "财务|(?i)finance",
}


def _is(source: Source) -> Expr:
    return col("source") == source


def _fact(kind: Fact) -> Expr:
    return _is(Source.FACT) & (col("kind") == kind)


def _asks(*asks: Ask) -> Expr:
    found = col("asks").list.contains(asks[0])
    for ask in asks[1:]:
        found |= col("asks").list.contains(ask)
    return found.fill_null(value=False)


def _sure(expr: Expr) -> Expr:
    """Take 'not known' for no."""
    return expr.fill_null(value=False)


_met = _is(Source.INTERACTION)
_handed_over = _is(Source.DELIVERABLE)
_bid = _is(Source.BID)
_is_solution = (col("kind") == Kind.SOLUTION_REQUEST) | _asks(*SOLUTION_ASKS)
_is_far = (col("distance_km") >= FAR_KM).fill_null(col("travel_hours") >= LONG_TRIP_HOURS)
_writes_for_them = (col("kind") == Kind.INTERNAL_REPORT) | _asks(*WRITING_ASKS)
_questions_open = (col("asked_at") <= col("as_of")) & (
    col("answered_at").is_null() | (col("answered_at") > col("as_of"))
)
_part = coalesce(
    when(col("role").is_in(list(Role))).then("role"),
    *(
        when(col("department").str.contains(words)).then(lit(str(role)))
        for role, words in DEPARTMENT_ROLES.items()
    ),
)

_intent: dict[str, Expr] = {
    "opened": _is(Source.OPENING),
    "met": _met,
    "handed_over": _handed_over,
    "bid": _bid,
    "present": _is(Source.PRESENCE),
    "part": when(_is(Source.PRESENCE)).then(_part),
    "offered": _is(Source.OFFER),
    "answered": _is(Source.OFFER_ANSWER),
    "solution_round": _met & _sure(_is_solution) & ~_sure(col("is_paid")),
    "quotation_asked": _met & _asks(Ask.QUOTATION),
    "gave": _met & _sure(col("gave_count") > 0),
    "substance": _handed_over & (col("level") >= 2),
    "crown_jewels": _handed_over & (col("level") >= 4),
    "client_spoke": _met & _sure(col("by_client")),
    # An interaction of which nobody said who began it breaks no silence and proves none.
    "heard": (_met & col("by_client").fill_null(value=True)) | _is(Source.OPENING),
    "senior_known": _met & col("seniority").is_not_null(),
    "holder_came": _met & _sure(col("budget_holder")),
    "holder_missing": _met & _sure(~col("budget_holder")),
    "budget_said": (_met | _fact(Fact.BUDGET_STAGE)) & col("budget").is_not_null(),
    "budget_step": col("budget").cast(pl.Enum(Budget), strict=False).to_physical().cast(pl.Float64),
    "step_said": _met & col("next_step_dated").is_not_null(),
    "no_step": _met & _sure(~col("next_step_dated")),
    "latency_known": _met & col("latency_days").is_not_null(),
    "trip": _met & (col("kind") == Kind.VISIT_TO_CLIENT) & _sure(_is_far),
    "process_step": _met & col("kind").is_in(PROCESS_STEPS),
    "evaluated": _met & (col("kind") == Kind.EVALUATION),
    "writing_asked": _met & _sure(_writes_for_them),
    "rivals_named": _met & _sure(col("competitors") >= 3),
    "incumbent_known": (_met | _bid) & _sure(col("incumbent")),
    "questions_open": _bid & _sure(_questions_open),
    "author_said": _fact(Fact.REQUIREMENT_AUTHOR),
    "scope_changed": _fact(Fact.SCOPE_CHANGE),
    "stance_said": _fact(Fact.LEADERSHIP_STANCE),
    "event_said": _fact(Fact.COMPELLING_EVENT),
    "owner_named": _fact(Fact.BUSINESS_OWNER)
    | (_is(Source.PRESENCE) & _sure(col("role") == Role.BUSINESS_OWNER)),
    "learning_department": _is(Source.PRESENCE)
    & _sure(col("department").str.contains(LEARNING_DEPARTMENTS)),
    "department_known": _is(Source.PRESENCE) & _sure(col("department") != ""),
    "earlier_order": _is(Source.EARLIER_LEAD) & _sure(col("outcome") == Outcome.WON),
    "earlier_lead": _is(Source.EARLIER_LEAD),
    "paid_before": _is(Source.EARLIER_PAYMENT),
}

# What stood before a row is filled forward over all landmarks: whether it is of the same one is
# asked as well.
_heard_at = when("heard").then("happened_at").forward_fill()
_was_heard = (so_far(col("heard")) > 0) & (to_come(col("heard")) == 0)
_budget_known = col("budget").is_not_null()
_budget_moved = (
    col("budget_said")
    & (so_far(_budget_known) > 1)
    & (col("budget") != col("budget").forward_fill().shift())
)
INTENT_MARKS = Marks(
    rows=_intent,
    spans={
        "quotation_too_soon": col("quotation_asked") & (so_far(col("gave")) == 0),
        "first_seniors": first(2, col("senior_known")),
        "last_seniors": last(3, col("senior_known")),
        "first_replies": first(3, col("latency_known")),
        "last_replies": last(3, col("latency_known")),
        "last_steps": last(3, col("step_said")),
        "last_budget": last(1, col("budget_said")),
        "last_offer": last(1, col("offered")),
        "last_answer": last(1, col("answered")),
        "last_author": last(1, col("author_said")),
        "last_event": last(1, col("event_said")),
        "last_stance": last(1, col("stance_said")),
        "last_met": last(1, col("met")),
        "last_bid": last(1, col("bid")),
        "last_heard": last(1, col("heard")),
        "unanswered": col("crown_jewels") & _was_heard & (col("happened_at") > _heard_at),
        "first_unanswered": first(1, _sure(col("unanswered"))),
        "budget_moved": _sure(_budget_moved),
        "since_budget_moved": col("process_step") & (to_come(col("budget_moved")) == 0),
        "met_before_bid": col("met") & (so_far(col("bid")) == 0) & (to_come(col("bid")) > 0),
    },
)

_accepted = _is(Source.ACCEPTANCE)
_settled = col("source").is_in([Source.PAYMENT, Source.EARLIER_PAYMENT]) & _sure(col("settles"))
_billed_by = col("source").is_in([Source.INVOICE, Source.EARLIER_INVOICE])
_of_milestone, _of_invoice = (*AT, "milestone_id"), (*AT, "invoice_id")

_money: dict[str, Expr] = {
    "opened": _is(Source.OPENING),
    "terms": _is(Source.TERMS),
    "accepted": _accepted,
    "not_accepted": _is(Source.MILESTONE)
    & col("planned_date").is_not_null()
    & ~_accepted.any().over(_of_milestone),
    "billed": _is(Source.INVOICE),
    "accepted_day": col("day").filter(_accepted).max().over(_of_milestone),
    "disputed": _is(Source.DISPUTE),
    "settled": _settled,
    "unpaid": _billed_by & ~_settled.any().over(_of_invoice),
    "work_started": _fact(Fact.WORK_STARTED),
    "contract_signed": _fact(Fact.CONTRACT_SIGNED),
}
MONEY_MARKS = Marks(rows=_money, spans={"current": last(1, col("terms"))})
