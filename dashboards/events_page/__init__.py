"""The parts of the page of adverse events."""
