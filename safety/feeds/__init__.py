"""A folder a feed: how its files are read, and which column is which canonical field."""
