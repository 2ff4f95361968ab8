"""Mails that are due together are read for together, and each reader sees what he may."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import BudgetStage, Digest, Firm, Heartbeat, Lead, Mark, Target, User, Verdict
from crm.models.lead import opens_leads_of
from crm.selectors.digest import Reader, content, contents
from crm.services import digest_mail, digests
from tests.factories import (
    MONDAY,
    AssessmentFactory,
    InteractionFactory,
    InvoiceFactory,
    LeadFactory,
    PlannedMeetingFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Role = User.Role
LAST_WEEK = MONDAY - timedelta(days=4)
QUERIES_A_MAIL, QUERIES_BESIDE = 5, 10


def team_of(sellers: int) -> list[User]:
    """Return a founder, a manager, an accountant and sellers, some of them in a team."""
    north = TeamFactory()
    people = [
        UserFactory(role=Role.FOUNDER),
        UserFactory(role=Role.MANAGER, team=north),
        UserFactory(role=Role.ACCOUNTANT),
    ]
    return people + [UserFactory(team=north if number % 2 else None) for number in range(sellers)]


def ledger(random: Random, owners: Iterable[User | None], *, leads: int) -> None:
    """Fill a ledger with leads of all sorts."""
    for _number in range(leads):
        lead = LeadFactory(owner=random.choice(list(owners)))
        alarm = random.choice([Verdict.LOW, Verdict.LOW, Verdict.WATCH, Verdict.NONE])
        against = random.uniform(0.5, 0.99)
        AssessmentFactory(
            lead=lead, verdict=alarm, probability=against, low=against - 0.1, high=1,
            as_of=MONDAY - timedelta(days=random.choice([0, 8, 15])),
        )  # fmt: skip
        InteractionFactory(
            lead=lead, happened_at=LAST_WEEK, presales_hours=Decimal(random.randint(1, 60)),
            budget_stage=random.choice(["", BudgetStage.APPROVED]),
            travel_amount=Decimal(random.randint(0, 20_000)),
        )  # fmt: skip
        PlannedMeetingFactory(lead=lead, meeting_date=LAST_WEEK.date())
        if random.random() < 0.5:
            due = (MONDAY + timedelta(days=random.randint(-90, 6))).date()
            InvoiceFactory(lead=lead, amount=random.randint(1, 10**7), due_date=due)
        if random.random() < 0.3:
            AssessmentFactory(
                lead=lead, target=Target.LATE_PAYMENT, mark=Mark.HIGH, verdict=Verdict.UNKNOWN
            )


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_ledger_holds_each_mail_is_short_and_asks_at_most_five_times(seed):
    people = team_of(2)
    ledger(Random(seed), [*people, None], leads=12)

    told = contents([Reader(user) for user in people], as_of=MONDAY, firm=Firm.current())

    for mail in told.values():
        english = digest_mail.render(mail, language="en")
        chinese = digest_mail.render(mail, language="zh-hans")
        assert len(english.shown) <= 5
        assert len(chinese.shown) <= 5
        for part in (english.text, digest_mail.words_of(english.html)):
            assert digest_mail.count_words(part) <= 170
        for part in (chinese.text, digest_mail.words_of(chinese.html)):
            assert digest_mail.count_characters(part) <= 320


def test_read_together_each_reader_is_told_what_he_is_told_alone():
    people = team_of(4)
    ledger(Random(7), [*people, None], leads=16)
    InvoiceFactory(lead=None, account=LeadFactory().account, amount=Decimal(5_000))
    firm = Firm.current()

    together = contents([Reader(user) for user in people], as_of=MONDAY, firm=firm)

    for user in people:
        assert together[user.pk] == content(user, as_of=MONDAY, firm=firm)
    assert len({str(mail.money.overdue.amounts) for mail in together.values()}) > 2


def test_whose_leads_a_reader_may_see_is_said_once_in_rows_and_once_in_values():
    people = team_of(2)
    for owner in [*people, None, UserFactory(team=TeamFactory())]:
        LeadFactory(owner=owner)
    readers = [user for user in people if user.role != Role.ACCOUNTANT]
    readers += [UserFactory(role=Role.MANAGER), UserFactory(role=Role.VIEWER)]

    for reader in readers:
        seen = set(Lead.objects.visible_to(reader))
        assert seen == {
            lead
            for lead in Lead.objects.select_related("owner")
            if opens_leads_of(
                reader,
                owner_id=lead.owner_id,
                team_id=lead.owner.team_id if lead.owner else None,
            )
        }


def queries_of_a_morning() -> int:
    """Return how many queries the sweep and all its sends take."""
    with CaptureQueriesContext(connection) as seen:
        for digest_id in digests.sweep(now=MONDAY):
            assert digests.send(digest_id=digest_id, now=MONDAY) == Digest.Status.SENT
    return len(seen)


def test_nine_more_readers_cost_at_most_five_queries_each():
    people = team_of(0)
    ledger(Random(1), people, leads=6)
    User.objects.update(mail_secret="m" * 43)  # as after the first mail of their lives
    few = queries_of_a_morning()
    Digest.objects.all().delete()
    Heartbeat.objects.all().delete()
    UserFactory.create_batch(9, mail_secret="n" * 43)

    many = queries_of_a_morning()

    assert Digest.objects.count() == 12
    a_reader = (many - few) / 9
    assert a_reader <= QUERIES_A_MAIL
    assert few + 47 * a_reader <= 50 * QUERIES_A_MAIL + QUERIES_BESIDE


def test_readers_of_two_zones_have_the_week_of_their_own(settings):
    here, there = UserFactory(time_zone="Asia/Shanghai"), UserFactory(time_zone="Pacific/Honolulu")

    told = contents([Reader(here), Reader(there)], as_of=MONDAY, firm=Firm.current())

    assert (told[there.pk].day - told[here.pk].day).days == -1
