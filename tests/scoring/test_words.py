"""Scoring and the ledger use the same codes, and each reason can be said."""

import re
from enum import StrEnum

import polars as pl
import pytest
from django.db import models
from django.db.models.expressions import Combinable, F, When
from django.utils import translation

from crm import reason_texts
from crm.models import (
    Account,
    Ask,
    BudgetStage,
    Contact,
    Interaction,
    Lead,
    LeadFact,
    Mark,
    Outcome,
    Pattern,
    Verdict,
)
from scoring import features, receivable, vocabulary
from scoring.frames import written
from scoring.scorers import INTENT, MONEY, points_of
from scoring.tables import ACCOUNTS, INTENT_TABLES, PEOPLE
from scoring.vocabulary import Source


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (vocabulary.Ask, Ask),
        (vocabulary.Kind, Interaction.Kind),
        (vocabulary.Budget, BudgetStage),
        (vocabulary.CameFrom, Lead.Source),
        (vocabulary.Fact, LeadFact.Kind),
        (vocabulary.Role, Contact.Role),
        (vocabulary.Outcome, Outcome),
        (vocabulary.Verdict, Verdict),
        (vocabulary.Pattern, Pattern),
        (vocabulary.Mark, Mark),
    ],
)
def test_each_word_of_scoring_is_a_code_of_the_ledger(
    ours: type[StrEnum], theirs: type[models.TextChoices]
):
    assert set(ours) <= set(theirs.values)


def test_single_words_are_codes_of_the_ledger_too():
    assert vocabulary.INTEGRATOR in Account.Kind.values
    assert vocabulary.BY_US in LeadFact.Value.values


def test_every_answer_in_the_points_is_a_code_of_the_ledger():
    known = {
        value
        for choices in (Ask, BudgetStage, Lead.Source, LeadFact.Value, Account.Kind)
        for value in choices.values
    }
    known |= {"ASKED", "WITH_OUR_CRITERIA", "REFUSED", "NO_ANSWER", "ACCEPTED", "DATED"}
    answers = {
        each.answer
        for scorer in (INTENT, MONEY)
        for each in points_of(scorer.points).bins
        if each.answer
    }

    assert answers <= known


def is_dated(path: str | Combinable) -> bool:
    """Say whether a column is the dated row's own, not of a table joined to it."""
    if isinstance(path, str):
        return "__" not in path or path.startswith("interaction__")
    if isinstance(path, F):
        return is_dated(path.name)
    if isinstance(path, When):  # its condition may look at the row's own columns only
        columns = [name for name, _value in path.condition.children]
        return all(map(is_dated, columns)) and is_dated(path.result)
    return all(map(is_dated, filter(None, path.get_source_expressions())))


def test_no_column_carries_todays_value_into_the_past():
    for table in INTENT_TABLES:
        for name, path in table.columns.items():
            is_told = is_dated(path) or name in {*PEOPLE.read_as, *ACCOUNTS.read_as}
            assert is_told, f"{name} of {table.source} carries today's value into the past"


def test_the_id_of_a_row_names_its_table():
    row_id = pl.lit((list(Source).index(Source.DELIVERABLE) << 48) | 12)

    assert pl.select(written(row_id)).item() == '"D:12"'


CODES = sorted({each.reason_code for each in (*features.FEATURES, *receivable.FEATURES)})


@pytest.mark.parametrize("code", [code for code in CODES if code != "R16"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_reason_can_be_said(code: str, language: str):
    params = {
        "ask": "BASIC_KNOWLEDGE", "value": 1_860_000, "source": "EVENT", "type": "SOE", "a": 2,
        "b": 3, "n": 4, "stage": "PLANNED", "date": "2026-11-23", "d": 12, "g": 5, "c": 1, "k": 2,
        "h": 11.5, "p": 2, "q": 3, "d1": 1, "d2": 7.5, "item": "SOLUTION_DOC", "author": "US",
        "list": ["EVALUATION", "BID_TALK"], "dept": "创新", "r": 4, "answer": "NO_ANSWER", "m": 12,
        "x": 60_000, "criteria": 1, "deemed": 1, "no": "V-1",
    }  # fmt: skip
    with translation.override(language):
        said = reason_texts.text({"code": code, "points": 4.0, "params": params, "rows": []})

    assert said != code
    assert "%(" not in said
    assert not re.search(r"[A-Z]{2,}_[A-Z]", said)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            {"code": "F08", "params": {"n": 4}},
            "The budget holder has not joined any of 4 meetings.",
        ),
        (
            {"code": "F13", "params": {"p": 0, "q": 3}},
            "Each of the last 3 talks ended with a dated",
        ),
        ({"code": "F13", "params": {"p": 2, "q": 3}}, "2 of the last 3 meetings ended without"),
        ({"code": "F10", "params": {"n": 1}}, "1 round of solution"),
        ({"code": "F12", "params": {"k": 1, "h": 0}}, "1 out-of-town trip without a dated"),
        ({"code": "F12", "params": {"k": 2, "h": 9}}, "2 out-of-town trips, 9 h on the road"),
        ({"code": "F20", "params": {"named": 1}}, "A business owner is named."),
        ({"code": "F23", "params": {"d": 6, "mismatch": 1}}, "Only 6 days between notice and"),
        ({"code": "F23", "params": {"d": 6, "unanswered": 1}}, "deadline. Our questions"),
        ({"code": "F27", "params": {"stance": "MANDATE", "date": "2026-11-23"}}, "a mandate"),
        ({"code": "F28", "params": {"paid": 2}}, "This account paid us before."),
        ({"code": "F02", "params": {"value": 1_860_000}}, "(¥1,860k)"),
        (
            {"code": "N12", "params": {"steps": 0}},
            "None of the talks ended with a dated next step.",
        ),
        ({"code": "N12", "params": {"steps": 40}}, "40% of the talks ended with a dated"),
        ({"code": "R13", "params": {"n": 5, "d": 41}}, "5 invoices 41 days after due date"),
        ({"code": "R13", "params": {"n": 5, "d": -3}}, "5 invoices on time"),
        ({"code": "R15", "params": {"d": 20}}, "We invoiced 20 days after acceptance."),
    ],
)
def test_the_facts_choose_the_sentence(reason: dict[str, object], said: str):
    assert said in reason_texts.text(reason | {"points": 1.0, "rows": []})


def test_at_most_three_reasons_against_and_two_in_favour_lead():
    reasons = [
        {"code": f"F{n:02}", "points": points}
        for n, points in enumerate([2, -4, 10, 6, -8, 8, -1], start=1)
    ]

    assert [reason["points"] for reason in reason_texts.leading(reasons)] == [10, 8, 6, -8, -4]
