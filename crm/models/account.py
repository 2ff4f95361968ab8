"""Organisations that would sign and pay, and the people there."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.models.base import LedgerQuerySet, LedgerRow, Versioned, one_of
from crm.models.lead import Lead
from crm.models.user import User


class AccountQuerySet(LedgerQuerySet["Account"]):
    """Accounts."""

    def visible_to(self, user: User) -> Self:
        """Keep the accounts of which the user may see a lead; founders and managers see all.

        An account without any lead is nobody's yet: a seller who adds it must find it, and an
        accountant bill it. An accountant finds whoever was billed without a lead, too.
        """
        if user.role in (User.Role.FOUNDER, User.Role.MANAGER):
            return self
        if user.role == User.Role.VIEWER:
            return self.none()
        seen = Q(pk__in=Lead.objects.visible_to(user).values("account_id"))
        seen |= ~Q(pk__in=Lead.objects.values("account_id"))
        if user.role == User.Role.ACCOUNTANT:
            billed = self.model._default_manager.filter(invoices__isnull=False)
            seen |= Q(pk__in=billed.filter(invoices__lead=None).values("pk"))
        return self.filter(seen)


class AccountKind(models.TextChoices):
    """What kind of row it is."""

    LISTED = "LISTED", _("Listed company")
    SOE = "SOE", _("State-owned enterprise")
    GOVERNMENT = "GOVERNMENT", _("Government")
    PUBLIC_INSTITUTION = "PUBLIC_INSTITUTION", _("Public institution")
    FORTUNE500_CN = "FORTUNE500_CN", _("Fortune 500, China HQ")
    FOREIGN = "FOREIGN", _("Foreign company")
    SME = "SME", _("Private SME")
    INTEGRATOR = "INTEGRATOR", _("Integrator")


class Account(LedgerRow, Versioned):
    """One organisation that would sign and pay."""

    Kind = AccountKind

    class SizeClass(models.TextChoices):
        LARGE = "LARGE", _("Large")
        MEDIUM = "MEDIUM", _("Medium")
        SMALL = "SMALL", _("Small")
        MICRO = "MICRO", _("Micro")

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, default="", db_index=True)
    pinyin = models.CharField(max_length=400, editable=False, default="")
    initials = models.CharField(max_length=100, editable=False, default="")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, blank=True)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    size_class = models.CharField(_("size class"), max_length=8, choices=SizeClass, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    country = models.CharField(_("country"), max_length=2, default="CN")
    city = models.CharField(_("city"), max_length=80, blank=True)
    distance_km = models.PositiveIntegerField(_("distance in km"), null=True, blank=True)
    is_big_name = models.BooleanField(_("big name"), null=True, blank=True)
    has_ai_team = models.BooleanField(_("own AI team or IT subsidiary"), null=True, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("parent group"), null=True, blank=True, on_delete=models.PROTECT
    )
    merged_into = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("Ledger id of the row that took the place of this one."),
    )

    history = HistoricalRecords()
    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["name", "pk"]
        constraints = [one_of("kind", AccountKind, "account_kind_is_known")]
        indexes = [
            models.Index(fields=["name", "id"], name="account_name"),
            models.Index(fields=["pinyin", "id"], name="account_pinyin"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactRole(models.TextChoices):
    """Part in the decision."""

    BUDGET_HOLDER = "BUDGET_HOLDER", _("Budget holder")
    BUSINESS_OWNER = "BUSINESS_OWNER", _("Business owner")
    IT = "IT", _("IT")
    PROCUREMENT = "PROCUREMENT", _("Procurement")
    FINANCE = "FINANCE", _("Finance")
    USER = "USER", _("User")
    SPONSOR = "SPONSOR", _("Sponsor")


class Contact(LedgerRow, Versioned):
    """One person at an account, with a decision role."""

    Role = ContactRole

    class Stance(models.TextChoices):
        FOR = "FOR", _("for us")
        NEUTRAL = "NEUTRAL", _("neutral")
        AGAINST = "AGAINST", _("against us")

    class Seniority(models.IntegerChoices):
        STAFF = 1, _("Staff")
        MANAGER = 2, _("Manager")
        DIRECTOR = 3, _("Director")
        VICE_PRESIDENT = 4, _("Vice president")
        CHIEF = 5, _("CEO or chairman")

    account = models.ForeignKey(
        Account, verbose_name=_("account"), on_delete=models.PROTECT, related_name="contacts"
    )
    name = models.CharField(_("name"), max_length=120)
    pinyin = models.CharField(max_length=400, editable=False, default="")
    initials = models.CharField(max_length=100, editable=False, default="")
    title = models.CharField(_("job title"), max_length=120, blank=True)
    seniority = models.PositiveSmallIntegerField(
        _("seniority"), choices=Seniority, null=True, blank=True
    )
    department = models.CharField(_("department"), max_length=120, blank=True)
    decision_role = models.CharField(_("decision role"), max_length=16, choices=Role, blank=True)
    stance = models.CharField(_("stance"), max_length=8, choices=Stance, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    wechat = models.CharField(_("WeChat"), max_length=80, blank=True)
    first_seen_date = models.DateField(_("first seen"), null=True, blank=True)
    merged_into = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("Ledger id of the row that took the place of this one."),
    )

    history = HistoricalRecords()
    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-seniority", "name", "pk"]
        constraints = [
            one_of("decision_role", ContactRole, "contact_decision_role_is_known"),
            models.CheckConstraint(
                name="contact_seniority_is_1_to_5",
                condition=Q(seniority=None) | Q(seniority__gte=1, seniority__lte=5),
            ),
        ]
        indexes = [models.Index(fields=["pinyin", "id"], name="contact_pinyin")]

    def __str__(self) -> str:
        return self.name
