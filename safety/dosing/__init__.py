"""Exposure: what was taken, and when."""
