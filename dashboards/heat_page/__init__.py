"""The parts of the page of subjects by terms."""
