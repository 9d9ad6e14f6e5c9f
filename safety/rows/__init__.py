"""Rows of a snapshot, listed by page: what was asked for, in SQL, always in one order."""
