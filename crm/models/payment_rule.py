"""Payment law as data: rules and reference rates, shipped as files and editable by an admin."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.user import User


class RuleKind(models.TextChoices):
    """What a rule speaks about."""

    TERM = "TERM", _("days to pay")
    CLAUSE = "CLAUSE", _("a clause")
    CAP = "CAP", _("a cap")


class HowSure(models.TextChoices):
    """How sure a row is."""

    READ = "READ", _("read in the source")
    SECOND = "SECOND", _("from a second source")
    MEMORY = "MEMORY", _("to be checked")
    OWN_RULE = "OWN_RULE", _("our own rule")


class OfFile(models.Model):
    """A row of a shipped file; loading the file again never overwrites what a person changed."""

    shipped_checksum = models.CharField(max_length=64, blank=True, editable=False)
    edited_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, editable=False, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class PaymentRule(OfFile):
    """One clock, clause or cap of a country, as it holds between two days (see payment_rules)."""

    code = models.CharField(_("code"), max_length=40)
    country = models.CharField(_("country"), max_length=2)
    buyer_types = models.CharField(_("buyers"), max_length=200)
    payee_scope = models.CharField(_("protects"), max_length=12, default="ANY")
    kind = models.CharField(_("kind"), max_length=8, choices=RuleKind)
    clause = models.CharField(_("clause or measure"), max_length=40, blank=True)
    default_days = models.PositiveSmallIntegerField(_("days by default"), null=True, blank=True)
    max_days = models.PositiveSmallIntegerField(_("days at most"), null=True, blank=True)
    max_kind = models.CharField(_("kind of limit"), max_length=8, blank=True)
    warn_days = models.PositiveSmallIntegerField(_("unusual above days"), null=True, blank=True)
    alert_days = models.PositiveSmallIntegerField(_("alarming above days"), null=True, blank=True)
    cap_value = models.DecimalField(
        _("cap"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    cap_unit = models.CharField(_("unit of the cap"), max_length=12, blank=True)
    status_if_broken = models.CharField(_("if broken"), max_length=10, default="UNLAWFUL")
    clock_start = models.CharField(_("clock starts"), max_length=40, blank=True)
    day_basis = models.CharField(_("days are"), max_length=12, blank=True)
    interest_kind = models.CharField(_("interest"), max_length=20, blank=True)
    rate = models.DecimalField(_("rate"), max_digits=10, decimal_places=6, null=True, blank=True)
    reference = models.CharField(_("reference rate"), max_length=20, blank=True)
    floor_reference = models.CharField(_("reference of the floor"), max_length=20, blank=True)
    fixed_sum = models.CharField(_("flat sum"), max_length=80, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    article = models.CharField(_("article"), max_length=200)
    source = models.CharField(_("source"), max_length=200)
    sure = models.CharField(_("how sure"), max_length=10, choices=HowSure, default=HowSure.MEMORY)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment rule")
        verbose_name_plural = _("payment rules")
        ordering = ["country", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_payment_rule_a_day"),
            models.CheckConstraint(
                name="payment_rule_ends_after_it_starts",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from:%Y-%m-%d}"


class ReferenceRate(OfFile):
    """A yearly rate of a central bank from a day on, in per cent."""

    code = models.CharField(_("code"), max_length=20)
    valid_from = models.DateField(_("valid from"))
    percent = models.DecimalField(_("per cent a year"), max_digits=7, decimal_places=4)
    source = models.CharField(_("source"), max_length=200)
    sure = models.CharField(_("how sure"), max_length=10, choices=HowSure, default=HowSure.MEMORY)

    class Meta:
        verbose_name = _("reference rate")
        verbose_name_plural = _("reference rates")
        ordering = ["code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_reference_rate_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from:%Y-%m-%d}"
