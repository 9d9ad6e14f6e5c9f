"""How a moment is written down: UTC, ISO 8601, whole seconds. As texts they are in order."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return `YYYY-MM-DDTHH:MM:SS+00:00`. Raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone: it is no moment.")
    return moment.astimezone(UTC).isoformat(timespec="seconds")
