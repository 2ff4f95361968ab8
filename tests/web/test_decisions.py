"""What the pages promise about decisions, offers and caps."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Decision, Firm, Lead, PaidStepOffer, User, Verdict
from crm.services import figures
from tests.factories import (
    AssessmentFactory,
    InteractionFactory,
    LeadFactory,
    PaidStepOfferFactory,
    UserFactory,
)
from tests.web.pages import text

pytestmark = pytest.mark.django_db
TODAY = reverse("today")
WHY = "their budget round opens in December"


def low(code="F10", **facts):
    """Return a lead of low intent with its score."""
    lead = LeadFactory(
        verdict=Verdict.LOW, order_chance=0.06, usual_order_rate=0.23, pattern="", **facts
    )
    reasons = [{"code": code, "points": 10.0, "params": {"n": 3}, "rows": []}]
    AssessmentFactory(lead=lead, pattern="", reasons=reasons)
    return lead


def at(name, row):
    """Return the address of a page of a row."""
    return reverse(name, args=[row.pk])


def ahead(days):
    """Return a day as the form sends it."""
    return f"{timezone.localdate() + timedelta(days=days)}"


def of_row(lead):
    """Return the headers that htmx sends from a row of Today."""
    return {"HX-Request": "true", "HX-Target": f"due-{lead.pk}"}


def spend(lead, hours):
    """Log unpaid hours."""
    InteractionFactory(lead=lead, presales_hours=Decimal(hours))
    figures.refresh([lead.pk], now=timezone.now())
    lead.refresh_from_db()


def test_a_link_of_a_mail_shows_the_form_and_decides_nothing(client, founder):
    lead = low()
    for kind in ("CONTINUE", "OFFER_PAID_STEP", "PAUSE", "WALK_AWAY", "ACCEPT_RISK", "nonsense"):
        answer = client.get(at("lead-decide", lead), {"kind": kind})
        assert answer.status_code == 200
        assert "3rd solution request, unpaid" in text(answer)
    assert not Decision.objects.exists()


def test_a_decision_without_script_leads_back_to_the_lead_and_stands_there(client, founder):
    lead = low()

    answer = client.post(
        at("lead-decide", lead),
        {"kind": "PAUSE", "reason": WHY, "review_date": ahead(20)},
        follow=True,
    )

    assert answer.redirect_chain[0][0] == f"{at('lead-detail', lead)}#decisions"
    words = text(answer)
    assert "Paused until" in words
    assert WHY in words
    assert "chance then" in words
    assert "What was shown then" in words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"review_date": ahead(9)}, "Say why"),
        ({"reason": WHY, "review_date": ahead(31)}, "within 30 days"),
        ({"reason": WHY, "review_date": ahead(0)}, "still ahead"),
        ({"reason": WHY}, "This field is required"),
    ],
)
def test_what_is_missing_is_said_beside_the_form_and_nothing_is_decided(
    client, founder, said, words
):
    lead = low()
    answer = client.post(at("lead-decide", lead), {"kind": "CONTINUE", **said})

    assert answer.status_code == 422
    assert words in text(answer)
    assert not Decision.objects.exists()


def test_on_today_the_suggested_answer_is_outlined_and_comes_first(client, founder):
    low("F06")

    row = client.get(TODAY).content.decode().split('class="due"')[1]

    first, second = re.findall(r'class="btn( btn-outline-primary)?"[^>]*>([^<]+)<', row)[:2]
    assert first == (" btn-outline-primary", "Meet the budget holder")
    assert second == ("", "Pause…")


def test_one_tap_follows_the_play_and_the_row_becomes_a_grey_line_with_undo(client, founder):
    lead = low("F06", unpaid_hours=Decimal(9))
    other = low("F06", unpaid_hours=Decimal(2))

    answer = client.post(
        at("lead-decide", lead), {"kind": "CONTINUE", "play": "P2"}, headers=of_row(lead)
    )

    made = Decision.objects.get()
    assert (made.reason_codes, made.handling, made.shown["play"]) == (["F06"], "REDUCE", "P2")
    page = answer.content.decode()
    assert page.lstrip().startswith(f'<li class="answered" id="due-{lead.pk}">')
    assert "Undo" in page
    assert "data-focus" in page
    assert "<b>1</b> decision due" in page
    assert "2 h" in page
    words = text(client.get(TODAY))
    assert "Meet the budget holder" in words
    assert other.account.name in words


def test_a_button_of_a_play_that_is_tapped_twice_decides_once_by_what_it_showed(client, founder):
    lead = low("F06")
    button = re.search(
        r'name="play" value="P2"><input type="hidden" name="token" value="([^"]+)">'
        r'<input type="hidden" name="seen" value="([^"]+)">',
        client.get(TODAY).content.decode(),
    )
    assert button is not None
    shown_as_of = lead.assessments.get().as_of
    AssessmentFactory(lead=lead, as_of=timezone.now(), reasons=lead.assessments.get().reasons)

    for _tap in range(2):
        said = {"kind": "CONTINUE", "play": "P2", "token": button[1], "seen": button[2]}
        client.post(at("lead-decide", lead), said, headers=of_row(lead))

    made = Decision.objects.get()
    assert made.shown["order"]["as_of"] == shown_as_of.isoformat()


def test_undo_brings_the_row_back_and_the_history_shows_both(client, founder):
    lead = low()
    client.post(at("lead-decide", lead), {"kind": "PAUSE", "reason": WHY, "review_date": ahead(20)})
    made = Decision.objects.get()

    answer = client.post(at("decision-take-back", made), headers=of_row(lead))

    assert f'<li class="due" id="due-{lead.pk}">' in answer.content.decode()
    assert "taken back" in text(client.get(at("lead-detail", lead)))
    assert Decision.objects.count() == 2


def test_a_small_form_opens_in_the_row_and_says_what_is_missing_there(client, founder):
    lead = low()
    shown = client.get(at("lead-decide", lead), {"kind": "PAUSE"}, headers=of_row(lead))
    wrong = client.post(
        at("lead-decide", lead), {"kind": "PAUSE", "review_date": ahead(3)}, headers=of_row(lead)
    )
    for answer in (shown, wrong):
        assert answer.content.decode().lstrip().startswith(f'<li class="due" id="due-{lead.pk}">')
    assert wrong.status_code == 422
    assert "Say why" in text(wrong)


def test_walking_away_leads_on_to_closing_with_that_outcome_proposed(client, founder):
    lead = low()
    answer = client.post(
        at("lead-decide", lead), {"kind": "WALK_AWAY", "reason_codes": "NO_BUDGET"}, follow=True
    )

    page = answer.content.decode()
    assert re.search(r'value="WALKED_AWAY"[^>]*checked', page)
    lead.refresh_from_db()
    assert lead.closed_at is None


def test_a_risk_that_was_taken_stays_in_sight_greyed(client, founder):
    lead = low()
    made_by = UserFactory(role=User.Role.FOUNDER)
    client.force_login(made_by)
    client.post(
        at("lead-decide", lead),
        {
            "kind": "ACCEPT_RISK",
            "handling": "REDUCE",
            "reason_codes": "COSTS_LITTLE",
            "review_date": ahead(20),
        },
    )
    client.force_login(founder)

    page = client.get(TODAY).content.decode()
    assert 'class="answered"' in page
    assert "risk taken until" in page
    assert "Undo" not in page

    Lead.objects.update(order_chance=0.03)
    assert 'class="due"' in client.get(TODAY).content.decode()


def test_nobody_decides_about_a_lead_that_he_may_not_see(client):
    lead = low()
    client.force_login(UserFactory(role=User.Role.SELLER))
    assert client.get(at("lead-decide", lead)).status_code == 404
    assert client.post(at("lead-decide", lead), {"kind": "PAUSE"}).status_code == 404


def test_an_offer_is_a_fact_with_its_fee_and_its_answer_is_one_tap(client, founder):
    lead = low(est_value_amount=Decimal(1_867_000))
    form = client.get(at("lead-decide", lead), {"kind": "OFFER_PAID_STEP"}).content.decode()
    assert 'value="28000"' in form

    client.post(
        at("lead-decide", lead),
        {
            "kind": "OFFER_PAID_STEP",
            "what": "两周诊断",
            "amount": "28000",
            "reason_codes": "SHOWS_IF_REAL",
        },
    )
    offer = PaidStepOffer.objects.get()
    assert (offer.what, offer.amount, offer.author) == ("两周诊断", 28_000, founder)
    page = text(client.get(at("lead-detail", lead)))
    assert "They accepted" in page

    client.post(at("offer-answer", offer), {"answer": "REFUSED"})
    offer.refresh_from_db()
    assert offer.answer == "REFUSED"
    assert offer.answered_at == offer.answer_recorded_at is not None
    lead.refresh_from_db()
    assert lead.assessment_due_at is not None

    client.post(at("offer-answer", offer), {"undo": "1"})
    offer.refresh_from_db()
    assert offer.answer == ""


def test_taking_an_offer_back_puts_the_offer_away_too(client, founder):
    lead = low()
    client.post(
        at("lead-decide", lead),
        {"kind": "OFFER_PAID_STEP", "what": "x", "reason_codes": "SHOWS_IF_REAL"},
    )
    client.post(at("decision-take-back", Decision.objects.get()))

    assert PaidStepOffer.objects.get().archived_at is not None


def test_an_offer_without_an_answer_says_how_long_and_that_it_counts(client, founder):
    lead = low()
    PaidStepOfferFactory(lead=lead, happened_at=timezone.now() - timedelta(days=15))

    assert "No answer for 15 days; the score counts that." in text(
        client.get(at("lead-detail", lead))
    )


def test_a_cap_is_set_while_there_is_room_in_it(client, founder):
    lead = low(owner=founder)
    client.post(at("lead-cap", lead), {"cap_hours": "20", "version": "1"})
    lead.refresh_from_db()
    assert (lead.cap_hours, lead.version) == (20, 2)


def test_above_the_warning_the_owner_is_told_who_reviews_and_somebody_else_does(client, founder):
    owner = UserFactory(role=User.Role.SELLER)
    lead = low(owner=owner)
    spend(lead, 10)  # of 12
    client.force_login(owner)
    refused = client.post(at("lead-cap", lead), {"cap_hours": "99", "reason": WHY})
    assert refused.status_code == 422
    assert "You own this lead, so somebody else reviews its effort" in text(refused)

    client.force_login(founder)
    assert "10 h, 83% of the cap" in text(client.get(TODAY))
    client.post(at("lead-cap", lead), {"cap_hours": "30", "reason": WHY})

    lead.refresh_from_db()
    made = Decision.objects.get()
    assert (lead.cap_hours, made.kind, made.decided_by) == (30, "REVIEW_EFFORT", founder)
    assert "Effort at its cap" not in text(client.get(TODAY))


def test_a_cap_used_up_is_marked_as_frozen_until_a_decision(client, founder):
    lead = low(owner=UserFactory())
    spend(lead, 13)
    for address in (TODAY, at("lead-detail", lead)):
        assert "frozen" in text(client.get(address)).lower()

    client.post(at("lead-cap", lead), {"cap_hours": "20", "reason": WHY})

    assert "frozen" not in text(client.get(TODAY)).lower()


def test_the_firm_s_caps_are_a_setting_of_founders(client, founder):
    lead = low()
    spend(lead, 10)
    said = {
        "cap_hours_until_budget": "40",
        "cap_hours_until_terms": "80",
        "cap_percent_of_value": "2",
        "logo_deals_at_a_time": "1",
    }
    client.post(reverse("effort-limits"), said)

    lead.refresh_from_db()
    assert lead.effort_share == pytest.approx(0.25)
    assert Firm.current().limits["logo_deals_at_a_time"] == "1"


def test_a_logo_deal_needs_its_right_its_caps_and_a_place(client, founder):
    first, second, third = (low() for _ in range(3))
    said = {"kind": "LOGO", "cap_hours": "30", "cap_date": ahead(60), "version": "1"}
    assert "written right" in text(client.post(at("lead-logo", first), said))
    said["logo_right_date"] = ahead(-3)
    for lead in (first, second):
        assert client.post(at("lead-logo", lead), said).status_code == 302

    refused = client.post(at("lead-logo", third), said)

    assert refused.status_code == 422
    assert "Logo deal: 2 at a time" in text(refused)
    first.refresh_from_db()
    assert (first.deal_type, first.cap_hours) == ("LOGO", 30)


def test_a_logo_deal_beyond_the_quota_is_refused_in_the_edit_form_too(client, founder):
    for _ in range(2):
        LeadFactory(deal_type="LOGO")
    lead = low(owner=founder)
    answer = client.post(
        at("lead-edit", lead), {"version": "1", "owner": founder.pk, "deal_type": "LOGO"}
    )
    assert answer.status_code == 422
    assert "2 at a time" in text(answer)


def test_the_report_counts_what_became_of_risks_that_were_taken(client, founder):
    now = timezone.now()
    for outcome in ("WON", "LOST", ""):
        lead = low(outcome=outcome, closed_at=now if outcome else None)
        Decision.objects.create(
            lead=lead,
            kind="ACCEPT_RISK",
            decided_by=founder,
            reason=WHY,
            shown={"order": {"base_rate": 0.77}},
            happened_at=now,
            recorded_at=now,
        )
    words = text(client.get(reverse("report-decisions")))
    assert re.search(r"Q\d 20\d\d 3 1 1 1 50% n=2 23%", words)
