"""What a change of many leads promises."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Decision, Firm, Lead, Outcome, StageChange, Tag, Undoable, User
from crm.services import bulk
from crm.services import leads as lead_service
from tests.factories import LeadFactory, UserFactory
from tests.web.test_lead_list import titles

pytestmark = pytest.mark.django_db
BULK = reverse("lead-bulk")
REASON = "the board meets in the new year"


def undo(client):
    """Take the latest change back, as the button on the next page does."""
    return client.post(reverse("lead-bulk-undo", args=[Undoable.objects.latest("pk").pk]))


def test_the_first_step_asks_and_changes_nothing(client, founder):
    leads = [LeadFactory(title=f"one {n}") for n in range(3)]

    page = client.post(BULK, {"action": "STAGE", "lead": [lead.pk for lead in leads[:2]]})

    text = page.content.decode()
    assert page.status_code == 200
    assert "Stage: 2 leads" in text
    assert "one 1" in text
    assert "one 2" not in text
    assert not Undoable.objects.exists()


def test_leads_change_hands_and_come_back(client, founder):
    old, new = UserFactory(), UserFactory()
    leads = [LeadFactory(owner=old) for _ in range(3)]
    asked = {"action": "ASSIGN", "go": "1", "lead": [lead.pk for lead in leads], "owner": new.pk}

    client.post(BULK, asked)
    assert set(Lead.objects.values_list("owner", flat=True)) == {new.pk}
    told = leads[0].history.first()
    assert (told.owner_id, told.history_user_id) == (new.pk, founder.pk)

    undo(client)
    assert set(Lead.objects.values_list("owner", flat=True)) == {old.pk}
    assert leads[0].history.first().owner_id == old.pk


def test_an_undo_names_the_lead_that_somebody_edited_since_and_keeps_the_edit(client, founder):
    old, new = UserFactory(), UserFactory()
    edited, quiet = LeadFactory(owner=old, title="edited since"), LeadFactory(owner=old)
    asked = {"action": "ASSIGN", "go": "1", "lead": [edited.pk, quiet.pk], "owner": new.pk}
    client.post(BULK, asked)
    edited.refresh_from_db()
    lead_service.edit(
        lead=edited, version=edited.version, now=timezone.now(), title="edited since", owner=new
    )

    undo(client)
    text = client.get(reverse("lead-list")).content.decode()

    assert Lead.objects.get(pk=edited.pk).owner == new
    assert Lead.objects.get(pk=quiet.pk).owner == old
    assert "1 lead is as it was." in text
    assert "1 was edited since and keeps the edit" in text


def test_a_move_writes_a_dated_row_for_each_lead_and_an_undo_puts_them_away(client, founder):
    runs, over = LeadFactory(stage="NEW"), LeadFactory(stage="NEW", closed_at=timezone.now())
    client.post(
        BULK, {"action": "STAGE", "go": "1", "lead": [runs.pk, over.pk], "to_stage": "QUALIFIED"}
    )
    text = client.get(reverse("lead-list")).content.decode()

    assert "1 lead moved." in text
    assert "1 was closed already" in text
    assert [change.lead_id for change in StageChange.objects.current()] == [runs.pk]

    undo(client)
    runs.refresh_from_db()
    assert runs.stage == "NEW"
    assert not StageChange.objects.current().exists()


def test_tags_are_added_found_and_taken_off_again(client, founder):
    tagged = LeadFactory(title="tagged")
    LeadFactory(title="plain")
    Tag.objects.create(name="Q4")

    client.post(BULK, {"action": "TAG", "go": "1", "lead": [tagged.pk], "new": "q4, 国企，Q4"})
    assert sorted(tagged.tags.values_list("name", flat=True)) == ["Q4", "国企"]
    page = client.get(reverse("lead-list"), {"tag": Tag.objects.get(name="国企").pk})
    assert titles(page) == ["tagged"]

    undo(client)
    assert not tagged.tags.exists()


def test_a_snooze_is_a_decision_and_can_be_taken_back(client, founder):
    leads = [LeadFactory() for _ in range(2)]
    until = timezone.localdate() + timedelta(days=20)
    asked = {"action": "SNOOZE", "go": "1", "lead": [lead.pk for lead in leads]}

    client.post(BULK, asked | {"until": until.isoformat(), "reason": REASON})
    assert {row.kind for row in Decision.objects.all()} == {Decision.Kind.PAUSE}
    assert set(Lead.objects.values_list("decide_by_date", flat=True)) == {until}

    undo(client)
    assert set(Lead.objects.values_list("decide_by_date", flat=True)) == {None}


def test_a_snooze_without_a_why_says_so_and_changes_nothing(client, founder):
    lead = LeadFactory()
    until = timezone.localdate() + timedelta(days=20)

    page = client.post(
        BULK,
        {"action": "SNOOZE", "go": "1", "lead": lead.pk, "until": until.isoformat(), "reason": "x"},
    )

    assert page.status_code == 422
    assert "Say why" in page.content.decode()
    assert not Decision.objects.exists()


def test_leads_are_closed_by_a_named_person_and_open_again(client, founder):
    lead = LeadFactory()
    asked = {"action": "CLOSE", "go": "1", "lead": lead.pk}

    client.post(BULK, asked | {"outcome": "NO_DECISION", "is_guess": "guess", "lesson": "slow"})
    lead.refresh_from_db()
    assert (lead.outcome, lead.outcome_by, lead.outcome_is_guess) == (
        Outcome.NO_DECISION,
        founder,
        True,
    )

    undo(client)
    lead.refresh_from_db()
    assert (lead.closed_at, lead.outcome, lead.outcome_by, lead.outcome_is_guess) == (
        None,
        "",
        None,
        None,
    )


def test_leads_closed_together_have_one_of_the_firm_s_own_reasons(client, founder):
    Firm.objects.update_or_create(pk=1, defaults={"own_reasons": {"LOST": ["price"]}})
    lead = LeadFactory()
    asked = {"action": "CLOSE", "go": "1", "lead": lead.pk, "is_guess": "sure", "reason": "price"}

    wrong = client.post(BULK, asked | {"outcome": "NO_DECISION"})
    client.post(BULK, asked | {"outcome": "LOST"})
    lead.refresh_from_db()
    assert wrong.status_code == 422
    assert "belongs to another outcome" in wrong.content.decode()
    assert (lead.outcome, lead.outcome_reason) == (Outcome.LOST, "price")

    undo(client)
    lead.refresh_from_db()
    assert (lead.outcome, lead.outcome_reason) == ("", "")


def test_all_that_match_means_the_filters_and_not_the_page(client, founder):
    new = UserFactory()
    for n in range(60):
        LeadFactory(est_value_amount=Decimal(100 + n))
    LeadFactory(est_value_amount=Decimal(5))

    client.post(
        BULK,
        {"action": "ASSIGN", "go": "1", "every": "1", "query": "value_min=100", "owner": new.pk},
    )

    assert Lead.objects.filter(owner=new).count() == 60


def test_nobody_changes_a_lead_that_he_does_not_see(client):
    seller = UserFactory()
    client.force_login(seller)
    theirs, mine = LeadFactory(stage="NEW"), LeadFactory(stage="NEW", owner=seller)

    client.post(
        BULK, {"action": "STAGE", "go": "1", "lead": [theirs.pk, mine.pk], "to_stage": "BID"}
    )

    assert Lead.objects.get(pk=theirs.pk).stage == "NEW"
    assert Lead.objects.get(pk=mine.pk).stage == "BID"


def test_the_write_itself_leaves_out_what_its_person_does_not_see():
    theirs, seller = LeadFactory(), UserFactory()

    done = bulk.assign(lead_ids=[theirs.pk], owner=seller, by=seller, now=timezone.now())

    assert done.changed == 0
    assert Lead.objects.get().owner != seller


def test_nobody_takes_back_what_another_did(client, founder):
    lead = LeadFactory(stage="NEW")
    client.post(BULK, {"action": "STAGE", "go": "1", "lead": lead.pk, "to_stage": "BID"})
    client.force_login(UserFactory(role=User.Role.FOUNDER))

    assert undo(client).status_code == 404
    assert Lead.objects.get(pk=lead.pk).stage == "BID"


def test_a_change_is_taken_back_once(client, founder):
    lead = LeadFactory(stage="NEW")
    client.post(BULK, {"action": "STAGE", "go": "1", "lead": lead.pk, "to_stage": "BID"})
    undo(client)
    version = Lead.objects.get(pk=lead.pk).version

    undo(client)

    assert Lead.objects.get(pk=lead.pk).version == version


def test_without_a_selection_the_list_says_so(client, founder):
    LeadFactory()

    page = client.post(BULK, {"action": "STAGE"}, follow=True)

    assert "Select a lead first." in page.content.decode()


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("ASSIGN", {}),
        ("STAGE", {"to_stage": "BID"}),
        ("TAG", {"new": "autumn"}),
        ("CLOSE", {"outcome": "LOST", "is_guess": "sure"}),
        ("SNOOZE", {"until": "+30", "reason": REASON}),
    ],
)
def test_five_hundred_leads_take_few_queries_there_and_back(
    client, founder, count_queries, action, said
):
    owner = UserFactory()
    account = LeadFactory(owner=owner).account
    now = timezone.now()
    Lead.objects.bulk_create(
        [
            Lead(account=account, owner=owner, opened_at=now, recorded_at=now, title=f"{n}")
            for n in range(499)
        ]
    )
    said = said or {"owner": founder.pk}
    asked = {"action": action, "go": "1", "every": "1", "query": "", **said}
    if "until" in said:
        asked["until"] = f"{timezone.localdate() + timedelta(days=30)}"

    there = count_queries(lambda: client.post(BULK, asked))
    assert len({row["pk"] for row in Undoable.objects.get().rows}) == 500
    back = count_queries(lambda: undo(client))

    assert there <= 40
    assert back <= 40
