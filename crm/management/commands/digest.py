"""Prints a person's Monday mail of any moment, or today's reminders; nothing is sent or kept."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from crm.management.arguments import moment_of, user_named
from crm.models import Firm, User
from crm.selectors.digest import content, language_of
from crm.selectors.digest_daily import reminders
from crm.services import digest_daily_mail, digest_mail
from crm.services.digest_mail import Mail


class Command(BaseCommand):
    """Print a digest."""

    help = "Prints a Monday mail as of a moment, or the reminders of today; sends nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose mail, of when, in which form."""
        parser.add_argument("--user", required=True, metavar="NAME", help="whose mail")
        parser.add_argument("--as-of", metavar="DATE", help="YYYY-MM-DD, the end of that day")
        parser.add_argument(
            "--reminders", action="store_true", help="the reminders of today instead"
        )
        parser.add_argument("--format", dest="form", choices=["text", "html"], default="text")
        parser.add_argument("--language", choices=["zh-hans", "en"], help="instead of the user's")

    def handle(
        self,
        *,
        user: str,
        as_of: str | None,
        form: str,
        language: str | None,
        **options: Any,
    ) -> None:
        """Write the mail to the standard output."""
        firm, reader = Firm.current(), user_named(user)
        language = language or language_of(reader)
        if options["reminders"]:
            mail = _reminders(reader, firm, language)
        else:
            told = content(reader, as_of=moment_of(as_of, firm), firm=firm)
            mail = digest_mail.render(told, language=language)
        if not mail.subject:
            self.stdout.write("Nothing to remind of today.")
            return
        if form == "html":
            self.stdout.write(mail.html)
            return
        self.stdout.write(f"Subject: {mail.subject}\n\n{mail.text}", ending="")


def _reminders(reader: User, firm: Firm, language: str) -> Mail:
    """Return what a person would be reminded of now."""
    told = reminders([reader], as_of=timezone.now(), firm=firm)[reader.pk]
    return digest_daily_mail.render(told, language=language)
