"""Who is said to score."""

import pytest

from crm import scorer_words
from crm.selectors import scorer
from tests.factories import MONDAY, AssessmentFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("version", "is_learned"), [("points-1", False), ("points-1+80ab", True)])
def test_a_trained_version_is_not_passed_off_as_expert_points(version, is_learned):
    stored = AssessmentFactory(scorer_version=version)

    assert stored.is_learned is is_learned
    assert scorer.at(MONDAY).is_learned is is_learned


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("points-1", "points version 1"),
        ("receivable-3", "points version 3"),
        ("points-2+80aba0ab", "points version 2, learned version 80aba0ab"),
        ("of another make", "of another make"),
    ],
)
def test_who_scored_is_said_in_words(version, words):
    assert scorer_words.version(version) == words
