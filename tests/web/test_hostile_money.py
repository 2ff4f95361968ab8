"""What the forms and addresses of money do with what nobody should send."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from crm import shares
from crm.models import Invoice, Payment, PaymentMilestone, PaymentTerms, SystemEvent
from tests.factories import (
    InvoiceFactory,
    LeadFactory,
    PaymentFactory,
    PaymentMilestoneFactory,
    PaymentTermsFactory,
)
from tests.web.test_hostile_input import HOSTILE, filled
from tests.web.test_terms import said

pytestmark = pytest.mark.django_db
ALONE = ("a\0b", "9" * 30, "9999-12-31")  # the rest stands where all fields are wrong at once
DAY = timedelta(days=1)


def bill(lead):
    """Return an open invoice of a lead, a part of it paid."""
    today = timezone.localdate()
    return InvoiceFactory(
        lead=lead, issued_date=today - 40 * DAY, due_date=today - 10 * DAY, number="NR-1"
    )


def forms(lead):
    """Return each form's address with answers that it takes."""
    draft = PaymentTermsFactory(lead=lead, status="PROPOSED_BY_US")
    contract = PaymentTermsFactory(status="AGREED", contract_amount=Decimal(1_000))
    milestone = PaymentMilestoneFactory(
        lead=contract.lead, terms=contract, share_percent=Decimal(100)
    )
    today, invoice = timezone.localdate().isoformat(), bill(lead)
    terms = {name: value for name, value in written().items() if "_FORMS" not in name}
    told = {
        "token": lambda: uuid4().hex, "number": lambda: uuid4().hex, "milestone_label": "Delivery",
        "amount": "100", "currency": "CNY", "issued_date": today, "due_date": today,
    }  # fmt: skip
    day = {"version": "1", "day": today, "reason": "gone"}
    return {
        "lead-terms-new": (reverse("lead-terms-new", args=[lead.pk]), terms | {"base": "0"}),
        "lead-terms-edit": (reverse("lead-terms-edit", args=[draft.pk]), terms | {"version": "1"}),
        "lead-terms-agree": (
            reverse("lead-terms-agree", args=[draft.pk]),
            {"version": "1", "token": "", "signed_date": today},
        ),
        "lead-terms-clause": (
            reverse("lead-terms-clause", args=[lead.pk]),
            {"text": "预付款30%", "find": "1", "cue": "1", "take": "1", "version": "1"},
        ),
        "lead-terms-preview": (reverse("lead-terms-preview", args=[lead.pk]), terms),
        "milestone-reached": (
            reverse("milestone-reached", args=[milestone.pk]),
            {"version": "1", "accepted_date": today, "back": "lead"},
        ),
        "invoice-new": (f"{reverse('invoice-new')}?milestone={milestone.pk}", told),
        "invoice-edit": (reverse("invoice-edit", args=[invoice.pk]), told | {"version": "1"}),
        "invoice-pay": (
            reverse("invoice-pay", args=[invoice.pk]),
            {
                "token": "", "kind": "MONEY", "amount": "10", "currency": "CNY",
                "paid_date": today, "note": "in part",
            },
        ),
        **{
            f"invoice-state {what}": (
                reverse("invoice-state", args=[invoice.pk]), day | {"what": what}
            )
            for what in ("dispute", "resolve", "write_off", "bring_back", "put_away")
        },
        "invoice-remind": (
            reverse("invoice-remind", args=[invoice.pk]),
            {"step": "3", "note": "they will pay"},
        ),
    }  # fmt: skip


def written():
    """Return what a whole version sends."""
    cost = {"label": "On site", "amount": "8000", "is_monthly": "on", "from_day": "0"}
    milestone = {
        "trigger": "signed", "planned_date": "2027-01-04", "instrument": "BILL",
        "is_retention": "on", "is_acceptance": "on", "gates_work": "on",
    }  # fmt: skip
    return said(
        ("Advance", "40", 10, 0), ("Rest", "60", 30, 90), costs=[cost | {"to_day": "90"}],
        signed_date="2026-11-20", is_back_to_back="no", pays_by_bill="yes", bill_days="60",
        retention_months="12", inspection_days="10", performance_bond_percent="5",
        onsite_person_days="20", vendor_funded_amount="100", note="as they wrote",
        prepay_percent="40", retention_percent="5", term_days="30",
    ) | {f"m-0-{name}": value for name, value in milestone.items()}  # fmt: skip


