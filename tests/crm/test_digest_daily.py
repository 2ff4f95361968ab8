"""Reminders: one mail a working day at most, each due thing once, nothing the Monday mail says."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crm.models import Digest, Firm, InvoiceReminder, Lead, User
from crm.selectors.digest_daily import MOST_LINES, Item, Reminders, What, reminders
from crm.services import digest_daily_mail, digests
from tests.factories import (
    MONDAY,
    AssessmentFactory,
    InvoiceFactory,
    LeadFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Role, Kind, Status = User.Role, Digest.Kind, Digest.Status
TUESDAY = MONDAY + timedelta(days=1)
DAY = TUESDAY.date()


@pytest.fixture
def seller(db: None) -> User:
    """Somebody who has had no Monday mail and wants none."""
    user: User = UserFactory(wants_digest=False)
    return user


def lead_of(owner: User, **facts: Any) -> Lead:
    """Return a running lead."""
    lead: Lead = LeadFactory(owner=owner, **facts)
    return lead


def morning(now: datetime = TUESDAY) -> dict[int, list[str]]:
    """Sweep and send; return what each reader is reminded of in the mails of this morning."""
    before = set(Digest.objects.values_list("pk", flat=True))
    for digest_id in digests.sweep(now=now):
        digests.send(digest_id=digest_id, now=now)
    fresh = Digest.objects.filter(kind=Kind.DAILY).exclude(pk__in=before)
    assert {digest.status for digest in fresh} <= {Status.SENT}
    return {
        digest.recipient_id: [*digest.shown["said"], *digest.shown.get("caps", ())]
        for digest in fresh
    }


def mornings(user: User, first: date, days: int) -> list[date]:
    """Return the days on which a person is reminded, when every morning is swept."""
    start = TUESDAY - (DAY - first)
    return [
        (start + timedelta(days=after)).date()
        for after in range(days)
        if morning(start + timedelta(days=after)).get(user.pk)
    ]


def test_a_next_step_is_said_on_its_day_and_once_more_three_days_later(seller):
    lead_of(seller, next_step_date=DAY, next_step="send the price list")

    assert mornings(seller, date(2026, 11, 20), 14) == [date(2026, 11, 24), date(2026, 11, 27)]
    mail = Digest.objects.order_by("due_at")[0]
    assert mail.subject == "Today Tue 24 Nov: 1 reminder"
    assert "next step due today\n  send the price list\n" in mail.text_body


def test_a_step_of_a_saturday_is_said_on_monday(seller):
    lead_of(seller, next_step_date=date(2026, 11, 28))

    assert mornings(seller, date(2026, 11, 27), 4) == [date(2026, 11, 30)]


def test_a_day_of_rest_brings_no_mail_and_a_made_up_saturday_does(seller):
    lead_of(seller, next_step_date=date(2026, 10, 1))
    lead_of(seller, next_step_date=date(2026, 10, 10))

    found = mornings(seller, date(2026, 9, 30), 11)

    assert date(2026, 10, 1) not in found  # the national day
    assert date(2026, 10, 10) in found  # worked for it


def test_a_decision_is_said_on_its_day_unless_its_flag_rests(seller):
    due = lead_of(seller, decide_by_date=DAY)
    lead_of(seller, decide_by_date=DAY, rest_kind="PAUSE", rests_until_date=DAY + timedelta(7))

    assert morning() == {seller.pk: [f"DECISION:{due.pk}:2026-11-24:0"]}
    assert mornings(seller, DAY + timedelta(days=1), 9) == []


def test_an_invoice_is_said_on_its_day_and_at_each_step_of_the_ladder_once(seller):
    accountant = UserFactory(role=Role.ACCOUNTANT, wants_digest=False)
    InvoiceFactory(lead=lead_of(seller), due_date=DAY)

    said = [
        after
        for after in (0, 1, 2, 3, 4, 9, 10, 13, 30, 31, 60, 61, 62, 63)
        if accountant.pk in morning(TUESDAY + timedelta(days=after))
    ]

    assert said == [0, 3, 10, 30, 62]  # day 60 is a Saturday


def test_a_step_of_the_ladder_that_somebody_took_is_not_said(seller):
    invoice = InvoiceFactory(lead=lead_of(seller), due_date=DAY - timedelta(days=10))
    InvoiceReminder.objects.create(invoice=invoice, step=10, sent_at=MONDAY, sent_by=seller)
    InvoiceFactory(lead=lead_of(seller), due_date=DAY, disputed_date=DAY)

    assert morning() == {}


@pytest.mark.parametrize("has_accountant", [True, False])
def test_founders_are_told_of_invoices_where_no_accountant_is(has_accountant):
    founder = UserFactory(role=Role.FOUNDER, wants_digest=False)
    if has_accountant:
        UserFactory(role=Role.ACCOUNTANT)
    InvoiceFactory(due_date=DAY)

    assert (founder.pk in morning()) is not has_accountant


def test_a_cap_is_said_once_at_80_and_once_at_100_to_its_owner_and_who_reviews(seller):
    manager = UserFactory(role=Role.MANAGER, team=TeamFactory(), wants_digest=False)
    User.objects.filter(pk=seller.pk).update(team=manager.team)
    lead = lead_of(seller, effort_share=0.85, last_interaction_at=MONDAY)
    name = f"CAP:{lead.pk}:/"

    assert morning() == {seller.pk: [f"{name}:80"], manager.pk: [f"{name}:80"]}
    assert morning(TUESDAY + timedelta(days=1)) == {}
    Lead.objects.update(effort_share=1.1, effort_reviewed_at=MONDAY, last_interaction_at=TUESDAY)
    assert morning(TUESDAY + timedelta(days=2)) == {
        seller.pk: [f"{name}:100"], manager.pk: [f"{name}:100"]
    }  # fmt: skip
    Lead.objects.update(last_interaction_at=TUESDAY + timedelta(days=60))
    assert morning(TUESDAY + timedelta(days=62)) == {}


def test_whoever_has_nothing_due_has_no_row(seller):
    assert morning() == {}
    assert not Digest.objects.exists()


def test_all_that_is_due_stands_in_one_mail_of_at_most_eight_lines(seller):
    for _number in range(10):
        lead_of(seller, next_step_date=DAY)

    (first,) = morning().values()
    (second,) = morning(TUESDAY + timedelta(days=1)).values()

    assert (len(first), len(second)) == (MOST_LINES, 2)
    assert "2 more on Today" in Digest.objects.order_by("due_at")[0].text_body


def test_the_monday_mail_of_the_same_morning_is_not_repeated():
    seller = UserFactory()
    lead = lead_of(seller, decide_by_date=MONDAY.date(), next_step_date=MONDAY.date())
    AssessmentFactory(lead=lead)
    InvoiceFactory(lead=lead, due_date=MONDAY.date())
    InvoiceFactory(lead=lead, due_date=MONDAY.date() - timedelta(days=4))

    assert morning(MONDAY) == {seller.pk: [f"STEP:{lead.pk}:2026-11-23:0"]}
    assert str(lead.pk) in Digest.objects.get(kind=Kind.WEEKLY).shown
    # What was due by Monday is no news on Tuesday; the next step of the ladder is.
    found = mornings(seller, DAY, 3)
    assert found == [date(2026, 11, 26)]


def test_what_is_written_during_the_day_reminds_nobody_of_it(seller):
    lead_of(seller, next_step_date=DAY - timedelta(days=20))
    morning()
    lead_of(seller, next_step_date=DAY)

    assert morning(TUESDAY + timedelta(hours=3)) == {}


@pytest.mark.parametrize(
    "facts",
    [
        {"is_active": False},
        {"wants_reminders": False},
        {"role": Role.VIEWER},
        {"email": ""},
        {"mails_muted_until": DAY + timedelta(days=1)},
    ],
)
def test_who_wants_or_may_read_none_is_not_reminded(facts, seller):
    lead_of(seller, next_step_date=DAY)
    User.objects.filter(pk=seller.pk).update(**facts)

    assert morning() == {}


def test_a_mute_ends_on_its_day(seller):
    lead_of(seller, next_step_date=DAY)
    User.objects.filter(pk=seller.pk).update(mails_muted_until=DAY)

    assert list(morning()) == [seller.pk]


def test_reminders_that_could_not_go_out_on_their_day_are_not_sent_late(seller):
    lead_of(seller, next_step_date=DAY)
    (late,) = digests.sweep(now=TUESDAY)

    assert late not in digests.sweep(now=TUESDAY + timedelta(days=1))

    digest = Digest.objects.get(pk=late)
    assert (digest.status, digest.answer) == (Status.FAILED, "the day was over")


def test_what_a_failed_mail_held_is_said_the_next_day(seller):
    lead = lead_of(seller, next_step_date=DAY)
    digests.sweep(now=TUESDAY)

    assert morning(TUESDAY + timedelta(days=1)) == {seller.pk: [f"STEP:{lead.pk}:2026-11-24:0"]}


def test_what_is_done_before_the_mail_is_written_is_not_said(seller, monkeypatch):
    lead_of(seller, next_step_date=DAY)
    with monkeypatch.context() as patched:
        patched.setattr(digests, "_write_together", lambda due, **facts: None)
        (digest_id,) = digests.sweep(now=TUESDAY)
    Lead.objects.update(next_step_date=None)

    assert digests.send(digest_id=digest_id, now=TUESDAY) == Status.FAILED
    assert Digest.objects.get().answer == digests.NOTHING_LEFT


def test_a_start_at_noon_still_reminds(seller):
    lead_of(seller, next_step_date=DAY)

    assert list(morning(TUESDAY + timedelta(hours=5))) == [seller.pk]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_line_has_its_link_in_both_parts(language):
    items = [
        Item(What.INVOICE, 3, 7, "云岭能源有限公司", 10, 12, amount=Decimal(96_000)),
        Item(What.INVOICE, 4, 7, "云岭能源有限公司", 0, 0, amount=Decimal(52_000)),
        Item(What.DECISION, 7, 7, "A & B <b>", 0, 0),
        Item(What.STEP, 8, 8, "海岳电网", 3, 4, title="知识助手", words="报价单"),
        Item(What.CAP, 9, 9, "海岳电网", 100),
        Item(What.CAP, 10, 10, "海岳电网", 80),
    ]

    mail = digest_daily_mail.render(Reminders(DAY, items), language=language)

    for path in (
        "money/invoices/3/", "money/invoices/4/", "leads/7/decide/", "leads/8/", "leads/9/cap/",
    ):  # fmt: skip
        assert f"http://localhost:8000/{path}" in mail.text
        assert f'href="http://localhost:8000/{path}"' in mail.html
    assert "A & B <b>" in mail.text
    assert "<b>" not in mail.html
    assert "海岳" not in mail.subject
    assert mail.names == {7, 8, 9, 10}


def test_more_readers_cost_no_more_queries(django_assert_num_queries):
    readers = [UserFactory(), UserFactory(role=Role.ACCOUNTANT)]
    for number in (2, 12):
        readers += UserFactory.create_batch(number)
        for reader in readers:
            lead_of(reader, next_step_date=DAY, decide_by_date=DAY)
        InvoiceFactory(due_date=DAY)
        firm = Firm.current()
        with django_assert_num_queries(6):
            reminders(readers, as_of=TUESDAY, firm=firm)
