"""What is known of single rows beside their numbers, added to their answers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from safety.ctcae.answers import Answers, Ids, Use
from safety.ctcae.chunk import Slice
from safety.ctcae.kinds import combine
from safety.ctcae.ladder import Rungs
from safety.ctcae.plan import UNITSTATE_OK, Kind
from safety.ctcae.plausible import likely_unit, plausible_range, suspect
from safety.ctcae.reasons import Reason
from safety.ctcae.scales import Bools


class Notes(NamedTuple):
    """Flags of rows, and the unit each is likely in ("" for none); None for none at all."""

    flags: npt.NDArray[np.uint64] | None
    likely: npt.NDArray[np.object_] | None


def of_rows(kind: Kind, uses: tuple[Use, ...], part: Slice) -> Notes | None:
    """Return what is known of the rows of a slice, implausible values included."""
    specimen = next((u.ladder.specimen for u in uses if u.ladder is not None), kind.specimen)
    flags = part.flags
    odd = _odd(kind, uses, specimen, part)
    if odd is None:
        return None if flags is None else Notes(flags, None)
    if kind.unitstate == UNITSTATE_OK:
        mark = np.where(odd, np.uint64(Reason.VALUE_SUSPECT), np.uint64(0))
        flags = mark if flags is None else flags | mark
    rows = np.flatnonzero(odd)
    likely = np.full(len(part), "", object)
    lln, uln = part.raw_limits
    value = part.block.value
    likely[rows] = likely_unit(kind.testcd, specimen, value[rows], lln[rows], uln[rows])
    return Notes(flags, likely)


def _odd(kind: Kind, uses: tuple[Use, ...], specimen: str, part: Slice) -> Bools | None:
    """Rows whose unit is worth a guess: it is not usable, or the value is implausible in it."""
    value = part.block.value
    if kind.unitstate != UNITSTATE_OK:
        lacking = any(u.ladder and u.ladder.stated_units() and not u.unit for u in uses)
        odd: Bools = ~np.isnan(value)
        return odd if lacking else None
    expected = plausible_range(kind.testcd, specimen, kind.ucum)
    if expected is None or (
        np.fmin.reduce(value) >= expected[0] and np.fmax.reduce(value) <= expected[1]
    ):
        return None
    odd = suspect(kind.testcd, specimen, kind.ucum, value)
    return odd if odd.any() else None


def add(
    answers: Answers, use: Use, ids: Ids, noted: Notes | None, limit_lost: Bools | None
) -> None:
    """Change the answers of the rows that something is known of.

    limit_lost: rows whose limit on the side of the ladder is there but cannot be used.
    """
    flags = np.zeros(len(ids), np.uint64)
    if noted is not None and noted.flags is not None:
        flags |= noted.flags
    if limit_lost is not None:
        flags[limit_lost] |= np.uint64(Reason.RANGE_UNUSABLE)
    marked = flags != 0
    likely = None if noted is None else noted.likely
    if likely is not None:
        marked |= likely != ""
    rows = np.flatnonzero(marked)
    if not len(rows):
        return
    hint, hints = _labelled(None if likely is None else likely[rows], len(rows))
    low = int(ids[rows].min())
    code, keys = combine([
        (ids[rows] - low, int(ids[rows].max()) - low + 1), _packed(flags[rows]), (hint, len(hints)),
    ])  # fmt: skip
    example = np.zeros(len(keys), np.int64)
    example[code] = rows
    known = []
    for row, (_, _, label) in zip(example.tolist(), keys, strict=True):
        one = answers.one(int(ids[row]))
        one.reasons |= flags[row : row + 1]
        _settle_unusable(one)
        known.append(answers.intern(use.number, one, hints[label]))
    ids[rows] = np.array(known, np.int32)[code]


def enter(answers: Answers, use: Use, found: Rungs) -> Ids:
    """Enter answers of single rows into the register, each distinct one once."""
    criterion, criteria = _labelled(found.criterion, len(found.grade))
    code, keys = combine([
        (found.grade.astype(np.int64) + 1, 6), (found.possible, 32), (found.numeric, 32),
        _packed(found.reasons), (criterion, len(criteria)),
    ])  # fmt: skip
    example = np.zeros(len(keys), np.int64)
    example[code] = np.arange(len(code))
    known = [answers.intern(use.number, found.one(i)) for i in example.tolist()]
    return np.array(known, np.int32)[code]


def _settle_unusable(found: Rungs) -> None:
    """Say 'unusable' where a limit that is there but unusable was needed, and only there (D38)."""
    needed = found.reasons & np.uint64(Reason.RANGE_MISSING) != 0
    unusable = found.reasons & np.uint64(Reason.RANGE_UNUSABLE) != 0
    found.reasons[needed & unusable] &= ~np.uint64(Reason.RANGE_MISSING)
    found.reasons[~needed & unusable] &= ~np.uint64(Reason.RANGE_UNUSABLE)


def _packed(flags: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.int64], int]:
    """Flags as small codes and how many codes there can be: only bits that occur are kept."""
    present = int(np.bitwise_or.reduce(flags)) if len(flags) else 0
    bits = [b for b in range(64) if present >> b & 1]
    code = np.zeros(len(flags), np.int64)
    for i, bit in enumerate(bits):
        code |= ((flags >> np.uint64(bit)) & np.uint64(1)).astype(np.int64) << i
    return code, 1 << len(bits)


def _labelled(
    texts: npt.NDArray[np.object_] | None, size: int
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Texts as codes into their distinct labels."""
    if texts is None:
        return np.zeros(size, np.int64), [""]
    labels = {text: i for i, text in enumerate(dict.fromkeys(texts.tolist()))}
    return np.array([labels[text] for text in texts.tolist()], np.int64), list(labels)
