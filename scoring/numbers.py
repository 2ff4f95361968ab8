"""What only the learned part reads.

Numbers are shares and middles, never how much was done. Experience gives them no points; which
way the risk goes is all that it expects of them. Answers are a fact of the lead that never moves.
"""

import polars as pl
from polars import Expr, col, when

from scoring.feature import Feature, Group, Risk, days, of_lead
from scoring.features import ENDS_OF_KIND
from scoring.vocabulary import LEARNING_ASKS, Ask, Kind

RISES, FALLS, EITHER = Risk.RISES, Risk.FALLS, Risk.EITHER
FEW, SOME = 2, 3

met = col("met")
asked = met & col("asks").is_not_null()


def _share(rows: Expr, among: Expr) -> Expr:
    """Return the share of rows among those of which it is known, in per cent."""
    return when(among.any()).then((100 * (rows & among).sum() / among.sum()).round())


def _asks(*asks: Ask) -> Expr:
    return pl.any_horizontal(col("asks").list.contains(ask).fill_null(value=False) for ask in asks)


def _mean(column: str, rows: Expr) -> Expr:
    return col(column).filter(rows).mean()


ASKS = (
    Feature(
        "learning_share", "N01", "%", RISES, Group.ASK, known_from="I2", needs=FEW,
        says="learning", rows=asked & _asks(*LEARNING_ASKS),
        of=_share(_asks(*LEARNING_ASKS), asked),
    ),
    Feature(
        "solution_share", "N02", "%", RISES, Group.ASK, known_from="I2", needs=FEW,
        says="solutions", rows=asked & _asks(Ask.SOLUTION_DOC, Ask.TECH_SELECTION),
        of=_share(_asks(Ask.SOLUTION_DOC, Ask.TECH_SELECTION), asked),
    ),
    Feature(
        "quotation_share", "N03", "%", EITHER, Group.ASK, known_from="I2", needs=FEW,
        says="quotations", rows=asked & _asks(Ask.QUOTATION),
        of=_share(_asks(Ask.QUOTATION), asked),
    ),
    Feature(
        "gave_share", "N04", "%", FALLS, Group.ASK, known_from="I2", needs=FEW,
        says="gave", rows=col("gave"),
        of=_share(col("gave"), met & col("gave_count").is_not_null()),
    ),
)  # fmt: skip
PEOPLE = (
    Feature(
        "holder_share", "N05", "%", FALLS, Group.PEOPLE, known_from="I2", needs=FEW,
        says="holder", rows=col("holder_came"),
        of=_share(col("holder_came"), col("holder_came") | col("holder_missing")),
    ),
    Feature(
        "seniority_mean", "N06", "level", EITHER, Group.PEOPLE, known_from="I2", needs=FEW,
        says="level", rows=col("senior_known"), of=_mean("seniority", col("senior_known")),
    ),
)  # fmt: skip
MONEY = (
    Feature(
        "budget_mean", "N07", "step", FALLS, Group.MONEY, known_from="I1",
        says="step", rows=col("budget_said"),
        of=_mean("budget_step", col("budget_said")),
    ),
    Feature(
        "budget_said_share", "N08", "%", FALLS, Group.MONEY, known_from="I2", needs=FEW,
        says="said", rows=col("budget_said") & met, of=_share(col("budget_said") & met, met),
    ),
)  # fmt: skip
TIME = (
    Feature(
        "reply_days", "N09", "days", RISES, Group.TIME, known_from="I2", needs=FEW,
        says="reply", rows=col("latency_known"),
        of=col("latency_days").filter("latency_known").median(),
    ),
    Feature(
        "days_between", "N10", "days", RISES, Group.TIME, known_from="I3", needs=SOME,
        says="gap", rows=met,
        of=days(col("happened_at").filter(met).max() - col("happened_at").filter(met).min())
        / (met.sum() - 1),
    ),
    Feature(
        "client_began_share", "N11", "%", EITHER, Group.TIME, known_from="I2", needs=FEW,
        says="began", rows=col("client_spoke"),
        of=_share(col("client_spoke"), met & col("by_client").is_not_null()),
    ),
    Feature(
        "next_step_share", "N12", "%", FALLS, Group.TIME, known_from="I2", needs=FEW,
        says="steps", rows=col("step_said"),
        of=_share(~col("no_step"), col("step_said")),
    ),
    Feature(
        "process_share", "N13", "%", EITHER, Group.TIME, known_from="I2", needs=FEW,
        says="process", rows=col("process_step"), of=_share(col("process_step"), met),
    ),
    Feature(
        "negotiation_share", "N14", "%", FALLS, Group.TIME, known_from="I2", needs=FEW,
        says="talks", rows=met & (col("kind") == Kind.NEGOTIATION),
        of=_share(col("kind") == Kind.NEGOTIATION, met),
    ),
)  # fmt: skip
BID = (
    Feature(
        "rivals_mean", "N15", "rivals", RISES, Group.BID, known_from="I1",
        says="rivals", rows=met & col("competitors").is_not_null(),
        of=_mean("competitors", met),
    ),
)  # fmt: skip
NUMBERS = (*ASKS, *PEOPLE, *MONEY, *TIME, *BID)
# Which kind of account: it shares the reason of its points, F05, and is no signal of a verdict.
ACCOUNT_KIND = Feature(
    "account_kind_own", "F05", "kind", EITHER, says="type", rows=col("opened"),
    of=of_lead("account_kind").replace("", None), told=ENDS_OF_KIND,
)  # fmt: skip
