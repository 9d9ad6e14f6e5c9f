"""Chance is the same everywhere, and one stream moves no other."""

from __future__ import annotations

from itertools import pairwise

import pytest

from safety.simulate.chance import Chance, autocorrelated


def test_the_first_numbers_of_a_stream_are_these_on_every_machine():
    chance = Chance(1, 7, "body")
    assert [f"{chance.uniform():.12f}" for _ in range(3)] == UNIFORMS
    assert f"{Chance(1, 7, 'body').normal():.9f}" == NORMAL


def test_streams_of_other_subjects_and_purposes_differ():
    first = {Chance(1, subject, purpose).uniform() for subject in (1, 2) for purpose in ("a", "b")}
    assert len(first) == 4


def test_whole_numbers_reach_both_ends_and_no_further():
    chance = Chance(3, "whole")
    assert {chance.whole(2, 4) for _ in range(200)} == {2, 3, 4}


def test_a_weight_of_nothing_is_never_picked():
    chance = Chance(3, "pick")
    assert {chance.pick("abc", (1, 0, 1)) for _ in range(200)} == {"a", "c"}


def test_a_shuffle_keeps_every_item_and_reaches_every_order():
    chance = Chance(3, "shuffle")
    assert Chance(1, "shuffle").shuffled(range(8)) == SHUFFLED
    assert {"".join(chance.shuffled("abc")) for _ in range(200)} == {
        "abc", "acb", "bac", "bca", "cab", "cba",
    }  # fmt: skip
    assert chance.shuffled(()) == []


def test_days_in_a_row_are_alike_and_the_spread_stays_one():
    values = autocorrelated(Chance(5, "noise"), 20_000, 0.9)
    steps = [a * b for a, b in pairwise(values)]
    assert sum(steps) / len(steps) == pytest.approx(0.9, abs=0.06)
    assert sum(v * v for v in values) / len(values) == pytest.approx(1.0, abs=0.06)


UNIFORMS = ["0.202478172865", "0.152193220483", "0.452949157360"]
SHUFFLED = [1, 3, 4, 7, 5, 2, 6, 0]
NORMAL = "-0.832802108"
