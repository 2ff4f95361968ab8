"""What scoring foresees of money, stored for pages: days to pay, cash of a deal and of the firm."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.money import Invoice, PaymentTerms
from crm.models.user import User


class InvoiceForecast(models.Model):
    """What was foreseen of an open invoice on a day; chances from 0 to 1, days are days late."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="forecasts")
    as_of_date = models.DateField(_("as of"))
    made_at = models.DateTimeField()
    late_0 = models.FloatField()
    late_30 = models.FloatField()
    late_60 = models.FloatField()
    late_90 = models.FloatField()
    long_chance = models.FloatField(_("chance of over 120 days, or never"))
    days_p10 = models.SmallIntegerField()
    days_p50 = models.SmallIntegerField()
    days_p80 = models.SmallIntegerField()
    days_p90 = models.SmallIntegerField()
    own_count = models.PositiveIntegerField()
    own_median_days = models.FloatField(null=True)
    pool_count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("forecast of an invoice")
        verbose_name_plural = _("forecasts of invoices")
        ordering = ["-as_of_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "as_of_date"], name="one_forecast_an_invoice_and_day"
            ),
            models.CheckConstraint(
                name="forecast_days_are_in_order",
                condition=Q(days_p10__lte=models.F("days_p50"))
                & Q(days_p50__lte=models.F("days_p80"))
                & Q(days_p80__lte=models.F("days_p90")),
            ),
        ]
        indexes = [models.Index(fields=["as_of_date", "invoice"], name="forecast_day")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.as_of_date:%Y-%m-%d}"


class ForecastMark(models.Model):
    """One change of what was billed or paid, until the forecasts that know of it are stored."""

    asked_at = models.DateTimeField(_("asked at"))

    class Meta:
        verbose_name = _("forecasts that wait")
        verbose_name_plural = _("forecasts that wait")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class DealCash(models.Model):
    """The cash curve of some terms as last computed; `due_at` asks for a new one."""

    terms = models.OneToOneField(PaymentTerms, on_delete=models.CASCADE, related_name="cash")
    due_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    inputs_checksum = models.CharField(max_length=64, blank=True)
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("cash curve of a deal")
        verbose_name_plural = _("cash curves of deals")
        indexes = [models.Index(fields=["due_at"], name="deal_cash_due")]

    def __str__(self) -> str:
        return f"{self.terms_id}"


class FirmCash(models.Model):
    """The firm's cash of the next 26 weeks as last computed; one row a day."""

    as_of_date = models.DateField(_("as of"), unique=True)
    made_at = models.DateTimeField()
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("cash of the firm")
        verbose_name_plural = _("cash of the firm")
        ordering = ["-as_of_date"]

    def __str__(self) -> str:
        return f"{self.as_of_date:%Y-%m-%d}"


class InvoiceReminder(models.Model):
    """A reminder that a person says was sent: which step of the ladder, when, by whom."""

    class Step(models.IntegerChoices):
        FIRST = 3, _("friendly reminder")
        CALL = 10, _("call")
        LETTER = 30, _("formal letter")
        CHANNEL = 60, _("lawyer or complaint channel")

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="reminders")
    step = models.PositiveSmallIntegerField(_("step"), choices=Step)
    sent_at = models.DateTimeField(_("sent at"))
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "step"], name="one_reminder_an_invoice_and_step"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.sent_at:%Y-%m-%d}"
