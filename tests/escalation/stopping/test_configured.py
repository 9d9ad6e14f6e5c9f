"""The rule that a study's section asks for."""

from __future__ import annotations

from typing import Any

import pytest

from safety.escalation.stopping.beta_binomial import BetaBinomial
from safety.escalation.stopping.configured import rule_of, watch
from safety.escalation.stopping.looks import Looks
from safety.escalation.stopping.pocock import Pocock
from safety.escalation.stopping.rule import AtMost, Rule
from safety.escalation.stopping.thall_simon import ThallSimon
from safety.study.stopping import StoppingRule

BAYESIAN = {"limit": 0.3, "prior": [0.6, 1.4], "from": 6}


def _said(**rule: Any) -> StoppingRule:
    return StoppingRule.model_validate(
        {"id": "S1", "text": "x", "dlt": True, "n_max": 40, "citation": "c", "confidence": "M"}
        | rule
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"bayesian": BAYESIAN},
         BetaBinomial(0.3, (0.6, 1.4), 0.95, Looks(6), citation="c")),
        ({"bayesian": BAYESIAN | {"probability": 0.9, "looks": "every 3"}},
         BetaBinomial(0.3, (0.6, 1.4), 0.9, Looks(6, 3), citation="c")),
        ({"bayesian": BAYESIAN | {"looks": [10, 20]}},
         BetaBinomial(0.3, (0.6, 1.4), 0.95, Looks(6, at=(10, 20)), citation="c")),
        ({"pocock": {"rate": 0.2, "crossing": 0.05}},
         Pocock(0.2, 0.05, 40, Looks(), citation="c")),
        ({"thall_simon": {"standard": [6, 14], "margin": 0.1, "prior": [0.6, 1.4], "from": 6}},
         ThallSimon((6, 14), 0.1, (0.6, 1.4), 0.95, Looks(6), citation="c")),
        ({"at_most": 0}, AtMost(0, citation="c")),
        ({"at_most": 2}, AtMost(2, citation="c")),
    ],
)  # fmt: skip
def test_each_rule(said: dict[str, Any], expected: Rule) -> None:
    assert rule_of(_said(**said)) == expected


def test_at_most_stops_at_one_more() -> None:
    assert AtMost(0).boundary(3).rows == ((1, 1), (2, 1), (3, 1))
    assert AtMost(2).boundary(4).rows == ((1, None), (2, None), (3, 3), (4, 3))


def test_where_it_stands() -> None:
    said = _said(bayesian=BAYESIAN)
    found = watch(said, [True, True, False, True, True, False])
    assert (found.n, found.y, found.n_max, found.stop_at) == (6, 4, 40, 5)
    assert found.text == "4 of 6, stops at 5 of 6; 1 more in the next 2 subjects would stop"
    earlier = watch(said, [True] * 5 + [False] * 4)
    assert (earlier.stops, earlier.crossed) == (False, (6, 5))


def test_a_death_may_come_late() -> None:
    deaths = _said(dlt=None, related_deaths=True, at_most=0)
    assert watch(deaths, [False] * 40).text.endswith("1 more in these would stop")
    assert watch(deaths, [False, True]).stops
