"""What a paid step and its answer do to the score: from the page's service to F24."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from crm.models import Assessment, Decision, Lead, PaidStepOffer, Target, User
from crm.services import decisions, offers
from crm.services.answers import Answer
from scoring import runs
from tests.factories import MONDAY, InteractionFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> User:
    """Give somebody who sells."""
    made: User = UserFactory()
    return made


@pytest.fixture
def lead(seller: User) -> Lead:
    """Give a lead after four talks."""
    made: Lead = LeadFactory(owner=seller)
    for days in (60, 50, 40, 30):
        InteractionFactory(lead=made, happened_at=MONDAY - timedelta(days=days))
    return made


def offered(lead: Lead, by: User) -> tuple[Decision, PaidStepOffer]:
    """Offer a paid step on MONDAY."""
    made = offers.offer(
        lead=lead,
        what="两周诊断",
        amount=Decimal(28_000),
        answer=Answer(Decision.Kind.OFFER_PAID_STEP, reason_codes=["SHOWS_IF_REAL"]),
        by=by,
        now=MONDAY,
        today=MONDAY.date(),
    )
    return made, PaidStepOffer.objects.get(lead=lead)


def said(lead: Lead, as_of: datetime) -> tuple[float, float | None]:
    """Score a lead; return its points and those of the paid step."""
    list(runs.score([lead.pk], as_of=as_of, now=as_of))
    stored = Assessment.objects.filter(lead=lead, target=Target.NO_ORDER, as_of__lte=as_of)
    latest = stored.latest("as_of", "pk")
    found = [each["points"] for each in latest.reasons if each["code"] == "F24"]
    return latest.points, found[0] if found else None


@pytest.mark.parametrize(("answer", "points"), [("REFUSED", 12), ("ACCEPTED", -15)])
def test_the_answer_to_a_paid_step_moves_the_score(lead, seller, answer, points):
    _, offer = offered(lead, seller)
    before, of_offer = said(lead, MONDAY + timedelta(days=1))
    assert of_offer is None
    answered_at = MONDAY + timedelta(days=2)

    offers.log_answer(offer=offer, answer=answer, now=answered_at)

    assert lead.assessment_due_at != Lead.objects.get(pk=lead.pk).assessment_due_at == answered_at
    after, of_answer = said(lead, answered_at + timedelta(minutes=1))
    assert of_answer == points
    assert after - before == pytest.approx(points, abs=4)  # other signals age by a day meanwhile


def test_no_answer_for_two_weeks_counts_as_a_no(lead, seller):
    offered(lead, seller)
    assert said(lead, MONDAY + timedelta(days=13))[1] is None
    assert said(lead, MONDAY + timedelta(days=14, minutes=1))[1] == 12


def test_an_answer_is_unknown_to_a_score_before_it_and_gone_when_taken_back(lead, seller):
    _, offer = offered(lead, seller)
    answered_at = MONDAY + timedelta(days=5)
    offers.log_answer(offer=offer, answer="REFUSED", now=answered_at)

    assert said(lead, answered_at - timedelta(minutes=1))[1] is None
    offers.take_answer_back(offer=offer, now=answered_at + timedelta(hours=1))
    assert said(lead, answered_at + timedelta(hours=2))[1] is None


def test_an_offer_taken_back_is_no_fact(lead, seller):
    made, _ = offered(lead, seller)
    decisions.take_back(decision=made, by=seller, now=MONDAY + timedelta(hours=1))

    assert said(lead, MONDAY + timedelta(days=20))[1] is None


def test_a_second_offer_waits_for_the_answer_to_the_first(lead, seller):
    offered(lead, seller)
    with pytest.raises(offers.OfferIsOpen):
        offered(lead, seller)
