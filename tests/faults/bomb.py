"""Read files in a process that may take little memory, and say what became of each.

Run as `python -m tests.faults.bomb FOLDER MEGABYTES FORMAT FILE ...`: a line for each file.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from tests import delivery
from tests.faults import oracle
from tests.faults.corpus import FORMATS


def _limit(megabytes: int) -> None:
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = taken * resource.getpagesize() + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    folder, most, *asked = sys.argv[1:]
    _limit(int(most))
    used = delivery.settings(Path(folder) / "home")
    for shape, file in zip(asked[::2], asked[1::2], strict=True):
        found = oracle.deliver(FORMATS[shape], (Path(folder) / file).read_bytes(), used)
        print(found.kind, found.said)
