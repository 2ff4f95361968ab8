"""The back office: every record of the ledger, for founders."""

from crm.admin import custom_fields, ledger, money, payment_law, people, records

__all__ = ["custom_fields", "ledger", "money", "payment_law", "people", "records"]
