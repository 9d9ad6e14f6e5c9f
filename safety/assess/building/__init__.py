"""From canonical records and grades to the facts of one subject, one kind of record a module."""
