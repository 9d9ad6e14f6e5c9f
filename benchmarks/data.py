"""Measurements to time on: the CDISC pilot's laboratory data replicated, and a synthetic set.

Both have the columns of `toxwatch grade`; subjects are whole and follow each other, as in a file.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from safety.ctcae.criteria import ladders
from safety.ctcae.plausible import plausible_range
from safety.feeds.sdtm_folder.sample import write_pilot

SEED = 20260
ROWS_A_SUBJECT = 240  # the pilot's laboratory data have 235


def pilot(rows: int) -> pa.Table:
    """Return the CDISC pilot's LB (59,580 rows), repeated under new subjects to `rows` rows."""
    lab = _pilot_lab()
    times = -(-rows // len(lab))
    copies = [lab.assign(usubjid=lab["usubjid"] + f"-{i}") for i in range(times)]
    return _dictionaries(pa.Table.from_pandas(pd.concat(copies)[:rows], preserve_index=False))


def _pilot_lab() -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        write_pilot(Path(folder), "parquet")
        lab = pd.read_parquet(Path(folder) / "lb.parquet")
    number = {c: pd.to_numeric(lab[c], errors="coerce") for c in ("LBORNRLO", "LBORNRHI")}
    table = pd.DataFrame({
        "usubjid": lab["USUBJID"], "testcd": lab["LBTESTCD"], "value": lab["LBORRES"],
        "unit": lab["LBORRESU"], "lln": number["LBORNRLO"], "uln": number["LBORNRHI"],
        "ablfl": lab["LBBLFL"],
    })  # fmt: skip
    first = lab[lab["LBBLFL"].eq("Y")].drop_duplicates(["USUBJID", "LBTESTCD"])
    first = pd.DataFrame({
        "usubjid": first["USUBJID"], "testcd": first["LBTESTCD"],
        "base": pd.to_numeric(first["LBORRES"], errors="coerce"), "bnrind": first["LBNRIND"],
    })  # fmt: skip
    return table.merge(first, on=["usubjid", "testcd"], how="left")


def synthetic(rows: int) -> pa.Table:
    """Return values of every test and unit with criteria, 2 % missing, 1 % with a comparator."""
    rng = np.random.default_rng(SEED)
    kinds = _kinds()
    kind = rng.integers(0, len(kinds), rows)
    low, high = (np.array([k[i] for k in kinds])[kind] for i in (2, 3))
    middle = low + (high - low) * 0.05
    value = low + (high - low) * rng.beta(1.2, 12.0, rows)
    lln, uln = middle * 0.8, middle * 1.4
    lln[rng.random(rows) < 0.005] = np.nan
    uln[rng.random(rows) < 0.005] = np.nan
    value[rng.random(rows) < 0.02] = np.nan
    base = middle * rng.uniform(0.8, 2.0, rows)
    flag = np.where(base > uln, "HIGH", "NORMAL").astype(object)
    unknown = rng.random(rows) < 0.1
    base[unknown], flag[unknown] = np.nan, None
    return _dictionaries(pa.table({
        "usubjid": pa.array([f"S{i:07}" for i in range(-(-rows // ROWS_A_SUBJECT))]).take(
            pa.array(np.arange(rows) // ROWS_A_SUBJECT)
        ),
        "testcd": pa.array([k[0] for k in kinds]).take(pa.array(kind)),
        "unit": pa.array([k[1] for k in kinds]).take(pa.array(kind)),
        "value": pa.array(value, from_pandas=True),
        "lln": pa.array(lln, from_pandas=True),
        "uln": pa.array(uln, from_pandas=True),
        "base": pa.array(base, from_pandas=True),
        "bnrind": pa.array(flag),
    }))  # fmt: skip


def _kinds() -> list[tuple[str, str, float, float]]:
    """Test, unit and plausible range of everything that is graded."""
    found = {}
    for ladder in ladders():
        if ladder.testcd and ladder.direction != "composite":
            for unit in ladder.stated_units() or {"U/L": True}:
                limits = plausible_range(ladder.testcd, ladder.specimen, unit)
                if limits is not None:
                    found[ladder.testcd, unit] = (ladder.testcd, unit, *limits)
    return list(found.values())


def _dictionaries(table: pa.Table) -> pa.Table:
    """Text as dictionary codes, as a Parquet file keeps it."""
    return pa.table({
        name: column.dictionary_encode() if pa.types.is_string(column.type)
        or pa.types.is_large_string(column.type) else column
        for name, column in zip(table.column_names, table.columns, strict=True)
    }).combine_chunks()  # fmt: skip
