"""Content hashes: what a result was made with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# What can change a result. The shell (dashboard, DAGs, channels) is left out on purpose: a new
# page must not look like a new grade.
COUNTED = (
    "safety/ctcae",
    "safety/study",
    "safety/feeds",
    "safety/intake",
    "safety/assess",
    "safety/dosing",
    "safety/escalation/advice.py",
    "safety/escalation/posterior.py",
    "safety/escalation/state.py",
    "safety/escalation/stopping",
    "safety/alerts/assessed.py",
    "safety/alerts/context.py",
    "safety/alerts/fact.py",
    "safety/alerts/rules.py",
    "safety/reporting/clocks.yaml",
    "safety/reporting/events.py",
    "safety/reporting/facts.py",
    "safety/reporting/held.py",
    "safety/reporting/judge.py",
    "safety/reporting/kinds.py",
    "safety/reporting/life.py",
    "safety/landing.py",
    "safety/pipeline.py",
    "safety/publishing.py",
    "safety/store/summary.py",
    "safety/store/sync.py",
    "safety/store/tables.py",
    "safety/worklist/releases.py",
    "expectations",
)


def digest(*parts: str) -> str:
    """Return the sha256 of the parts; they are length-prefixed, so no two lists collide."""
    hasher = hashlib.sha256()
    for part in parts:
        data = part.encode()
        hasher.update(len(data).to_bytes(8, "big"))
        hasher.update(data)
    return hasher.hexdigest()


def canonical_json(value: Any) -> str:
    """Return JSON that is the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


@cache
def code_version() -> str:
    """Return a hash of the code and data that can change a result."""
    return digest(*_contents(_counted_files()))[:16]


def _counted_files() -> list[Path]:
    found: list[Path] = []
    for place in COUNTED:
        path = ROOT / place
        found += [path] if path.is_file() else sorted(path.rglob("*"))
    return [p for p in found if p.suffix in {".py", ".csv", ".yaml"}]


def _contents(files: Iterable[Path]) -> Iterable[str]:
    for path in files:
        yield path.relative_to(ROOT).as_posix()
        yield path.read_text(encoding="utf-8")
