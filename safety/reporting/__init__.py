"""Reports that are owed about serious adverse events, and their clocks."""
