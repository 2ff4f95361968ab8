"""What the fast list of labels, the proposed outcome and the nudge about stale leads promise."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Bid, Lead, LeadFact, Outcome, Stage, User
from tests.factories import (
    BidFactory,
    DeliverableFactory,
    LeadFactFactory,
    LeadFactory,
    UserFactory,
)
from tests.web.pages import text

pytestmark = pytest.mark.django_db
LABEL, UNDO, TODAY = reverse("lead-label"), reverse("lead-label-undo"), reverse("today")
LATER = reverse("stale-leads-later")


def ended(days_ago=10, **facts):
    """Return a lead that was closed and of which nobody said how it ended."""
    return LeadFactory(closed_at=timezone.now() - timedelta(days=days_ago), **facts)


def quiet(days=40, **facts):
    """Return an open lead whose client fell silent."""
    return LeadFactory(last_client_contact_at=timezone.now() - timedelta(days=days), **facts)


def say(client, lead, outcome, **more):
    """Label a lead as the page would."""
    version = Lead.objects.get(pk=lead.pk).version
    sent = {"lead": lead.pk, "version": version, "outcome": outcome, **more}
    return client.post(LABEL, sent)


def current(answer):
    """Return the subject of the lead that is asked about."""
    return re.search(r'label-lead.*?class="soft">([^<]*)<', answer.content.decode(), re.DOTALL)[1]


def following(answer):
    """Return the subjects of the leads that come after it."""
    return re.findall(r'<li>[^<]*<span class="faint">([^<]*)<', answer.content.decode())


def test_what_ended_is_asked_first_and_then_who_has_been_silent_longest(client, founder):
    quiet(40, title="silent")
    quiet(90, title="silent longer")
    ended(30, title="ended before")
    ended(3, title="ended now")

    page = client.get(LABEL)

    assert current(page) == "ended now"
    assert following(page) == ["ended before", "silent longer", "silent"]
    assert "2 closed leads without an outcome · 2 stale leads" in text(page)


def test_a_lead_with_an_outcome_a_date_ahead_or_a_fresh_word_is_left_alone(client, founder):
    tomorrow = timezone.localdate() + timedelta(days=1)
    ended(outcome=Outcome.LOST)
    quiet(next_step_date=tomorrow)
    quiet(decide_by_date=tomorrow)
    quiet(2)
    quiet(25, stage=Stage.BID)

    assert "Every past lead has its outcome." in text(client.get(LABEL))


def test_one_post_says_how_a_lead_ended_and_the_next_one_is_asked(client, founder):
    lead = ended(3)
    ended(30, title="the next")
    closed_at = lead.closed_at

    answer = say(client, lead, Outcome.PREWIRED, is_guess="on")

    assert (answer.status_code, answer.url) == (302, LABEL)
    lead.refresh_from_db()
    assert (lead.outcome, lead.outcome_by, lead.outcome_is_guess) == ("PREWIRED", founder, True)
    assert (lead.closed_at, lead.version) == (closed_at, 2)
    page = client.get(LABEL)
    assert current(page) == "the next"
    assert f"{lead.account.name}: Decided beforehand." in text(page)


def test_a_label_closes_a_silent_lead(client, founder):
    lead = quiet()

    say(client, lead, Outcome.NO_DECISION)

    lead.refresh_from_db()
    assert lead.closed_at is not None
    assert (lead.outcome, lead.outcome_is_guess) == ("NO_DECISION", False)


def test_a_silent_lead_may_run_on_with_a_day_to_decide(client, founder):
    lead = quiet()

    say(client, lead, "STILL_RUNS")

    lead.refresh_from_db()
    assert lead.closed_at is None
    assert lead.decide_by_date == timezone.localdate() + timedelta(days=30)
    assert "Every past lead has its outcome." in text(client.get(LABEL))


@pytest.mark.parametrize("make", [ended, quiet])
@pytest.mark.parametrize("outcome", [Outcome.FREE_CONSULTING, "STILL_RUNS"])
def test_a_label_can_be_taken_back(client, founder, make, outcome):
    lead = make(title="back again", decide_by_date=timezone.localdate() - timedelta(days=9))
    before = (lead.closed_at, lead.outcome, lead.decide_by_date)
    say(client, lead, outcome)

    client.post(UNDO)

    lead.refresh_from_db()
    assert (lead.closed_at, lead.outcome, lead.decide_by_date) == before
    assert (lead.outcome_by, lead.outcome_recorded_at) == (None, None)
    assert current(client.get(LABEL)) == "back again"


def test_nothing_is_taken_back_from_a_lead_that_was_changed_since(client, founder):
    lead = ended()
    say(client, lead, Outcome.LOST)
    Lead.objects.filter(pk=lead.pk).update(version=9, outcome=Outcome.WON)

    answer = client.post(UNDO, follow=True)

    lead.refresh_from_db()
    assert lead.outcome == Outcome.WON
    assert "Someone else saved this meanwhile." in text(answer)


def test_of_two_people_the_first_to_label_is_right(client, founder):
    lead = ended()
    stale = {"lead": lead.pk, "version": 1, "outcome": Outcome.WON}
    say(client, lead, Outcome.LOST)

    client.post(LABEL, stale)

    lead.refresh_from_db()
    assert lead.outcome == Outcome.LOST


def test_a_label_that_does_not_exist_is_refused(client, founder):
    lead = ended()

    answer = client.post(LABEL, {"lead": lead.pk, "version": 1, "outcome": "MAYBE"}, follow=True)

    lead.refresh_from_db()
    assert lead.outcome == ""
    assert "Choose one of the outcomes." in text(answer)


def test_a_skipped_lead_comes_again_in_the_next_round(client, founder):
    first, second = ended(3, title="first"), ended(30, title="second")

    assert current(client.get(f"{LABEL}?skip={first.pk}")) == "second"
    rest = text(client.get(f"{LABEL}?skip={first.pk},{second.pk}"))
    assert "The rest was skipped." in rest
    assert current(client.get(LABEL)) == "first"
    answer = say(client, second, Outcome.LOST, skip=f"{first.pk},x'")
    assert answer.url == f"{LABEL}?skip={first.pk}"


def test_htmx_gets_the_next_lead_alone(client, founder):
    lead = ended(3)
    ended(30, title="the next")

    answer = client.post(
        LABEL,
        {"lead": lead.pk, "version": 1, "outcome": Outcome.LOST},
        headers={"HX-Request": "true"},
    )

    assert answer.content.decode().strip().startswith('<div id="label-queue"')
    assert current(answer) == "the next"


def test_each_outcome_has_its_key(client, founder):
    ended()

    keys = dict(re.findall(r'value="([A-Z_]+)" data-key="(.)"', client.get(LABEL).content.decode()))

    assert list(keys.items()) == [(code, str(n)) for n, code in enumerate(Outcome.values, 1)]


def test_many_leads_take_no_more_queries_than_few(client, founder, worker_is_alive, count_queries):
    def grow(count):
        for _ in range(count):
            ended()
            quiet()

    grow(5)
    client.get(LABEL)
    few = count_queries(lambda: client.get(LABEL))
    grow(55)

    assert count_queries(lambda: client.get(LABEL)) <= few <= 14
    assert "60 closed leads" in text(client.get(LABEL))


def test_nobody_labels_what_they_may_not_see(client):
    client.force_login(UserFactory(role=User.Role.SELLER))
    lead = ended()

    assert "Every past lead has its outcome." in text(client.get(LABEL))
    assert say(client, lead, Outcome.LOST).status_code == 404


@pytest.mark.parametrize("role", [User.Role.ACCOUNTANT, User.Role.VIEWER])
def test_who_does_not_sell_does_not_label(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(LABEL).status_code == 403
    assert client.post(LATER).status_code == 403


def test_the_list_of_leads_leads_here(client, founder):
    assert f'href="{LABEL}"' in client.get(reverse("lead-list")).content.decode()


@pytest.mark.parametrize(
    ("facts", "chosen", "why"),
    [
        (
            {"level": 5, "hours": 3, "days": 70},
            Outcome.FREE_CONSULTING,
            "no revenue, level 5 handed over unpaid, client silent for 70 days",
        ),
        (
            {"level": 1, "hours": 25, "days": 3, "deal_type": Lead.DealType.LEARNING},
            Outcome.FREE_CONSULTING,
            "no revenue, 25 h unpaid, they only wanted to learn",
        ),
        ({"level": 3, "hours": 3, "days": 70}, "", ""),
        ({"level": 5, "hours": 30, "days": 70, "signed": True}, Outcome.WON, "a contract was"),
        ({"level": 5, "hours": 30, "days": 70, "bid": "LOST"}, Outcome.LOST, "the bid was lost"),
        ({"level": 0, "hours": 0, "days": 3, "bid": "WON"}, Outcome.WON, "the bid was won"),
    ],
)
def test_an_outcome_is_proposed_by_its_rule_and_says_why(client, founder, facts, chosen, why):
    lead = LeadFactory(
        last_client_contact_at=timezone.now() - timedelta(days=facts["days"], hours=1),
        unpaid_hours=Decimal(facts["hours"]),
        deal_type=facts.get("deal_type", ""),
    )
    DeliverableFactory(lead=lead, disclosure_level=facts["level"])
    if facts.get("signed"):
        LeadFactFactory(lead=lead, kind=LeadFact.Kind.CONTRACT_SIGNED, value="")
    if facts.get("bid"):
        BidFactory(lead=lead, result=Bid.Result(facts["bid"]))

    page = client.get(reverse("lead-close", args=[lead.pk]))

    checked = re.findall(r'value="([A-Z_]+)"[^>]*checked', page.content.decode())
    assert checked == ([chosen] if chosen else [])
    assert why in text(page)
    if not why:
        assert "ecause:" not in text(page)


def test_the_fast_list_proposes_by_the_same_rule(client, founder):
    lead = quiet(70, unpaid_hours=Decimal(30))

    page = client.get(LABEL)

    assert "Suggested, because: no revenue, 30 h unpaid" in text(page)
    assert re.search(r'btn-outline-primary"[^>]*value="FREE_CONSULTING"', page.content.decode())
    assert Lead.objects.get(pk=lead.pk).outcome == ""


def test_today_asks_to_close_or_date_stale_leads(client, founder):
    quiet()
    quiet()

    assert "Close or date these 2 stale leads" in text(client.get(TODAY))


def test_a_nudge_that_was_put_off_stays_away_for_a_month(client, founder):
    quiet()

    client.post(LATER)

    assert "stale lead" not in text(client.get(TODAY))
    founder.refresh_from_db()
    founder.stale_leads_put_off_at -= timedelta(days=31)
    founder.save()
    assert "Close or date this 1 stale lead" in text(client.get(TODAY))


def test_without_stale_leads_there_is_no_nudge(client, founder):
    quiet(2)

    assert "stale lead" not in text(client.get(TODAY))
