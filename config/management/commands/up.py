"""Runs all of Touchstone in this terminal: manage.py up."""

import signal
from contextlib import suppress
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from config import preparation, programs
from config.supervisor import Supervisor
from crm import wake
from crm.selectors import background, health
from crm.services import job_runs, people

TASKS_AT_START = ("scoring.score_due", "crm.send_due_digests")


class Command(BaseCommand):
    """Prepare what is missing, start web server, worker, beat and broker, and keep them running."""

    help = "Prepares what is missing and runs all of Touchstone until Ctrl-C."
    requires_system_checks = ()
    sign_in: tuple[str, str] | None = None

    def handle(self, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM; a reason not to start is one sentence."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, interrupt)
        try:
            with preparation.only_copy(settings.DATA_DIR):
                self.prepare()
                everything = programs.programs(once_answering=self.greet)
                Supervisor(everything, self.say).run()
        except preparation.CannotStart as reason:
            raise CommandError(str(reason)) from reason
        except KeyboardInterrupt:
            self.say("Stopped before the start.")
        else:
            self.say("Stopped.")
        finally:
            self.tell_password()

    def prepare(self) -> None:
        """Do what has to be done before the programs start."""
        preparation.refuse_busy_port(settings.BIND, settings.PORT)
        preparation.prepare_broker()
        preparation.prepare_database(self.say)
        preparation.prepare_files(self.say)
        self.sign_in = people.first_founder(timezone.now())
        preparation.prepare_demo(self.say)
        job_runs.note_quiet(background.START, now=timezone.now())
        connections.close_all()

    def greet(self) -> None:
        """Say where it runs and how to sign in; have the worker look at what waits."""
        self.say(f"\nTouchstone runs at {settings.BASE_URL}   (Ctrl-C stops it)")
        if not self.tell_password():
            self.say("Sign in as before. Password lost: manage.py changepassword founder")
        self.say("")
        for queue in health.WORKERS:
            wake.now("crm.beat", queue=queue)
        for task in TASKS_AT_START:
            wake.now(task)

    def tell_password(self) -> bool:
        """Show a new password once."""
        if self.sign_in is None:
            return False
        username, password = self.sign_in
        self.say(f"Sign in as {username} with the password {password} (shown only now)")
        self.sign_in = None
        return True

    def say(self, text: str) -> None:
        """Print at once; a terminal that is gone is no reason to leave programs running."""
        with suppress(OSError):
            self.stdout.write(text)
            self.stdout.flush()


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """End the preparation, also where a shell had SIGINT ignored."""
    raise KeyboardInterrupt
