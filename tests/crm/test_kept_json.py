"""JSON that is kept as text."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from crm.models import Assessment
from crm.services import assessments
from crm.services.assessments import Score
from crm.services.columns import JsonText
from tests.factories import AssessmentFactory, LeadFactory

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
REASONS = [{"code": "F01", "points": 1 / 3, "params": {"部门": "创新"}, "rows": ["L:1"]}]


def test_it_comes_back_as_it_was_given(db):
    lead = LeadFactory()
    one = AssessmentFactory(lead=lead, reasons=REASONS)
    text = JsonText('[{"code": "F01", "points": 0.1}]')

    assessments.record(
        [Score(lead.pk, "NO_ORDER", 0.2, "points-1", reasons=text)], as_of=NOW, now=NOW
    )

    assert Assessment.objects.get(pk=one.pk).reasons == REASONS
    stored = Assessment.objects.exclude(pk=one.pk).get()
    assert (stored.reasons, stored.what_if) == ([{"code": "F01", "points": 0.1}], [])


@pytest.mark.parametrize("name", ["reasons", "what_if"])
def test_its_column_is_text_in_every_database(name):
    assert Assessment._meta.get_field(name).db_type(connection) == "text"
