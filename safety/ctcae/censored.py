"""Values of which only a bound is known (`<0.5`, `>1000`), D27.

Such a value is graded only if every value it allows has the same grade. The outcome is asked at
every point where it can change inside the allowed interval: just inside the bound, far away, and
on both sides of each limit in between.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from safety.ctcae.ladder import NOT_GRADABLE, Rungs
from safety.ctcae.outcomes import Outcomes
from safety.ctcae.reasons import Reason
from safety.ctcae.scales import Block, Floats, value_at
from safety.ctcae.units import Conversion

SIGNS = ("", "<", "<=", ">", ">=")
NUDGE = 1e-11  # relative; above the tolerance of comparisons, far below any printed digit
FAR = 1e6  # beyond every limit, in multiples of the bound


def answer(
    outcomes: Outcomes,
    table: Rungs,
    b: Block,
    to_criterion: Conversion,
    comparator: npt.NDArray[np.int8],
) -> Rungs:
    """Answer rows with a comparator; `table` holds the answer of every outcome.

    comparator: index into SIGNS, not 0.
    """
    values = _probes(outcomes, b, to_criterion, comparator)
    width = values.shape[1]
    repeated = b.take(np.repeat(np.arange(len(b)), width))
    probed = Block(
        values.reshape(-1), repeated.lln, repeated.uln, repeated.base, repeated.base_state,
        repeated.facts,
    )  # fmt: skip
    code = outcomes.code(probed, to_criterion).reshape(values.shape)
    grade = table.grade[code]
    agreed = grade.min(axis=1) == grade.max(axis=1)
    reasons = np.bitwise_or.reduce(table.reasons[code], axis=1)
    reasons[~agreed] |= np.uint64(Reason.VALUE_CENSORED)
    return Rungs(
        grade=np.where(agreed, grade[:, 0], NOT_GRADABLE).astype(np.int8),
        possible=np.bitwise_or.reduce(table.possible[code], axis=1),
        numeric=np.bitwise_or.reduce(table.numeric[code], axis=1),
        reasons=reasons,
        criterion=np.where(agreed, table.criterion[code[:, 0]], ""),
    )


def _probes(
    outcomes: Outcomes, b: Block, to_criterion: Conversion, comparator: npt.NDArray[np.int8]
) -> Floats:
    """Values to ask at, one line a row; one outside what the bound allows is the edge instead."""
    limits = [
        value_at(scale, cut, b, to_criterion) for scale in outcomes.scales for cut in scale.cuts
    ]
    around = [x + step * np.abs(x) for x in limits for step in (-NUDGE, 0.0, NUDGE)]
    bound, below = b.value, comparator <= SIGNS.index("<=")
    inclusive = (comparator == SIGNS.index("<=")) | (comparator == SIGNS.index(">="))
    step = NUDGE * np.maximum(np.abs(bound), NUDGE)
    beyond = np.maximum(np.abs(bound), 1.0) * FAR
    inside = np.where(below, bound - step, bound + step)
    floor = (bound > 0) | ((bound == 0) & inclusive)  # what may be negative has none
    lowest = np.where(floor, 0.0, -beyond)
    far = np.where(below, lowest, beyond)
    edge = np.where(inclusive, bound, inside)
    columns = [edge, inside, far, *around]
    allowed = [
        np.where(below, (x >= lowest) & (x <= edge), (x <= far) & (x >= edge)) for x in columns
    ]
    return np.stack([np.where(ok, x, edge) for ok, x in zip(allowed, columns, strict=True)], axis=1)
