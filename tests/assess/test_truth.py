"""Three-valued truth obeys Kleene's laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.assess.truth import Truth, all_of, any_of, known
from tests.assess.engine import MET, NOT, UNKNOWN

truths = st.sampled_from(Truth)
ORDER = {NOT: 0, UNKNOWN: 1, MET: 2}


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (MET, MET, MET, MET),
        (MET, UNKNOWN, UNKNOWN, MET),
        (MET, NOT, NOT, MET),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        (UNKNOWN, NOT, NOT, UNKNOWN),
        (NOT, NOT, NOT, NOT),
    ],
)
def test_and_and_or(a, b, both, either) -> None:
    assert (a & b, b & a) == (both, both)
    assert (a | b, b | a) == (either, either)


@given(st.lists(truths))
def test_all_is_the_least_and_any_the_most(parts) -> None:
    assert all_of(parts) is min(parts, key=ORDER.__getitem__, default=MET)
    assert any_of(parts) is max(parts, key=ORDER.__getitem__, default=NOT)


@given(truths, truths, truths)
def test_kleene_laws(a, b, c) -> None:
    assert ~~a is a
    assert ~(a & b) is (~a | ~b)
    assert a & (b | c) is (a & b) | (a & c)
    assert a | (a & b) is a


@given(st.lists(st.sampled_from([MET, NOT]), min_size=1), st.data())
def test_what_is_settled_stays_so_when_the_unknown_is_told(settled, data) -> None:
    hidden = [data.draw(st.sampled_from([UNKNOWN, t])) for t in settled]
    for combine in (all_of, any_of):
        assert combine(hidden) in {UNKNOWN, combine(settled)}


def test_it_has_no_truth_of_two() -> None:
    with pytest.raises(TypeError, match="three-valued"):
        bool(MET)


def test_a_missing_fact_is_unknown() -> None:
    assert [known(v) for v in (True, False, None)] == [MET, NOT, UNKNOWN]
