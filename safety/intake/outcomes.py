"""Outcomes of adverse events (AEOUT), as CDISC spells them."""

from __future__ import annotations

ONGOING = ("NOT RECOVERED/NOT RESOLVED",)  # the event goes on, so that it has no end yet
RESOLVED = ("RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE")  # it is over
