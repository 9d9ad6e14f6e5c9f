"""A made-up trial whose truth is known, delivered day by day, and the measure taken with it."""
