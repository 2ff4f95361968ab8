"""A mail backend that keeps mails in the database, where a page shows them."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from crm.models import OutboxMail, User


class OutboxBackend(BaseEmailBackend):
    """Stand in for a mail server until EMAIL_HOST names one."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store each message once for each recipient and return how many were taken."""
        mails = [
            OutboxMail(
                created_at=timezone.now(),
                recipient=User.objects.filter(email=address).order_by("pk").first(),
                to=address[:300],
                sender=message.from_email[:300],
                subject=message.subject[:300],
                message_id=message.extra_headers.get("Message-ID", "")[:120],
                text_body=str(message.body),
                html_body=html_part(message),
            )
            for message in email_messages
            for address in message.recipients()
        ]
        OutboxMail.objects.bulk_create(mails)
        return len(email_messages)


def html_part(message: EmailMessage) -> str:
    """Return the HTML alternative of a message, or nothing."""
    for part in getattr(message, "alternatives", []):
        if part.mimetype == "text/html":
            return str(part.content)
    return ""
