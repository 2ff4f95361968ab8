"""Each figure of a Monday mail leads to a page of ours that shows the same figure."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from crm import weeks
from crm.models import BudgetStage, Firm, Lead, Mark, PlannedMeeting, Target, User, Verdict
from crm.selectors.digest import content
from crm.selectors.digest_parts import Money, Sum
from crm.services import digest_mail
from tests.factories import (
    AssessmentFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    PlannedMeetingFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


@pytest.fixture
def week(founder: User) -> dict[str, str]:
    """A week with something of everything; return the addresses of the mail by their words."""
    now, today = timezone.now(), timezone.localdate()
    last_week = weeks.week_start(today) - timedelta(days=3)
    at = now - timedelta(days=(today - last_week).days)
    for number in range(7):
        red(now, hours=Decimal(4) if number < 3 else Decimal(0), at=at)
    calm: Lead = LeadFactory(owner=founder, opened_at=now - timedelta(days=90))
    InteractionFactory(
        lead=calm, happened_at=at, presales_hours=Decimal(8), budget_stage=BudgetStage.APPROVED
    )
    for days, amount in ((-40, 90_000), (-3, 7_000), (2, 11_000), (6, 5_000), (9, 1_000)):
        InvoiceFactory(
            lead=calm, amount=Decimal(amount), due_date=today + timedelta(days=days),
            issued_date=today - timedelta(days=60), recorded_at=now - timedelta(days=60),
        )  # fmt: skip
    for done in (True, False):
        PlannedMeetingFactory(
            lead=calm, meeting_date=last_week, recorded_at=at, status_at=now if done else None,
            status=PlannedMeeting.Status.DONE if done else PlannedMeeting.Status.PLANNED,
        )  # fmt: skip
    mail = digest_mail.render(
        content(founder, as_of=timezone.now(), firm=Firm.current()), language="en"
    )
    return {unescape(words): unescape(link) for link, words in LINK.findall(mail.html)}


def red(now, *, hours: Decimal, at) -> Lead:
    """Return a lead of low intent as services leave it."""
    lead: Lead = LeadFactory(
        opened_at=now - timedelta(days=90), verdict=Verdict.LOW, order_chance=0.06,
        payment_mark=Mark.UNKNOWN, unpaid_hours=hours,
    )  # fmt: skip
    if hours:
        InteractionFactory(lead=lead, happened_at=at, presales_hours=hours)
    AssessmentFactory(lead=lead, as_of=now, recorded_at=now)
    return lead


def page(client: Client, link: str):
    """Open a link of the mail."""
    answer = client.get(link.removeprefix(settings.BASE_URL).partition("#")[0])
    assert answer.status_code == 200, link
    return answer


def test_every_link_of_the_mail_opens_by_get_and_changes_nothing(week, client):
    before = Lead.objects.values_list("version").order_by("pk")

    for link in set(week.values()):
        page(client, link)

    assert list(before) == list(Lead.objects.values_list("version").order_by("pk"))


def test_the_decisions_of_mail_and_today_add_up(week, client):
    (words,) = (words for words in week if "on Today" in words)
    asked = len({link for link in week.values() if re.search(r"/leads/\d+/$", link)}) - 1

    assert words == f"{7 - asked} more on Today"
    assert len(page(client, week[words]).context["due"]) == 7


def test_flags_that_today_does_not_ask_about_are_as_many_in_their_list(founder, client):
    now = timezone.now()
    for _ in range(6):
        lead = red(now, hours=Decimal(0), at=now - timedelta(days=9))
        Lead.objects.filter(pk=lead.pk).update(
            decide_by_date=timezone.localdate() + timedelta(days=30)
        )
    told = content(founder, as_of=timezone.now(), firm=Firm.current())
    mail = digest_mail.render(told, language="en")
    (link,) = (link for link, words in LINK.findall(mail.html) if "flags wait in all" in words)

    assert page(client, unescape(link)).context["totals"].count == 6


def test_where_the_mail_asks_nothing_again_it_says_what_stands_on_today(founder, client):
    now = timezone.now()
    lead = red(now, hours=Decimal(0), at=now - timedelta(days=9))
    told = content(founder, as_of=timezone.now(), firm=Firm.current())
    owed = Money(due=Sum(amounts={"CNY": Decimal(5)}, count=1))
    nothing_new = replace(told, decisions=[], more=1, money=owed)

    mail = digest_mail.render(nothing_new, language="en")

    assert told.today_ids == {lead.pk}
    assert "1 decision on Today, as before" in mail.text
    assert "1 decision on Today, as before" in mail.html


def test_money_is_the_same_in_the_list_of_invoices(week, client):
    due = page(client, week["Due this week"]).context
    overdue = page(client, week["Overdue"]).context

    assert (due["counts"].soon, due["sums"].soon) == (2, Decimal(16_000))
    assert (overdue["counts"].overdue, overdue["sums"].overdue) == (2, Decimal(97_000))
    assert week["¥16k"] == week["Due this week"]
    assert week["¥97k"] == week["Overdue"]


def test_the_oldest_invoice_opens_with_its_days(week, client):
    (oldest,) = (words for words in week if words.startswith("Oldest 40\xa0days"))

    assert "40" in page(client, week[oldest]).content.decode()


def test_hours_and_meetings_are_the_same_in_the_list_of_the_week(week, client):
    hours = page(client, week["20\xa0h presales"]).context["hours"]

    assert week["12\xa0h (60%) on red leads"] == week["20\xa0h presales"]
    assert week["Logged 1 of 2 planned meetings."] == week["20\xa0h presales"]
    assert (hours.effort.hours, hours.effort.red_hours) == (20, 12)
    assert sum(one.hours for one in hours.leads) == 20
    assert sum(one.red_hours for one in hours.leads) == 12
    assert (len(hours.meetings), hours.effort.logged_meetings) == (2, 1)


def test_a_decision_leads_to_a_lead_that_shows_its_chance_and_to_a_form(week, client):
    lead = Lead.objects.filter(verdict=Verdict.LOW, unpaid_hours=4).order_by("pk")[0]
    (link,) = {link for link in week.values() if link.endswith(f"/leads/{lead.pk}/")}

    assert "6%" in page(client, link).content.decode()
    assert "csrfmiddlewaretoken" in page(client, f"{link}decide/?kind=PAUSE").content.decode()


def test_the_hours_of_a_week_are_the_readers_own(week, client):
    client.force_login(UserFactory(role=User.Role.SELLER))

    assert page(client, week["20\xa0h presales"]).context["hours"].effort.hours == 0


@pytest.mark.parametrize("asked", ["?week=nonsense", "?week=2026-W99&weeks=-3", "?weeks=9999", ""])
def test_a_week_that_is_none_is_answered_with_last_week(asked, founder, client):
    assert page(client, f"/reports/hours/{asked}").context["hours"].leads == []


def test_flags_of_late_payment_wait_in_the_list_too(founder, client):
    now = timezone.now()
    lead = LeadFactory(payment_mark=Mark.HIGH, opened_at=now - timedelta(days=90))
    AssessmentFactory(
        lead=lead, target=Target.LATE_PAYMENT, mark=Mark.HIGH, as_of=now, recorded_at=now
    )

    assert page(client, "/leads/?flag=waiting").context["totals"].count == 1
