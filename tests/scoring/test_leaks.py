"""Fields that know the end are named and left out until a person allows them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.utils import timezone
from polars import col

from crm.models import CustomField, Lead
from scoring import active, field_decisions, leaks, services
from scoring.models import ModelCard, Promotion
from scoring.past import History
from tests.factories import LeadFactory, UserFactory
from tests.scoring.pasts import DAY, START, a_telling_past
from tests.scoring.test_services import run, talks

CUT = START + 900 * DAY


def with_field(history: History, values: pl.Expr, **entered: pl.Expr) -> History:
    leads = history.leads.sort("lead_id")
    states = leads.select("lead_id", known_at="opened_at", cf_x=values)
    when = leads.select("lead_id", cf_x=entered["at"]) if entered else None
    return replace(history, fields=[states], entered=when)


def probe_of(history: History) -> leaks.Probe:
    (found,) = leaks.probes(history, cut=CUT)
    return found


IS_WON = col("outcome") == "WON"


@pytest.mark.parametrize(
    "values",
    [
        pl.when(IS_WON).then(pl.lit("signed")).otherwise(pl.lit("gone")),
        pl.when(IS_WON).then(pl.lit("any")),
        pl.when(IS_WON).then(1_000.0 + col("lead_id")).otherwise(col("lead_id").cast(float)),
        pl.when(IS_WON).then(5.0 + col("lead_id")),
    ],
    ids=["an answer", "being there at all", "a number", "a number being there"],
)
def test_a_field_that_knows_the_end_is_a_leak(values: pl.Expr) -> None:
    found = probe_of(with_field(a_telling_past(200), values))

    assert found.is_leak
    assert found.auc is not None
    assert found.auc > 0.95


@pytest.mark.parametrize(
    "values",
    [
        (col("lead_id") * 7 % 150).cast(pl.String),
        (col("lead_id") * 7 % 13).cast(float),
        pl.lit("same"),
        pl.when(col("lead_id") % 2 == 0).then(pl.lit("x")),
    ],
    ids=["many answers", "numbers", "one answer", "now and then"],
)
def test_noise_is_no_leak_however_many_answers_it_has(values: pl.Expr) -> None:
    found = probe_of(with_field(a_telling_past(200), values))

    assert not found.is_leak
    assert found.auc is not None
    assert found.auc < 0.65


def test_few_leads_prove_nothing() -> None:
    few = with_field(a_telling_past(12), IS_WON.cast(pl.String))

    assert probe_of(few).auc is None
    assert not probe_of(few).is_leak


@pytest.mark.parametrize(("days", "is_leak"), [(1, True), (-1, False)])
def test_a_field_that_is_mostly_entered_after_the_close_is_a_leak(days: int, is_leak: bool) -> None:
    late = pl.when(col("lead_id") % 4 > 0).then(col("closed_at") + days * DAY)
    history = with_field(a_telling_past(80), pl.lit("x"), at=late)

    found = probe_of(history)

    assert found.late == pytest.approx(0.75 if is_leak else 0)
    assert found.is_leak is is_leak


def test_values_that_were_brought_in_say_nothing_of_when_they_were_entered() -> None:
    nobody = pl.lit(None, dtype=pl.Datetime("us", "UTC"))

    assert probe_of(with_field(a_telling_past(80), pl.lit("x"), at=nobody)).late is None


def a_leaky_past(count: int = 60) -> None:
    """Log leads with a budget code that is the end itself, and a region that says a little."""
    CustomField.objects.create(key="code", label="Code", kind="CHOICE", known_from="CREATION")
    CustomField.objects.create(key="region", label="Region", kind="CHOICE", known_from="CREATION")
    rng = np.random.default_rng(0)
    for n in range(count):
        opened = timezone.now() - (40 + 4 * (count - n)) * timedelta(days=1)
        won = n % 3 == 0
        lead = LeadFactory(
            opened_at=opened,
            recorded_at=opened,
            closed_at=opened + timedelta(days=25),
            outcome="WON" if won else "NO_DECISION",
            outcome_recorded_at=opened + timedelta(days=25),
            custom_fields={
                "code": "A1" if won else "none",
                "region": "north" if won != (rng.random() < 0.3) else "south",
            },
        )
        talks(lead, "")


@pytest.fixture
def _own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield
    active._read.cache_clear()


def learned() -> set[str]:
    blend = services.train(target="NO_ORDER", now=timezone.now()).blend
    return {each.feature for each in blend.columns if each.feature.startswith("cf_")}


@pytest.mark.django_db
@pytest.mark.usefixtures("_own_folder")
def test_a_leak_is_left_out_until_a_person_allows_it_and_after_he_takes_it_back() -> None:
    a_leaky_past()
    founder = UserFactory(role="FOUNDER")
    assert learned() == {"cf_region"}
    kept = {row["field"]: row for row in ModelCard.objects.get(target="NO_ORDER").facts["probes"]}
    assert kept["cf_code"]["left_out"]
    assert not kept["cf_region"]["left_out"]

    word = {"key": "code", "by": founder, "reason": "we ask for it first"}
    field_decisions.decide(**word, is_allowed=True, now=timezone.now())
    assert services.train_if_due(target="NO_ORDER", now=timezone.now()) is not None
    assert Lead.objects.open().filter(assessment_due_at=None).count() == 0
    assert learned() == {"cf_code", "cf_region"}

    field_decisions.decide(**word, is_allowed=False, now=timezone.now())
    assert learned() == {"cf_region"}
    assert services.train_if_due(target="NO_ORDER", now=timezone.now()) is None
    assert Promotion.objects.count() == 4


@pytest.mark.django_db
def test_a_backtest_leaves_the_same_field_out_and_names_it() -> None:
    a_leaky_past()

    said = json.loads(run("backtest", "--landmark", "opening", "--json"))

    assert [(row["field"], row["left_out"]) for row in said["fields"]] == [
        ("cf_code", True),
        ("cf_region", False),
    ]
    assert "left out, they look like leaks: code" in run("backtest")
