"""Who did what, when and why: a chain that can be added to and never changed."""
