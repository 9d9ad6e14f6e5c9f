"""Named truths a trial is simulated under: data/scenarios.yaml."""

from __future__ import annotations

from functools import cache

from pydantic import Field

from safety.errors import WrongUseError
from safety.simulate.calibration import Numbers, Share, read


class Scenario(Numbers):
    """How often dose-limiting events come, and how well the site enters what happens.

    dlt: probability in cycle 1 from the start level up, the last one for all above; below: for
    levels under it. after: of such an event in the weeks after the window.
    """

    dlt: list[Share] = Field(min_length=1)
    below: Share
    after: Share
    mix: dict[str, float] = Field(default_factory=dict)
    mix_after: dict[str, float] = Field(default_factory=dict)
    entered: Share = 1.0
    slow: float = 1.0
    citation: str

    def probability(self, steps: int) -> float:
        """Return the chance of a DLT so many levels above the start level (negative: below)."""
        return self.below if steps < 0 else self.dlt[min(steps, len(self.dlt) - 1)]


class Scenarios(Numbers):
    """The whole file."""

    scenarios: dict[str, Scenario]


@cache
def scenarios() -> Scenarios:
    """Return every scenario."""
    return Scenarios.model_validate(read("scenarios.yaml"))


def scenario(name: str) -> Scenario:
    """Return a scenario. Raises WrongUseError that names the known ones."""
    known = scenarios().scenarios
    if name not in known:
        raise WrongUseError(f"scenario {name!r} is not known; known: {', '.join(known)}")
    return known[name]
