"""The protocol of one trial: models, loading, checking and hashing."""
