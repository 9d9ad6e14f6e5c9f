"""From delivered bytes to canonical records: evidence, dates, values, units, keys."""
