"""The audit trail, checked by hand: each entry follows the one before and has the hash it must."""

from __future__ import annotations

import hmac
import json

from tests.faults.crashes.world import World

COLUMNS = (
    "study", "number", "at", "actor", "role", "action", "object_type", "object_id", "before",
    "after", "reason", "snapshot_id", "prev_hash",
)  # fmt: skip


def breaks(world: World) -> list[str]:
    """Return what is wrong with the chains of a world."""
    path = world.settings.audit_key
    if not path.exists():
        return []
    key = bytes.fromhex(path.read_text(encoding="ascii"))
    names = ", ".join(f'"{c}"' for c in COLUMNS)
    found = world.rows(f"SELECT {names}, hash FROM audit ORDER BY study, number")
    heads: dict[str, tuple[int, str]] = {}
    wrong = []
    for *content, said in found:
        study, number, before = content[0], content[1], content[-1]
        place, head = heads.get(study, (0, "0" * 64))
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        if (number, before) != (place + 1, head):
            wrong.append(f"{study} {number} does not follow {place}")
        if hmac.digest(key, text.encode(), "sha256").hex() != said:
            wrong.append(f"{study} {number} was changed")
        heads[study] = (number, said)
    return wrong
