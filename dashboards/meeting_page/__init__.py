"""The parts of the page of meetings: what waits, meetings, adjudications and decisions."""
