"""Assessment: baseline, episodes, worst grades, windows and DLT candidates. Pure functions."""
