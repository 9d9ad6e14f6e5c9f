"""Tables of text as the bytes of a file, the same on every machine."""
