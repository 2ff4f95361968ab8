"""Own fields in live scores: learned, explained, foreseen, and harmless when they are gone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from crm.models import Assessment, CustomField, Lead
from crm.reason_texts import text
from crm.services import leads
from scoring import active, lessons, own_past, past, points_versions, runs, services
from scoring.models import Promotion
from tests.factories import LeadFactory
from tests.scoring.test_services import talks

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    yield
    active._read.cache_clear()


def field(key: str, kind: str, **facts: Any) -> CustomField:
    facts = {"label": key.title(), "known_from": "CREATION", **facts}
    return CustomField.objects.create(key=key, kind=kind, **facts)


def a_past(count: int = 60) -> None:
    """Log leads of which the region, the size and the plan say something of how they end."""
    field("region", "CHOICE", label="<b>Region</b> 100%")
    field("size", "NUMBER")
    field("due", "DATE")
    field("vip", "YES_NO", label="VIP")
    for n in range(count):
        opened = timezone.now() - (40 + 4 * (count - n)) * DAY
        won, odd = n % 3 == 0, n % 7 == 0
        lead = LeadFactory(
            opened_at=opened,
            recorded_at=opened,
            closed_at=opened + 25 * DAY,
            outcome="WON" if won else "NO_DECISION",
            outcome_recorded_at=opened + 25 * DAY,
            custom_fields={
                "region": "north" if won != odd else "south",
                "size": float(n % 20 + 10 * won),
                "due": f"2027-01-{n % 28 + 1:02}",
                **({"vip": won != (n % 4 == 0)} if n % 5 else {}),
            },
        )
        talks(lead, "")


def a_running_lead(**values: Any) -> Lead:
    opened = timezone.now() - 20 * DAY
    lead = LeadFactory(opened_at=opened, recorded_at=opened, custom_fields=values)
    talks(lead, "")
    return lead


def said_of(lead: Lead) -> Assessment:
    now = timezone.now()
    for _ in runs.score([lead.pk], as_of=now, now=now):
        pass
    return Assessment.objects.filter(lead=lead, target="NO_ORDER").latest("as_of", "pk")


def reasons_of(lead: Lead) -> dict[str, Any]:
    return {reason["code"]: reason for reason in said_of(lead).reasons}


@pytest.fixture
def trained() -> Promotion:
    a_past()
    return services.train(target="NO_ORDER", now=timezone.now()).promotion


@pytest.mark.usefixtures("trained")
def test_a_live_score_reads_own_fields_and_its_points_add_up():
    north, south = (
        a_running_lead(region=each, size=12.0, due="2027-01-15", vip=True)
        for each in ("north", "south")
    )

    said, other = said_of(north), said_of(south)

    assert said.probability < other.probability
    assert sum(reason["points"] for reason in said.reasons) == pytest.approx(said.points)
    worth = {reason["code"]: reason["points"] for reason in said.reasons}
    assert worth["cf_region"] < 0 < reasons_of(south)["cf_region"]["points"]


@pytest.mark.usefixtures("trained")
def test_a_live_score_says_what_the_training_would_say_of_the_same_lead():
    lead = a_running_lead(region="north", size=12.0, due="2027-01-15")
    now = timezone.now()

    said = said_of(lead)

    learned = active.in_use("NO_ORDER", as_of=now)
    history = own_past.read(now)
    row = history.leads.filter(lead_id=lead.pk).select("lead_id", as_of="opened_at")
    values = past.values_at(history, past.running_at(history, row.with_columns(as_of=now)))
    base = values.get_column("base_rate").to_numpy()
    card = points_versions.card_at("NO_ORDER", as_of=now)
    assert learned
    chance = learned.blend.chance(values, card, base_rate=base)[0]
    assert said.probability == pytest.approx(chance, abs=0.02)  # the usual rate is of the month
    names = {column.feature for column in learned.blend.columns}
    assert {"cf_region", "cf_size", "cf_due", "cf_vip"} <= names


@pytest.mark.usefixtures("trained")
def test_reasons_name_the_field_what_was_said_and_how_many_it_was_learned_of():
    lead = a_running_lead(region="north", size=29.0, due="2027-01-15", vip=False)

    said = {code: text(reason) for code, reason in reasons_of(lead).items()}

    learned = lessons.learn(
        target="NO_ORDER",
        card=points_versions.card_at("NO_ORDER", as_of=timezone.now()),
        now=timezone.now(),
    )
    count = {each.answer: each.n for each in learned.blend.columns if "region" in each.feature}
    assert said["cf_region"] == f"<b>Region</b> 100%: north, as in {count['north']} closed leads."
    assert said["cf_size"] == "Size: 29, among the highest third of 60 closed leads."
    assert said["cf_due"] == "Due: 15 Jan 2027, in the middle third of 60 closed leads."
    assert said["cf_vip"].startswith("VIP: no, as in ")
    with translation.override("zh-hans"):
        assert "北" not in text(reasons_of(lead)["cf_region"])


@pytest.mark.usefixtures("trained")
def test_what_is_not_stated_is_said_so_and_an_answer_never_seen_adds_nothing():
    silent = reasons_of(a_running_lead(region="mars"))

    assert "cf_region" not in silent
    assert text(silent["cf_vip"]) == "VIP: not stated, as in 12 closed leads."


@pytest.mark.usefixtures("trained")
def test_a_changed_value_calls_for_a_new_score():
    lead = a_running_lead(region="north")
    before = said_of(lead)

    leads.edit(
        lead=lead, version=lead.version, now=timezone.now(), custom_fields={"region": "south"}
    )

    lead.refresh_from_db()
    assert lead.assessment_due_at is not None
    assert said_of(lead).probability > before.probability


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("change", ["deleted", "another kind"])
def test_a_field_that_is_gone_or_of_another_kind_counts_for_nothing(change: str):
    lead = a_running_lead(region="north", size=12.0)
    assert "cf_region" in reasons_of(lead)

    if change == "deleted":
        CustomField.objects.filter(key="region").delete()
    else:
        CustomField.objects.filter(key="region").update(kind="NUMBER")

    said = said_of(lead)
    assert "cf_region" not in {reason["code"] for reason in said.reasons}
    assert "cf_size" in {reason["code"] for reason in said.reasons}
    assert sum(reason["points"] for reason in said.reasons) == pytest.approx(said.points)


@pytest.mark.usefixtures("trained")
def test_all_fields_gone_leave_the_rest_of_the_score():
    lead = a_running_lead(region="north")
    CustomField.objects.all().delete()

    assert not any(code.startswith("cf_") for code in reasons_of(lead))


@pytest.mark.usefixtures("trained")
def test_a_renamed_field_goes_on_under_its_new_name():
    CustomField.objects.filter(key="size").update(label="Staff")

    assert text(reasons_of(a_running_lead(size=2.0))["cf_size"]).startswith("Staff: 2, among")


@pytest.mark.usefixtures("trained")
def test_what_if_equals_the_score_once_the_fact_is_logged():
    lead = a_running_lead(region="south", size=5.0)
    foreseen = {each["code"]: each for each in said_of(lead).what_if}["BUDGET_APPROVED"]

    leads.log_interaction(
        lead=lead,
        kind="CALL",
        happened_at=timezone.now(),
        now=timezone.now(),
        author=None,
        initiated_by="US",
        budget_stage="APPROVED",
    )

    assert said_of(lead).probability == pytest.approx(foreseen["probability"], abs=1e-4)


def test_what_is_entered_after_the_moment_or_the_close_changes_no_score():
    field("tags", "CHOICE", known_from="LATER")
    a_past()
    lead, now = a_running_lead(region="north"), timezone.now()
    first = services.train(target="NO_ORDER", now=now).blend
    closed = Lead.objects.exclude(outcome="").order_by("pk")

    for each in closed[::3]:
        each.custom_fields |= {"region": "mars", "size": 99.0, "tags": each.outcome}
        each.save()

    again = services.train(target="NO_ORDER", now=timezone.now()).blend
    assert (again.columns, again.coefficients) == (first.columns, first.coefficients)
    assert "cf_tags" not in reasons_of(lead)