COUNTS = {
    "m-TOTAL_FORMS": "4",
    "m-INITIAL_FORMS": "0",
    "c-TOTAL_FORMS": "2",
    "c-INITIAL_FORMS": "0",
}
SAME_FORM = {"lead-terms-edit", "lead-terms-preview"}  # as lead-terms-new, which takes it all
NAMES = ("lead-terms-new", "lead-terms-edit", "lead-terms-agree", "lead-terms-clause",
         "lead-terms-preview", "milestone-reached", "invoice-new", "invoice-edit", "invoice-pay",
         "invoice-state dispute", "invoice-state write_off", "invoice-state put_away",
         "invoice-remind")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_field_of_money_breaks_its_form_and_each_refusal_says_why(client, founder, name):
    client.raise_request_exception = False
    address, answers = forms(LeadFactory())[name]
    counts = COUNTS if name.startswith("lead-terms") else {}
    fields = [*answers]

    values = HOSTILE[::4] if name in SAME_FORM else HOSTILE
    sent = [dict.fromkeys(fields[n % len(fields) :], value) for n, value in enumerate(values)]
    if name not in SAME_FORM:
        sent += [{field: ALONE[n % len(ALONE)]} for n, field in enumerate(fields)]
    broken = {}
    for wrong in sent:
        answer = client.post(address, counts | filled(answers, **wrong))
        if why := fault(answer):
            broken[str(wrong)[:80]] = why

    assert broken == {}
    for terms in PaymentTerms.objects.exclude(milestones=None):
        rows = terms.milestones.filter(archived_at=None)
        assert shares.difference([row.share_percent for row in rows]) == 0
    assert not Payment.objects.filter(amount__lte=0).exists()


def fault(answer):
    """Return what is wrong with the answer to a form: it failed, or refuses without a word."""
    if answer.status_code in {200, 302, 404}:
        return None
    if answer.status_code != 422:
        return answer.status_code, str(answer.exc_info)
    return None if 'role="alert"' in answer.content.decode() else "no reason"


@pytest.mark.parametrize("total", ["", "x", "999999999", "9" * 400, "\0"])
def test_a_number_of_rows_that_is_none_is_refused_and_saves_nothing(client, founder, total):
    lead = LeadFactory()
    for prefix in "mc":
        data = said(("A", "100", 1, 0)) | {f"{prefix}-TOTAL_FORMS": total}
        for more in ({}, {"more": "1"}):
            answer = client.post(reverse("lead-terms-new", args=[lead.pk]), data | more)
            assert answer.status_code in {200, 422}
        assert client.post(reverse("lead-terms-preview", args=[lead.pk]), data).status_code == 200
    assert not PaymentTerms.objects.exists()


PAGES = {
    "money-invoices": ("which", "sort", "age", "currency", "account", "lead", "after", "before"),
    "invoice-new": ("milestone", "lead", "account", "q"),
    "invoice-export": ("which", "age", "currency", "after"),
    "lead-terms": ("a", "b"),
    "lead-terms-new": ("from", "plan"),
    "milestone-reached": ("back",),
}


@pytest.mark.one_database
@pytest.mark.parametrize("name", PAGES)
def test_no_address_of_money_breaks_at_rubbish_after_the_question_mark(client, founder, name):
    lead = LeadFactory()
    terms = PaymentTermsFactory(lead=lead, status="AGREED")
    milestone = PaymentMilestoneFactory(lead=lead, terms=terms)
    PaymentFactory(invoice=bill(lead))
    keys = {"milestone-reached": [milestone.pk], "invoice-export": ["csv"]}
    if name.startswith("lead-terms"):
        keys[name] = [lead.pk]
    client.raise_request_exception = False

    fields, broken = PAGES[name], {}
    for place, value in enumerate(HOSTILE):
        # Every other time one field alone, so that what fails first hides nothing.
        some = fields if place % 2 else fields[place // 2 % len(fields) :][:1]
        answer = client.get(reverse(name, args=keys.get(name, [])), dict.fromkeys(some, value))
        if answer.status_code not in {200, 404}:
            broken[value[:40], *some] = str(answer.exc_info[0])

    assert broken == {}
    assert (Invoice.objects.count(), PaymentMilestone.objects.count()) == (1, 1)
    assert not SystemEvent.objects.exists()
