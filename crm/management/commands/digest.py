"""Prints a person's Monday mail of any moment; nothing is sent or kept."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from crm.management.arguments import moment_of, user_named
from crm.models import Firm
from crm.selectors.digest import content, language_of
from crm.services import digest_mail


class Command(BaseCommand):
    """Print a digest."""

    help = "Prints a Monday mail as it would have been written at a moment; sends nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose mail, of when, in which form."""
        parser.add_argument("--user", required=True, metavar="NAME", help="whose mail")
        parser.add_argument("--as-of", metavar="DATE", help="YYYY-MM-DD, the end of that day")
        parser.add_argument("--format", choices=["text", "html"], default="text")
        parser.add_argument("--language", choices=["zh-hans", "en"], help="instead of the user's")

    def handle(
        self,
        *,
        user: str,
        as_of: str | None,
        format: str,  # noqa: A002  # the option's name
        language: str | None,
        **options: Any,
    ) -> None:
        """Write the mail to the standard output."""
        firm, reader = Firm.current(), user_named(user)
        told = content(reader, as_of=moment_of(as_of, firm), firm=firm)
        mail = digest_mail.render(told, language=language or language_of(reader))
        if format == "html":
            self.stdout.write(mail.html)
            return
        self.stdout.write(f"Subject: {mail.subject}\n\n{mail.text}", ending="")
