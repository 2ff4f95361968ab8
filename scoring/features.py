"""The catalogue of intent, F01 to F29: what the rows of a lead say about an order."""

import polars as pl
from polars import Expr, col, when

from scoring.beside_usual import account_share, kind_lean, large_from, usual_gap_days
from scoring.feature import Feature, Group, Risk, days, latest, of_lead
from scoring.vocabulary import BY_US, LEARNING_ASKS, CameFrom

RISES, FALLS, EITHER = Risk.RISES, Risk.FALLS, Risk.EITHER
ANSWER_DAYS = 14
SLOW_REPLY_DAYS = 7
ENDS_OF_KIND = {"a": of_lead("usual_kind_orders"), "b": of_lead("usual_kind_closed")}

opened, met, bid = col("opened"), col("met"), col("bid")
offered, answered = col("offered"), col("answered")
budget_said, step_said = col("budget_said"), col("step_said")
first_replies, last_replies = col("first_replies"), col("last_replies")
holder_came, holder_missing = col("holder_came"), col("holder_missing")

was_tender = (col("came_from") == CameFrom.TENDER_NOTICE).filter(opened).first()
met_before_notice = col("met_before_bid").any() | col("contact_before").filter(bid).any()


def _day(rows: Expr) -> Expr:
    return col("day").filter(rows).max()


def _median(column: str, rows: Expr) -> Expr:
    return col(column).filter(rows).median()


def _offer_state() -> Expr:
    answer = col("value").filter(answered).last()
    is_open = (latest(answered) < latest(offered)).fill_null(offered.any())
    waits = days(of_lead("as_of") - latest(offered)) >= ANSWER_DAYS
    return when(is_open & waits).then(pl.lit("NO_ANSWER")).otherwise(answer)


