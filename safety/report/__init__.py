"""Results for people: text for the command line."""
