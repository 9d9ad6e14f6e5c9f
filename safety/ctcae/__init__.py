"""CTCAE grading: criteria and units as data, and the block function that reads them."""
