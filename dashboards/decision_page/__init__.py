"""The parts of the page "Decision", in the order in which the committee asks."""
