"""What a deal costs over time, for its cash curve."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.models.base import LedgerQuerySet, LedgerRow, Versioned
from crm.models.money import PaymentTerms


class DealCost(LedgerRow, Versioned):
    """A cost of a deal under some terms: per month over a span of days, or once on a day.

    Days count from the signature and may lie before it; an amount below zero comes back.
    """

    terms = models.ForeignKey(
        PaymentTerms,
        verbose_name=_("payment terms"),
        on_delete=models.CASCADE,
        related_name="costs",
    )
    label = models.CharField(_("what for"), max_length=80)
    is_monthly = models.BooleanField(_("per month"), default=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    from_day = models.SmallIntegerField(_("from day"), default=0)
    to_day = models.SmallIntegerField(_("to day"), null=True, blank=True)

    history = HistoricalRecords()
    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost of a deal")
        verbose_name_plural = _("costs of a deal")
        ordering = ["terms", "from_day", "pk"]
        constraints = [
            models.CheckConstraint(
                name="monthly_cost_has_an_end_after_its_start",
                condition=Q(is_monthly=False, to_day=None)
                | Q(is_monthly=True, to_day__gt=F("from_day")),
            )
        ]

    def __str__(self) -> str:
        return self.label
