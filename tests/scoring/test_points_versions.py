"""Versions of the points: which holds when, what they do to scores and to what was learned."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.models import Assessment, CustomField, Lead, Target, User
from scoring import active, points_edits, points_versions, previews, runs, services, tasks
from scoring.models import PointsDraft, PointsVersion, Promotion
from scoring.points_edits import NothingToReturnTo, PointsAreOthers
from tests.factories import LeadFactory, UserFactory
from tests.scoring.test_services import a_past, a_running_lead, assessment_of, talks

pytestmark = pytest.mark.django_db
ORDER, LATE = Target.NO_ORDER.value, Target.LATE_PAYMENT.value


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield
    active._read.cache_clear()


@pytest.fixture
def founder() -> User:
    return UserFactory(role=User.Role.FOUNDER)


def points_with(target: str = ORDER, **answers: float) -> dict[str, Any]:
    """Return the newest points with other worth for some budget stages."""
    data = deepcopy(points_versions.data_of(points_versions.newest(target), target))
    data["points"]["last_known_budget_stage"]["is"] |= answers
    return data


def a_draft(by: User, **facts: Any) -> PointsDraft:
    known: dict[str, Any] = {
        "target": ORDER,
        "base": points_versions.number_of(points_versions.newest(ORDER)),
        "data": points_with(APPLIED=9.0),
        "reason": "applications came to nothing",
        "effective_at": None,
        "now": timezone.now(),
    }
    return points_edits.draft(by=by, **{**known, **facts})


def saved(by: User, **facts: Any) -> PointsVersion:
    now = facts.pop("saved_at", timezone.now())
    return points_edits.save(kept=a_draft(by, **facts), by=by, now=now)


def budget_points(scored: Assessment) -> float:
    found: float = next(each["points"] for each in scored.reasons if each["code"] == "F07")
    return found


def scored_at(lead: Lead, as_of: Any) -> Assessment:
    for _ in runs.score([lead.pk], as_of=as_of, now=timezone.now()):
        pass
    return Assessment.objects.filter(lead=lead, target=ORDER, as_of=as_of).get()


def test_a_version_scores_from_its_saving_on_and_carries_its_name(founder: User) -> None:
    lead = a_running_lead()
    before = assessment_of(lead)

    saved(founder)
    after = assessment_of(lead)

    assert (before.scorer_version, budget_points(before)) == ("points-1", -4)
    assert (after.scorer_version, budget_points(after)) == ("points-2", 9)
    before.refresh_from_db()
    assert before.scorer_version == "points-1"


def test_a_score_of_a_past_day_uses_no_later_points(founder: User) -> None:
    lead = a_running_lead()
    saved(founder)

    then = scored_at(lead, timezone.now() - timedelta(days=2))

    assert (then.scorer_version, budget_points(then)) == ("points-1", -4)


def test_points_for_a_later_day_wait_for_it_and_then_mark_the_leads(founder: User) -> None:
    lead, tomorrow = a_running_lead(), timezone.now() + timedelta(days=1)
    version = saved(founder, effective_at=tomorrow)
    Lead.objects.update(assessment_due_at=None)

    assert assessment_of(lead).scorer_version == "points-1"
    assert points_edits.apply_due(now=timezone.now()) == 0
    assert version.applied_at is None

    assert points_edits.apply_due(now=tomorrow) == 1
    assert points_edits.apply_due(now=tomorrow) == 0
    lead.refresh_from_db()
    assert lead.assessment_due_at == tomorrow
    assert points_versions.card_at(ORDER, as_of=tomorrow).version == "points-2"


def test_the_newest_version_takes_the_place_of_a_planned_one(founder: User) -> None:
    later = timezone.now() + timedelta(days=3)
    saved(founder, effective_at=later)
    saved(founder, data=points_with(APPLIED=2.0))

    assert points_versions.card_at(ORDER, as_of=timezone.now()).version == "points-3"
    assert points_versions.card_at(ORDER, as_of=later).version == "points-3"


def test_a_version_is_never_made_for_a_day_before_it(founder: User) -> None:
    yesterday = timezone.now() - timedelta(days=1)

    assert saved(founder, effective_at=yesterday).effective_at > yesterday
    with pytest.raises(IntegrityError), transaction.atomic():
        PointsVersion.objects.update(effective_at=yesterday)


def test_a_version_says_why(founder: User) -> None:
    saved(founder)

    with pytest.raises(IntegrityError), transaction.atomic():
        PointsVersion.objects.update(reason="")


def test_a_draft_is_saved_once_however_often_it_is_sent(founder: User) -> None:
    kept = a_draft(founder)
    first = points_edits.save(kept=kept, by=founder, now=timezone.now())

    assert points_edits.save(kept=kept, by=founder, now=timezone.now()) == first
    assert PointsVersion.objects.count() == 1


def test_of_two_drafts_of_one_version_the_second_is_not_saved(founder: User) -> None:
    mine, theirs = a_draft(founder), a_draft(UserFactory(role=User.Role.FOUNDER))
    points_edits.save(kept=theirs, by=theirs.created_by, now=timezone.now())

    with pytest.raises(PointsAreOthers):
        points_edits.save(kept=mine, by=founder, now=timezone.now())

    assert PointsVersion.objects.count() == 1


def test_to_return_is_a_version_of_its_own_and_happens_once(founder: User) -> None:
    saved(founder)

    back = points_edits.return_to(target=ORDER, number=1, by=founder, now=timezone.now())

    assert (back.number, back.returns_to, back.decided_by) == (3, 1, founder)
    assert points_versions.card_at(ORDER, as_of=timezone.now()).version == "points-3"
    assert budget_points(assessment_of(a_running_lead())) == -4
    for number in (1, 3, 99):
        with pytest.raises(NothingToReturnTo):
            points_edits.return_to(target=ORDER, number=number, by=founder, now=timezone.now())


def test_other_points_call_for_a_training_that_leans_on_them(founder: User) -> None:
    a_past()
    lead = a_running_lead()
    services.train(target=ORDER, now=timezone.now())
    learned = assessment_of(lead)
    saved(founder)
    at_once = assessment_of(lead)
    Lead.objects.update(assessment_due_at=None)

    tasks.train()
    tasks.train()

    assert learned.scorer_version.startswith("points-1+")
    assert at_once.scorer_version == learned.scorer_version.replace("points-1", "points-2")
    latest, first = Promotion.objects.filter(target=ORDER)
    assert (first.numbers["points_version"], latest.numbers["points_version"]) == (
        "points-1",
        "points-2",
    )
    lead.refresh_from_db()
    assert lead.assessment_due_at is not None
    assert assessment_of(lead).scorer_version == latest.model.version


def test_a_preview_says_what_the_scores_become(founder: User) -> None:
    lead = a_running_lead()
    kept = a_draft(founder, data=points_with(APPLIED=20.0))

    tasks.preview_points(draft_id=kept.pk)

    kept.refresh_from_db()
    row = next(each for each in kept.preview["rows"] if each["lead"] == lead.pk)
    before = assessment_of(lead)
    assert row["was"]["chance"] == pytest.approx(1 - before.probability)
    points_edits.save(kept=kept, by=founder, now=timezone.now())
    after = assessment_of(lead)
    assert row["becomes"]["chance"] == pytest.approx(1 - after.probability)
    assert row["becomes"]["level"] == after.verdict
    assert PointsVersion.objects.get().preview == kept.preview


def test_a_preview_says_what_a_training_beside_the_points_would(founder: User) -> None:
    a_past()
    lead = a_running_lead()
    services.train(target=ORDER, now=timezone.now())
    kept = a_draft(founder, data=points_with(APPLIED=-20.0, NO_BUDGET=-5.0))

    previews.compute(draft_id=kept.pk, now=timezone.now())
    kept.refresh_from_db()
    points_edits.save(kept=kept, by=founder, now=timezone.now())
    tasks.train()

    row = next(each for each in kept.preview["rows"] if each["lead"] == lead.pk)
    after = assessment_of(lead)
    assert kept.preview["learned"]["is_used"]
    assert row["becomes"]["chance"] == pytest.approx(1 - after.probability, abs=1e-4)


def test_a_preview_is_computed_once_and_a_draft_that_is_gone_is_left_alone(founder: User) -> None:
    kept = a_draft(founder)
    tasks.preview_points(draft_id=kept.pk)
    PointsDraft.objects.update(preview={"leads": -1})

    tasks.preview_points(draft_id=kept.pk)
    tasks.preview_points(draft_id=987_654)

    kept.refresh_from_db()
    assert kept.preview == {"leads": -1}


def test_old_drafts_go_and_saved_ones_stay(founder: User) -> None:
    long_ago = timezone.now() - timedelta(days=8)
    forgotten, used = a_draft(founder, now=long_ago), a_draft(founder, now=long_ago)
    points_edits.save(kept=used, by=founder, now=timezone.now())

    a_draft(founder)

    assert not PointsDraft.objects.filter(pk=forgotten.pk).exists()
    assert PointsDraft.objects.filter(pk=used.pk).exists()


def test_a_signal_that_came_with_a_later_release_has_its_shipped_points(founder: User) -> None:
    data = points_with()
    del data["points"]["own_ai_team"]
    data["points"]["no_such_signal"] = {"from": [[1, 5]]}

    saved(founder, data=data)

    card = points_versions.card_at(ORDER, as_of=timezone.now())
    assert "own_ai_team" in card.features
    assert "no_such_signal" not in card.features


def test_answers_of_own_fields_are_worth_points_while_the_field_is_there(founder: User) -> None:
    field = CustomField.objects.create(
        key="region", label="Region", kind="CHOICE", known_from="CREATION", choices=["north"]
    )
    own = {"own": {"region": {"north": 6.0}, "gone": {"x": 3.0}}}
    kept, now = a_draft(founder, data=points_with() | own), timezone.now()

    north, south = (
        LeadFactory(opened_at=now - timedelta(days=20), custom_fields={"region": region})
        for region in ("north", "south")
    )
    for lead in (north, south):
        talks(lead, "APPLIED")
    previews.compute(draft_id=kept.pk, now=now)
    kept.refresh_from_db()
    assert [row["lead"] for row in kept.preview["rows"]] == [north.pk]
    points_edits.save(kept=kept, by=founder, now=now)
    bins = [
        each for each in points_versions.card_at(ORDER, as_of=now).bins if "cf_" in each.feature
    ]
    assert [(each.feature, each.answer, each.points) for each in bins] == [
        ("cf_region", "north", 6)
    ]
    with_points, without = assessment_of(north), assessment_of(south)
    assert with_points.points == pytest.approx(without.points + 6)
    assert any(reason["points"] == 6 for reason in with_points.reasons)
    assert sum(each["points"] for each in with_points.reasons) == pytest.approx(with_points.points)

    field.kind = CustomField.Kind.NUMBER
    field.save()
    card = points_versions.card_at(ORDER, as_of=now)
    assert not any(name.startswith("cf_") for name in card.features)


def test_receivable_points_have_versions_of_their_own(founder: User) -> None:
    data = points_versions.shipped(LATE)
    data["points"]["back_to_back"] = {"from": [[1, 4]]}
    kept = a_draft(founder, target=LATE, base=1, data=data)

    previews.compute(draft_id=kept.pk, now=timezone.now())
    points_edits.save(kept=kept, by=founder, now=timezone.now())

    assert points_versions.card_at(LATE, as_of=timezone.now()).version == "receivable-2"
    assert points_versions.card_at(ORDER, as_of=timezone.now()).version == "points-1"
