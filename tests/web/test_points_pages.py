"""The pages of the points: who edits them, what they say before and after, and two at once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import CustomField, Lead, User
from scoring import active, points_edits, points_versions, services, tasks
from scoring.models import PointsDraft, PointsVersion
from scoring.points_cells import cells, numbers
from tests.factories import UserFactory
from tests.scoring.test_points_versions import points_with
from tests.scoring.test_services import a_past, a_running_lead
from tests.web.test_double_taps import AT_ONCE, sent_at_once

pytestmark = pytest.mark.django_db
ORDER, LATE = "NO_ORDER", "LATE_PAYMENT"
APPLIED = "last_known_budget_stage.is.APPLIED"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield
    active._read.cache_clear()


def said(target: str = ORDER, **changes: Any) -> dict[str, Any]:
    """Return what the editor sends when some of its inputs are changed."""
    newest = points_versions.newest(target)
    fields = list(points_versions.with_answers()) if target == ORDER else []
    found = numbers(cells(points_versions.data_of(newest, target), fields))
    shown = {name: f"{value:g}" for name, value in found.items()}
    base = {"base": points_versions.number_of(newest), "reason": "tenders we won"}
    return {**shown, **base, **changes}


def edit(client: Client, card: str = "intent", **changes: Any) -> Any:
    target = ORDER if card == "intent" else LATE
    return client.post(reverse("points-edit", args=[card]), said(target, **changes))


def a_version(by: User, **answers: float) -> PointsVersion:
    now = timezone.now()
    base = points_versions.number_of(points_versions.newest(ORDER))
    kept = points_edits.draft(
        target=ORDER, base=base, data=points_with(**answers), reason="seen twice",
        effective_at=None, by=by, now=now,
    )  # fmt: skip
    return points_edits.save(kept=kept, by=by, now=now)


def text(client: Client, name: str, *args: Any) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_an_edit_is_weighed_before_it_is_saved(client: Client, founder: User) -> None:
    lead = a_running_lead()
    edit(client, **{APPLIED: "20"})
    kept = PointsDraft.objects.get()

    waiting = text(client, "points-draft", kept.pk)
    tasks.preview_points(draft_id=kept.pk)
    ready = text(client, "points-draft", kept.pk)
    client.post(reverse("points-save", args=[kept.pk]))

    assert "are being scored" in waiting
    assert 'hx-trigger="load' in waiting
    assert "Budget stage: Applied for" in ready or "Budget stage" in ready
    assert reverse("lead-detail", args=[lead.pk]) in ready
    assert 'hx-trigger="load' not in ready
    version = PointsVersion.objects.get()
    assert (version.number, version.decided_by, version.reason) == (2, founder, "tenders we won")
    page = text(client, "score-points")
    assert "tenders we won" in page
    assert "−4" in page
    assert "+20" in page
    assert "Undo: back to version 1" in page


def test_the_answer_to_a_poll_is_the_part_alone(client: Client, founder: User) -> None:
    edit(client, **{APPLIED: "20"})
    address = reverse("points-draft", args=[PointsDraft.objects.get().pk])

    part = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<section class="card score-card" id="points-preview"')


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({APPLIED: "21"}, "At most 20"),
        ({APPLIED: "-21"}, "At least −20"),
        ({APPLIED: "nan"}, "Write a whole number."),
        ({APPLIED: "1e9"}, "Write a whole number."),
        ({APPLIED: "2.5"}, "Write a whole number."),
        ({APPLIED: ""}, "Write a number; 0 counts for nothing."),
        ({APPLIED: "9" * 400}, "At most 20"),
        ({APPLIED: "3", "reason": "  "}, "Say why"),
        ({APPLIED: "3", "reason": "x" * 501}, "at most 500"),
        ({APPLIED: "3", "reason": "a\0b"}, "Null characters"),
        ({APPLIED: "3", "effective_at": "2020-01-01T09:00"}, "That moment is over"),
        ({APPLIED: "3", "effective_at": "2199-01-01T09:00"}, "within a year"),
        ({APPLIED: "3", "effective_at": "soon"}, "valid date"),
        ({"unpaid_solution_rounds.from.2.begins": "1"}, "Each step begins above"),
        ({"unpaid_solution_rounds.from.2.begins": "NaN"}, "Enter a number"),
        ({}, "Nothing is changed yet"),
        ({"no.such.cell": "4"}, "Nothing is changed yet"),
    ],
)
def test_what_cannot_be_used_is_said_beside_it_and_nothing_is_kept(
    client: Client, founder: User, changes: dict[str, Any], message: str
) -> None:
    answer = edit(client, **changes)

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not PointsDraft.objects.exists()


def test_a_version_that_never_was_cannot_be_edited(client: Client, founder: User) -> None:
    assert edit(client, **{APPLIED: "3", "base": "77"}).status_code == 404
    assert client.get(reverse("points-edit", args=["nonsense"])).status_code == 404
    assert client.post(reverse("points-return", args=["nonsense", 1])).status_code == 404


def test_the_beginning_of_a_step_moves(client: Client, founder: User) -> None:
    edit(client, **{"unpaid_solution_rounds.from.2.begins": "4"})
    kept = PointsDraft.objects.get()

    assert kept.data["points"]["unpaid_solution_rounds"]["from"] == [[1, 2], [2, 6], [4.0, 10]]
    assert "step begins at" in text(client, "points-draft", kept.pk)


def test_answers_of_own_fields_are_given_points(client: Client, founder: User) -> None:
    CustomField.objects.create(
        key="region", label="Region", kind="CHOICE", known_from="CREATION", choices=["north <b>"]
    )
    CustomField.objects.create(key="urgent", label="Urgent", kind="YES_NO", known_from="LATER")
    CustomField.objects.create(key="remark", label="Remark", kind="TEXT")
    form = text(client, "points-edit", "intent")
    assert "Region: north &lt;b&gt;" in form
    assert "Urgent: yes" in form
    assert "Remark" not in form

    edit(client, **{"own.region.north <b>": "5", "own.urgent.true": "-3"})

    kept = PointsDraft.objects.get()
    assert kept.data["own"] == {"region": {"north <b>": 5.0}, "urgent": {"true": -3.0}}
    client.post(reverse("points-save", args=[kept.pk]))
    assert "Region: north &lt;b&gt;" in text(client, "score-points")


def test_the_second_of_two_sees_both_and_chooses(client: Client, founder: User) -> None:
    edit(client, **{APPLIED: "3"})
    mine = PointsDraft.objects.get()
    other = UserFactory(role=User.Role.FOUNDER, display_name="Zhou Min")
    a_version(other, APPLIED=7.0, NO_BUDGET=1.0)

    answer = client.post(reverse("points-save", args=[mine.pk]))

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Zhou Min saved version 2" in page
    assert "Theirs and yours" in page
    assert "Save as version" not in page
    assert PointsVersion.objects.count() == 1

    client.post(reverse("points-rebase", args=[mine.pk]))
    fresh = PointsDraft.objects.order_by("pk").last()
    assert fresh is not None
    assert fresh.base == 2
    stages = fresh.data["points"]["last_known_budget_stage"]["is"]
    assert (stages["APPLIED"], stages["NO_BUDGET"]) == (3.0, 1.0)
    client.post(reverse("points-save", args=[fresh.pk]))
    assert PointsVersion.objects.count() == 2


def test_a_form_that_was_opened_before_another_version_is_a_conflict_too(
    client: Client, founder: User
) -> None:
    opened = said(**{APPLIED: "3"})
    a_version(founder, NO_BUDGET=1.0)

    client.post(reverse("points-edit", args=["intent"]), opened)

    kept = PointsDraft.objects.get(version=None)
    assert kept.base == 1
    assert kept.data["points"]["last_known_budget_stage"]["is"]["NO_BUDGET"] == 8
    assert "Theirs and yours" in text(client, "points-draft", kept.pk)


def test_to_drop_a_draft_leaves_the_points(client: Client, founder: User) -> None:
    edit(client, **{APPLIED: "3"})

    client.post(reverse("points-drop", args=[PointsDraft.objects.get().pk]))

    assert not PointsDraft.objects.exists()
    assert not PointsVersion.objects.exists()


def test_a_saved_version_can_be_undone_for_a_while(client: Client, founder: User) -> None:
    edit(client, **{APPLIED: "3"})
    client.post(reverse("points-save", args=[PointsDraft.objects.get().pk]))

    client.post(reverse("points-return", args=["intent", 1]))
    page = text(client, "score-points")

    assert "Return to version 1" in page
    assert "Undo: back to version 2" in page
    assert points_versions.card_at(ORDER, as_of=timezone.now()).version == "points-3"
    session = client.session
    session["points_to_undo"] |= {"at": timezone.now().timestamp() - 3_700}
    session.save()
    assert "Undo: back" not in text(client, "score-points")


def test_to_return_to_what_holds_already_changes_nothing(client: Client, founder: User) -> None:
    answer = client.post(reverse("points-return", args=["intent", 1]), follow=True)

    assert "the newest already" in answer.content.decode()
    assert not PointsVersion.objects.exists()


def test_a_planned_version_is_named_and_holds_later(client: Client, founder: User) -> None:
    day = timezone.localtime() + timedelta(days=2)
    edit(client, **{APPLIED: "3", "effective_at": day.strftime("%Y-%m-%dT%H:%M")})
    client.post(reverse("points-save", args=[PointsDraft.objects.get().pk]))

    page = text(client, "score-points")

    assert "planned" in page
    assert "It holds from the day that you chose" in page
    assert "Version 2 is planned from" in text(client, "points-edit", "intent")
    assert points_versions.card_at(ORDER, as_of=timezone.now()).version == "points-1"


def test_points_with_the_wrong_signs_are_said_not_to_work(client: Client, founder: User) -> None:
    a_past(90)
    wrong = {"NO_BUDGET": -8.0, "PILOT_WITHOUT_BUDGET": -4.0, "APPLIED": 4.0, "APPROVED": 10.0}
    a_version(founder, **wrong)

    services.train(target=ORDER, now=timezone.now())

    for name in ("scores", "score-points"):
        assert "The points do not work for you" in text(client, name)
    client.post(reverse("points-return", args=["intent", 1]))
    tasks.train()
    assert "The points do not work for you" not in text(client, "scores")


def test_managers_read_the_versions_and_edit_none(client: Client, founder: User) -> None:
    a_version(founder, APPLIED=3.0)
    client.force_login(UserFactory(role=User.Role.MANAGER))

    for name in ("score-points", "score-late"):
        page = text(client, name)
        assert "Edit points" not in page
        assert "return to this" not in page
    assert "seen twice" in text(client, "score-points")


def test_the_risk_of_late_payment_says_what_it_stands_on(client: Client, founder: User) -> None:
    page = text(client, "score-late")

    assert "no invoice of yours has been paid" in page
    assert "R05" in page
    assert "AUC" not in page
    edit(client, "receivable", **{"back_to_back.from.0": "4"})
    client.post(reverse("points-save", args=[PointsDraft.objects.get().pk]))
    assert "Paid only when a third party pays" in text(client, "score-late")
    assert PointsVersion.objects.get().target == LATE


def test_the_pages_take_as_many_queries_for_many_versions_and_leads(
    client: Client, founder: User, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    a_running_lead()
    a_version(founder, APPLIED=1.0)
    edit(client, **{APPLIED: "20"})
    kept = PointsDraft.objects.get(version=None)
    tasks.preview_points(draft_id=kept.pk)
    text(client, "score-points")
    pages = [("score-points",), ("points-draft", kept.pk), ("points-edit", "intent")]
    before = [count_queries(lambda page=page: text(client, *page)) for page in pages]
    for n in range(5):
        a_running_lead()
        a_version(UserFactory(role=User.Role.FOUNDER), APPLIED=float(n + 2))
    PointsDraft.objects.filter(pk=kept.pk).update(
        computed_at=None, base=points_versions.number_of(points_versions.newest(ORDER))
    )
    tasks.preview_points(draft_id=kept.pk)

    after = [count_queries(lambda page=page: text(client, *page)) for page in pages]

    assert len(PointsDraft.objects.get(pk=kept.pk).preview["rows"]) == Lead.objects.count() == 6
    assert all(then <= first + 1 for first, then in zip(before, after, strict=True))


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_saved_by_impatient_thumbs_is_one_version() -> None:
    by = UserFactory(role=User.Role.FOUNDER)
    kept = points_edits.draft(
        target=ORDER, base=1, data=points_with(APPLIED=3.0), reason="seen twice",
        effective_at=None, by=by, now=timezone.now(),
    )  # fmt: skip

    codes = sent_at_once(by, reverse("points-save", args=[kept.pk]), {})

    assert codes == [302] * AT_ONCE
    assert PointsVersion.objects.count() == 1
