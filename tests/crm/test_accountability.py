"""The ten accountability rules of the product, one test each.

Two are kept where they are built: that a reason is contested at the very row behind it (6) in
tests/web/test_lead_notes.py, and that an edit of points says who, when and why, and what it
changes (10), in tests/scoring/test_points_versions.py.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from crm import rules, tasks
from crm.models import Account, Contact, Decision, Firm, Flag, Lead, Target, User, Verdict
from crm.reason_sentences import SENTENCES
from crm.reports import pipeline
from crm.rules import Reminder
from crm.selectors import decision_quality, digest
from crm.services import assessments, decisions
from crm.services.answers import Answer, ReasonIsMissing
from crm.services.assessments import Score
from tests.factories import MONDAY, AccountFactory, AssessmentFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
Kind = Decision.Kind
WHY = "their budget round opens in December"
# Words of motive, blame or pressure; a flag states the logged fact.
OF_MOTIVE = ("cheat", "steal", "liar", "lying", "greedy", "exploit", "骗", "偷", "贪", "耍", "恶意")


def red(*, days: int = 0, **facts: object) -> Lead:
    """Return a lead whose red flag has stood for so many days."""
    lead: Lead = LeadFactory(verdict=Verdict.LOW, order_chance=0.06, **facts)
    raised = MONDAY - timedelta(days=days)
    score = AssessmentFactory(lead=lead, as_of=raised, recorded_at=raised)
    Flag.objects.create(
        lead=lead, target=Target.NO_ORDER, level=Verdict.LOW, raised_at=raised, assessment=score
    )
    return lead


def answer(lead: Lead, kind: str = Kind.CONTINUE, **more: object) -> Decision:
    """Answer the flag of a lead for two weeks."""
    said = {"reason": WHY, "review_date": TODAY + timedelta(days=14), **more}
    return decisions.decide(
        lead=lead, answer=Answer(kind=kind, **said), by=UserFactory(), now=MONDAY, today=TODAY
    )


def asks(user: User) -> list[tuple[int, bool]]:
    """Return the leads that a person's mail asks about, and whether each is a reminder."""
    told = digest.content(user, as_of=MONDAY, firm=Firm.current())
    return [(each.lead_id, each.is_reminder) for each in told.decisions]


def test_rule_1_scores_raise_flags_and_close_move_or_decide_nothing():
    lead = LeadFactory()
    before = (lead.stage, lead.outcome, lead.closed_at, lead.owner_id)

    assessments.record(
        [Score(lead.pk, Target.NO_ORDER, 0.77, "points-1", probability=0.99, verdict=Verdict.LOW)],
        as_of=MONDAY,
        now=MONDAY,
    )

    lead.refresh_from_db()
    assert Flag.objects.get().lead == lead
    assert (lead.stage, lead.outcome, lead.closed_at, lead.owner_id) == before
    assert not Decision.objects.exists()
    assert not Decision._meta.get_field("decided_by").null
    # What runs by itself knows neither the writes that decide nor those that close or move.
    assert {"decisions", "leads", "labels"}.isdisjoint(vars(tasks))


def test_rule_2_a_decision_says_who_when_what_and_why_with_the_score_and_is_written_once():
    lead = red()
    made = answer(lead)

    assert (made.lead, made.kind, made.happened_at, made.reason) == (lead, "CONTINUE", MONDAY, WHY)
    assert made.decided_by is not None
    assert made.scorer_version == "points-1"
    assert made.shown["order"]["reasons"][0]["code"] == "F10"
    with pytest.raises(ReasonIsMissing):
        answer(lead, reason="fine")
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(kind=Kind.PAUSE)


