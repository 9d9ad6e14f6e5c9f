"""toxwatch: adverse-event and DLT safety monitoring for phase I/II oncology trials."""

__version__ = "0.1.0"
