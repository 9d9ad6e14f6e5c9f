"""Dose-escalation designs, one module each, with the paper it comes from."""
