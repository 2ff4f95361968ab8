"""What the terms pages promise: versions stand, shares add up, law is said, nothing is guessed."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import DealCash, DealCost, PaymentMilestone, PaymentTerms, User
from crm.selectors import terms as selector
from crm.services import terms as service
from tests.factories import (
    ContactFactory,
    InteractionFactory,
    LeadFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HTMX = {"HX-Request": "true"}


def words(answer):
    """Return the words of a page, its tags taken away."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def said(*payments, costs=(), **facts):
    """Return what the form of a version sends: payments as (label, share, days, day)."""
    sent = {
        "token": str(uuid4()),
        "base": "0",
        "status": "PROPOSED_BY_CLIENT",
        "proposed_date": timezone.localdate().isoformat(),
        "currency": "CNY",
        "contract_amount": "1000000.01",
        "vat_percent": "6",
        "m-TOTAL_FORMS": str(len(payments) + 2),
        "m-INITIAL_FORMS": "0",
        "c-TOTAL_FORMS": str(len(costs) + 1),
        "c-INITIAL_FORMS": "0",
    }
    for n, (label, share, days, day) in enumerate(payments):
        sent |= {
            f"m-{n}-label": label, f"m-{n}-share_percent": share,
            f"m-{n}-term_days": days, f"m-{n}-trigger_day": day,
        }  # fmt: skip
    for n, row in enumerate(costs):
        sent |= {f"c-{n}-{name}": value for name, value in row.items()}
    return sent | facts


THIRDS = (("Advance", "33.33", 10, 0), ("Delivery", "33.33", 30, 60), ("Rest", "33.34", 90, 120))


def send(client, lead, data):
    return client.post(reverse("lead-terms-new", args=[lead.pk]), data)


def test_a_version_is_saved_once_with_its_payments_and_what_follows_is_asked_for(client, founder):
    lead = LeadFactory(assessment_due_at=None)
    cost = {
        "label": "On site",
        "amount": "80000",
        "is_monthly": "on",
        "from_day": "0",
        "to_day": "90",
    }
    data = said(*THIRDS, costs=[cost], is_back_to_back="no", sme_declared="")

    first, second = send(client, lead, data), send(client, lead, data)

    assert first.status_code == second.status_code == 302
    terms = lead.payment_terms.get()
    assert (terms.is_back_to_back, terms.sme_declared) == (False, None)
    assert (terms.prepay_percent, terms.term_days) == (Decimal("33.33"), 90)
    assert terms.costs.get().to_day == 90
    lead.refresh_from_db()
    assert lead.assessment_due_at
    assert lead.has_money
    assert DealCash.objects.get(terms=terms).due_at
    version = selector.versions(lead)[0]
    assert [one.row.label for one in version.payments] == ["Advance", "Delivery", "Rest"]
    assert sum(one.net_amount for one in version.payments) == Decimal("1000000.01")
    assert sum(one.gross_amount for one in version.payments) == Decimal("1060000.01")
    page = words(client.get(first["Location"]))
    assert "100%" in page
    assert "being computed" in page


