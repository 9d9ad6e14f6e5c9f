"""What many tests begin with, made once: a home after a run, and many cases in one delivery."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from tests import databases
from tests.delivery import Rows


def copied(home: Path, new: Path) -> Path:
    """Make a folder a copy of a home with its database. Settings are then made of the folder."""
    shutil.copytree(home, new, dirs_exist_ok=True)
    databases.copied(home, new)
    return new


def together(cases: Mapping[str, Mapping[str, Rows]]) -> dict[str, Rows]:
    """Return one delivery of many cases, each of rows of S1 by domain, by its subject's id.

    Rows of another subject than S1 stay as they are.
    """
    found: dict[str, Rows] = {}
    for subject, domains in cases.items():
        for name, content in domains.items():
            mine = [r | {"USUBJID": subject} if r["USUBJID"] == "S1" else r for r in content]
            found.setdefault(name, []).extend(mine)
    return found
