"""The domain database: bitemporal rows keyed by sequence, never by a clock."""