@pytest.mark.parametrize(
    ("payments", "facts", "sentence"),
    [
        ((("A", "60", 1, 0), ("B", "39.99", 1, 9)), {}, "add up to 99.99%: 0.01% is missing"),
        ((("A", "60", 1, 0), ("B", "40.5", 1, 9)), {}, "add up to 100.5%: 0.5% too much"),
        ((("A", "100", -1, 0),), {}, "Write days from 0 on."),
        ((("A", "100", 1, -9999),), {}, "Write days from -400 on."),
        ((("", "100", 1, 0),), {}, "Name this payment."),
        ((("A", "", 1, 0),), {}, "Say its share."),
        ((("A", "100", 1, 0),), {"signed_date": "2027-02-29"}, "Write a day of the calendar"),
        ((("A", "100", 1, 0),), {"currency": "XYZ"}, "XYZ is not one of the available choices"),
        ((("A", "100", 1, 0),), {"contract_amount": "-5"}, "Write an amount above zero"),
        ((), {"prepay_percent": "60", "retention_percent": "50"}, "are above 100%"),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_nothing_is_lost(
    client, founder, payments, facts, sentence
):
    lead = LeadFactory()
    answer = send(client, lead, said(*payments, note="kept as typed", **facts))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "kept as typed" in answer.content.decode()
    assert not PaymentTerms.objects.exists()
    assert not PaymentMilestone.objects.exists()


def test_the_29th_of_february_is_a_day_of_leap_years(client, founder):
    lead = LeadFactory()
    send(client, lead, said(("A", "100", 1, 0), signed_date="2028-02-29"))
    assert selector.versions(lead)[0].payments[0].planned_date.isoformat() == "2028-02-29"


def test_a_second_version_begins_with_the_first_and_leaves_it_alone(client, founder):
    lead = LeadFactory()
    send(client, lead, said(*THIRDS))
    first = lead.payment_terms.get()
    page = client.get(f"{reverse('lead-terms-new', args=[lead.pk])}?from={first.pk}")
    assert 'value="Delivery"' in page.content.decode()

    ours = said(("Advance", "50", 10, 0), ("Rest", "50", 30, 60))
    send(client, lead, ours | {"base": first.pk, "status": "PROPOSED_BY_US"})

    before, after = selector.versions(lead)
    assert [len(before.payments), len(after.payments)] == [3, 2]
    assert [before.is_open, after.is_open] == [False, True]
    rows = selector.payment_rows(before, after)
    assert [row.share_differs for row in rows] == [True, True, True]
    page = words(client.get(reverse("lead-terms", args=[lead.pk])))
    assert "v1 against v2" in page


def test_two_people_who_answer_the_same_draft_do_not_overwrite_each_other(client, founder):
    lead = LeadFactory()
    send(client, lead, said(*THIRDS))
    first = lead.payment_terms.get()
    send(client, lead, said(*THIRDS) | {"base": first.pk})
    answer = send(client, lead, said(*THIRDS) | {"base": first.pk})
    assert answer.status_code == 422
    assert "Someone else saved this meanwhile" in words(answer)
    assert lead.payment_terms.count() == 2


def test_only_the_newest_draft_is_corrected_and_it_counts_from_then_on(client, founder):
    lead = LeadFactory()
    send(client, lead, said(*THIRDS))
    terms = lead.payment_terms.get()
    old = timezone.now() - 20 * DAY
    PaymentTerms.objects.update(recorded_at=old, happened_at=old)
    address = reverse("lead-terms-edit", args=[terms.pk])

    stale = client.post(address, said(*THIRDS) | {"version": "99"})
    good = client.post(address, said(("All", "100", 30, 10)) | {"version": terms.version})

    assert (stale.status_code, good.status_code) == (422, 302)
    terms.refresh_from_db()
    assert terms.recorded_at > old
    assert [row.label for row in terms.milestones.filter(archived_at=None)] == ["All"]
    PaymentTermsFactory(lead=lead, happened_at=timezone.now())
    refused = client.post(address, said(*THIRDS) | {"version": terms.version}, follow=True)
    assert "This version stands as it is" in words(refused)


def test_what_was_agreed_stands_as_a_version_of_its_own(client, founder):
    lead = LeadFactory()
    send(client, lead, said(*THIRDS))
    draft = lead.payment_terms.get()
    data = {"version": draft.version, "token": str(uuid4()), "signed_date": "2026-11-20"}
    for _ in range(2):
        client.post(reverse("lead-terms-agree", args=[draft.pk]), data)
    draft.refresh_from_db()
    agreed = lead.payment_terms.get(status="AGREED")
    assert draft.status == "PROPOSED_BY_CLIENT"
    assert agreed.signed_date.isoformat() == "2026-11-20"
    assert agreed.milestones.count() == 3
    broken = client.post(
        reverse("lead-terms-agree", args=[agreed.pk]), data | {"token": "", "signed_date": "x"},
        follow=True,
    )  # fmt: skip
    assert "Write a day of the calendar" in words(broken)


def test_what_was_agreed_is_neither_agreed_again_nor_changed(client, founder):
    agreed = PaymentTermsFactory(status="AGREED")
    sign, declare = reverse("lead-terms-agree", args=[agreed.pk]), "lead-terms-declared"
    data = {"version": agreed.version, "token": str(uuid4()), "declared": "yes"}

    for address in (sign, reverse(declare, args=[agreed.pk])):
        assert "This version stands as it is." in words(client.post(address, data, follow=True))

    stored = PaymentTerms.objects.get()
    assert (stored.version, stored.sme_declared) == (agreed.version, None)


def test_a_later_contract_takes_over_what_was_accepted_and_billed(founder):
    lead = LeadFactory()
    agreed = PaymentTermsFactory(lead=lead, status="AGREED", happened_at=timezone.now() - DAY)
    done = PaymentMilestoneFactory(
        lead=lead, terms=agreed, label="Delivery", accepted_date=timezone.localdate()
    )
    ahead = PaymentMilestoneFactory(lead=lead, terms=agreed, label="Rest", position=1)
    draft = service.propose(
        lead=lead, base=agreed.pk, now=timezone.now(), by=founder, token=uuid4(), costs=[],
        milestones=[{"label": "Delivery", "share_percent": Decimal(100)}],
        status="PROPOSED_BY_US", happened_at=timezone.now(),
    )  # fmt: skip
    service.agree(
        terms=draft, version=draft.version, signed_date=timezone.localdate(),
        now=timezone.now(), by=founder, token=uuid4(),
    )  # fmt: skip
    current = PaymentMilestone.objects.filter(terms__status="AGREED", archived_at=None)
    assert [row.label for row in current] == ["Delivery"]
    assert current[0].accepted_date == done.accepted_date
    assert current[0].pk not in {done.pk, ahead.pk}


def test_an_accountant_edits_terms_and_a_seller_only_own_leads(client):
    lead = LeadFactory(owner=UserFactory(), has_money=True)
    PaymentTermsFactory(lead=lead)
    address = reverse("lead-terms", args=[lead.pk])
    answers = {}
    for role in (User.Role.ACCOUNTANT, User.Role.SELLER, User.Role.VIEWER):
        client.force_login(UserFactory(role=role))
        answers[role] = client.get(address).status_code
    client.force_login(lead.owner)
    assert client.get(address).status_code == 200
    assert list(answers.values()) == [200, 404, 403]


def test_typing_shows_points_and_amounts_without_saving(client, founder):
    lead = LeadFactory()
    data = said(("A", "60", 30, 0), ("B", "39", 30, 60), is_back_to_back="yes")
    answer = client.post(reverse("lead-terms-preview", args=[lead.pk]), data, headers=HTMX)
    page = words(answer)
    assert "1% of the shares is missing" in page
    assert "¥600,000.01" in page
    assert not PaymentTerms.objects.exists()
    assert client.post(reverse("lead-terms-preview", args=[lead.pk]), {}).status_code == 200


def test_more_rows_come_without_saving_or_losing_anything(client, founder):
    lead = LeadFactory()
    answer = send(client, lead, said(("A", "60", 30, 0)) | {"more": "1"})
    assert answer.status_code == 200
    assert 'name="m-5-label"' in answer.content.decode()
    assert 'value="A"' in answer.content.decode()


def test_the_page_costs_the_same_queries_for_any_number_of_versions(client, founder, count_queries):
    lead = LeadFactory()
    now = timezone.now()

    def version(days):
        terms = PaymentTermsFactory(lead=lead, happened_at=now - days * DAY)
        PaymentMilestoneFactory(lead=lead, terms=terms)
        DealCost.objects.create(terms=terms, label="x", amount=1, to_day=9, recorded_at=now)

    version(9)
    version(8)
    address = reverse("lead-terms", args=[lead.pk])
    client.get(address)
    few = count_queries(lambda: client.get(address))
    for days in range(1, 7):
        version(days)
    assert count_queries(lambda: client.get(address)) == few


def test_m7_carries_the_figures_of_our_proposal_and_is_gone_once_agreed(client, founder):
    lead = LeadFactory()
    contact = ContactFactory(account=lead.account, name="陈芳", recorded_at=timezone.now() - DAY)
    InteractionFactory(lead=lead).attendees.add(contact)
    address = reverse("lead-terms", args=[lead.pk])
    PaymentTermsFactory(lead=lead, happened_at=timezone.now() - 2 * DAY, prepay_percent=10)
    usual = words(client.get(address))
    assert "陈芳您好" in usual
    assert "预付款 30%；交付后 10 个工作日内验收，逾期视同通过；验收后 30 日内付款" in usual
    ours = PaymentTermsFactory(
        lead=lead, status="PROPOSED_BY_US", happened_at=timezone.now() - DAY,
        prepay_percent=Decimal("45.50"), inspection_days=7, term_days=60,
    )  # fmt: skip
    PaymentMilestoneFactory(lead=lead, terms=ours, is_acceptance=True, term_days=20)
    page = client.get(address)
    assert "预付款 45.5%；交付后 7 个工作日内验收，逾期视同通过；验收后 20 日内付款" in words(page)
    assert "45.5% prepayment, acceptance within 7 working days" in words(page)
    body = page.content.decode()
    assert body.index("text-M7-zh") < body.index("text-M7-en")
    assert body.count("readonly") == 2  # whoever has no script selects the text
    PaymentTermsFactory(lead=lead, status="AGREED", happened_at=timezone.now())
    assert "text-M7-zh" not in client.get(address).content.decode()


def test_the_largest_concession_is_said_with_the_peak_before_and_after_it(client, founder):
    terms = PaymentTermsFactory()
    base = {
        "peak_day": {"p50": 1}, "last_negative_day": {"p50": 2}, "days_to_cash": {"p50": 3},
        "financing": {"p50": 4, "mean": 4}, "present_value": {"mean": 1, "p10": 1},
        "margin": 9, "expected_loss": 1, "share_of_cash": None, "runway_months": None,
        "price_of_30_days": 1,
    }  # fmt: skip
    curve = {"day": [0, 7], "p10": [-2, 1], "p50": [-1, 2], "p90": [0, 3]}

    def page(**peaks):
        levers = [
            {**base, "code": code, "peak": {"p50": peak, "p90": peak}}
            for code, peak in peaks.items()
        ]
        peak = {"p50": 592_000, "p90": 653_000}
        result = {**base, "peak": peak, "curve": curve, "levers": levers}
        DealCash.objects.update_or_create(
            terms=terms, defaults={"result": result, "made_at": timezone.now()}
        )
        return words(client.get(reverse("lead-terms", args=[terms.lead_id])))

    said = page(HIGHER_ADVANCE=645_000, WAIT_FOR_ADVANCE=409_000, BOTH_GATES=140_000)
    # in the page's first sentences, as no answer of ours stands beside it yet, and with its table
    assert said.count("Ask for a 30% advance and start when it is paid: peak ¥653k → ¥409k") == 2
    assert "waits for the first two payments: ¥140k" in said
    assert "No single concession lowers the peak of ¥653k" in page(SHORTER_TERM=652_000)
