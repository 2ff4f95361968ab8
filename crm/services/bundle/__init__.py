"""Reads and writes ledger bundles: the whole ledger as a folder of plain CSV files.

The format is told in docs/ledger-bundle.md. `importing.run` and `exporting.run` are the doors.
"""
