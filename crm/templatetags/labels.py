"""Filters that say stored codes in the reader's language."""

from collections.abc import Mapping

from django import template

from crm.models import Bid, BudgetStage, Contest, Decision, LeadFact, PaidStepOffer, PaymentTerms

register = template.Library()
LABELS: Mapping[str, Mapping[str, object]] = {
    "decision_label": dict(Decision.Kind.choices),
    "fact_label": dict(LeadFact.Kind.choices),
    "fact_value_label": dict(LeadFact.Value.choices),
    "answer_label": dict(PaidStepOffer.Answer.choices),
    "budget_label": dict(BudgetStage.choices),
    "terms_label": dict(PaymentTerms.Status.choices),
    "bid_label": dict(Bid.Kind.choices),
    "contest_label": dict(Contest.Why.choices),
}


def _said(labels: Mapping[str, object], code: str) -> str:
    return str(labels.get(code, code))


for _name, _labels in LABELS.items():
    register.filter(_name, lambda code, labels=_labels: _said(labels, code))
