"""Broker, mailer and beat under the shipped supervisor: python -m tests.faults.programs."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # what follows needs Django
from django.db import connection, connections  # noqa: E402

from config import preparation, programs  # noqa: E402
from config.supervisor import Supervisor  # noqa: E402
from crm import wake  # noqa: E402
from crm.models import User  # noqa: E402
from tests.factories import UserFactory  # noqa: E402

READERS = 8


def make_database() -> None:
    """Make the tables, if there are none, and eight people whose mail is due on Monday."""
    if User._meta.db_table not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)
    UserFactory.create_batch(READERS)
    connections.close_all()  # all is in the one file then, which is copied


def run() -> None:
    """Run until SIGTERM, as manage.py up does, but without a web server and a scorer."""
    preparation.prepare_broker()
    everything = [programs.embedded_broker(), programs.mailer(), programs.beat()]
    for program in everything:
        program.command = [
            word.replace("--app=config", "--app=tests.faults.app") for word in program.command
        ]
    everything[-1].once_ready = wake_mailer
    Supervisor(everything, say).run()


def wake_mailer() -> None:
    """Have it look at what waits, as each start does."""
    wake.now("crm.send_due_digests")


def say(line: str) -> None:
    """Write what the programs say at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    make_database() if "--database" in sys.argv else run()
