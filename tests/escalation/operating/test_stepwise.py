"""Any design, trials in the same state sharing one advice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from safety.escalation.advice import Advice
from safety.escalation.designs.blrm import Blrm
from safety.escalation.designs.boin import Boin
from safety.escalation.designs.crm import Crm
from safety.escalation.operating import stepwise
from safety.escalation.operating.scenario import Scenario
from safety.escalation.state import State


@dataclass(frozen=True, slots=True)
class Asked(Boin):
    """Remembers what it was asked."""

    seen: ClassVar[list[State]] = []

    def advise(self, state: State) -> Advice:
        self.seen.append(state)
        return Boin.advise(self, state)


def test_no_state_is_asked_twice_on_the_way() -> None:
    Asked.seen.clear()
    stepwise.simulate(Asked(0.3), Scenario((0.0, 0.3), 3, 9), 200, seed=1)
    on_the_way = [state for state in Asked.seen if state.total < 9]
    assert len(on_the_way) == len(set(on_the_way))
    assert {state.total for state in on_the_way} == {3, 6}


@pytest.mark.parametrize("design", [Crm.usual(0.3, 5), Blrm.usual(0.3, 5)], ids=["crm", "blrm"])
def test_models_find_the_level_of_the_target(design: Crm | Blrm) -> None:
    found = stepwise.simulate(design, Scenario((0.05, 0.15, 0.30, 0.45, 0.60), 3, 24), 60, seed=6)
    assert found.selected_pct.index(max(found.selected_pct)) == 2
    assert sum(found.selected_pct) + found.none_pct == pytest.approx(100)
    assert sum(found.mean_n) == pytest.approx(found.mean_total)


@pytest.mark.parametrize("design", [Crm.usual(0.3, 3), Blrm.usual(0.3, 3)], ids=["crm", "blrm"])
def test_models_stop_where_no_level_is_safe(design: Crm | Blrm) -> None:
    found = stepwise.simulate(design, Scenario((1.0, 1.0, 1.0), 3, 24), 10, seed=6)
    assert (found.none_pct, found.mean_n, found.early_stop_pct) == (100, (3, 0, 0), 100)
