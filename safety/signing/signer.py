"""Who signs, as the sign-in knows the person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signer:
    """An account, and how and when its person last proved who it is.

    name: as it is printed beside a signature. auth_at: UTC, ISO 8601.
    """

    account_id: str
    username: str
    name: str
    method: str
    auth_at: str

    @property
    def actor(self) -> str:
        """Who acted, as the audit trail tells it: two people may have one name."""
        return f"{self.name} ({self.username})"
