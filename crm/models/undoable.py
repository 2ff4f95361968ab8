"""Changes of many rows at once, kept so that they can be taken back."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.base import one_of
from crm.models.user import User


class UndoableKind(models.TextChoices):
    """What was done to many rows."""

    ASSIGN = "ASSIGN", _("Assign")
    STAGE = "STAGE", _("Stage")
    TAG = "TAG", _("Tag")
    SNOOZE = "SNOOZE", _("Snooze")
    CLOSE = "CLOSE", _("Close")
    MERGE_ACCOUNTS = "MERGE_ACCOUNTS", _("Merge of two accounts")
    MERGE_CONTACTS = "MERGE_CONTACTS", _("Merge of two contacts")


class UndoableQuerySet(models.QuerySet["Undoable"]):
    """Changes that can be taken back."""

    def of(self, user: User) -> Self:
        """Keep what the user did; nobody takes back what another one did."""
        return self.filter(by=user)


class Undoable(models.Model):
    """One change of many rows, with what each of them was before."""

    Kind = UndoableKind
    kind = models.CharField(_("kind"), max_length=16, choices=UndoableKind)
    by = models.ForeignKey(User, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    rows = models.JSONField(_("rows"), default=list)

    objects = UndoableQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of many rows")
        verbose_name_plural = _("changes of many rows")
        ordering = ["-made_at", "-pk"]
        constraints = [one_of("kind", UndoableKind, "undoable_kind_is_known")]
        indexes = [models.Index(fields=["by", "-made_at"], name="undoable_by")]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d %H:%M}"
