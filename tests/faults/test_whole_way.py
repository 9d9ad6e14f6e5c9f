"""Spoilt files through the whole pipeline: held ones leave the database as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from safety import pipeline
from safety.errors import HeldDeliveryError
from safety.settings import Settings
from tests import build, databases, delivery
from tests.faults import cases
from tests.faults.cases import Case
from tests.faults.corpus import FORMATS
from tests.faults.spoilt_tables import CELLS
from tests.faults.table import table

pytestmark = pytest.mark.xdist_group("whole_way")  # what they share is made once

IS_LONG = "TOXWATCH_FUZZ" in os.environ
HELD = 150 if IS_LONG else 8
RECEIPTS = {"delivery", "receipt", "audit"}  # where it is written that something was held


def lab(content: bytes, used: Settings) -> Path:
    """Put bytes in the place of the laboratory's file."""
    path = used.home / "feeds" / "t1" / "lb.csv"
    path.write_bytes(content)
    return path


def sizes(used: Settings) -> dict[str, int]:
    """Return the rows of every table."""
    return databases.sizes(used.db_url)


@pytest.fixture(scope="module")
def used(tmp_path_factory) -> Settings:
    """A study that was published once."""
    made = delivery.settings(tmp_path_factory.mktemp("whole"))
    rows = delivery.rows(dm=[build.subject("S1"), build.subject("S2")])
    delivery.write(made.home, rows)
    lab(FORMATS["csv"].encode(table()), made)
    counts = delivery.run(made)["by_domain"]["LB"]
    assert (counts["received"], counts["accepted"], counts["quarantined"]) == (40, 40, 0)
    return made


def spoilt() -> Iterator[bytes]:
    """Yield files that are damaged."""
    for at in cases.cuts("csv", HELD):
        yield Case("csv", cases.CUT, at).content()[0]
    for number in range(HELD):
        names = ("a_column_gone", "a_column_twice", "packed", "random_bytes", "in_another_encoding")
        yield Case("csv", names[number % len(names)], number).content()[0]


def test_a_held_delivery_changes_nothing_but_the_receipts(used) -> None:
    before, held = sizes(used), 0
    for content in spoilt():
        lab(content, used)
        try:
            snapshot = pipeline.land(used, "t1", delivery.AS_OF, now=delivery.NOW)
            pipeline.validate(used, snapshot)
        except HeldDeliveryError:  # of bytes that came before by the first step already
            held += 1
        after = sizes(used)
        assert {n for n in after if after[n] != before[n]} <= RECEIPTS
    assert held > HELD


def test_rows_of_every_hostile_cell_are_accounted_for_and_published(used) -> None:
    """One file with a row for each, so that the checks run once."""
    cells = [(column, cell) for column, kind in (("VISIT", "texts"), ("LBORRES", "numbers"),
             ("LBDTC", "days"), ("USUBJID", "subjects")) for cell in CELLS[kind]]  # fmt: skip
    plain = table(len(cells))
    for number, (column, cell) in enumerate(cells):
        plain = plain.with_cell(number, column, cell)
    lab(FORMATS["csv"].encode(plain), used)
    counts = delivery.run(used)["by_domain"]["LB"]
    assert counts["received"] == len(cells) == sum(counts.values()) - counts["received"]
    assert counts["quarantined"] > len(CELLS["days"])
    store, shot = delivery.snapshot(used)
    held = store.frame("quarantine", shot.cut)
    assert held["REASON"].str.len().gt(0).all()
    assert len(held) == counts["quarantined"]
    accepted = store.frame("measurement", shot.cut)
    assert set(accepted["USUBJID"]) <= {"S1", "S2"}
