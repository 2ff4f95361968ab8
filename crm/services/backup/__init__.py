"""Backups: written, looked through, and looked at before they are needed."""
