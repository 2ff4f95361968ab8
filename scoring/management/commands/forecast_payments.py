"""Foresees open invoices: manage.py forecast_payments [--as-of DATE] --out FILE.csv."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.management.arguments import moment_of
from crm.models import Firm
from scoring import cash_runs, forecasts, payment_files


class Command(BaseCommand):
    """Foresee all invoices that were open at a moment, store it and write it to a file."""

    help = "Foresees the invoices that are open at a moment, from what was known then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment and where to write."""
        parser.add_argument("--as-of", metavar="DATE", help="YYYY-MM-DD; the end of that day")
        parser.add_argument("--out", type=Path, metavar="FILE.csv", help="one row an open invoice")

    def handle(self, *, as_of: str | None, out: Path | None, **options: Any) -> None:
        """Foresee, store, write, and say how many there are."""
        firm = Firm.current()
        moment = moment_of(as_of, firm)
        day = moment.astimezone(firm.zone).date()
        if out:
            try:
                payment_files.write_forecasts(out, forecasts.foreseen(as_of=moment), as_of=day)
            except OSError as error:
                raise CommandError(
                    _("%(file)s cannot be written: %(reason)s.")
                    % {"file": out, "reason": error.strerror},
                    returncode=2,
                ) from error
        now = timezone.now()
        count = forecasts.make(as_of=moment, now=now)
        if not as_of:  # of today, the curves of deals and of the firm follow
            cash_runs.compute_due(now=now)
            cash_runs.compute_firm(now=now)
        self.stdout.write(
            ngettext(
                "Foresaw %(count)d open invoice as of %(day)s.",
                "Foresaw %(count)d open invoices as of %(day)s.",
                count,
            )
            % {"count": count, "day": day.isoformat()}
        )
