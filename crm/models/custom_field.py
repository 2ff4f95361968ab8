"""Fields of the vendor's own on leads; the values stand on the lead, by key."""

from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.base import one_of

KEY = r"[a-z][a-z0-9_]{0,39}"


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    """Fields of the vendor's own."""

    def in_order(self) -> Self:
        """Return them as forms show them."""
        return self.order_by("position", "label", "pk")


class CustomFieldKind(models.TextChoices):
    """What a value is."""

    CHOICE = "CHOICE", _("choice")
    NUMBER = "NUMBER", _("number")
    DATE = "DATE", pgettext_lazy("kind of a field", "date")
    YES_NO = "YES_NO", _("yes or no")
    TEXT = "TEXT", _("text")


class CustomFieldKnownFrom(models.TextChoices):
    """From when on a value can be known; a score at the opening reads nothing that comes later."""

    CREATION = "CREATION", _("when the lead is opened")
    LATER = "LATER", _("later")


class CustomField(models.Model):
    """One field of the vendor's own."""

    Kind = CustomFieldKind
    KnownFrom = CustomFieldKnownFrom
    MOST_CHOICES = 500
    LONGEST_CHOICE = 120
    LONGEST_TEXT = 500
    LARGEST_NUMBER = 1e15  # from here on a float no longer tells each whole number from the next

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(rf"\A{KEY}\Z", _("Small letters, digits and _ only."))],
    )
    label = models.CharField(_("label"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TEXT)
    known_from = models.CharField(
        _("known"), max_length=8, choices=KnownFrom, default=KnownFrom.LATER
    )
    choices: "models.JSONField[Any, Any]" = models.JSONField(_("choices"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("own field")
        verbose_name_plural = _("own fields")
        ordering = ["position", "label", "pk"]
        constraints = [
            one_of("kind", CustomFieldKind, "custom_field_kind_is_known"),
            one_of("known_from", CustomFieldKnownFrom, "custom_field_known_from_is_known"),
        ]

    def __str__(self) -> str:
        return self.label
