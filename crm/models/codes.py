"""Codes that several tables share."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    """How far a lead has come."""

    NEW = "NEW", _("New")
    QUALIFIED = "QUALIFIED", _("Qualified")
    SOLUTION = "SOLUTION", _("Solution")
    BID = "BID", _("Quote or bid")
    CONTRACT = "CONTRACT", _("Contract")


class Outcome(models.TextChoices):
    """How a lead ended."""

    WON = "WON", _("Won")
    LOST = "LOST", _("Lost to a rival")
    PREWIRED = "PREWIRED", _("Decided beforehand")
    NO_DECISION = "NO_DECISION", _("No decision")
    FREE_CONSULTING = "FREE_CONSULTING", _("Free consulting")
    WALKED_AWAY = "WALKED_AWAY", _("We walked away")
    INVALID = "INVALID", _("Invalid")


class Ask(models.TextChoices):
    """What a client asks for."""

    PRODUCT = "PRODUCT", _("product or price")
    BASIC_KNOWLEDGE = "BASIC_KNOWLEDGE", _("basic knowledge")
    INDUSTRY_DATA = "INDUSTRY_DATA", _("industry data")
    SOLUTION_DOC = "SOLUTION_DOC", _("a solution document")
    TECH_SELECTION = "TECH_SELECTION", _("a technology selection")
    POC = "POC", _("a PoC")
    QUOTATION = "QUOTATION", _("a quotation")
    INTERNAL_REPORT = "INTERNAL_REPORT", _("text for its internal report")
    TENDER_TEXT = "TENDER_TEXT", _("text for its tender")
    NONE = "NONE", pgettext_lazy("ask", "nothing")


class BudgetStage(models.TextChoices):
    """What the client said of its budget."""

    NO_BUDGET = "NO_BUDGET", pgettext_lazy("budget", "none")
    PILOT_WITHOUT_BUDGET = "PILOT_WITHOUT_BUDGET", _("pilot without budget")
    PLANNED = "PLANNED", _("planned")
    APPLIED = "APPLIED", _("applied for")
    APPROVED = "APPROVED", _("approved")


class Verdict(models.TextChoices):
    """What the chance of an order says beside the usual rate."""

    LOW = "LOW", _("Low intent")
    WATCH = "WATCH", pgettext_lazy("verdict", "Watch")
    NONE = "NONE", pgettext_lazy("verdict", "Usual")
    UNKNOWN = "UNKNOWN", _("No verdict")


class Pattern(models.TextChoices):
    """What is going on in a lead of low intent."""

    FREE_CONSULTING = "FREE_CONSULTING", pgettext_lazy("pattern", "free consulting")
    COLUMN_FODDER = "COLUMN_FODDER", _("column fodder")
    GOING_THROUGH_THE_MOTIONS = "GOING_THROUGH_THE_MOTIONS", _("going through the motions")
    LOW_INTENT = "LOW_INTENT", pgettext_lazy("pattern", "low intent")


class Mark(models.TextChoices):
    """Late-payment risk in words."""

    HIGH = "HIGH", pgettext_lazy("late payment", "High")
    WATCH = "WATCH", pgettext_lazy("late payment", "Watch")
    LOW = "LOW", pgettext_lazy("late payment", "Low")
    UNKNOWN = "UNKNOWN", _("No terms")
