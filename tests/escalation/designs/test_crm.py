"""CRM against dfcrm 0.2-2.1 (section 6 of the reference), and its two restrictions."""

from __future__ import annotations

from math import exp

import pytest
from scipy.integrate import quad

from safety.escalation.advice import Row
from safety.escalation.designs.crm import Crm, getprior
from safety.escalation.state import Count, State, state

Counts = tuple[Count, ...]
DOCUMENTED = Crm(0.20, (0.05, 0.10, 0.20, 0.35, 0.50, 0.70))  # the example in the manual of dfcrm
THREE = Crm(0.30, getprior(0.06, 0.30, 2, 3))


def counted(levels: list[int], dlts: list[int], size: int) -> Counts:
    """Counts by level from one subject after the other, levels from 1."""
    counts = [Count()] * size
    for level, dlt in zip(levels, dlts, strict=True):
        counts[level - 1] = counts[level - 1].plus(1, dlt)
    return tuple(counts)


TEN = counted([3, 4, 4, 3, 3, 4, 3, 2, 2, 2], [0, 0, 1, 0, 0, 1, 1, 0, 0, 0], 6)
NONE_OF_THREE = counted([1, 1, 1], [0, 0, 0], 3)
ONE_OF_SIX = counted([1, 1, 1, 2, 2, 2], [0, 0, 0, 0, 1, 0], 3)


@pytest.mark.parametrize(
    ("halfwidth", "target", "nu", "levels", "expected"),
    [
        (0.05, 0.25, 3, 5, [0.0840, 0.1567, 0.2500, 0.3545, 0.4603]),
        (0.06, 0.30, 2, 3, [0.1860, 0.3000, 0.4224]),
    ],
)
def test_skeleton_is_that_of_dfcrm(
    halfwidth: float, target: float, nu: int, levels: int, expected: list[float]
) -> None:
    assert [round(p, 4) for p in getprior(halfwidth, target, nu, levels)] == expected


def test_usual_skeleton_is_the_one_checked() -> None:
    assert Crm.usual(0.30, 3).skeleton == pytest.approx(getprior(0.06, 0.30, 2, 3))
    assert Crm.usual(0.25, 5).skeleton == pytest.approx(getprior(0.05, 0.25, 3, 5))
    assert Crm.usual(0.30, 4).skeleton[1] == pytest.approx(0.30)  # the lower of the middle two


@pytest.mark.parametrize(
    ("design", "counts", "b", "rates"),
    [
        (DOCUMENTED, TEN, -0.2122, [0.0887, 0.1553, 0.2721, 0.4278, 0.5708, 0.7494]),
        (THREE, NONE_OF_THREE, 0.7548, [0.0279, 0.0772, 0.1599]),
        (THREE, ONE_OF_SIX, 0.1963, [0.1292, 0.2311, 0.3503]),
    ],
)
def test_estimates_are_those_of_dfcrm(
    design: Crm, counts: Counts, b: float, rates: list[float]
) -> None:
    assert round(design.mean(counts), 4) == b
    assert [round(rate, 4) for rate in design.judge(counts).rates] == rates


def test_documented_example_recommends_level_2() -> None:
    assert DOCUMENTED.judge(TEN).best(tuple(range(6))) == 1
    assert DOCUMENTED.advise(State(TEN, 1)).level == 1
    assert DOCUMENTED.select(TEN) == 1


def test_unconstrained_level_3_is_level_2_without_skipping() -> None:
    assert THREE.judge(NONE_OF_THREE).best((0, 1, 2)) == 2
    advice = THREE.advise(State(NONE_OF_THREE, 0))
    assert (advice.action, advice.level, advice.open_levels) == ("escalate", 1, 3)
    assert advice.why == (
        "estimated DLT rates 0.028, 0.077, 0.160 by level, to be near 0.300; "
        "a higher level would be better, but none is skipped"
    )


def test_level_3_is_next_once_level_2_was_given() -> None:
    advice = THREE.advise(State(ONE_OF_SIX, 1))
    assert (advice.action, advice.level) == ("escalate", 2)
    assert advice.why == "estimated DLT rates 0.129, 0.231, 0.350 by level, to be near 0.300"


def test_mean_agrees_with_another_quadrature() -> None:
    counts = (Count(3, 0), Count(9, 2), Count(6, 3))

    def density(b: float, power: int) -> float:
        rates = [p ** exp(b) for p in THREE.skeleton]
        value = b**power * exp(-b * b / (2 * 1.34))
        for rate, count in zip(rates, counts, strict=True):
            value *= rate**count.y * (1 - rate) ** (count.n - count.y)
        return value

    first, norm = (quad(density, -8, 8, args=(k,), epsabs=0, epsrel=1e-10)[0] for k in (1, 0))
    assert THREE.mean(counts) == pytest.approx(first / norm, abs=1e-8)


def test_no_subject_leaves_the_prior_mean() -> None:
    assert THREE.mean((Count(),) * 3) == pytest.approx(0, abs=1e-12)


def test_rows_at_the_lowest_level() -> None:
    design = Crm.usual(0.30, 3)
    assert [design.row(n) for n in (1, 3, 5, 6, 9, 12)] == [
        Row(1, 0, None, None), Row(3, 0, 3, 3), Row(5, 1, 4, 4),
        Row(6, 1, 4, 4), Row(9, 2, 5, 5), Row(12, 2, 7, 7),
    ]  # fmt: skip


def test_gate_closes_a_level_by_its_own_subjects() -> None:
    closed = THREE.advise(state([(12, 0), (3, 3), (0, 0)], 1))
    assert (closed.action, closed.level, closed.open_levels) == ("de-escalate", 0, 1)
    assert closed.why.endswith(
        "closed from the level with 3 of 3 with DLT (1.000), Pr(rate > 0.300) = 0.992 is above 0.95"
    )
    assert THREE.advise(state([(12, 0), (3, 2), (0, 0)], 1)).open_levels == 3  # 0.916
    assert THREE.advise(state([(12, 0), (2, 2), (0, 0)], 1)).open_levels == 3  # two subjects only


def test_gate_at_the_lowest_level_stops_the_trial() -> None:
    advice = THREE.advise(state([(3, 3), (0, 0), (0, 0)], 0))
    assert (advice.action, advice.level, advice.open_levels) == ("stop", None, 0)
    assert THREE.select(state([(3, 3), (0, 0), (0, 0)], 0).counts) is None


def test_selection_is_among_the_levels_treated() -> None:
    assert THREE.select(NONE_OF_THREE) == 0
    assert THREE.select((Count(),) * 3) is None


@pytest.mark.parametrize("skeleton", [(), (0.3, 0.2), (0.2, 0.2), (0.0, 0.3), (0.3, 1.0)])
def test_skeleton_must_rise(skeleton: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="does not rise between 0 and 1"):
        Crm(0.30, skeleton)


def test_figures_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="target of 1 is no rate"):
        Crm(1, (0.1, 0.2))
    with pytest.raises(ValueError, match=r"halfwidth of 0\.3"):
        getprior(0.3, 0.3, 1, 3)
    with pytest.raises(ValueError, match="level 4 is none of 3"):
        getprior(0.05, 0.3, 4, 3)
    with pytest.raises(ValueError, match="2 levels, but the model is for 3"):
        THREE.advise(state([(3, 0), (0, 0)], 0))
