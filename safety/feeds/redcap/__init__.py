"""A REDCap project: its instruments, flat and repeating, in pulls."""
