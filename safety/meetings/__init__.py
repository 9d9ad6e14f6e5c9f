"""Meetings of the committee: what was looked at, recommended, voted and signed."""
