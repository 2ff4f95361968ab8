"""The back office: every record of the ledger, for founders."""

from crm.admin import ledger, money, people, records

__all__ = ["ledger", "money", "people", "records"]
