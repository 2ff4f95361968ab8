"""Words that the vendor sorts leads by."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.models.lead import Lead


class Tag(models.Model):
    """One word that leads can carry; it says nothing about risk and has no colour."""

    name = models.CharField(_("name"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_is_spelled_in_one_way")]

    def __str__(self) -> str:
        return self.name


class LeadTag(models.Model):
    """One lead carries one tag."""

    lead = models.ForeignKey(
        Lead, verbose_name=_("lead"), on_delete=models.CASCADE, related_name="lead_tags"
    )
    tag = models.ForeignKey(
        Tag, verbose_name=_("tag"), on_delete=models.CASCADE, related_name="lead_tags"
    )

    class Meta:
        verbose_name = _("tag of a lead")
        verbose_name_plural = _("tags of leads")
        constraints = [
            models.UniqueConstraint(fields=["lead", "tag"], name="lead_carries_a_tag_once")
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.tag_id}"
