"""Grade a DataFrame of measurements without a study or a database."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from safety.ctcae.arrow_table import OUTPUT_COLUMNS, grade_arrow, names_apart
from safety.ctcae.ladder import Policy


def grade_table(
    measurements: pd.DataFrame, *, policy: Policy = "number_only", ctcae: str = "5.0"
) -> pd.DataFrame:
    """Grade a DataFrame of measurements by CTCAE; the same as the command `toxwatch grade`.

    measurements: INPUT_COLUMNS, of which `value` and `testcd` or `ctcae_term` are needed; names
      in any case; other columns are kept. `value` is a number or text such as `<0.5`; `lln`,
      `uln`, `base` are in `unit`; `bnrind` is the baseline's NORMAL, HIGH or LOW; `ablfl` Y marks
      the baseline record itself; `age` in years; `symptomatic` and `on_anticoagulation` Y or N;
      `specimen` BLOOD, URINE ... (without it a test that is made in blood means blood).
    policy: number_only (unknown clinical facts do not raise the grade) or worst_case.
    Returns one row an input row and applicable term and direction, in input order: the input
      columns, then OUTPUT_COLUMNS. `row` counts from 1; `grade` is missing for not gradable, and
      `reasons` say why. An input column named as an output column gets the suffix `_input`.
    Raises ValueError for a missing or ambiguous column or an unknown version.
    """
    names = [str(c) for c in measurements.columns]
    columns = [_to_arrow(measurements.iloc[:, i]) for i in range(len(names))]
    table = pa.table(columns, names=names_apart(names))
    graded = grade_arrow(table, policy=policy, ctcae=ctcae)
    frame = graded.to_pandas(types_mapper={pa.int8(): pd.Int8Dtype()}.get)
    return frame.astype({c: "str" for c in OUTPUT_COLUMNS if c not in ("row", "grade")})


def _to_arrow(column: pd.Series) -> pa.Array:
    """A column as Arrow; one that mixes numbers and text becomes text."""
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowException, OverflowError):
        missing = column.isna()
        return pa.array([None if m else str(x) for x, m in zip(column, missing, strict=True)])
