"""Bitemporal synchronisation: only differences, and every past state can be read."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from safety.store import sync
from safety.store.engine import writer
from safety.store.tables import BITEMPORAL


@pytest.fixture
def connection(db_url):
    engine = writer(db_url)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def frame(**arms: str) -> pd.DataFrame:
    rows = [{"KEY": k, "USUBJID": k, "ARM": v, "AGE": 50.0} for k, v in arms.items()]
    return sync.prepare("subject", pd.DataFrame(rows, columns=["KEY", "USUBJID", "ARM", "AGE"]))


def state(connection, at: int) -> dict[str, str]:
    table = BITEMPORAL["subject"]
    query = select(table.c.key, table.c.arm).where(table.c.tx_from <= at, table.c.tx_to > at)
    return {key: arm for key, arm in connection.execute(query)}


def test_only_differences_are_written(connection):
    assert sync.sync(connection, "subject", "T", frame(a="1", b="1"), 1) == sync.Difference(2, 0, 0)
    assert sync.sync(connection, "subject", "T", frame(a="1", b="2", c="1"), 2) == sync.Difference(
        1, 1, 0
    )
    assert sync.sync(connection, "subject", "T", frame(b="2"), 3) == sync.Difference(0, 0, 2)
    assert sync.sync(connection, "subject", "T", frame(b="2"), 4) == sync.Difference(0, 0, 0)
    assert state(connection, 1) == {"a": "1", "b": "1"}
    assert state(connection, 2) == {"a": "1", "b": "2", "c": "1"}
    assert state(connection, 4) == {"b": "2"}


def test_studies_do_not_touch_each_other(connection):
    sync.sync(connection, "subject", "T", frame(a="1"), 1)
    sync.sync(connection, "subject", "U", frame(a="9"), 2)
    sync.sync(connection, "subject", "U", frame(), 3)
    assert state(connection, 3) == {"a": "1"}


def test_a_key_that_occurs_twice_is_refused():
    rows = pd.DataFrame({"KEY": ["a", "a"], "USUBJID": ["a", "a"]})
    with pytest.raises(ValueError, match="subject: key 'a' occurs twice"):
        sync.prepare("subject", rows)


def test_a_row_that_only_moved_in_its_file_is_the_same_row():
    here = pd.DataFrame({"KEY": ["a"], "USUBJID": ["a"], "SRCROW": [1], "SRCFILE": ["x.csv"]})
    there = here.assign(SRCROW=7, SRCFILE="y.csv")
    assert list(sync.prepare("subject", here)["row_hash"]) == list(
        sync.prepare("subject", there)["row_hash"]
    )


@pytest.mark.property
@given(
    st.lists(
        st.dictionaries(st.sampled_from("abcde"), st.sampled_from("123"), max_size=5), max_size=6
    )
)
def test_every_past_state_can_be_read(states):
    """Any history of deliveries: as-of reads give back each one."""
    engine = create_engine("sqlite://")
    BITEMPORAL["subject"].create(engine)
    with engine.begin() as connection:
        for seq, arms in enumerate(states, start=1):
            sync.sync(connection, "subject", "T", frame(**arms), seq)
        for seq, arms in enumerate(states, start=1):
            assert state(connection, seq) == arms
    engine.dispose()


def test_a_kind_of_record_that_is_no_longer_there_is_closed(connection):
    row = {"KEY": "CM|S1|1", "USUBJID": "S1", "DECOD": "LOPERAMIDE", "SRCROW": 1}
    none = pd.DataFrame({"KEY": pd.array([], dtype="str")})
    given_ = sync.prepare("medication", pd.DataFrame([row]))
    assert sync.sync(connection, "medication", "T", given_, 1) == sync.Difference(1, 0, 0)
    nothing = sync.prepare("medication", none)
    assert len(nothing) == 0
    assert sync.sync(connection, "medication", "T", nothing, 2) == sync.Difference(0, 0, 1)
    assert sync.sync(connection, "medication", "T", nothing, 3) == sync.Difference(0, 0, 0)
