"""How a notice arrives: the ledger, the ways, the paper."""
