"""Measure toxwatch by a simulated trial: run its deliveries, compare the database with the truth.

Truth is read from files; nothing here asks the rules, grades or checks that are measured.
"""
