"""Who works with toxwatch: accounts, what they may do in which study, and their sessions."""
