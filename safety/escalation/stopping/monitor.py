"""Where a monitor stands: events so far, the boundary, how many more would stop it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from safety.escalation.posterior import Posterior
from safety.escalation.state import Count
from safety.escalation.stopping.boundary import Boundary, predictive
from safety.escalation.stopping.rule import Rule


@dataclass(frozen=True, slots=True)
class Further:
    """So many more events stop the trial, if they come among so many of the next subjects.

    events: the fewest that can stop it; 0 if those seen are enough for a look to come.
    soonest, within: the fewest and the most next subjects among whom they do. late: they may come
    in the subjects already counted as well, as a death may; a DLT may not.
    """

    events: int
    soonest: int
    within: int
    late: bool = False

    @property
    def text(self) -> str:
        """In words, e.g. `1 more in the next 2 subjects would stop`."""
        if self.events == 0:
            later = "subject" if self.soonest == 1 else "subjects"
            return f"it stops without an event more, {self.soonest} {later} later"
        following = "subject" if self.within == 1 else f"{self.within} subjects"
        among = [
            *(["these"] if self.late else []),
            *([f"the next {following}"] * (self.within > 0)),
        ]
        return f"{self.events} more in {' or '.join(among)} would stop"


@dataclass(frozen=True, slots=True)
class Monitor:
    """y events in n subjects under a rule. mean to predictive: None where the rule has no rate.

    crossed: subjects and events at the first look that stopped, though this one does not: by order
    of first dose, so it may come from an event of an early subject that was known late.
    look, stop_at: this look, or the next one if nobody looks at n; None: no look, no stop there.
    low, high: 90% credible interval. exceeding: probability that the rate is above `limit`.
    predictive: probability that the next subjects stop it at some look up to n_max; 1 once it has.
    """

    n: int
    y: int
    n_max: int
    stops: bool
    look: int | None
    stop_at: int | None
    further: Further | None
    limit: float | None
    mean: float | None
    low: float | None
    high: float | None
    exceeding: float | None
    predictive: float | None
    crossed: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """The state in words, e.g. `4 of 6, stops at 5 of 6; 1 more in the next 2 subjects would
        stop`.
        """
        seen = f"{self.y} of {self.n}"
        if self.crossed:
            seen += f", crossed at {self.crossed[1]} of {self.crossed[0]}"
        if self.stops:
            return f"{seen}: stop, the boundary is {self.stop_at} of {self.look}"
        if self.look is None:
            return f"{seen}; no look is left"
        limit = "no number" if self.stop_at is None else self.stop_at
        more = f"; {self.further.text}" if self.further else ""
        return f"{seen}, stops at {limit} of {self.look}{more}"


def monitor(
    n: int, y: int, rule: Rule, n_max: int, events: Sequence[bool] = (), *, late: bool = False
) -> Monitor:
    """Return where a rule stands after y events in n subjects of n_max.

    events: of each of the n subjects, by first dose, if an earlier crossing is to be told. late:
    a subject counted without an event may still have one.
    With more subjects than planned the last of them is taken as the end.
    Raises ValueError for counts that cannot be.
    """
    if events and (len(events), sum(events)) != (n, y):
        raise ValueError(f"{sum(events)} of {len(events)} subjects is not {y} of {n}")
    if not 0 <= y <= n:
        raise ValueError(f"{y} events among {n} subjects cannot be")
    end = max(n, n_max)
    boundary = rule.boundary(end)
    ahead = boundary.from_look(n)
    look, stop_at = ahead[0] if ahead else (None, None)
    stops = boundary.stops(n, y)
    rate = Posterior.of(Count(n, y), rule.prior) if rule.prior else None
    low, high = rate.interval() if rate else (None, None)
    return Monitor(
        n, y, end, stops, look, stop_at, None if stops else _further(boundary, n, y, late=late),
        rule.limit, rate.mean if rate else None, low, high, rule.exceeding(n, y),
        _predicted(boundary, n, y, end, rule, stops=stops),
        None if stops else boundary.first_crossed(events),
    )  # fmt: skip


def _further(boundary: Boundary, n: int, y: int, *, late: bool) -> Further | None:
    """Return the fewest events more that a look to come stops at, and among how many subjects."""
    needed = [
        (max(stop - y, 0), look - n)
        for look, stop in boundary.from_look(n if late else n + 1)
        if stop is not None and (late or stop - y <= look - n)
    ]
    if not needed:
        return None
    fewest = min(events for events, _ in needed)
    subjects = [m for events, m in needed if events == fewest]
    return Further(fewest, subjects[0], subjects[-1], late)


def _predicted(
    boundary: Boundary, n: int, y: int, n_max: int, rule: Rule, *, stops: bool
) -> float | None:
    if rule.prior is None:
        return None
    if stops:
        return 1.0
    return predictive(boundary, (n, y), n_max, rule.prior)
