"""When true versions came that were delivered only as the correction of a fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from safety.simulate.deliveries import RowVersion
from safety.simulate.model import Arrivals, Day

NEVER = 10**9  # a day after every other


def with_corrections(
    arrivals: Arrivals, clean: Iterable[RowVersion], planted: Iterable[RowVersion]
) -> Arrivals:
    """Return when each version of the trial came, also those whose correction came first.

    Where no usable file held a version with its fault, because the source corrected it before, the
    version came with the correction. clean, planted: versions before and after faults were planted.
    """
    corrections: dict[str, list[Day]] = defaultdict(list)
    for v in planted:
        if not (v.extra or v.deleted) and (v.row, v.known) in arrivals.came:
            corrections[v.row].append(v.known)
    known: dict[str, set[Day]] = defaultdict(set)
    for v in clean:
        known[v.row].add(v.known)
    came = dict(arrivals.came)
    for row, days in known.items():
        for day, following in pairwise((*sorted(days), NEVER)):
            between = [came[row, d] for d in corrections[row] if day < d < following]
            if between and (row, day) not in came:
                came[row, day] = min(between)
    return replace(arrivals, came=came)
