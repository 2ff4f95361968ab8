"""What people correct of a lead later, each as a service does it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from crm.models import (
    Account,
    Contact,
    Interaction,
    Invoice,
    Lead,
    Outcome,
    Payment,
    PaymentMilestone,
    PaymentTerms,
    Undoable,
    User,
)
from crm.services import (
    acceptances,
    accounts,
    bids,
    corrections,
    invoices,
    leads,
    merging,
    payments,
    talks,
    terms,
)
from tests.factories import (
    AccountFactory,
    ContactFactory,
)

DAY = timedelta(days=1)
# The audit trail is dated by the clock, so the past is counted from it.
NOW = timezone.now()
THEN = NOW - DAY


def ago(days: float) -> datetime:
    return NOW - days * DAY


def on(days: float) -> date:
    return ago(days).date()


def first_talk(lead: Lead) -> Interaction:
    return lead.interactions.order_by("happened_at")[0]


def talk_with_the_owner(lead: Lead) -> Interaction:
    return lead.interactions.get(contact__name="陈总")


def ended() -> Lead:
    return Lead.objects.get(title="ended")


def a_corrected_talk(lead: Lead, founder: User) -> None:
    corrections.correct(
        row=first_talk(lead), version=1, now=NOW, by=founder, asks=["SOLUTION_DOC"],
        budget_holder_present=True, budget_stage="APPROVED", kind="VISIT_TO_CLIENT",
    )  # fmt: skip


def who_began_a_talk(lead: Lead, founder: User) -> None:
    Interaction.objects.filter(pk=first_talk(lead).pk).update(initiated_by="")
    talks.add_fact(talk=first_talk(lead), fact="HOLDER", value="yes", now=NOW, by=founder)


def a_talk_that_a_table_brought(lead: Lead, founder: User) -> None:
    Interaction.history.filter(id=first_talk(lead).pk).delete()
    a_corrected_talk(lead, founder)


def person(name: str, role: str = "BUDGET_HOLDER") -> Contact:
    """Return somebody of the account; a name that is new is somebody met for the first time."""
    known = Contact.objects.filter(name=name).first()
    return known or ContactFactory(
        account=Account.objects.get(leads__title="ended"), name=name, decision_role=role
    )


def who_was_there(talk: Interaction, *people: Contact, founder: User, now: datetime = NOW) -> None:
    corrections.correct(row=talk, version=talk.version, now=now, by=founder, attendees=list(people))
    talk.refresh_from_db()


def others_who_were_there_as_well(lead: Lead, founder: User) -> None:
    talk, new = first_talk(lead), [person(role, role) for role in Contact.Role.values]
    who_was_there(talk, *talk.attendees.all(), *new, founder=founder)


def nobody_of_those_named(lead: Lead, founder: User) -> None:
    for talk in lead.interactions.all():
        who_was_there(talk, founder=founder)


def others_in_their_place(lead: Lead, founder: User) -> None:
    for talk in lead.interactions.all():
        who_was_there(talk, person("new"), founder=founder)


def whom_a_talk_was_with(lead: Lead, founder: User) -> None:
    who_was_there(talk_with_the_owner(lead), person("李娜"), founder=founder)


def an_unnamed_talk_of_somebody(lead: Lead, founder: User) -> None:
    who_was_there(talk_with_the_owner(lead), founder=founder)


def two_people_made_one(lead: Lead, founder: User) -> None:
    winner, loser = person("陈总"), person("李娜")
    merging.merge(winner=winner, loser=loser, versions=(1, 1), chosen=[], by=founder, now=NOW)


def two_people_parted_again(lead: Lead, founder: User) -> None:
    two_people_made_one(lead, founder)
    merging.take_back(undoable=Undoable.objects.get(), by=founder, now=NOW)


def the_day_of_a_talk(lead: Lead, founder: User) -> None:
    talk = talk_with_the_owner(lead)
    corrections.correct(row=talk, version=1, now=NOW, by=founder, happened_at=ago(0.5))


def a_talk_taken_back(lead: Lead, founder: User) -> None:
    corrections.take_back(row=first_talk(lead), version=1, now=NOW, by=founder)


def a_hand_over_of_another_level(lead: Lead, founder: User) -> None:
    row = lead.deliverables.get()
    corrections.correct(row=row, version=1, now=NOW, by=founder, disclosure_level=1)


def a_fact_put_right(lead: Lead, founder: User) -> None:
    corrections.correct(row=lead.facts.get(), version=0, now=NOW, by=founder, value="MANDATE")


def a_fact_taken_back(lead: Lead, founder: User) -> None:
    corrections.take_back(row=lead.facts.get(), version=0, now=NOW, by=founder)


def what_was_learned_of_a_bid(lead: Lead, founder: User) -> None:
    bids.change(bid=lead.bids.get(), version=1, now=NOW, specification_fits_us=False, prep_days=2)


def the_lead_itself(lead: Lead, founder: User) -> None:
    leads.edit(
        lead=lead, version=lead.version, now=NOW, first_ask="TECH_SELECTION", source="REFERRAL",
        est_value_amount=Decimal(90_000_000),
    )  # fmt: skip


def its_currency(lead: Lead, founder: User) -> None:
    Lead.objects.filter(pk=lead.pk).update(est_value_amount=Decimal(90_000_000))
    lead.refresh_from_db()
    leads.edit(lead=lead, version=lead.version, now=NOW, currency="USD")


def the_account(lead: Lead, founder: User) -> None:
    accounts.edit(row=lead.account, version=1, now=NOW, has_ai_team=True, distance_km=900)


def the_kind_of_the_account(lead: Lead, founder: User) -> None:
    accounts.edit(row=lead.account, version=1, now=NOW, kind="INTEGRATOR")


def somebodys_part(lead: Lead, founder: User) -> None:
    person = lead.account.contacts.get(decision_role="IT")
    accounts.edit(row=person, version=1, now=NOW, decision_role="BUSINESS_OWNER", department="创新")


def an_end_that_is_opened_again(lead: Lead, founder: User) -> None:
    leads.reopen(lead=ended(), version=ended().version, now=NOW)


def an_end_put_right(lead: Lead, founder: User) -> None:
    an_end_that_is_opened_again(lead, founder)
    leads.close(
        lead=ended(), outcome=Outcome.WON, version=ended().version, now=NOW, by=founder,
        is_guess=False, closed_at=ago(15),
    )  # fmt: skip


def two_accounts_made_one(lead: Lead, founder: User) -> None:
    other = Account.objects.get(leads__title="elsewhere")
    merging.merge(winner=lead.account, loser=other, versions=(1, 1), chosen=[], by=founder, now=NOW)


def an_account_that_another_takes_in(lead: Lead, founder: User) -> None:
    other = AccountFactory(kind="INTEGRATOR", has_ai_team=True, distance_km=900)
    merging.merge(
        winner=other, loser=lead.account, versions=(1, 1), chosen=[], by=founder, now=timezone.now()
    )


def two_accounts_parted_again(lead: Lead, founder: User) -> None:
    an_account_that_another_takes_in(lead, founder)
    merging.take_back(undoable=Undoable.objects.get(), by=founder, now=timezone.now())


def an_invoice_put_right(lead: Lead, founder: User) -> None:
    bill = Invoice.objects.get(amount=96_000)
    invoices.change(
        invoice=bill, version=bill.version, now=NOW, number="7", amount=bill.amount,
        issued_date=bill.issued_date, due_date=on(1), currency="CNY",
    )  # fmt: skip


def a_dispute_dated_back(lead: Lead, founder: User) -> None:
    bill = lead.invoices.get()
    invoices.dispute(invoice=bill, version=bill.version, on=on(30), now=NOW)


def a_payment_taken_back(lead: Lead, founder: User) -> None:
    payments.take_back(payment=Payment.objects.get(), now=NOW)


def a_draft_put_right(lead: Lead, founder: User) -> None:
    draft = PaymentTerms.objects.get(status="PROPOSED_BY_CLIENT")
    terms.correct(terms=draft, version=1, now=NOW, milestones=[], costs=[], prepay_percent=0)


def a_day_of_acceptance_put_right(lead: Lead, founder: User) -> None:
    row = PaymentMilestone.objects.get()
    acceptances.note(milestone=row, version=1, on=on(60), now=NOW, by=founder)


def a_stage_name(lead: Lead, founder: User) -> None:
    leads.move(
        lead=lead, to_stage="CONTRACT", version=lead.version, now=NOW, by=founder, despite=True
    )


LATER = (
    a_corrected_talk, a_talk_that_a_table_brought, who_began_a_talk, others_who_were_there_as_well,
    nobody_of_those_named, others_in_their_place, whom_a_talk_was_with, an_unnamed_talk_of_somebody,
    two_people_made_one, two_people_parted_again, the_day_of_a_talk, a_talk_taken_back,
    a_hand_over_of_another_level, a_fact_put_right, a_fact_taken_back, what_was_learned_of_a_bid,
    the_lead_itself, its_currency, the_account, the_kind_of_the_account, somebodys_part,
    an_end_that_is_opened_again, an_end_put_right, two_accounts_made_one,
    an_account_that_another_takes_in, two_accounts_parted_again, an_invoice_put_right,
    a_dispute_dated_back, a_payment_taken_back, a_draft_put_right, a_day_of_acceptance_put_right,
    a_stage_name,
)  # fmt: skip
