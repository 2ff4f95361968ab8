"""A ledger in which every table has a row, and its way through a bundle and back."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from crm.models import (
    Account,
    Contest,
    CustomField,
    DealCost,
    Decision,
    Firm,
    FirmFigure,
    Flag,
    Interaction,
    InteractionEffort,
    InvoiceReminder,
    Lead,
    LeadTag,
    PaymentRule,
    ReferenceRate,
    SavedView,
    SystemEvent,
    Tag,
    User,
)
from crm.services import payments
from crm.services.bundle import exporting, importing
from crm.services.bundle.tables import TABLES
from tests import factories
from tests.factories import MONDAY

LATER = MONDAY + timedelta(days=2, microseconds=17)


def empty_the_ledger() -> None:
    """Take every row of the ledger away, as a new installation has none."""
    for table in reversed(TABLES):
        if table.file == "accounts":
            Account.objects.update(parent=None)
        table.model._default_manager.all().delete()


@contextmanager
def there_and_back() -> Iterator[tuple[Path, Path]]:
    """Export, import into an empty ledger and export again; give both folders."""
    with TemporaryDirectory() as folder:
        first, second = Path(folder) / "first", Path(folder) / "second"
        exporting.run(first, now=LATER)
        empty_the_ledger()
        importing.run(first, now=LATER)
        exporting.run(second, now=LATER)
        yield first, second


def assert_the_same(first: Path, second: Path) -> None:
    """Compare two bundles file by file, byte by byte."""
    assert [path.name for path in sorted(first.iterdir())] == [
        path.name for path in sorted(second.iterdir())
    ]
    for path in sorted(first.iterdir()):
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def full_ledger() -> Lead:
    """Make a ledger in which every table has a row and most columns a value."""
    founder = factories.UserFactory(
        role=User.Role.FOUNDER, team=factories.TeamFactory(), is_staff=True
    )
    _firm(founder)
    lead = _lead(founder)
    met = _talks(lead)
    _money(lead)
    _judgements(lead, met)
    return lead


def _firm(founder: User) -> None:
    Firm.objects.create(pk=1, city="合肥", stage_norms={"NEW": 5}, time_zone="Asia/Shanghai")
    FirmFigure.objects.create(
        kind=FirmFigure.Kind.HOUR_COST, amount=260, valid_from=MONDAY, recorded_at=MONDAY
    )
    CustomField.objects.create(key="region", label="区域", kind="CHOICE", choices=["华东", "华北"])
    ReferenceRate.objects.create(
        code="LPR1Y", valid_from=MONDAY.date(), percent=Decimal("3.1"), source="=news"
    )
    PaymentRule.objects.create(
        code="OWN",
        country="CN",
        buyer_types="any",
        kind="CAP",
        clause="RETENTION",
        cap_value=Decimal("5.5"),
        valid_from=MONDAY.date(),
        article="our own",
        source="us",
        edited_by=founder,
        edited_at=LATER,
    )
    SavedView.objects.create(name="大单", query="value_min=1", owner=founder, recorded_at=MONDAY)


def _lead(founder: User) -> Lead:
    group = factories.AccountFactory(size_class="LARGE", has_ai_team=True, industry="电力")
    account = factories.AccountFactory(parent=group, archived_at=MONDAY)
    lead = factories.LeadFactory(
        account=account,
        owner=founder,
        custom_fields={"region": "华东", "n": [1, 2.5, None]},
        closed_at=MONDAY,
        outcome=Lead.Outcome.LOST,
        outcome_recorded_at=LATER,
        outcome_by=founder,
        outcome_is_guess=False,
        cap_hours=Decimal("12.5"),
        version=7,
    )
    LeadTag.objects.create(lead=lead, tag=Tag.objects.create(name="年框"))
    return lead


def _talks(lead: Lead) -> Interaction:
    founder = lead.owner
    boss, clerk = (
        factories.ContactFactory(account=lead.account, name=name, decision_role=role, wechat="x")
        for name, role in (("陈博", "BUDGET_HOLDER"), ("林工", "IT"))
    )
    met = factories.InteractionFactory(
        lead=lead,
        asks=["POC", "NONE"],
        client_gave=[],
        next_step_date=MONDAY.date(),
        has_dated_next_step=True,
        competitors_count=5,
        note='line one\r\nline "two", =3',
        client_token=uuid.UUID(int=7),
        author=founder,
    )
    met.attendees.set([clerk, boss])
    InteractionEffort.objects.create(interaction=met, person=founder, hours=Decimal("1.5"))
    factories.InteractionFactory(lead=lead, asks=["NONE"], client_gave=["NDA", "DATA"])
    factories.DeliverableFactory(lead=lead, interaction=met, author=founder, reusable=True)
    factories.BidFactory(lead=lead, sheet={"q1": "no"}, questions_asked_at=MONDAY, result="LOST")
    plan = factories.PlannedMeetingFactory(
        lead=lead,
        meeting_time=time(14, 30),
        status="DONE",
        status_at=LATER,
        interaction=met,
        author=founder,
    )
    plan.attendees.set([boss])
    factories.TravelCheckFactory(lead=lead, plan=plan, author=founder, client_will="decide")
    factories.StageChangeFactory(lead=lead, by=founder)
    factories.LeadFactFactory(lead=lead, who="总经理", author=founder)
    factories.PaidStepOfferFactory(
        lead=lead, answer="REFUSED", answered_at=MONDAY, answer_recorded_at=LATER
    )
    factories.QualificationNoteFactory(lead=lead, author=founder)
    return met


def _money(lead: Lead) -> None:
    terms = factories.PaymentTermsFactory(lead=lead, contract_amount=Decimal("186000.50"))
    milestone = factories.PaymentMilestoneFactory(
        lead=lead, terms=terms, accepted_date=MONDAY.date(), accepted_recorded_at=LATER
    )
    invoice = factories.InvoiceFactory(lead=lead, milestone=milestone, number="NR-1")
    factories.InvoiceFactory(
        lead=lead, written_off_date=MONDAY.date(), write_off_reason="the client is gone (陈)"
    )
    DealCost.objects.create(
        terms=terms,
        label="On site",
        amount=Decimal("80000.50"),
        from_day=-10,
        to_day=180,
        recorded_at=MONDAY,
    )
    InvoiceReminder.objects.create(invoice=invoice, step=3, sent_at=LATER, sent_by=lead.owner)
    payments.record(
        invoice=invoice, amount=Decimal(100), paid_date=MONDAY.date(), now=MONDAY, author=lead.owner
    )


def _judgements(lead: Lead, met: Interaction) -> None:
    dated = {"lead": lead, "happened_at": MONDAY, "recorded_at": MONDAY}
    Contest.objects.create(reason_code="F10", why="TOO_HEAVY", points=10.0, by=lead.owner, **dated)
    SystemEvent.objects.create(kind="MESSAGE_COPIED", what="M1 zh", by=lead.owner, **dated)
    reasons = [{"code": "F10", "points": 10.0, "params": {"n": 1}, "rows": [f"I:{met.pk}"]}]
    factories.AssessmentFactory(lead=lead, reasons=reasons)
    score = factories.AssessmentFactory(lead=lead, reasons=reasons)
    flag = Flag.objects.create(
        lead=lead, target="NO_ORDER", level="LOW", raised_at=MONDAY, assessment=score
    )
    Decision.objects.create(
        flag=flag,
        kind=Decision.Kind.PAUSE,
        decided_by=lead.owner,
        reason="No budget until spring",
        reason_codes=["F10"],
        shown={"chance": 0.06, "reasons": reasons},
        **dated,
    )
