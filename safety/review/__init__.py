"""Which rows of a snapshot somebody has looked at, and which are new or changed since."""
