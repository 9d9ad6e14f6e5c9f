"""Values of which only a bound is known (`<0.5`, `>1000`), D27.

Such a value is graded only if every value it allows has the same grade. The ladder is climbed
at every point where the grade can change inside the allowed interval: just inside the bound,
far away, and on both sides of each limit in between.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import numpy.typing as npt

from safety.ctcae.clauses import Block, Floats
from safety.ctcae.criteria import Bound, Ladder
from safety.ctcae.ladder import NOT_GRADABLE, Known, Policy, Rungs
from safety.ctcae.ladder import climb as climb_ladder
from safety.ctcae.reasons import Reason

NUDGE = 1e-6  # relative; far above the tolerance of comparisons, far below any printed digit
NO_FACTS: Known = {}


def climb(
    ladder: Ladder, unit: str, b: Block, comparator: npt.NDArray[np.str_], policy: Policy
) -> Rungs:
    """Grade a block; rows with a comparator get a grade only if all their values share one."""
    rungs = climb_ladder(ladder, unit, b, NO_FACTS, policy)
    censored = np.flatnonzero((comparator != "") & ~np.isnan(b.value))
    for row in censored:
        _regrade(ladder, unit, _take(b, int(row)), str(comparator[row]), policy, rungs, int(row))
    return rungs


def _take(b: Block, row: int) -> Block:
    return replace(b, **{f.name: getattr(b, f.name)[row : row + 1] for f in fields(b)})


def _regrade(
    ladder: Ladder, unit: str, one: Block, sign: str, policy: Policy, rungs: Rungs, row: int
) -> None:
    values = _probes(ladder, unit, one, sign)
    repeated = replace(
        one, **{f.name: np.repeat(getattr(one, f.name), len(values)) for f in fields(one)}
    )
    probed = climb_ladder(ladder, unit, replace(repeated, value=values), NO_FACTS, policy)
    grades = np.unique(probed.grade)
    rungs.possible[row] = np.bitwise_or.reduce(probed.possible)
    rungs.numeric[row] = np.bitwise_or.reduce(probed.numeric)
    rungs.reasons[row] = np.bitwise_or.reduce(probed.reasons)
    agreed = len(grades) == 1
    rungs.grade[row] = grades[0] if agreed else NOT_GRADABLE
    rungs.criterion[row] = probed.criterion[0] if agreed else -1
    if not agreed:
        rungs.reasons[row] |= np.uint32(Reason.VALUE_CENSORED)


def _probes(ladder: Ladder, unit: str, one: Block, sign: str) -> Floats:
    bound = float(one.value[0])
    limits = {
        limit_value(side, one)
        for clause in ladder.in_unit(unit)
        for side in (clause.lower, clause.upper)
        if side is not None
    }
    around = [x * f for x in limits if not np.isnan(x) for f in (1 - NUDGE, 1.0, 1 + NUDGE)]
    if sign.startswith("<"):
        inside = [x for x in around if 0 <= x < bound]
        points = [0.0, bound * (1 - NUDGE), *inside]
    else:
        inside = [x for x in around if x > bound]
        points = [bound * (1 + NUDGE) or NUDGE, max(bound, 1.0) * 1e6, *inside]
    if sign.endswith("="):
        points.append(bound)
    return np.array(sorted(points))


def limit_value(side: Bound, one: Block) -> float:
    """The value at which a bound is met, or NaN."""
    uln, lln, base = float(one.uln[0]), float(one.lln[0]), float(one.base[0])
    return {
        "ABS": side.factor,
        "xULN": side.factor * uln,
        "xLLN": side.factor * lln,
        "xBASE": side.factor * base,
        "ULN+": uln + side.factor,
        "LLN-": lln - side.factor,
        "BASE-": base - side.factor,
        "BASE+": base + side.factor,
        "PCTINC": base * (1 + side.factor / 100),
        "PCTDEC": base * (1 - side.factor / 100),
    }.get(side.ref, float("nan"))
