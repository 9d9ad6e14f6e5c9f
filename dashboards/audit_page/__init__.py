"""The parts of the page of the audit trail: its state, its entries, one of them in full."""
