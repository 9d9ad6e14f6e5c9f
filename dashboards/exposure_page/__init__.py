"""The parts of the page of exposure."""
