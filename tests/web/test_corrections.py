"""A wrong entry opens in a form; who corrected what stays to be read."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Interaction, LeadFact, SystemEvent, User
from crm.services import corrections
from tests.factories import (
    MONDAY,
    BidFactory,
    ContactFactory,
    DeliverableFactory,
    InteractionFactory,
    LeadFactFactory,
    LeadFactory,
    UserFactory,
)
from tests.web.test_lead_page import address, text

pytestmark = pytest.mark.django_db


def of(letter, row, name="row-edit"):
    """Return the address of a row's form."""
    return reverse(name, args=[letter, row.pk])


def said(talk, **changes):
    """Return the fields of a talk's form, with some of them changed."""
    day = timezone.localdate(talk.happened_at).isoformat()
    whole = {
        "version": talk.version,
        "kind": talk.kind,
        "initiated_by": talk.initiated_by,
        "happened_date": day,
        "presales_hours": talk.presales_hours or "",
        "note": talk.note,
    }
    return whole | changes


def test_a_talk_is_put_right_its_lead_recounted_and_a_new_score_called_for(client, founder):
    talk = InteractionFactory(presales_hours=Decimal(20))

    answer = client.post(of("I", talk), said(talk, presales_hours="2", budget_stage="APPROVED"))

    talk.refresh_from_db()
    assert answer["Location"] == f"{address(talk.lead)}?rows=I:{talk.pk}#timeline"
    assert (talk.presales_hours, talk.budget_stage, talk.version) == (2, "APPROVED", 2)
    assert talk.happened_at == MONDAY - timedelta(days=10)
    talk.lead.refresh_from_db()
    assert talk.lead.unpaid_hours == 2
    assert talk.lead.assessment_due_at is not None


def test_who_changed_what_stands_below_the_form(client, founder):
    talk = InteractionFactory(presales_hours=Decimal(20))
    client.post(of("I", talk), said(talk, presales_hours="2"))

    words = text(client.get(of("I", talk)))

    assert "What was changed before" in words
    assert f"{founder} our hours 20.0 → 2.0" in words


def test_of_two_corrections_the_second_sees_both_values_and_may_save_again(client, founder):
    talk = InteractionFactory(note="before")
    corrections.correct(row=talk, version=1, now=MONDAY, by=founder, note="theirs")

    late = client.post(of("I", talk), said(talk, note="mine"))

    assert late.status_code == 422
    assert "<td>theirs</td><td><strong>mine</strong></td>" in late.content.decode()
    talk.refresh_from_db()
    assert talk.note == "theirs"

    client.post(of("I", talk), said(talk, note="mine", version=talk.version))

    talk.refresh_from_db()
    assert talk.note == "mine"


def test_people_who_were_there_are_put_right_with_their_rank(client, founder):
    talk = InteractionFactory()
    chief = ContactFactory(account=talk.lead.account, seniority=5)
    talk.attendees.add(ContactFactory(account=talk.lead.account))

    client.post(of("I", talk), said(talk, attendees=[chief.pk]))

    talk.refresh_from_db()
    assert list(talk.attendees.all()) == [chief]
    assert talk.max_seniority == 5


def test_nothing_chosen_stays_not_known_and_nothing_asked_is_said(client, founder):
    talk = InteractionFactory(asks=None)

    client.post(of("I", talk), said(talk))
    talk.refresh_from_db()
    unknown = talk.asks
    client.post(of("I", talk), said(talk, asks=["NONE"]))
    talk.refresh_from_db()

    assert (unknown, talk.asks) == (None, [])


def test_an_entry_is_taken_back_and_brought_back(client, founder):
    talk = InteractionFactory(note="a slip.")

    client.post(of("I", talk, "row-take-back"), {"version": 1})
    gone = text(client.get(address(talk.lead)))
    page = text(client.get(of("I", talk)))
    client.post(of("I", talk, "row-take-back"), {"version": 2})

    assert "a slip." not in gone
    assert "This entry was taken back" in page
    assert "a slip." in text(client.get(address(talk.lead)))
    assert list(SystemEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        "ROW_TAKEN_BACK",
        "ROW_CORRECTED",
    ]


def test_a_dated_fact_is_replaced_and_the_wrong_one_put_away(client, founder):
    fact = LeadFactFactory(kind="COMPELLING_EVENT", value="", due_date=date(2027, 1, 1))
    day = timezone.localdate(fact.happened_at).isoformat()

    client.post(of("F", fact), {"happened_date": day, "due_date": "2027-02-01", "who": "Gu"})

    fact.refresh_from_db()
    right = LeadFact.objects.get(archived_at=None)
    assert fact.archived_at is not None
    assert (right.due_date, right.who, right.happened_at) == (
        date(2027, 2, 1),
        "Gu",
        fact.happened_at,
    )


@pytest.mark.parametrize(("letter", "factory"), [("D", DeliverableFactory), ("B", BidFactory)])
def test_hand_overs_and_tenders_have_a_form_too(client, founder, letter, factory):
    row = factory(hours=Decimal(5))
    day = timezone.localdate(row.happened_at).isoformat()
    form = {"version": 1, "kind": row.kind, "happened_date": day, "hours": "3"}

    answer = client.post(of(letter, row), form | {"disclosure_level": "4"})

    row.refresh_from_db()
    assert answer.status_code == 302
    assert row.hours == 3


def test_a_day_ahead_is_refused(client, founder):
    talk = InteractionFactory()
    ahead = (timezone.localdate() + timedelta(days=2)).isoformat()

    answer = client.post(of("I", talk), said(talk, happened_date=ahead))

    assert answer.status_code == 422
    assert "This day is still ahead." in answer.content.decode()


def test_a_seller_corrects_what_he_logged_on_a_lead_he_sees(client):
    owner, other = UserFactory(), UserFactory()
    lead = LeadFactory(owner=owner)
    talk = InteractionFactory(lead=lead, author=owner)

    client.force_login(owner)
    assert client.get(of("I", talk)).status_code == 200
    client.force_login(other)
    assert client.get(of("I", talk)).status_code == 404
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))
    assert client.get(of("I", talk)).status_code == 403


def test_a_kind_of_row_that_has_no_form_is_not_there(client, founder):
    assert client.get(reverse("row-edit", args=["Z", 1])).status_code == 404
    assert Interaction.objects.count() == 0
