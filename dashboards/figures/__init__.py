"""Plotly figures from frames."""
