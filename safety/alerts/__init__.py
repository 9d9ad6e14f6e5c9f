"""From results to alerts, outbox and channels."""
