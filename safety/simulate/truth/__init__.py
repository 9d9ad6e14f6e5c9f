"""The answer key: what is true of a simulated trial, and what could be known of it when.

Written from the reference alone and independent of what it measures: nothing here imports the
grading, the assessment, the dosing or the checks.
"""
