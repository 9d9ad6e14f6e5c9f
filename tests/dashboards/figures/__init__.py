"""Figures: what they draw of given numbers."""
