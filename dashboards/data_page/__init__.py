"""The parts of the page "Data": what is held, checks, work on rows and queries, deliveries."""
