"""Past data cuts: as they stood, what differs between two of them, and making one again."""
