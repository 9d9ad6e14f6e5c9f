"""Spoilt files of every format: each is held with a clear message, or its rows all have a place.

The gate runs a few hundred. `make fuzz` runs TOXWATCH_FUZZ of them (10,000) and writes what became
of them to artifacts/fuzz.json; TOXWATCH_FUZZ_CASE=format:mutation:seed replays a single one.
"""

from __future__ import annotations

import json
import os
import struct
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import delivery
from tests.faults import cases, oracle
from tests.faults.cases import Case
from tests.faults.corpus import FORMATS
from tests.faults.table import table

WANTED = int(os.environ.get("TOXWATCH_FUZZ", "250"))
REPLAYED = os.environ.get("TOXWATCH_FUZZ_CASE", "")
SUMMARY = Path(__file__).parents[2] / "artifacts"
IS_LONG = "TOXWATCH_FUZZ" in os.environ
COMBINED = WANTED // 10  # of them, several mutations of one file, found by Hypothesis
EACH = -(-(WANTED - COMBINED) // len(FORMATS))
CUTS = 2  # of them one in so many: the file ends early, at every kilobyte and elsewhere


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    return delivery.settings(tmp_path_factory.mktemp("faults"))


def _cases(shape: str) -> list[Case]:
    """Return the cases of a format: cuts, and every mutation in turn with another seed."""
    names = cases.mutations(shape)
    Random(shape).shuffle(names)
    cut = [Case(shape, "cut_at", n) for n in cases.cuts(shape, EACH // CUTS)]
    rest = range(EACH - len(cut))
    return cut + [Case(shape, names[n % len(names)], n // len(names)) for n in rest]


@pytest.mark.parametrize("shape", FORMATS)
def test_no_mutation_crashes_or_is_taken_in_by_half(used, shape) -> None:
    told, wrong, started = Counter(), Wrong(), time.monotonic()
    chosen = [cases.parsed(REPLAYED)] if REPLAYED else _cases(shape)
    for case in (c for c in chosen if c.shape == shape):
        content, rows = case.content()
        with wrong.of(case):
            found = oracle.deliver(FORMATS[shape], content, used)
            told[found.kind] += 1
            assert found.kind == "held" or rows in {None, found.rows}, f"{rows} rows in the file"
    if IS_LONG:
        _note(shape, told | {"wrong": len(wrong.told)}, time.monotonic() - started)
    assert wrong.told == []


class Wrong:
    """Notes every error with its case, whatever its kind, so that all of them are seen."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.case: Case | None = None

    def of(self, case: Case) -> Wrong:
        """Return what notes the errors of a case."""
        self.case = case
        return self

    def __enter__(self) -> None:
        """Begin a case."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, Exception):
            self.told.append(f"{self.case}: {type(error).__name__}: {str(error)[:300]}")
        return isinstance(error, Exception)


def _note(shape: str, told: Counter[str], seconds: float) -> None:
    SUMMARY.mkdir(exist_ok=True)
    path = SUMMARY / f"fuzz_{shape.replace(', ', '_')}.json"
    path.write_text(json.dumps({"format": shape, **told, "seconds": round(seconds)}) + "\n")


shapes = st.sampled_from(sorted(FORMATS))


@pytest.mark.property
def test_no_combination_of_mutations_does(used) -> None:
    told, started = Counter(), time.monotonic()

    @settings(max_examples=COMBINED, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def delivers(data) -> None:
        shape = data.draw(shapes, "format")
        names = st.sampled_from(sorted(cases.damages(shape)))
        steps = data.draw(st.lists(st.tuples(names, st.integers(0, 999)), min_size=1, max_size=3))
        told[oracle.deliver(FORMATS[shape], _spoilt(shape, steps), used).kind] += 1

    delivers()
    if IS_LONG:
        _note("combined", told, time.monotonic() - started)


def _spoilt(shape: str, steps: list[tuple[str, int]]) -> bytes:
    """Return a file after some mutations; one that finds nothing left to spoil is passed over."""
    content = FORMATS[shape].encode(table(8))
    for name, seed in steps:
        with suppress(ValueError, LookupError, OSError, struct.error):
            content = cases.damages(shape)[name](content, Random(seed)) or b"\n"
    return content
