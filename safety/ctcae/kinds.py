"""Columns of codes to one code a kind of measurement, and ages to populations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from safety.ctcae.plan import ADULT, AGE_MISSING

# Ages in years from which a population begins. CTCAE names the populations, not their ages;
# adolescent from 13 after the American Academy of Pediatrics' blood pressure guideline of 2017.
POPULATION_FROM = ((0, "infant"), (1, "child"), (13, "adolescent"), (18, ADULT))
OLDEST = 130
POPULATION_NAMES = (*(name for _, name in POPULATION_FROM), AGE_MISSING)


def population_codes(age: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the index into POPULATION_NAMES of ages in years, the last one for a missing age."""
    code = np.zeros(len(age), np.int64)
    possible = (age >= 0) & (age <= OLDEST)  # an impossible age is none
    with np.errstate(invalid="ignore"):
        for years, _ in POPULATION_FROM[1:]:
            code += age >= years
    code[~possible] = len(POPULATION_FROM)
    return code


def combine(
    parts: Sequence[tuple[npt.NDArray[np.integer], int]],
) -> tuple[npt.NDArray[np.unsignedinteger], list[tuple[int, ...]]]:
    """Return one dense code for columns of codes, and what each code stands for.

    parts: (codes from 0, number of codes) a column.
    """
    joint = np.zeros(len(parts[0][0]), np.int64)
    for codes, size in parts:
        joint = joint * size + codes
    present, dense = _densify(joint, int(np.prod([size for _, size in parts], dtype=object)))
    shape = [size for _, size in parts]
    axes = [np.zeros(len(present), np.int64)] * len(parts)
    rest = present
    for i in range(len(parts) - 1, -1, -1):
        rest, axes[i] = np.divmod(rest, shape[i])
    small = np.uint16 if len(present) <= np.iinfo(np.uint16).max else np.uint32
    return dense.astype(small), [tuple(int(v) for v in key) for key in zip(*axes, strict=True)]


def _densify(
    joint: npt.NDArray[np.int64], size: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    if size > 1 << 20:
        present, dense = np.unique(joint, return_inverse=True)
        return present, dense.reshape(-1)
    present = np.flatnonzero(np.bincount(joint, minlength=1))
    lookup = np.zeros(size, np.int64)
    lookup[present] = np.arange(len(present))
    return present, lookup[joint]
