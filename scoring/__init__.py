"""What the ledger says about risk: the chance of an order and of a late payment."""
