#!/usr/bin/env python3
"""Run Touchstone's commands: up, migrate, import_ledger, score, report and the rest."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Spinning OpenMP threads cost 10-20 times the work on small machines; set before numpy loads.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # runs of scores keep two processors busy
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
