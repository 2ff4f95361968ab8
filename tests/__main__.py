"""Runs the suite twice at once, on SQLite and on PostgreSQL: python -m tests."""

import subprocess
import sys
import tempfile


def main(arguments: list[str]) -> int:
    """Show the run on SQLite, then what the one on PostgreSQL said; return the worse exit code."""
    beside = [sys.executable, "-m", "tests.postgres", "-p", "no:cacheprovider", *arguments]
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(beside, stdout=said, stderr=subprocess.STDOUT) as on_postgres,
    ):
        here = [sys.executable, "-m", "pytest", *arguments]
        on_sqlite = subprocess.run(here, check=False).returncode
        sys.stdout.write("\nOn PostgreSQL:\n")
        sys.stdout.flush()
        on_postgres.wait()
        said.seek(0)
        sys.stdout.write(said.read())
        return on_sqlite or on_postgres.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
