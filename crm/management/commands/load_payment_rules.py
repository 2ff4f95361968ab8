"""Takes over the shipped payment rules: manage.py load_payment_rules."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from crm.payment_rules import RuleFileError
from crm.services import payment_rules


class Command(BaseCommand):
    """Take over the shipped rules and rates; rows that a person changed stay as they are."""

    help = "Takes over the shipped payment rules and reference rates."

    def handle(self, **options: Any) -> None:
        """Load the files and say what came of it."""
        try:
            loaded = payment_rules.load_shipped()
        except RuleFileError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(
            _("%(new)d new, %(updated)d updated, %(kept)d kept as a person changed them.")
            % {"new": loaded.new, "updated": loaded.updated, "kept": loaded.kept}
        )
