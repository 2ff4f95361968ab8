"""People who sign in, their team and their role."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Team(models.Model):
    """A group of sellers; its manager sees their leads."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """Someone of the vendor who works with the ledger, or owns leads in it."""

    class Role(models.TextChoices):
        FOUNDER = "FOUNDER", _("Founder")
        MANAGER = "MANAGER", _("Manager")
        SELLER = "SELLER", _("Seller")
        ACCOUNTANT = "ACCOUNTANT", _("Accountant")
        VIEWER = "VIEWER", _("Viewer")

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.SELLER)
    team = models.ForeignKey(
        Team, verbose_name=_("team"), null=True, blank=True, on_delete=models.SET_NULL
    )
    display_name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=[("zh-hans", "简体中文"), ("en", "English")],
        blank=True,
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    wants_digest = models.BooleanField(_("Monday mail"), default=True)
    digest_weekday = models.PositiveSmallIntegerField(
        _("day of the mail"), choices=Weekday, default=Weekday.MONDAY
    )
    digest_hour = models.PositiveSmallIntegerField(_("hour of the mail"), default=8)
    mails_muted_until = models.DateField(_("no mails until"), null=True, blank=True)
    wants_reminders = models.BooleanField(_("reminders by mail"), default=True)
    # Whoever knows one may stop this person's mails, or read this person's calendar; a new
    # secret revokes the old.
    mail_secret = models.CharField(max_length=43, blank=True, editable=False)
    calendar_secret = models.CharField(max_length=43, blank=True, editable=False)
    calendar_names_clients = models.BooleanField(_("client names in the calendar"), default=True)
    last_visit_at = models.DateTimeField(_("last visit"), null=True, blank=True, editable=False)
    previous_visit_at = models.DateTimeField(
        _("visit before the last"), null=True, blank=True, editable=False
    )
    stale_leads_put_off_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                name="digest_hour_is_an_hour", condition=models.Q(digest_hour__lte=23)
            ),
            models.CheckConstraint(
                name="digest_weekday_is_a_weekday",
                condition=models.Q(digest_weekday__gte=1, digest_weekday__lte=7),
            ),
            models.UniqueConstraint(
                name="a_calendar_secret_opens_one_calendar",
                fields=["calendar_secret"],
                condition=~models.Q(calendar_secret=""),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.get_full_name() or self.username

    def is_muted_on(self, day: date) -> bool:
        """Say whether no mail shall go out on a day; one whose day it is then never comes."""
        return self.mails_muted_until is not None and day < self.mails_muted_until
