"""What is known of a lead beside its talks: evidence, objections to reasons, what people did."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.base import DatedRow, one_of
from crm.models.interaction import OfLeadQuerySet
from crm.models.lead import Lead
from crm.models.user import User


class QualificationItem(models.TextChoices):
    """What a seller should be able to prove: the gate (BANT) first, then MEDDPICC."""

    BUDGET = "BUDGET", pgettext_lazy("evidence", "Budget")
    AUTHORITY = "AUTHORITY", pgettext_lazy("evidence", "Authority")
    NEED = "NEED", pgettext_lazy("evidence", "Need")
    TIMING = "TIMING", pgettext_lazy("evidence", "Timing")
    METRICS = "METRICS", pgettext_lazy("evidence", "Metrics")
    ECONOMIC_BUYER = "ECONOMIC_BUYER", pgettext_lazy("evidence", "Economic buyer")
    DECISION_CRITERIA = "DECISION_CRITERIA", pgettext_lazy("evidence", "Decision criteria")
    DECISION_PROCESS = "DECISION_PROCESS", pgettext_lazy("evidence", "Decision process")
    PAPER_PROCESS = "PAPER_PROCESS", pgettext_lazy("evidence", "Paper process")
    PAIN = "PAIN", pgettext_lazy("evidence", "Pain")
    CHAMPION = "CHAMPION", pgettext_lazy("evidence", "Champion")
    COMPETITION = "COMPETITION", pgettext_lazy("evidence", "Competition")


class QualificationAnswer(models.TextChoices):
    """What we found out."""

    KNOWN = "KNOWN", pgettext_lazy("evidence", "known")
    NO = "NO", pgettext_lazy("evidence", "there is none")
    UNKNOWN = "UNKNOWN", pgettext_lazy("evidence", "asked, not known")


class QualificationNote(DatedRow):
    """What somebody said about one item, dated; the newest counts, and no score reads it."""

    Item = QualificationItem
    Answer = QualificationAnswer
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="qualification_notes")
    item = models.CharField(_("item"), max_length=20, choices=Item)
    answer = models.CharField(_("answer"), max_length=8, choices=Answer)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True)
    said_by = models.CharField(_("who said it"), max_length=120, blank=True)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)

    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["happened_at", "pk"]
        constraints = [
            one_of("item", QualificationItem, "qualification_item_is_known"),
            one_of("answer", QualificationAnswer, "qualification_answer_is_known"),
            models.CheckConstraint(
                name="known_evidence_says_what_is_known",
                condition=~Q(answer="KNOWN") | ~Q(evidence=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_item_display()} {self.get_answer_display()}"


class ContestWhy(models.TextChoices):
    """Why somebody disagrees with a reason."""

    NOT_SO = "NOT_SO", _("It is not so")
    OUTDATED = "OUTDATED", _("It was so and is no longer")
    NOT_HERE = "NOT_HERE", _("True, but it says nothing about this client")
    TOO_HEAVY = "TOO_HEAVY", _("True, but it weighs too much")
    TOO_LIGHT = "TOO_LIGHT", _("True, but it weighs too little")


class Contest(DatedRow):
    """Somebody disagreed with a reason of a score, by name; never changed after."""

    Why = ContestWhy
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="contests")
    reason_code = models.CharField(_("reason"), max_length=48)
    why = models.CharField(_("why"), max_length=12, choices=Why)
    note = models.CharField(_("in your words"), max_length=500, blank=True)
    said = models.CharField(_("the reason as shown then"), max_length=500, blank=True)
    points = models.FloatField(_("its points then"), default=0)
    scorer_version = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT)

    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection to a reason")
        verbose_name_plural = _("objections to reasons")
        ordering = ["-happened_at", "-pk"]
        constraints = [one_of("why", ContestWhy, "contest_why_is_known")]
        indexes = [models.Index(fields=["reason_code", "happened_at"], name="contest_reason")]

    def __str__(self) -> str:
        return f"{self.reason_code} {self.get_why_display()}"


class SystemEventKind(models.TextChoices):
    """What happened around a lead without the client."""

    MESSAGE_COPIED = "MESSAGE_COPIED", _("Message copied")
    MOVED_WITH_GAPS = "MOVED_WITH_GAPS", _("Moved on although evidence was missing")
    ROW_CORRECTED = "ROW_CORRECTED", _("Entry corrected")
    ROW_TAKEN_BACK = "ROW_TAKEN_BACK", _("Entry taken back")
    CALLED_IN_VAIN = "CALLED_IN_VAIN", _("Called, nobody answered")
    MILESTONE_DATED = "MILESTONE_DATED", _("Payment milestone reached")
    MILESTONE_UNDATED = "MILESTONE_UNDATED", _("Payment milestone not reached after all")


class SystemEvent(DatedRow):
    """Something that one of us did on a lead's page; no talk, and no score reads it."""

    Kind = SystemEventKind
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="system_events")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    what = models.CharField(_("what"), max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)

    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("system event")
        verbose_name_plural = _("system events")
        ordering = ["-happened_at", "-pk"]
        constraints = [one_of("kind", SystemEventKind, "system_event_kind_is_known")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.what}".strip()
