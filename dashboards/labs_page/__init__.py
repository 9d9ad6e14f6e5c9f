"""The parts of the page of labs and vitals."""