ASK = (
    Feature(
        "first_ask", "F01", "kind of ask", RISES, Group.ASK, says="ask",
        rows=opened & col("first_ask").is_in(LEARNING_ASKS),
        of=col("first_ask").filter(opened & col("first_ask").is_in(LEARNING_ASKS)).first(),
    ),
    Feature(
        "large_first_project", "F02", "times the limit", RISES, Group.ASK, says="times",
        rows=opened & col("est_value").is_not_null(),
        of=when(~col("paid_before").any()).then(
            col("est_value").filter(opened).first() / large_from()
        ),
        told={"value": col("est_value").filter(opened).first()},
    ),
    Feature(
        "unpaid_solution_rounds", "F10", "rounds", RISES, Group.ASK, known_from="I1",
        rows=col("solution_round"),
    ),
    Feature(
        "given_minus_received", "F11", "items", RISES, Group.ASK, known_from="I3", needs=3,
        says="d", rows=col("substance") | col("gave"),
        of=col("substance").sum().cast(pl.Int64) - col("gave_count").filter("gave").sum(),
        told={"g": col("substance").sum(), "c": col("gave_count").filter("gave").sum()},
    ),
    Feature(
        "asked_us_to_write", "F18", "requests", EITHER, Group.ASK, known_from="I1", says="how",
        rows=col("writing_asked"),
        of=when(col("writing_asked").any()).then(
            when(col("set_criteria").filter(bid).any())
            .then(pl.lit("WITH_OUR_CRITERIA"))
            .otherwise(pl.lit("ASKED"))
        ),
        told={"n": col("writing_asked").sum()},
    ),
    Feature(
        "requirements_by_us", "F19", "yes or no", RISES, Group.ASK, known_from="I2", needs=2,
        says="so", rows=col("last_author") | col("scope_changed"),
        of=(
            (col("value").filter("author_said").last() == BY_US).fill_null(value=False)
            | (col("scope_changed").sum() >= 2)
        ).cast(pl.Int64),
        told={
            "n": col("scope_changed").sum(),
            "author": col("value").filter("author_said").last(),
        },
    ),
    Feature(
        "quotation_before_requirements", "F25", "requests", RISES, Group.ASK, known_from="I1",
        rows=col("quotation_too_soon"),
    ),
)  # fmt: skip
PEOPLE = (
    Feature(
        "budget_holder_joined", "F08", "meetings", FALLS, Group.PEOPLE, known_from="I1",
        says="joined", rows=holder_came, told={"date": col("day").filter(holder_came).min()},
    ),
    Feature(
        "budget_holder_missing", "F08", "meetings", RISES, Group.PEOPLE, known_from="I3", needs=3,
        rows=holder_missing, of=when(~holder_came.any()).then(holder_missing.sum()),
    ),
    Feature(
        "seniority_drop", "F09", "levels", RISES, Group.PEOPLE, known_from="I5", needs=5,
        says="d", rows=col("first_seniors") | col("last_seniors"),
        of=col("seniority").filter("first_seniors").max()
        - col("seniority").filter("last_seniors").max(),
    ),
    Feature(
        "only_learning_department", "F20", "people", RISES, Group.PEOPLE, known_from="I2",
        needs=2, rows=col("learning_department"),
        of=when(
            ~col("owner_named").any()
            & (col("learning_department").sum() == col("department_known").sum())
        ).then(col("learning_department").sum()),
        told={"dept": col("department").filter("learning_department").last()},
    ),
    Feature(
        "business_owner_named", "F20", "mentions", FALLS, Group.PEOPLE, known_from="I1",
        says="named", rows=col("owner_named"), told={"date": _day(col("owner_named"))},
    ),
    Feature(
        "roles_engaged", "F21", "roles", FALLS, Group.PEOPLE, known_from="I4", says="r",
        rows=col("present") & col("part").is_not_null(),
        of=col("part").filter(col("present")).drop_nulls().n_unique(),
    ),
    Feature(
        "single_contact", "F21", "interactions", RISES, Group.PEOPLE, known_from="I4", needs=4,
        rows=col("present"),
        of=when(col("contact_id").filter("present").n_unique() == 1).then(met.sum()),
    ),
)  # fmt: skip
MONEY = (
    Feature(
        "budget_unknown", "F06", "interactions", RISES, Group.MONEY, known_from="I4", needs=4,
        rows=met & ~budget_said, of=when(~budget_said.any()).then(met.sum()),
    ),
    Feature(
        "last_known_budget_stage", "F07", "stage", FALLS, Group.MONEY, known_from="I1",
        says="stage", rows=col("last_budget"), of=col("budget").filter(budget_said).last(),
        told={"date": _day(budget_said)},
    ),
    Feature(
        "paid_step", "F24", "answer", FALLS, Group.MONEY, known_from="offer", says="answer",
        rows=col("last_offer") | col("last_answer"), of=_offer_state(),
        told={"date": _day(offered)},
    ),
)  # fmt: skip
TIME = (
    Feature(
        "trips_without_next_step", "F12", "trips", RISES, Group.TIME, known_from="I1", says="k",
        rows=col("trip") & col("no_step"),
        told={"h": col("travel_hours").filter(col("trip") & col("no_step")).sum()},
    ),
    Feature(
        "no_dated_next_step", "F13", "of the last 3", RISES, Group.TIME, known_from="I3", needs=3,
        says="p", rows=col("last_steps"),
        of=when(step_said.sum() >= 3).then((col("last_steps") & col("no_step")).sum()),
        told={"q": col("last_steps").sum()},
    ),
    Feature(
        "slower_replies", "F14", "yes or no", RISES, Group.TIME, known_from="I5", needs=5,
        says="so", rows=first_replies | last_replies,
        of=when(col("latency_known").sum() >= 3).then((
            (_median("latency_days", last_replies) > SLOW_REPLY_DAYS)
            | (
                _median("latency_days", last_replies)
                > 2 * _median("latency_days", first_replies)
            )
        ).cast(pl.Int64)),
        told={
            "d1": _median("latency_days", first_replies),
            "d2": _median("latency_days", last_replies),
        },
    ),
    Feature(
        "silence_after_hand_over", "F15", "working days", RISES, Group.TIME, known_from="event",
        says="d", rows=col("first_unanswered"),
        of=of_lead("as_of_workday") - col("workday").filter("unanswered").min(),
        told={"item": col("kind").filter("first_unanswered").first()},
    ),
    Feature(
        "silence", "F16", "times the usual gap", RISES, Group.TIME, known_from="daily",
        says="times", rows=col("last_heard"),
        of=days(of_lead("as_of") - latest(col("heard"))) / usual_gap_days(),
        told={"d": days(of_lead("as_of") - latest(col("heard"))).floor().cast(pl.Int64)},
    ),
    Feature(
        "process_without_movement", "F17", "steps", RISES, Group.TIME, known_from="I3", needs=3,
        rows=col("since_budget_moved"),
        of=col("kind").filter("since_budget_moved").n_unique()
        + ((col("since_budget_moved") & col("evaluated")).sum() >= 2).cast(pl.UInt32),
        told={"list": col("kind").filter("since_budget_moved").unique(maintain_order=True)},
    ),
    Feature(
        "compelling_event", "F29", "state", FALLS, Group.TIME, known_from="I1", says="state",
        rows=col("last_event"),
        of=when(
            col("due_date").filter("event_said").last() >= of_lead("as_of_day")
        ).then(pl.lit("DATED")),
        told={"date": col("due_date").filter("event_said").last()},
    ),
    Feature(
        "no_compelling_event", "F29", "interactions", RISES, Group.TIME, known_from="I4", needs=4,
        rows=col("last_met"),
        # Silent until the vendor logs such events at all: then their absence says something.
        of=when(~col("event_said").any() & (of_lead("usual_events") > 0)).then(met.sum()),
    ),
)  # fmt: skip
BID = (
    Feature(
        "met_through_the_notice", "F03", "yes or no", RISES, Group.BID, says="so", rows=opened,
        of=when(was_tender).then((~met_before_notice).fill_null(value=True).cast(pl.Int64)),
    ),
    Feature(
        "rivals_without_budget", "F22", "rivals", RISES, Group.BID, known_from="I1",
        rows=col("rivals_named"),
        of=when(~budget_said.any()).then(col("competitors").filter("rivals_named").max()),
    ),
    Feature(
        "incumbent_known", "F22", "mentions", RISES, Group.BID, known_from="I1", says="incumbent",
        rows=col("incumbent_known"),
    ),
    Feature(
        "days_to_prepare", "F23", "days", FALLS, Group.BID, known_from="Q", says="d",
        rows=col("last_bid"), of=col("prep_days").filter("last_bid").first(),
    ),
    Feature(
        "specification_fits_others", "F23", "bids", RISES, Group.BID, known_from="Q",
        says="mismatch", rows=col("last_bid") & (~col("fits_us")).fill_null(value=False),
    ),
    Feature(
        "questions_not_answered", "F23", "bids", RISES, Group.BID, known_from="Q",
        says="unanswered", rows=col("last_bid") & col("questions_open"),
    ),
)  # fmt: skip
CONTEXT = (
    Feature(
        "came_from", "F04", "source", EITHER, says="source", rows=opened,
        of=col("came_from").filter(opened).first(),
    ),
    Feature(
        "account_kind_lean", "F05", "points", EITHER, says="lean", rows=opened, of=kind_lean(),
        told={"type": of_lead("account_kind"), **ENDS_OF_KIND},
    ),
    Feature(
        "own_ai_team", "F26", "yes or no", RISES, says="so", rows=opened,
        of=col("has_ai_team").filter(opened).first().cast(pl.Int64),
    ),
    Feature(
        "leadership_stance", "F27", "stance", EITHER, says="stance",
        rows=col("last_stance"), of=col("value").filter("stance_said").last(),
        told={"date": _day(col("stance_said"))},
    ),
    Feature(
        "earlier_leads_without_order", "F28", "excess share", RISES, says="excess",
        rows=col("earlier_lead") & ~col("earlier_order"), of=account_share(),
        told={
            "a": col("earlier_lead").sum(),
            "b": (col("earlier_lead") & ~col("earlier_order")).sum(),
        },
    ),
    Feature("paid_us_before", "F28", "payments", FALLS, says="paid", rows=col("paid_before")),
)  # fmt: skip
FEATURES = (*ASK, *PEOPLE, *MONEY, *TIME, *BID, *CONTEXT)
