"""BOIN against its published tables."""

from __future__ import annotations

import pytest

from safety.escalation.advice import Row
from safety.escalation.designs.boin import Boin
from safety.escalation.state import Count, state

Pairs = tuple[tuple[int, int], ...]
# n, escalate if DLTs <=, de-escalate if >=, eliminate if >=; target 0.30 (R package BOIN 2.7.2).
TABLE_030 = [
    (1, 0, 1, None), (2, 0, 1, None), (3, 0, 2, 3), (4, 0, 2, 3), (5, 1, 2, 4), (6, 1, 3, 4),
    (7, 1, 3, 5), (8, 1, 3, 5), (9, 2, 4, 5), (10, 2, 4, 6), (11, 2, 4, 6), (12, 2, 5, 7),
    (13, 3, 5, 7), (14, 3, 6, 8), (15, 3, 6, 8), (16, 3, 6, 8), (17, 4, 7, 9), (18, 4, 7, 9),
    (19, 4, 7, 9), (20, 4, 8, 10), (21, 4, 8, 10), (22, 5, 8, 11), (23, 5, 9, 11), (24, 5, 9, 11),
    (25, 5, 9, 12), (26, 6, 10, 12), (27, 6, 10, 12), (28, 6, 11, 13), (29, 6, 11, 13),
    (30, 7, 11, 14), (31, 7, 12, 14), (32, 7, 12, 14), (33, 7, 12, 15), (34, 8, 13, 15),
    (35, 8, 13, 15), (36, 8, 13, 16),
]  # fmt: skip
# n, stop if DLTs >= at the lowest level with `extrasafe`; target 0.30 (the same package).
EXTRASAFE_030 = [
    (1, None), (2, None), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4), (8, 4), (9, 5), (10, 5),
    (11, 6), (12, 6), (13, 6), (14, 7), (15, 7), (16, 8), (17, 8), (18, 8), (19, 9), (20, 9),
    (21, 9), (22, 10), (23, 10), (24, 10), (25, 11), (26, 11), (27, 12), (28, 12), (29, 12),
    (30, 13), (31, 13), (32, 13), (33, 14), (34, 14), (35, 14), (36, 15),
]  # fmt: skip
# target, lambda_e, lambda_d, to how many places they are published
LAMBDAS = [
    (0.30, 0.23649069, 0.35851946, 8),
    (0.15, 0.117797, 0.178686, 6),
    (0.35, 0.276334, 0.418908, 6),
    (0.40, 0.316360, 0.479650, 6),
]


@pytest.mark.parametrize(("target", "low", "high", "places"), LAMBDAS)
def test_boundaries(target: float, low: float, high: float, places: int) -> None:
    design = Boin(target)
    assert design.lambda_e == pytest.approx(low, abs=0.51 * 10**-places)
    assert design.lambda_d == pytest.approx(high, abs=0.51 * 10**-places)


@pytest.mark.parametrize("row", TABLE_030, ids=lambda row: f"n={row[0]}")
def test_table(row: tuple[int, int | None, int | None, int | None]) -> None:
    assert Boin(0.30).row(row[0]) == Row(*row)


@pytest.mark.parametrize(("n", "stop"), EXTRASAFE_030)
def test_extrasafe_at_the_lowest_level(n: int, stop: int | None) -> None:
    design = Boin(0.30, extrasafe=True)
    assert design.row(n, lowest=True).eliminate_if_ge == stop
    assert design.row(n) == Boin(0.30).row(n) == Boin(0.30).row(n, lowest=True)


def test_extrasafe_stops_a_trial() -> None:
    strict, usual = Boin(0.30, extrasafe=True), Boin(0.30)
    toxic = state([(3, 2), (0, 0)], 0)
    advice = strict.advise(toxic)
    assert (advice.action, advice.level, advice.open_levels) == ("stop", None, 0)
    assert advice.why == (
        "this level is eliminated: 2 of 3 with DLT (0.667), Pr(rate > 0.300) = 0.916 "
        "is above 0.90; no level is left"
    )
    assert strict.select(toxic.counts) is None
    assert usual.advise(toxic).action == "stay"
    assert usual.select(toxic.counts) == 0
    above = state([(3, 0), (3, 2)], 1)
    assert strict.advise(above) == usual.advise(above)  # at a higher level it is silent


def test_boundaries_belong_to_their_decisions() -> None:
    """The likelihoods of p and 1 - p are equal at 0.5, which 1 of 2 meets exactly."""
    assert Boin(0.7, p_saf=0.3).judge(Count(2, 1))[0] == 1
    assert Boin(0.3, p_tox=0.7).judge(Count(2, 1))[0] == -1
    assert Boin(0.5).judge(Count(2, 1))[0] == 0


@pytest.mark.parametrize(
    ("count", "step", "why"),
    [
        (Count(6, 1), 1, "1 of 6 with DLT (0.167) is at most 0.236"),
        (Count(6, 2), 0, "2 of 6 with DLT (0.333) is between 0.236 and 0.359"),
        (Count(6, 3), -1, "3 of 6 with DLT (0.500) is at least 0.359"),
    ],
)
def test_reason_has_its_numbers(count: Count, step: int, why: str) -> None:
    assert Boin(0.30).judge(count) == (step, why)


@pytest.mark.parametrize(
    ("pairs", "mtd"),
    [
        (((3, 0), (3, 0), (15, 4), (9, 4), (0, 0)), 2),
        (((6, 1), (6, 2), (9, 2)), 2),
        (((3, 0), (9, 2), (6, 3)), 1),
        (((6, 4), (0, 0), (0, 0)), None),  # the lowest level is eliminated
        (((3, 0), (6, 4), (3, 0)), 0),  # what lies above an eliminated level is closed too
    ],
)
def test_selection(pairs: Pairs, mtd: int | None) -> None:
    assert Boin(0.30).select(state(pairs, 0).counts) == mtd


@pytest.mark.parametrize(
    ("p_saf", "p_tox"), [(0.3, None), (0.0, None), (-0.1, None), (None, 0.3), (None, 1.0)]
)
def test_rates_out_of_order(p_saf: float | None, p_tox: float | None) -> None:
    with pytest.raises(ValueError, match=r"must rise between 0 and 1"):
        Boin(0.3, p_saf=p_saf, p_tox=p_tox)


@pytest.mark.parametrize("target", [0.0, 0.72, 1.0, float("nan")])  # 1.4 of 0.72 is no rate
def test_target_that_cannot_be(target: float) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 1"):
        Boin(target)


@pytest.mark.parametrize("cutoff", [0.0, 1.0, 95.0])
def test_cutoff_that_cannot_be(cutoff: float) -> None:
    with pytest.raises(ValueError, match=r"no probability between 0 and 1"):
        Boin(0.3, cutoff)
