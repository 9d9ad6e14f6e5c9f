"""The parts of the page "What changed"."""
