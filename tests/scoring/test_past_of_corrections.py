"""A score of a past moment stays what it was, whatever people correct after it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from polars import col

from crm.models import (
    AttendeeTrail,
    Contact,
    Interaction,
    Lead,
    LeadFact,
    Outcome,
    Target,
    User,
)
from crm.services import (
    corrections,
)
from scoring import own_past, past, reader
from scoring.frames import MOMENT
from scoring.vocabulary import Source
from tests.factories import (
    BidFactory,
    ContactFactory,
    DeliverableFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactFactory,
    LeadFactory,
    PaymentFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
    UserFactory,
)
from tests.scoring import said
from tests.scoring.corrections import (
    LATER,
    THEN,
    a_corrected_talk,
    a_talk_taken_back,
    ago,
    first_talk,
    on,
    others_in_their_place,
    person,
    talk_with_the_owner,
    the_kind_of_the_account,
    the_lead_itself,
    who_was_there,
)

pytestmark = pytest.mark.django_db


def said_at(moment: datetime) -> dict[tuple[int, str], Any]:
    """Return what is said of every lead at a moment; what was usual is counted once and kept."""
    return said.said_at(moment, now=timezone.now())


@pytest.fixture
def founder() -> User:
    return UserFactory(role=User.Role.FOUNDER)


@pytest.fixture
def lead(founder: User) -> Lead:
    """A lead with all that can be corrected, beside one of its account that ended."""
    lead = LeadFactory(opened_at=ago(90), first_ask="", est_value_amount=None)
    somebody = ContactFactory(account=lead.account, decision_role="IT", recorded_at=ago(90))
    ContactFactory(account=lead.account, name="李娜", recorded_at=ago(90))
    owner = ContactFactory(account=lead.account, name="陈总", decision_role="BUSINESS_OWNER")
    Contact.objects.filter(pk=owner.pk).update(recorded_at=ago(90))
    for days in (60, 50, 40, 30):
        talk = InteractionFactory(lead=lead, happened_at=ago(days), asks=["DEMO"], contact=somebody)
        talk.attendees.set([somebody])
    talk.attendees.add(lead.account.contacts.get(name="李娜"))
    InteractionFactory(lead=lead, happened_at=ago(29.5), contact=owner)
    DeliverableFactory(lead=lead, happened_at=ago(29))
    LeadFactFactory(lead=lead, happened_at=ago(28), value=LeadFact.Value.VETO)
    BidFactory(lead=lead, happened_at=ago(27), specification_fits_us=True, prep_days=5)
    agreed = PaymentTermsFactory(lead=lead, happened_at=ago(26), status="AGREED")
    PaymentTermsFactory(lead=lead, happened_at=ago(25))
    PaymentMilestoneFactory(
        lead=lead, terms=agreed, recorded_at=ago(25), planned_date=on(70),
        accepted_date=on(20), accepted_recorded_at=ago(20),
    )  # fmt: skip
    other = LeadFactory(account=lead.account, opened_at=ago(80))
    for days, amount in ((70, 96_000), (69, 50_000)):
        bill = InvoiceFactory(
            lead=lead if days == 69 else other, amount=amount, recorded_at=ago(days),
            issued_date=on(days), due_date=on(days - 30),
        )  # fmt: skip
        if days == 70:
            PaymentFactory(invoice=bill, amount=96_000, paid_date=on(5), recorded_at=ago(5))
    lost = {"outcome": Outcome.NO_DECISION, "closed_at": ago(10), "outcome_recorded_at": ago(10)}
    LeadFactory(account=lead.account, title="ended", opened_at=ago(200), **lost)
    LeadFactory(title="elsewhere", opened_at=ago(200), **lost)
    return lead


def test_a_score_of_a_past_moment_stays_whatever_is_corrected_later(
    lead: Lead, founder: User
) -> None:
    before = said_at(THEN)
    changed = []
    for later in LATER:
        with transaction.atomic():
            later(Lead.objects.get(pk=lead.pk), founder)
            after = said_at(THEN)
            transaction.set_rollback(True)
        if {key: after.get(key) for key in before} != before:
            changed.append(later.__name__)

    assert changed == []


def test_a_score_of_now_follows_what_is_corrected(lead: Lead, founder: User) -> None:
    before = said_at(THEN)[lead.pk, Target.NO_ORDER]

    a_corrected_talk(lead, founder)

    assert said_at(timezone.now())[lead.pk, Target.NO_ORDER] != before


def test_a_correction_counts_from_its_day_on_in_what_is_learned(lead: Lead, founder: User) -> None:
    the_lead_itself(lead, founder)
    the_kind_of_the_account(lead, founder)
    a_talk_taken_back(lead, founder)

    history = own_past.read(timezone.now())
    moments = [pl.DataFrame({"as_of": [at], "lead_id": [lead.pk]}) for at in (THEN, timezone.now())]
    rows = past.running_at(history, pl.concat(moments).cast({"as_of": MOMENT}))
    values = past.values_at(history, rows).sort("as_of")

    assert values["interactions"].to_list() == [5, 4]
    assert values["first_ask"].to_list() == [None, "TECH_SELECTION"]
    assert values["account_kind"].to_list() == ["LISTED", "INTEGRATOR"]


def present_at(moments: Sequence[datetime], talk: Interaction) -> list[list[str]]:
    """Return who counts as present at a talk for scores of each moment."""
    rows = own_past.read(timezone.now()).timeline.filter(
        (col("source") == Source.PRESENCE) & (col("row_id") % (1 << 48) == talk.pk)
    )
    names = dict(Contact.objects.values_list("pk", "name"))
    found = []
    for moment in moments:
        stood = (col("recorded_at") <= moment) & (col("until_at") > moment).fill_null(value=True)
        found.append(sorted(names[key] for key in rows.filter(stood)["contact_id"]))
    return found


def test_who_goes_and_comes_back_counts_while_said_to_be_there(lead: Lead, founder: User) -> None:
    talk, new = talk_with_the_owner(lead), person("new")
    who_was_there(talk, new, founder=founder, now=ago(20))
    who_was_there(talk, new, person("陈总"), founder=founder, now=ago(15))
    who_was_there(talk, founder=founder, now=ago(10))
    who_was_there(talk, person("陈总"), founder=founder, now=ago(5))

    assert present_at([ago(days) for days in (21, 20, 15, 10, 5)], talk) == [
        ["陈总"], ["new"], ["new", "陈总"], [], ["陈总"]
    ]  # fmt: skip


def test_a_correction_that_leaves_everybody_there_writes_nothing(lead: Lead, founder: User) -> None:
    who_was_there(first_talk(lead), *first_talk(lead).attendees.all(), founder=founder)
    who_was_there(talk_with_the_owner(lead), person("陈总"), founder=founder)

    assert not AttendeeTrail.objects.exists()


def test_who_was_there_is_said_of_a_talk_only_while_it_stood(lead: Lead, founder: User) -> None:
    talk = talk_with_the_owner(lead)
    corrections.take_back(row=talk, version=1, now=ago(20), by=founder)
    corrections.bring_back(row=talk, version=2, now=ago(10), by=founder)
    for state, days in zip(Interaction.history.filter(id=talk.pk), (10, 20), strict=False):
        type(state).objects.filter(pk=state.pk).update(history_date=ago(days))

    assert present_at([ago(days) for days in (21, 15, 9)], talk) == [["陈总"], [], ["陈总"]]


def test_a_score_of_now_reads_no_trail_and_counts_who_is_there_now(
    lead: Lead, founder: User
) -> None:
    others_in_their_place(lead, founder)

    with CaptureQueriesContext(connection) as asked:
        said_now = reader.intent_timeline(
            next(iter(reader.chunks([lead.pk]))),
            pl.DataFrame({"lead_id": [lead.pk], "account_id": [lead.account_id]}),
            zone="Asia/Shanghai",
        )

    there = said_now.filter(source=Source.PRESENCE)["contact_id"]
    assert set(there) == {person("new").pk}
    assert not [each for each in asked if "attendeetrail" in each["sql"]]