def test_rule_3_a_risk_that_is_taken_rests_until_its_day_or_until_the_chance_falls_by_a_third():
    lead = red()
    for handling in Decision.Handling.values:
        made = answer(lead, Kind.ACCEPT_RISK, handling=handling)
    assert made.review_date <= TODAY + timedelta(days=rules.REVIEW_WITHIN_DAYS)

    assert Lead.objects.answered_at(TODAY).exists()
    assert not Lead.objects.answered_at(made.review_date).exists()
    Lead.objects.update(order_chance=0.06 * 0.66)
    assert not Lead.objects.answered_at(TODAY).exists()


@pytest.mark.parametrize(
    ("days", "owner", "founder"),
    [
        (3, [False], [False]),
        (6, [False], [False]),
        (7, [True], [False]),
        (13, [True], [False]),
        (14, [False], [True]),
        (20, [False], [True]),
        (21, [], []),
        (90, [], []),
    ],
)
def test_rule_4_day_7_reminds_the_owner_day_14_a_founder_then_nobody(days, owner, founder):
    lead = red(days=days)
    who = UserFactory(role=User.Role.FOUNDER)

    assert [is_reminder for _, is_reminder in asks(lead.owner)] == owner
    assert [is_reminder for _, is_reminder in asks(who)] == founder


def test_rule_4_an_answer_ends_the_reminders_and_its_day_starts_them_anew():
    lead = red(days=60)
    made = Decision.objects.create(
        lead=lead,
        kind=Kind.CONTINUE,
        decided_by=lead.owner,
        reason=WHY,
        review_date=TODAY - timedelta(days=8),
        happened_at=MONDAY - timedelta(days=20),
        recorded_at=MONDAY - timedelta(days=20),
    )
    assert asks(lead.owner) == [(lead.pk, True)]
    assert rules.reminder((TODAY - made.review_date).days) == Reminder.OWNER

    answer(lead)
    assert asks(lead.owner) == []


def sentences() -> Iterator[str]:
    """Yield every sentence that says a reason, in both languages."""
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for _, sentence in chain.from_iterable(SENTENCES.values()):
                yield str(sentence).lower()


def test_rule_5_a_flag_states_facts_never_a_motive_and_no_person_has_a_score():
    assert [said for said in sentences() if any(word in said for word in OF_MOTIVE)] == []
    of_a_person = {field.name for field in Contact._meta.get_fields()}
    assert not {name for name in of_a_person if "score" in name or "chance" in name}
    assert not {"assessments", "flags", "decisions"} & of_a_person


def test_rule_7_the_quarter_says_how_many_of_the_risks_taken_were_won():
    for outcome, days in (("WON", 3), ("LOST", 2), ("WALKED_AWAY", 1), ("", 0)):
        lead = red()
        answer(lead, Kind.ACCEPT_RISK, handling="ACCEPT")
        closed_at = MONDAY + timedelta(days=days) if outcome else None
        Lead.objects.filter(pk=lead.pk).update(outcome=outcome, closed_at=closed_at)

    latest = decision_quality.quarters(Lead.objects.all(), today=TODAY, zone=Firm.current().zone)[0]

    assert (latest.leads, latest.won, latest.lost, latest.running) == (4, 1, 1, 1)
    assert latest.share == pytest.approx(0.5)
    assert latest.usual == pytest.approx(0.23)


def test_rule_8_a_red_lead_stays_in_the_list_and_in_every_export():
    lead = red(est_value_amount=Decimal(1))
    founder = UserFactory(role=User.Role.FOUNDER)
    answer(lead, Kind.PAUSE)

    assert lead in Lead.objects.visible_to(founder).open()
    rows = pipeline.pipeline(founder, as_of=MONDAY, firm=Firm.current()).rows()
    assert [row.lead_id for row in rows] == [lead.pk]


def test_rule_9_a_report_for_others_can_leave_out_names():
    account: Account = AccountFactory(name="绝密客户有限公司")
    red(account=account, title="绝密项目")

    report = pipeline.pipeline(None, as_of=MONDAY, firm=Firm.current(), hides_names=True)

    assert "绝密" not in " ".join(str(row) for row in report.rows())
