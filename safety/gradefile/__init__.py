"""Grade a file of measurements into another file, batch by batch: memory stays flat.

Untrusted input: its size is bounded, a malformed row becomes a row with a reason, and the result
appears under its name only when it is whole.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safety.ctcae.arrow_table import grade_arrow
from safety.ctcae.ladder import Policy
from safety.ctcae.reasons import Reason
from safety.errors import WrongUseError
from safety.gradefile.reader import Batch, batches
from safety.gradefile.writer import writer


@dataclass(slots=True)
class Summary:
    """What a grading came to, in numbers of rows."""

    rows_in: int = 0
    rows_out: int = 0
    grades: Counter[str] = field(default_factory=Counter)  # "not gradable" beside 0 to 4
    reasons: Counter[str] = field(default_factory=Counter)  # of the not gradable
    broken: int = 0

    def add(self, batch: Batch, graded: pa.Table) -> None:
        """Count a batch."""
        self.rows_in += len(batch.row)
        self.rows_out += len(graded)
        self.broken += int(batch.broken.sum())
        for entry in pc.value_counts(graded["grade"].combine_chunks()).to_pylist():
            self.grades["not gradable" if entry["values"] is None else str(entry["values"])] += (
                entry["counts"]
            )
        refused = graded["reasons"].filter(pc.is_null(graded["grade"]))
        for entry in pc.value_counts(refused.combine_chunks().dictionary_decode()).to_pylist():
            self.reasons[entry["values"]] += entry["counts"]

    def as_dict(self) -> dict[str, object]:
        """Return the numbers for JSON; keys in order."""
        return {
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "rows_unreadable": self.broken,
            "grades": dict(sorted(self.grades.items())),
            "not_gradable": dict(self.reasons.most_common()),
        }


def grade_file(
    source: Path, target: Path, *, policy: Policy, ctcae: str, encoding: str, max_bytes: int
) -> Summary:
    """Grade `source` (CSV, TSV or Parquet) into `target` (CSV, TSV, Parquet, JSONL or JSON).

    Raises WrongUseError for a file that cannot be read as what its suffix says, for missing
    columns, an unknown suffix or version, or a target that is the source.
    """
    _check(source, target, max_bytes)
    summary = Summary()
    try:
        with writer(target) as write:
            for batch in batches(source, encoding):
                graded = grade_arrow(batch.table, policy=policy, ctcae=ctcae, rows=batch.row)
                graded = _mark_broken(graded, batch)
                write(graded)
                summary.add(batch, graded)
    except (ValueError, pa.ArrowException) as error:  # ArrowInvalid is a ValueError too
        raise WrongUseError(f"{source}: {error}") from error
    return summary


def _check(source: Path, target: Path, max_bytes: int) -> None:
    if not source.is_file():
        raise WrongUseError(f"{source}: there is no such file.")
    size = source.stat().st_size
    if size > max_bytes:
        raise WrongUseError(
            f"{source} has {size:,} bytes, more than the {max_bytes:,} allowed; "
            "raise TOXWATCH_MAX_FILE_MB or split it."
        )
    if target.exists() and target.samefile(source):
        raise WrongUseError(f"{target} is the input itself: give --out another name.")
    if not target.resolve().parent.is_dir():
        raise WrongUseError(f"{target.parent}: there is no such folder for --out.")


def _mark_broken(graded: pa.Table, batch: Batch) -> pa.Table:
    if not batch.broken.any():
        return graded
    numbers = batch.row[batch.broken]
    here = np.isin(graded["row"].to_numpy(), numbers)
    name = str(Reason.ROW_UNREADABLE.name).lower()
    texts = pc.if_else(pa.array(here), name, graded["reasons"].cast(pa.string()))
    at = graded.column_names.index("reasons")
    return graded.set_column(at, "reasons", pc.dictionary_encode(texts))
