"""What the page of terms says of the law, of the mark, and of a pasted clause."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    AccountFactory,
    LeadFactory,
    PaymentTermsFactory,
)
from tests.web.test_terms import DAY, words

pytestmark = pytest.mark.django_db


def test_law_is_said_with_article_and_how_sure_and_unknown_is_not_fine(client, founder):
    lead = LeadFactory(account=AccountFactory(kind="GOVERNMENT"))
    PaymentTermsFactory(
        lead=lead, term_days=90, accepted_by_audit=True, is_back_to_back=None, retention_percent=10
    )
    page = words(client.get(reverse("lead-terms", args=[lead.pk])))
    assert "90 days; the most allowed is 60 days." in page
    assert "Order 802 arts 9, 10, 17" in page
    assert "check with a lawyer" in page
    assert "◆ Unlawful" in page
    assert "▲ Unusual 10%; above 5% is unusual." in page
    assert "Unknown Tell them in writing before signing." in page


def test_an_unknown_size_asks_for_it_instead_of_guessing(client, founder):
    lead = LeadFactory(account=AccountFactory(kind="LISTED", size_class=""))
    PaymentTermsFactory(lead=lead, term_days=400)
    page = client.get(reverse("lead-terms", args=[lead.pk]))
    assert "size is not known, so neither is the limit" in words(page)
    assert reverse("account-edit", args=[lead.account_id]) in page.content.decode()


def test_the_declaration_is_kept_with_its_day_and_can_be_taken_back(client, founder):
    terms = PaymentTermsFactory(lead__account__kind="GOVERNMENT", sme_declared=None)
    address = reverse("lead-terms-declared", args=[terms.pk])
    client.post(address, {"version": terms.version, "declared": "yes"})
    terms.refresh_from_db()
    assert (terms.sme_declared, terms.sme_declared_date) == (True, timezone.localdate())
    client.post(address, {"version": terms.version, "declared": "no"})
    terms.refresh_from_db()
    assert (terms.sme_declared, terms.sme_declared_date) == (None, None)


def test_each_version_has_its_mark_and_ours_is_not_painted_better_than_it_is(client, founder):
    lead = LeadFactory(account=AccountFactory(kind="GOVERNMENT"))
    now = timezone.now()
    draft = {"prepay_percent": 0, "term_days": 95, "accepted_by_audit": True}
    ours = {"prepay_percent": 30, "term_days": 30, "accepted_by_audit": False}
    PaymentTermsFactory(lead=lead, happened_at=now - DAY, **draft)
    PaymentTermsFactory(lead=lead, happened_at=now, status="PROPOSED_BY_US", **ours)
    page = words(client.get(reverse("lead-terms", args=[lead.pk])))
    # odds 1/4, doubled by each ten of +5 +8 +8 +8 points: 65%; +5 and -3 on ours: 22%
    assert "High 65%" in page
    assert "22%" in page
    assert "Prepayment 0% → Prepayment 30%." in page


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"is_back_to_back": True, "prepay_percent": 60, "retention_percent": 0}, "Unlawful"),
        ({"prepay_percent": 60, "retention_percent": 8, "retention_months": 6}, "Unusual"),
    ],
)
def test_a_clause_that_makes_the_mark_gives_it_its_word(client, founder, facts, word):
    lead = LeadFactory(account=AccountFactory(kind="LISTED", size_class="LARGE"))
    PaymentTermsFactory(lead=lead, **{"term_days": 30} | facts)
    assert f"{word} clause" in words(client.get(reverse("lead-terms", args=[lead.pk])))


def test_a_pasted_clause_is_marked_escaped_and_taken_only_by_a_tick(client, founder):
    lead = LeadFactory()
    address = reverse("lead-terms-clause", args=[lead.pk])
    text = "<b>收到财政款项后30日内支付；以审计结果为准。</b>"
    shown = client.post(address, {"text": text, "find": "1"})
    body = shown.content.decode()
    assert "&lt;b&gt;" in body
    assert "<mark" in body
    assert not lead.payment_terms.exists()
    nothing = client.post(address, {"text": text, "take": "1"})
    assert nothing.status_code == 422
    assert not lead.payment_terms.exists()
    place = re.search(r'name="cue" value="(\d+)"[^>]*> <span><b>▲ Pay-when-paid', body).group(1)
    client.post(address, {"text": text, "take": "1", "cue": [place]})
    terms = lead.payment_terms.get()
    assert (terms.is_back_to_back, terms.accepted_by_audit) == (True, None)


def test_ticked_places_that_contradict_each_other_are_asked_about(client, founder):
    terms = PaymentTermsFactory(prepay_percent=None)
    text = "预付款30%。首付款20%。"
    answer = client.post(
        reverse("lead-terms-clause", args=[terms.lead_id]),
        {"text": text, "take": "1", "cue": ["1", "2"], "version": terms.version},
    )
    assert answer.status_code == 422
    assert "say different things about" in words(answer)
    terms.refresh_from_db()
    assert terms.prepay_percent is None
