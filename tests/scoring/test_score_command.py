"""manage.py score."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from crm.models import Assessment, Outcome
from tests.factories import MONDAY, InteractionFactory, LeadFactory

pytestmark = pytest.mark.django_db


def output(*arguments: str) -> str:
    out = io.StringIO()
    call_command("score", *arguments, stdout=out)
    return out.getvalue()


def test_a_date_means_the_end_of_that_day_and_takes_in_leads_closed_since():
    lead = LeadFactory(
        closed_at=MONDAY, outcome=Outcome.LOST, outcome_recorded_at=MONDAY,
    )  # fmt: skip
    InteractionFactory.create_batch(3, lead=lead, happened_at=MONDAY - timedelta(days=20))

    said = output("--as-of", f"{MONDAY - timedelta(days=3):%Y-%m-%d}")

    assert "Scored 1 lead" in said
    moment = Assessment.objects.get().as_of.astimezone(MONDAY.tzinfo)
    assert (moment.hour, moment.minute) == (15, 59)  # midnight in Shanghai


def test_json_names_each_lead_by_its_ledger_id_with_chance_and_reasons():
    lead = LeadFactory(first_ask="BASIC_KNOWLEDGE")
    InteractionFactory.create_batch(3, lead=lead)

    said = json.loads(output("--as-of", f"{MONDAY:%Y-%m-%d}", "--json"))

    found = said["leads"][0]
    assert found["lead"] == lead.ledger_id
    assert 0 < found["low"] <= found["order_chance"] <= found["high"] < 1
    assert found["usual_order_rate"] == pytest.approx(0.2)
    assert found["reasons"][0]["rows"]


@pytest.mark.parametrize(
    ("date", "advice"),
    [("23.11.2026", "Write it as YYYY-MM-DD"), ("2999-01-01", "lies ahead")],
)
def test_a_date_that_cannot_be_meant_is_refused_with_what_to_write(date, advice):
    with pytest.raises(CommandError, match=advice) as refused:
        output("--as-of", date)

    assert refused.value.returncode == 2


def test_an_empty_ledger_is_no_error():
    assert "Scored 0 leads" in output()
