"""BLRM: overdose control, the level most likely right, and no higher level for one more DLT."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safety.escalation.advice import Action, Row
from safety.escalation.designs.blrm import Blrm
from safety.escalation.designs.logistic import Prior
from safety.escalation.state import Count, state

DESIGN = Blrm.usual(0.30, 3)
Pairs = list[tuple[int, int]]


def test_usual_figures() -> None:
    assert Blrm.usual(0.25, 3).model.interval == pytest.approx((0.16, 0.33))
    assert DESIGN.model.interval == pytest.approx((0.192, 0.396))
    assert DESIGN.model.doses == (1.0, 2.0, 3.0)
    assert DESIGN.model.reference == 3.0
    assert Blrm.usual(0.30, 3, (50.0, 75.0, 100.0)).model.reference == 100.0


# (n, y) by level, at, action, next level, open levels, Pr(over 0.396) by level
CASES: list[tuple[Pairs, int, Action, int | None, int, list[float]]] = [
    ([(3, 0), (0, 0), (0, 0)], 0, "escalate", 1, 3, [0.022, 0.087, 0.230]),
    ([(3, 1), (0, 0), (0, 0)], 0, "stay", 0, 1, [0.209, 0.408, 0.541]),
    ([(3, 2), (0, 0), (0, 0)], 0, "stop", None, 0, [0.588, 0.769, 0.837]),
    ([(3, 0), (3, 0), (0, 0)], 1, "escalate", 2, 3, [0.002, 0.017, 0.118]),
    ([(3, 0), (3, 2), (0, 0)], 1, "de-escalate", 0, 1, [0.105, 0.383, 0.637]),
    ([(3, 0), (3, 0), (3, 2)], 2, "de-escalate", 1, 2, [0.010, 0.065, 0.421]),
    ([(9, 0), (9, 2), (0, 0)], 1, "stay", 1, 2, [0.000, 0.018, 0.259]),
]


@pytest.mark.parametrize(("pairs", "at", "action", "level", "open_levels", "over"), CASES)
def test_advice(
    pairs: Pairs, at: int, action: Action, level: int | None, open_levels: int, over: list[float]
) -> None:
    advice = DESIGN.advise(state(pairs, at))
    assert (advice.action, advice.level, advice.open_levels) == (action, level, open_levels)
    shown = ", ".join(f"{p:.3f}" for p in over)
    assert advice.why.startswith(f"Pr(rate over 0.396) {shown} by level, to be below 0.25; ")


def test_a_level_stays_closed_for_one_more_dlt() -> None:
    """The model alone would open the third level: 0.235 is below 0.25."""
    advice = DESIGN.advise(state([(9, 1), (9, 2), (0, 0)], 1))
    assert (advice.action, advice.level, advice.open_levels) == ("stay", 1, 2)
    assert "0.003, 0.050, 0.235 by level" in advice.why
    assert advice.why.endswith("; 0.235 stays closed, as it would with fewer DLTs")


def test_rows_at_the_lowest_level() -> None:
    assert [DESIGN.row(n) for n in (1, 3, 6, 9, 12, 18)] == [
        Row(1, 0, 1, 1), Row(3, 0, 2, 2), Row(6, 1, 3, 3),
        Row(9, 1, 4, 4), Row(12, 2, 5, 5), Row(18, 3, 7, 7),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(3, 0), (6, 1), (0, 0)], 1),  # the third would be best, but nobody was treated there
        ([(3, 0), (3, 0), (3, 2)], 1),
        ([(3, 2), (0, 0), (0, 0)], None),
        ([(0, 0), (0, 0), (0, 0)], None),
    ],
)
def test_selection(pairs: Pairs, expected: int | None) -> None:
    assert DESIGN.select(tuple(Count(*pair) for pair in pairs)) == expected


def test_stricter_overdose_control_closes_more() -> None:
    here = state([(3, 0), (0, 0), (0, 0)], 0)
    assert replace(DESIGN, ewoc=0.08).advise(here).action == "stay"  # the second level: 0.087
    assert replace(DESIGN, ewoc=0.09).advise(here).action == "escalate"


def test_figures_that_cannot_be() -> None:
    with pytest.raises(ValueError, match=r"target 0\.5 is not between"):
        replace(DESIGN, target=0.5)
    with pytest.raises(ValueError, match="limit of 1 is no probability"):
        replace(DESIGN, ewoc=1)
    with pytest.raises(ValueError, match="2 levels, but the model is for 3"):
        DESIGN.select((Count(3, 0), Count()))


@pytest.mark.parametrize(
    ("target", "levels", "doses", "message"),
    [
        (1.0, 3, (), "target of 1.0 is no rate"),
        (0.0, 3, (), "target of 0.0 is no rate"),
        (0.8, 3, (), "does not rise between 0 and 1"),
        (0.3, 0, (), "0 doses for 0 levels"),
        (0.3, 3, (50.0, 100.0), "2 doses for 3 levels"),
    ],
)
def test_usual_needs_a_rate_and_a_dose_for_each_level(
    target: float, levels: int, doses: tuple[float, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        Blrm.usual(target, levels, doses)


def test_scores_alone_may_not_raise_the_level_either() -> None:
    """A vague prior around the middle dose: the scores would go from the first level to another."""
    vague = Prior((-0.85, 0.0), (3.0, 2.0))
    design = replace(DESIGN, ewoc=0.99, model=replace(DESIGN.model, reference=2.0, prior=vague))
    less = design.advise(state([(3, 0), (6, 4), (3, 2)], 1))
    more = design.advise(state([(3, 0), (6, 4), (3, 3)], 1))
    assert (less.level, more.level) == (0, 0)
    assert not less.why.endswith("no higher")
    assert more.why.endswith("; with fewer DLTs it would go no higher")
