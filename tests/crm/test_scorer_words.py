"""Who is said to score."""

import pytest

from crm.selectors import scorer
from tests.factories import MONDAY, AssessmentFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("version", "is_learned"), [("points-1", False), ("points-1+80ab", True)])
def test_a_trained_version_is_not_passed_off_as_expert_points(version, is_learned):
    stored = AssessmentFactory(scorer_version=version)

    assert stored.is_learned is is_learned
    assert scorer.at(MONDAY).is_learned is is_learned
