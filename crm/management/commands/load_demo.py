"""Loads the demo: manage.py load_demo [--leads 300] [--seed 1] [--until DATE] [--score]."""

from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from io import StringIO
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.demo import load, users
from crm.services import people
from crm.services.errors import LedgerError

END_OF_WORK = time(18)
SECONDS_BETWEEN_LINES = 2.0
MOST_LEARNED_FROM = 2_000
SCORED_DAYS_AGO = (14, 7, 1)


class Command(BaseCommand):
    """Fill an empty ledger with an invented history that ends now."""

    help = "Fills an empty ledger with an invented history that ends now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the size, the seed and the end of the history."""
        parser.add_argument("--leads", type=int, default=300, help="how many leads (300)")
        parser.add_argument(
            "--interactions", type=float, default=7.0, help="how many a lead has, about (7)"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same story (1)")
        parser.add_argument("--until", metavar="DATE", help="YYYY-MM-DD; the last day (now)")
        parser.add_argument(
            "--score",
            action="store_true",
            help="score it as of 14, 7 and 1 days ago, learn from it, and score it now",
        )
        parser.add_argument(
            "--sign-ins", action="store_true", help="let all of the demo's people sign in"
        )

    def handle(self, *, leads: int, seed: int, until: str | None, **options: Any) -> None:
        """Load, score when asked, and say who can sign in."""
        now = timezone.now()
        end = _end_of(until, now)
        self._started_at = self._said_at = monotonic()
        try:
            written = load.load(
                leads=leads,
                seed=seed,
                until=end,
                interactions=options["interactions"],
                progress=self._progress,
            )
        except LedgerError as error:
            raise CommandError(f"{error} manage.py reset_demo loads the demo anew.") from error
        self.stdout.write(
            f"Loaded {written.leads:,} invented leads, {written.rows:,} rows,"
            f" in {monotonic() - self._started_at:.0f} s."
        )
        if options["score"]:
            self._score(end, learns=written.leads <= MOST_LEARNED_FROM)
        self._say_who_signs_in(now, everyone=options["sign_ins"])

    def _progress(self, done: int, of: int) -> None:
        if monotonic() - self._said_at >= SECONDS_BETWEEN_LINES:
            self._said_at = monotonic()
            self.stdout.write(f"  {done:,} of {of:,} leads")
            self.stdout.flush()

    def _score(self, end: datetime, *, learns: bool) -> None:
        if "score" not in get_commands():
            self.stdout.write("Not scored: this installation has no command score.")
            return
        today = end.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
        for days_ago in SCORED_DAYS_AGO:
            self.stdout.write(f"Scoring as of {days_ago} days ago ...")
            day = today - timedelta(days=days_ago)
            call_command("score", as_of=day.isoformat(), stdout=StringIO())
        if learns:
            self.stdout.write("Learning from the invented outcomes ...")
            for target in ("no_order", "free_consulting"):
                call_command("train", target=target, stdout=StringIO())
        self.stdout.write("Scoring as of now ...")
        call_command("score", stdout=StringIO())
        call_command("forecast_payments", stdout=StringIO())

    def _say_who_signs_in(self, now: datetime, *, everyone: bool) -> None:
        if everyone:
            password = people.random_password()
            names = ", ".join(users.let_everyone_sign_in(password))
            self.stdout.write(f"Sign in as one of {names}. Password, shown once: {password}")
            return
        first = people.first_founder(now)
        if first:
            self.stdout.write(f"Sign in as {first[0]}. Password, shown once: {first[1]}")


def _end_of(until: str | None, now: datetime) -> datetime:
    if until is None:
        return now.replace(microsecond=0)
    try:
        day = date.fromisoformat(until)
    except ValueError as error:
        raise CommandError(f"--until {until!r} is not a date. Write it as YYYY-MM-DD.") from error
    end = datetime.combine(day, END_OF_WORK, ZoneInfo(settings.TIME_ZONE))
    if day > now.astimezone(end.tzinfo).date():
        raise CommandError(f"--until {until} lies ahead. Give today or a day before it.")
    return min(end, now)
