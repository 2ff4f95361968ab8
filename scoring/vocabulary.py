"""The ledger's codes as scoring reads them; a test holds them equal to the ledger's choices."""

from enum import StrEnum


class Source(StrEnum):
    """Where a row of the timeline comes from; in the order in which rows of one moment count."""

    OPENING = "OPENING"
    EARLIER_LEAD = "EARLIER_LEAD"
    EARLIER_PAYMENT = "EARLIER_PAYMENT"
    FACT = "FACT"
    BID = "BID"
    INTERACTION = "INTERACTION"
    PRESENCE = "PRESENCE"
    DELIVERABLE = "DELIVERABLE"
    OFFER = "OFFER"
    OFFER_ANSWER = "OFFER_ANSWER"
    TERMS = "TERMS"
    MILESTONE = "MILESTONE"
    ACCEPTANCE = "ACCEPTANCE"
    INVOICE = "INVOICE"
    DISPUTE = "DISPUTE"
    PAYMENT = "PAYMENT"
    EARLIER_INVOICE = "EARLIER_INVOICE"


# How the id of a row is written where it is stored beside a reason.
PREFIXES = {
    Source.OPENING: "L",
    Source.EARLIER_LEAD: "L",
    Source.EARLIER_PAYMENT: "P",
    Source.FACT: "F",
    Source.BID: "B",
    Source.INTERACTION: "I",
    Source.PRESENCE: "I",
    Source.DELIVERABLE: "D",
    Source.OFFER: "O",
    Source.OFFER_ANSWER: "O",
    Source.TERMS: "T",
    Source.MILESTONE: "M",
    Source.ACCEPTANCE: "M",
    Source.INVOICE: "V",
    Source.DISPUTE: "V",
    Source.PAYMENT: "P",
    Source.EARLIER_INVOICE: "V",
}


class Ask(StrEnum):
    BASIC_KNOWLEDGE = "BASIC_KNOWLEDGE"
    INDUSTRY_DATA = "INDUSTRY_DATA"
    SOLUTION_DOC = "SOLUTION_DOC"
    TECH_SELECTION = "TECH_SELECTION"
    POC = "POC"
    QUOTATION = "QUOTATION"
    INTERNAL_REPORT = "INTERNAL_REPORT"
    TENDER_TEXT = "TENDER_TEXT"


class Kind(StrEnum):
    CALL = "CALL"
    VISIT_TO_CLIENT = "VISIT_TO_CLIENT"
    SOLUTION_REQUEST = "SOLUTION_REQUEST"
    BACKGROUND_CHECK = "BACKGROUND_CHECK"
    INTERNAL_REPORT = "INTERNAL_REPORT"
    EVALUATION = "EVALUATION"
    BID_TALK = "BID_TALK"
    NEGOTIATION = "NEGOTIATION"


class Budget(StrEnum):
    """How far a client's budget is, from nothing to approved."""

    NO_BUDGET = "NO_BUDGET"
    PILOT_WITHOUT_BUDGET = "PILOT_WITHOUT_BUDGET"
    PLANNED = "PLANNED"
    APPLIED = "APPLIED"
    APPROVED = "APPROVED"


class CameFrom(StrEnum):
    INBOUND_WECHAT = "INBOUND_WECHAT"
    INBOUND = "INBOUND"
    EVENT = "EVENT"
    REFERRAL = "REFERRAL"
    TENDER_NOTICE = "TENDER_NOTICE"
    EXISTING_CUSTOMER = "EXISTING_CUSTOMER"


class Fact(StrEnum):
    LEADERSHIP_STANCE = "LEADERSHIP_STANCE"
    REQUIREMENT_AUTHOR = "REQUIREMENT_AUTHOR"
    SCOPE_CHANGE = "SCOPE_CHANGE"
    COMPELLING_EVENT = "COMPELLING_EVENT"
    BUSINESS_OWNER = "BUSINESS_OWNER"
    WORK_STARTED = "WORK_STARTED"
    CONTRACT_SIGNED = "CONTRACT_SIGNED"
    BUDGET_STAGE = "BUDGET_STAGE"


class Role(StrEnum):
    """A part that somebody plays in the decision; the budget holder is counted by F08."""

    BUSINESS_OWNER = "BUSINESS_OWNER"
    IT = "IT"
    PROCUREMENT = "PROCUREMENT"
    FINANCE = "FINANCE"
    USER = "USER"
    SPONSOR = "SPONSOR"


class Outcome(StrEnum):
    WON = "WON"
    FREE_CONSULTING = "FREE_CONSULTING"
    WALKED_AWAY = "WALKED_AWAY"
    INVALID = "INVALID"


class Verdict(StrEnum):
    LOW = "LOW"
    WATCH = "WATCH"
    NONE = "NONE"
    UNKNOWN = "UNKNOWN"


class Pattern(StrEnum):
    FREE_CONSULTING = "FREE_CONSULTING"
    COLUMN_FODDER = "COLUMN_FODDER"
    GOING_THROUGH_THE_MOTIONS = "GOING_THROUGH_THE_MOTIONS"
    LOW_INTENT = "LOW_INTENT"


class Mark(StrEnum):
    HIGH = "HIGH"
    WATCH = "WATCH"
    LOW = "LOW"
    UNKNOWN = "UNKNOWN"


INTEGRATOR = "INTEGRATOR"
BY_US = "US"
LEARNING_ASKS = (Ask.BASIC_KNOWLEDGE, Ask.INDUSTRY_DATA, Ask.TECH_SELECTION)
SOLUTION_ASKS = (Ask.SOLUTION_DOC, Ask.TECH_SELECTION, Ask.POC)
WRITING_ASKS = (Ask.INTERNAL_REPORT, Ask.TENDER_TEXT)
PROCESS_STEPS = (
    Kind.BACKGROUND_CHECK,
    Kind.INTERNAL_REPORT,
    Kind.EVALUATION,
    Kind.BID_TALK,
    Kind.NEGOTIATION,
)
LEFT_OUT = (Outcome.WALKED_AWAY, Outcome.INVALID)
