"""Assessment: baseline, episodes, worst grades, windows and verdicts. Pure functions."""
