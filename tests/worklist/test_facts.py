"""Why a row is held no more."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.worklist import facts
from tests.worklist.published import QUERY

UNKNOWN = "it was held for: subject is in dm (ME-002)"
KEY = "LB|S#1|ALT#0123456789ab"


@pytest.mark.parametrize(
    ("key", "natural"),
    [
        (KEY, "LB|S#1|ALT"), (f"{KEY}#2", "LB|S#1|ALT"), (f"{KEY}#13", "LB|S#1|ALT"),
        ("LB|S1|5#123456789012", "LB|S1|5"), ("LB|S1#5#123456789012", "LB|S1#5"),
    ],
)  # fmt: skip
def test_the_natural_key_is_without_digest_and_number(key, natural) -> None:
    assert facts.natural(key) == natural


@pytest.mark.parametrize(
    ("accepted", "held", "unchanged", "cause"),
    [
        ({"LB|S#1|ALT"}, set(), {KEY},
         f"the row is accepted as it was received; {UNKNOWN}"),
        ({"LB|S#1|ALT"}, set(), set(),
         f"the source corrected the row, which is accepted now; {UNKNOWN}"),
        (set(), {"LB|S#1|ALT#aaaaaaaaaaaa"}, set(),
         "its content changed; it is held as LB|S#1|ALT#aaaaaaaaaaaa"),
        (set(), {"LB|S2|ALT#aaaaaaaaaaaa"}, set(),
         "the source took the row back or delivers it no more"),
    ],
)  # fmt: skip
def test_the_cause_is_told_where_it_can_be(accepted, held, unchanged, cause) -> None:
    gone = {KEY: "not so: subject is in dm (ME-002)"}
    assert facts.causes(gone, accepted, held, unchanged) == {KEY: cause}


def test_a_query_is_another_one_when_it_says_something_else_not_when_rows_move() -> None:
    frame = pd.DataFrame([QUERY, QUERY | {"PLACES": '[{"row": 9}]'}, QUERY | {"TEXT": "other"},
                          QUERY | {"EVIDENCE": "[]"}])  # fmt: skip
    first, moved, text, evidence = (f.fingerprint for f in facts.of_queries(frame))
    assert first == moved
    assert len({first, text, evidence}) == 3


def test_a_released_row_is_a_fact_as_well() -> None:
    held = pd.DataFrame(
        [["K1", None, "f", "why"]], columns=["KEY", "USUBJID", "FINGERPRINT", "REFUSED"]
    )
    passed = pd.DataFrame([["K2", "S1", "g"]], columns=["KEY", "USUBJID", "FINGERPRINT"])
    assert [(f.key, f.usubjid, f.fingerprint, f.refused) for f in facts.of_rows(held, passed)] == [
        ("K1", "", "f", "why"), ("K2", "S1", "g", ""),
    ]  # fmt: skip
