"""The trail of tests that write past the pipeline, and its key in a home."""

from __future__ import annotations

from pathlib import Path

from safety.audit.trail import Trail

TRAIL = Trail(b"k" * 32)


def give_key(home: Path) -> None:
    """Let a home have the key of TRAIL, as if it had been made there."""
    path = home / "keys" / "audit.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{TRAIL.key.hex()}\n", encoding="utf-8")
    path.chmod(0o600)
