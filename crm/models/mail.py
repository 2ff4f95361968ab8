"""The digest ledger and the local outbox."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.base import one_of
from crm.models.user import User

LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)  # between two tries
CLOCKS_DIFFER = timedelta(minutes=10)  # at most, between machines that send


class DigestStatus(models.TextChoices):
    """Where it stands."""

    PENDING = "PENDING", _("waiting")
    SENDING = "SENDING", _("being sent")
    HANDED_OVER = "HANDED_OVER", _("handed over")
    SENT = "SENT", _("sent")
    FAILED = "FAILED", _("failed")
    UNKNOWN = "UNKNOWN", _("not known whether it arrived")


def _lease_is_over(now: datetime) -> Q:
    return Q(lease_until__lt=now) | Q(lease_until__gt=now + LEASE + CLOCKS_DIFFER)


class DigestQuerySet(models.QuerySet["Digest"]):
    """Mails of the digest ledger."""

    def visible_to(self, user: User) -> Self:
        """Keep a person's own mails; founders see how everyone's fared."""
        return self if user.role == User.Role.FOUNDER else self.filter(recipient=user)

    def claimable_at(self, now: datetime) -> Self:
        """Keep what waits and is due, and what a sender that died had not handed over yet.

        A moment further ahead than any wait is long was written by a clock that was set back.
        """
        tried_later = Q(attempts__gt=0, next_try_at__gt=now + LONGEST_WAIT + CLOCKS_DIFFER)
        return self.filter(
            Q(Q(next_try_at__lte=now) | tried_later, status=DigestStatus.PENDING)
            | Q(_lease_is_over(now), status=DigestStatus.SENDING)
        )

    def left_behind_at(self, now: datetime) -> Self:
        """Keep what a sender had handed over when it died: it may have arrived."""
        return self.filter(_lease_is_over(now), status=DigestStatus.HANDED_OVER)


class Digest(models.Model):
    """One mail to one person for one period; the unique row is what keeps it from doubling.

    The period of a Monday mail is an ISO week (2026-W48), that of reminders a day (2026-11-24).
    """

    class Kind(models.TextChoices):
        WEEKLY = "WEEKLY", _("Monday mail")
        DAILY = "DAILY", _("Reminders of a day")

    Status = DigestStatus
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digests")
    period = models.CharField(_("period"), max_length=10)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.WEEKLY)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PENDING)
    due_at = models.DateTimeField(_("due at"))
    next_try_at = models.DateTimeField(_("next try"))
    lease_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    language = models.CharField(max_length=10, blank=True)
    as_of = models.DateTimeField(_("as of"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text_body = models.TextField(blank=True)
    html_body = models.TextField(blank=True)
    # The decisions it asks for: a lead's id and the points against it as they stood then.
    shown = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    answer = models.CharField(_("answer of the mail server"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    # A person's word that a mail of unknown or failed fate shall go out once more.
    sent_again_at = models.DateTimeField(_("sent again at"), null=True, blank=True)
    sent_again_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # A person's word that nothing more is to be done about it.
    dismissed_at = models.DateTimeField(_("dismissed at"), null=True, blank=True)
    dismissed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    dismissed_why = models.CharField(_("why it was dismissed"), max_length=200, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "period"], name="one_mail_a_person_kind_and_period"
            ),
            one_of("status", DigestStatus, "digest_status_is_known"),
            models.CheckConstraint(
                name="digest_in_hand_has_a_lease",
                condition=~Q(status__in=["SENDING", "HANDED_OVER"]) | Q(lease_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "next_try_at"], name="digest_due"),
            models.Index(fields=["recipient", "-due_at"], name="digest_history"),
            models.Index(fields=["-due_at", "-id"], name="digest_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.period}"


class OutboxMailQuerySet(models.QuerySet["OutboxMail"]):
    """Mails in the outbox."""

    def visible_to(self, user: User) -> Self:
        """Keep a person's own mails; founders see all."""
        return self if user.role == User.Role.FOUNDER else self.filter(recipient=user)


class OutboxMail(models.Model):
    """A mail that stayed here because no mail server is set (EMAIL_HOST)."""

    created_at = models.DateTimeField(_("created at"))
    recipient = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="outbox_mails"
    )
    to = models.CharField(_("to"), max_length=300)
    sender = models.CharField(pgettext_lazy("mail", "from"), max_length=300)
    subject = models.CharField(_("subject"), max_length=300)
    message_id = models.CharField(max_length=120, blank=True)
    text_body = models.TextField(blank=True)
    html_body = models.TextField(blank=True)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail in the outbox")
        verbose_name_plural = _("mails in the outbox")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.subject
