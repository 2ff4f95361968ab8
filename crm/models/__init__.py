"""The ledger: one file per family of tables."""

from crm.models.account import Account, Contact
from crm.models.assessment import Assessment, Decision, Flag, Target
from crm.models.bid import Bid
from crm.models.codes import Ask, BudgetStage, Mark, Outcome, Pattern, Stage, Verdict
from crm.models.custom_field import CustomField
from crm.models.deal_cost import DealCost
from crm.models.deliverable import Deliverable
from crm.models.firm import Firm, FirmFigure, Heartbeat
from crm.models.foreseen import (
    DealCash,
    FirmCash,
    ForecastMark,
    InvoiceForecast,
    InvoiceReminder,
)
from crm.models.interaction import AttendeeTrail, Interaction, InteractionEffort
from crm.models.job import JobRun
from crm.models.lead import Lead
from crm.models.lead_facts import LeadFact, PaidStepOffer, StageChange
from crm.models.mail import Digest, OutboxMail
from crm.models.money import Invoice, Payment, PaymentMilestone, PaymentTerms
from crm.models.payment_rule import PaymentRule, ReferenceRate
from crm.models.plan import PlannedMeeting, TravelCheck
from crm.models.qualification import Contest, QualificationNote, SystemEvent
from crm.models.saved_view import SavedView
from crm.models.tag import LeadTag, Tag
from crm.models.undoable import Undoable
from crm.models.user import Team, User

__all__ = [
    "Account",
    "Ask",
    "Assessment",
    "AttendeeTrail",
    "Bid",
    "BudgetStage",
    "Contact",
    "Contest",
    "CustomField",
    "DealCash",
    "DealCost",
    "Decision",
    "Deliverable",
    "Digest",
    "Firm",
    "FirmCash",
    "FirmFigure",
    "Flag",
    "ForecastMark",
    "Heartbeat",
    "Interaction",
    "InteractionEffort",
    "Invoice",
    "InvoiceForecast",
    "InvoiceReminder",
    "JobRun",
    "Lead",
    "LeadFact",
    "LeadTag",
    "Mark",
    "OutboxMail",
    "Outcome",
    "PaidStepOffer",
    "Pattern",
    "Payment",
    "PaymentMilestone",
    "PaymentRule",
    "PaymentTerms",
    "PlannedMeeting",
    "QualificationNote",
    "ReferenceRate",
    "SavedView",
    "Stage",
    "StageChange",
    "SystemEvent",
    "Tag",
    "Target",
    "Team",
    "TravelCheck",
    "Undoable",
    "User",
    "Verdict",
]
