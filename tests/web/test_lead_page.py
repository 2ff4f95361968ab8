"""What the page of a lead promises."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from crm.models import (
    Contact,
    Decision,
    FirmFigure,
    LeadFact,
    Mark,
    Target,
    Verdict,
)
from tests.factories import (
    MONDAY,
    AssessmentFactory,
    BidFactory,
    ContactFactory,
    DeliverableFactory,
    InteractionFactory,
    LeadFactFactory,
    LeadFactory,
    PaidStepOfferFactory,
    PaymentTermsFactory,
    StageChangeFactory,
)
from tests.web.pages import text

pytestmark = pytest.mark.django_db


def address(lead):
    """Return the address of a lead's page."""
    return reverse("lead-detail", args=[lead.pk])


def earlier(page):
    """Return where the link to earlier entries leads."""
    found = re.search(r'id="earlier"><a href="([^"#]+)', page)
    return unescape(found[1])


def talk(lead, days_ago=10, people=(), **facts):
    """Return an interaction with people present."""
    logged = InteractionFactory(lead=lead, happened_at=MONDAY - timedelta(days=days_ago), **facts)
    logged.attendees.set(people)
    return logged


def full_lead(talks):
    """Return a lead with a row in each of its tables and so many talks."""
    lead = LeadFactory()
    people = ContactFactory.create_batch(3, account=lead.account)
    for number in range(talks):
        talk(lead, days_ago=10 + number % 50, people=people[: number % 4])
    for factory in (DeliverableFactory, BidFactory, LeadFactFactory, PaidStepOfferFactory):
        factory(lead=lead)
    PaymentTermsFactory(lead=lead)
    StageChangeFactory(lead=lead)
    AssessmentFactory(lead=lead)
    return lead


def test_a_thousand_talks_take_as_many_queries_as_ten(
    client, founder, worker_is_alive, count_queries
):
    short, long = full_lead(10), full_lead(0)
    InteractionFactory.create_batch(1000, lead=long)
    client.get(address(short))  # SQLite is asked once for its JSON functions

    ten = count_queries(lambda: client.get(address(short)))

    assert count_queries(lambda: client.get(address(long))) == ten <= 12


def test_ten_talks_are_shown_and_htmx_fetches_the_next_ten(client, founder):
    lead = LeadFactory()
    for number in range(23):
        talk(lead, days_ago=number, note=f"note {number}.")

    page = client.get(address(lead)).content.decode()
    more = client.get(address(lead) + earlier(page), headers={"HX-Request": "true"})

    assert "note 9." in page
    assert "note 10." not in page
    assert "13 earlier entries" in page
    assert more.content.decode().count('<li class="entry') == 10
    assert "<html" not in more.content.decode()
    assert "3 earlier entries" in more.content.decode()


def test_a_hand_over_stands_once_between_its_talks(client, founder):
    lead = LeadFactory()
    for number in range(15):
        talk(lead, days_ago=number)
    early = DeliverableFactory(lead=lead, happened_at=MONDAY - timedelta(days=12, hours=1))
    late = DeliverableFactory(lead=lead, happened_at=MONDAY - timedelta(hours=1))

    first = client.get(address(lead)).content.decode()
    second = client.get(address(lead) + earlier(first)).content.decode()

    assert f'id="D-{late.pk}"' in first
    assert f'id="D-{early.pk}"' not in first
    assert f'id="D-{early.pk}"' in second
    assert f'id="D-{late.pk}"' not in second


def test_the_verdict_stands_beside_the_usual_rate_with_its_pattern_and_interval(client, founder):
    words = text(client.get(address(AssessmentFactory().lead)))

    for said in (
        "6%",
        "Low intent",
        "your usual 23%",
        "free consulting",
        "3% to 11%",
        "Expert points beside your 31 outcomes.",
        "9 talks logged.",
    ):
        assert said in words


def test_a_wide_interval_shows_the_band_and_no_figure(client, founder):
    lead = AssessmentFactory(probability=0.8, low=0.3, high=0.95, verdict=Verdict.WATCH).lead

    page = client.get(address(lead)).content.decode()

    assert 'class="figure"' not in page
    assert 'class="band"' in page
    assert 'class="value"' not in page


def test_at_most_three_reasons_lower_the_chance_and_two_raise_it(client, founder):
    reasons = [
        {"code": "F25", "points": points, "params": {}, "rows": []}
        for points in (10.0, 8.0, 6.0, 4.0, -6.0, -5.0, -2.0)
    ]
    lead = AssessmentFactory(reasons=reasons, points=15.0).lead

    page = client.get(address(lead))

    assert page.content.decode().count('class="reason"') == 5
    assert "2 smaller reasons, +2." in text(page)
    assert "Sum +15" in text(page)


def test_a_reason_that_rounds_to_no_point_is_not_shown(client, founder):
    reasons = [
        {"code": "F25", "points": points, "params": {}, "rows": []} for points in (10.0, 0.4)
    ]
    lead = AssessmentFactory(reasons=reasons, points=10.4).lead

    page = client.get(address(lead))

    assert page.content.decode().count('class="reason"') == 1
    assert "1 smaller reason, 0." in text(page)


