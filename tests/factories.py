"""Rows for tests: believable by default, exact where a test says so."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from crm import models, names

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


class TeamFactory(DjangoModelFactory):
    """A team."""

    class Meta:
        model = models.Team

    name = factory.Sequence(lambda n: f"Team {n}")


class UserFactory(DjangoModelFactory):
    """A seller who can sign in with the password "a long password"."""

    class Meta:
        model = models.User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    display_name = factory.Sequence(lambda n: f"User {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@vendor.example")
    role = models.User.Role.SELLER
    language = "en"
    password = factory.django.Password("a long password")


class AccountFactory(DjangoModelFactory):
    """A listed company."""

    class Meta:
        model = models.Account

    name = factory.Sequence(lambda n: f"海岳电网{n}有限公司")
    name_key = factory.LazyAttribute(lambda account: names.name_key(account.name))
    pinyin = factory.LazyAttribute(lambda account: names.pinyin(account.name))
    initials = factory.LazyAttribute(lambda account: names.initials(account.name))
    kind = models.Account.Kind.LISTED
    city = "合肥"
    recorded_at = MONDAY - timedelta(days=400)


class ContactFactory(DjangoModelFactory):
    """A manager in IT."""

    class Meta:
        model = models.Contact

    account = factory.SubFactory(AccountFactory)
    name = "陈博"
    pinyin, initials = "chenbo", "cb"
    seniority = models.Contact.Seniority.MANAGER
    department = "IT/数字化"
    recorded_at = MONDAY - timedelta(days=400)


class LeadFactory(DjangoModelFactory):
    """An open lead, 74 days old on MONDAY."""

    class Meta:
        model = models.Lead

    account = factory.SubFactory(AccountFactory)
    owner = factory.SubFactory(UserFactory)
    title = "知识助手"
    source = models.Lead.Source.OUTBOUND
    est_value_amount = Decimal(1_800_000)
    opened_at = MONDAY - timedelta(days=74)
    recorded_at = factory.SelfAttribute("opened_at")


class DatedFactory(DjangoModelFactory):
    """A row that was recorded when it happened."""

    class Meta:
        abstract = True

    lead = factory.SubFactory(LeadFactory)
    happened_at = MONDAY - timedelta(days=10)
    recorded_at = factory.SelfAttribute("happened_at")


class InteractionFactory(DatedFactory):
    """An online meeting of an hour and a half that the client asked for."""

    class Meta:
        model = models.Interaction

    kind = models.Interaction.Kind.ONLINE_MEETING
    initiated_by = models.Interaction.Side.CLIENT
    presales_hours = Decimal("1.5")


class DeliverableFactory(DatedFactory):
    """A solution document of level 5."""

    class Meta:
        model = models.Deliverable

    kind = models.Deliverable.Kind.SOLUTION_DOC
    disclosure_level = 5
    hours = Decimal(7)


class BidFactory(DatedFactory):
    """An open tender."""

    class Meta:
        model = models.Bid

    kind = models.Bid.Kind.OPEN


class PlannedMeetingFactory(DjangoModelFactory):
    """A visit planned for the Thursday after MONDAY."""

    class Meta:
        model = models.PlannedMeeting

    lead = factory.SubFactory(LeadFactory)
    kind = models.PlannedMeeting.Kind.VISIT_TO_CLIENT
    meeting_date = (MONDAY + timedelta(days=3)).date()
    recorded_at = MONDAY - timedelta(days=2)


class TravelCheckFactory(DatedFactory):
    """A check after which somebody went anyway."""

    class Meta:
        model = models.TravelCheck

    hours_before, travel_amount_before = Decimal(37), Decimal(4_860)
    choice, reason = models.TravelCheck.Choice.GO, "the director asked"
    author = factory.SubFactory(UserFactory)


class StageChangeFactory(DatedFactory):
    """A move to QUALIFIED."""

    class Meta:
        model = models.StageChange

    from_stage, to_stage = models.Stage.NEW, models.Stage.QUALIFIED


class QualificationNoteFactory(DatedFactory):
    """Evidence of a budget."""

    class Meta:
        model = models.QualificationNote

    item, answer = models.QualificationNote.Item.BUDGET, models.QualificationNote.Answer.KNOWN
    evidence, said_by = "approved by the board", "顾总"


class LeadFactFactory(DatedFactory):
    """A leader who waits."""

    class Meta:
        model = models.LeadFact

    kind, value = models.LeadFact.Kind.LEADERSHIP_STANCE, models.LeadFact.Value.WATCHING


class PaidStepOfferFactory(DatedFactory):
    """An offer without an answer yet."""

    class Meta:
        model = models.PaidStepOffer

    what, amount = "两周诊断", Decimal(28_000)


class PaymentTermsFactory(DatedFactory):
    """A draft of the client."""

    class Meta:
        model = models.PaymentTerms

    status = models.PaymentTerms.Status.PROPOSED_BY_CLIENT
    prepay_percent, retention_percent, term_days = Decimal(30), Decimal(5), 60


class PaymentMilestoneFactory(DjangoModelFactory):
    """An acceptance milestone."""

    class Meta:
        model = models.PaymentMilestone

    lead = factory.SubFactory(LeadFactory)
    label = "acceptance"
    share_percent = Decimal(60)
    recorded_at = MONDAY - timedelta(days=30)


class InvoiceFactory(DjangoModelFactory):
    """An unpaid invoice of ¥96,000."""

    class Meta:
        model = models.Invoice

    lead = factory.SubFactory(LeadFactory)
    account = factory.SelfAttribute("lead.account")
    amount = Decimal(96_000)
    issued_date = (MONDAY - timedelta(days=130)).date()
    due_date = (MONDAY - timedelta(days=94)).date()
    recorded_at = MONDAY - timedelta(days=130)


class PaymentFactory(DjangoModelFactory):
    """A payment."""

    class Meta:
        model = models.Payment

    invoice = factory.SubFactory(InvoiceFactory)
    paid_date = MONDAY.date()
    amount = Decimal(96_000)
    recorded_at = MONDAY


class AssessmentFactory(DjangoModelFactory):
    """A score of low intent: 6 % chance of an order where 23 % are usual."""

    class Meta:
        model = models.Assessment

    lead = factory.SubFactory(LeadFactory)
    target = models.Target.NO_ORDER
    as_of = recorded_at = MONDAY
    probability, low, high, base_rate = 0.94, 0.89, 0.97, 0.77
    verdict, pattern = models.Verdict.LOW, models.Pattern.FREE_CONSULTING
    points = 23.0
    reasons = factory.LazyFunction(
        lambda: [{"code": "F10", "points": 10.0, "params": {"n": 3}, "rows": []}]
    )
    scorer_version = "points-1"
    outcomes_count, interactions_count = 31, 9
