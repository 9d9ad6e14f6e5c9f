"""What the design had said of a snapshot, and whether a recommendation deviates from it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# option of the form -> what the design calls it
SAME = {
    "escalate": "escalate", "stay": "stay", "de-escalate": "de-escalate",
    "declare RP2D": "complete",
}  # fmt: skip
KEPT = ("design", "status", "action", "level", "why")


def short(quoted: str) -> dict[str, Any] | None:
    """Return what the form tells of a recommendation, None where no design advises.

    quoted: JSON of `safety.nextdose.told.content`, or "".
    """
    if not quoted:
        return None
    content = json.loads(quoted)
    return {name: content[name] for name in KEPT}


def deviates(option: str, level: str, advised: Mapping[str, Any] | None) -> bool | None:
    """Return whether the committee recommends something else than the design.

    None where no design advises: then nobody can tell. Where the design recommends nothing yet, or
    while the trial is paused or stopped, all but a pause deviates.
    """
    if advised is None:
        return None
    if advised["action"] is None:
        return option != "pause"
    return (SAME.get(option), level) != (advised["action"], advised["level"])
