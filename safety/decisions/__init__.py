"""What named people decided, on what it rested, and the newer data that call it in question."""
