"""What people settle: held rows and queries, each with a state, an age, an owner and a history."""