def test_a_reason_leads_to_the_very_rows_behind_it(client, founder):
    lead = LeadFactory()
    asked, other = talk(lead, 5, note="asked."), talk(lead, 6, note="other.")
    given = DeliverableFactory(lead=lead)
    rows = [f"I:{asked.pk}", f"D:{given.pk}"]
    AssessmentFactory(
        lead=lead, reasons=[{"code": "F10", "points": 10.0, "params": {"n": 3}, "rows": rows}]
    )

    page = client.get(address(lead)).content.decode()
    behind = client.get(address(lead), {"rows": ",".join(rows)}).content.decode()

    link = rf'href="\?rows=I%3A{asked.pk}%2CD%3A{given.pk}#timeline\s*">2 entries'
    assert re.search(link, page)
    assert "3 rounds of solution" in page
    assert behind.count("is-evidence") == 2
    assert f'id="I-{asked.pk}"' in behind
    assert f'id="I-{other.pk}"' not in behind


def test_with_two_talks_there_is_no_verdict_and_no_number(client, founder):
    lead = LeadFactory()
    talk(lead), talk(lead)
    AssessmentFactory(
        lead=lead, verdict=Verdict.UNKNOWN, probability=None, low=None, high=None, pattern=""
    )

    page = client.get(address(lead))

    assert "Not enough logged facts yet (2 of 3 talks)" in text(page)
    assert "It will start from your usual rate of 23%." in text(page)
    assert 'class="figure"' not in page.content.decode()


def test_a_lead_that_was_never_scored_says_so(client, founder):
    lead = LeadFactory()
    for _ in range(3):
        talk(lead)

    assert "It is not scored yet" in text(client.get(address(lead)))


def test_what_is_lost_is_written_out_as_a_sum(client, founder):
    FirmFigure.objects.create(
        kind=FirmFigure.Kind.HOUR_COST, amount=380, valid_from=MONDAY, recorded_at=MONDAY
    )
    lead = AssessmentFactory().lead
    talk(lead, presales_hours=Decimal(37), travel_amount=Decimal(4860))

    words = text(client.get(address(lead)))

    assert "94% × (37.0 h × ¥380 + ¥4,860 travel)" in words
    assert "¥17,785" in words  # 0.94 x (14,060 + 4,860)


def test_without_a_cap_the_default_holds_until_the_budget_is_known(client, founder):
    lead = LeadFactory()
    talk(lead, presales_hours=Decimal(10))

    words = text(client.get(address(lead)))
    talk(lead, budget_stage="PLANNED", presales_hours=None)
    known = text(client.get(address(lead)))

    assert "10.0 / 12 h" in words
    assert "Above 80% of the cap" in words
    assert "10.0 / 40 h" in known


def test_a_level_given_above_the_allowed_one_is_marked(client, founder):
    lead = LeadFactory()
    DeliverableFactory(lead=lead, disclosure_level=5)

    page = client.get(address(lead))

    assert "given unpaid: 5" in text(page)
    assert "allowed now: up to 0" in text(page)
    assert 'class="above">5' in page.content.decode()


def test_the_ladder_names_what_opens_the_next_level(client, founder):
    lead = LeadFactory(title="assistant")
    ContactFactory(account=lead.account, decision_role=Contact.Role.BUSINESS_OWNER)
    talk(lead, client_gave=["DATA"])
    LeadFactFactory(lead=lead, kind=LeadFact.Kind.BUSINESS_OWNER, value="")

    words = text(client.get(address(lead)))

    assert "Level 4 opens when" in words
    assert "open: budget stage is known" in words
    assert "done: business owner met" in words


def test_late_payment_stands_with_its_own_mark_and_reasons(client, founder):
    lead = LeadFactory(has_money=True)
    reasons = [{"code": "R06", "points": 8.0, "params": {}, "rows": []}]
    AssessmentFactory(
        lead=lead,
        target=Target.LATE_PAYMENT,
        probability=0.71,
        low=0.6,
        high=0.8,
        base_rate=0.3,
        mark=Mark.HIGH,
        verdict=Verdict.UNKNOWN,
        pattern="",
        reasons=reasons,
    )

    words = text(client.get(address(lead)))

    assert "71% High" in words
    assert "Payment depends on an audit" in words


def test_missing_roles_are_asked_for(client, founder):
    lead = LeadFactory()
    person = ContactFactory(account=lead.account, name="周敏", decision_role=Contact.Role.IT)
    talk(lead, people=[person])

    words = text(client.get(address(lead)))

    assert "周敏" in words
    assert words.count("nobody known") == len(Contact.Role) - 1


def test_a_decision_stands_with_who_and_why(client, founder):
    lead = LeadFactory()
    Decision.objects.create(
        lead=lead,
        kind=Decision.Kind.PAUSE,
        decided_by=founder,
        reason="budget round opens in December",
        happened_at=MONDAY,
        recorded_at=MONDAY,
    )

    words = text(client.get(address(lead)))

    assert f"Pause · {founder}" in words
    assert "budget round opens in December" in words


def test_the_stepper_counts_days_really_spent_in_a_stage(client, founder):
    lead = LeadFactory(opened_at=MONDAY - timedelta(days=40), stage="BID")
    for stage, days in (("NEW", 40), ("QUALIFIED", 31), ("BID", 10)):
        StageChangeFactory(lead=lead, to_stage=stage, happened_at=MONDAY - timedelta(days=days))

    page = client.get(address(lead), {"as_of": "2026-11-22"}).content.decode()
    steps = re.findall(r'<li class="(\w*)"[^>]*>(.*?)</li>', page.split("stepper")[1], re.DOTALL)

    assert [
        (state, " ".join(re.sub("<[^>]+>", "", words).split())) for state, words in steps[:5]
    ] == [
        ("passed", "New 9 d"),
        ("passed", "Qualified 21 d"),
        ("", "Solution"),
        ("now", "Quote or bid 9 d"),
        ("", "Contract"),
    ]
