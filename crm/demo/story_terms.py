"""The terms of the late payer: what we proposed, and what the client wrote instead."""

from decimal import Decimal

from crm.demo.teller import Teller
from crm.models import DealCost, Lead, PaymentMilestone, PaymentTerms

# Label, trigger, day after signature, days to pay; what else is set stands last.
PLAN: tuple[tuple[str, str, int, int, dict[str, bool]], ...] = (
    ("签约", "合同签署", 0, 10, {}),
    ("试运行", "试运行报告签字", 75, 90, {}),
    ("终验", "最终验收", 130, 90, {"is_acceptance": True}),
    ("质保金", "验收后 12 个月", 495, 60, {"is_retention": True}),
)
DRAFT, OURS = (0, 20, 75, 5), (30, 30, 35, 5)
OUR_DAYS = 30
COSTS = (("驻场人员", 46_000, 0, 130), ("算力", 6_000, 0, 130), ("质保支持", 3_000, 130, 495))


def ours(teller: Teller, lead: Lead) -> None:
    """Tell what we proposed first."""
    proposed = teller.sheet.add(
        PaymentTerms(
            lead=lead, status=PaymentTerms.Status.PROPOSED_BY_US, prepay_percent=Decimal(30),
            contract_amount=Decimal(960_000), retention_percent=Decimal(5), retention_months=12,
            term_days=OUR_DAYS, accepted_by_audit=False, has_acceptance_criteria=True,
            has_deemed_acceptance=True, inspection_days=15, is_onsite=True, onsite_person_days=12,
            is_back_to_back=False, needs_internal_approval=False, pays_by_bill=False,
            performance_bond_percent=Decimal(5), vat_percent=Decimal(6), sme_declared=True,
            signed_date=teller.ahead(20), happened_at=teller.at(14), recorded_at=teller.at(14),
            author=lead.owner,
        )
    )  # fmt: skip
    _plan(teller, proposed)


def theirs(teller: Teller, lead: Lead) -> None:
    """Tell what the client wrote instead."""
    draft = teller.sheet.add(
        PaymentTerms(
            lead=lead, status=PaymentTerms.Status.PROPOSED_BY_CLIENT, prepay_percent=Decimal(0),
            contract_amount=Decimal(960_000), retention_percent=Decimal(5), retention_months=12,
            term_days=90, accepted_by_audit=True, has_acceptance_criteria=True,
            has_deemed_acceptance=False, is_onsite=True, onsite_person_days=40,
            sme_declared=False, note="以审计结果为准；无预付款",
            happened_at=teller.at(10), recorded_at=teller.at(10), author=lead.owner,
        )
    )  # fmt: skip
    _plan(teller, draft)


def _plan(teller: Teller, terms: PaymentTerms) -> None:
    """Tell the payments of a version and what the deal costs under it."""
    is_ours = terms.status == PaymentTerms.Status.PROPOSED_BY_US
    for place, (label, trigger, day, days, facts) in enumerate(PLAN):
        share = (OURS if is_ours else DRAFT)[place]
        teller.sheet.add(
            PaymentMilestone(
                lead=terms.lead, terms=terms, label=label, position=place, trigger=trigger,
                share_percent=Decimal(share), trigger_day=day, instrument="TRANSFER",
                term_days=min(days, OUR_DAYS) if is_ours else days,
                gates_work=is_ours and not place, recorded_at=terms.recorded_at, **facts,
            )
        )  # fmt: skip
    for label, amount, first, last in COSTS:
        teller.sheet.add(
            DealCost(
                terms=terms, label=label, amount=Decimal(amount), from_day=first, to_day=last,
                recorded_at=terms.recorded_at,
            )
        )  # fmt: skip
