"""What an ideal reader knew of every subject from delivery to delivery."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from safety.simulate.model import Arrivals, Day, Subject, Trial
from safety.simulate.truth.alerts import Alert, Facts, alerts, facts, pauses
from safety.simulate.truth.case import known_case
from safety.simulate.truth.known import changes, known
from safety.simulate.truth.rules import Found, judge
from safety.simulate.truth.triggers import Trigger, triggers
from safety.simulate.truth.verdicts import Decided, decide
from safety.simulate.truth.window import LONGEST

K = TypeVar("K", bound=Hashable)


@dataclass
class Spans(Generic[K]):
    """From which delivery to which something was so. ended: (key, from, to); open: key -> from."""

    open: dict[K, Day] = field(default_factory=dict)
    ended: list[tuple[K, Day, Day]] = field(default_factory=list)

    def see(self, keys: Iterable[K], day: Day) -> None:
        now = set(keys)
        for key in [k for k in self.open if k not in now]:
            self.ended.append((key, self.open.pop(key), day))
        for key in now:
            self.open.setdefault(key, day)

    def rows(self) -> Iterator[tuple[K, Day, Day | None]]:
        """Yield (key, from, to); to: None while it still is so."""
        yield from self.ended
        yield from ((key, day, None) for key, day in self.open.items())


RuleKey = tuple[str, str, Day, str]  # rule, term, onset, state


@dataclass
class Past:
    """One subject over all deliveries. alerts: first delivery by alert."""

    rules: Spans[RuleKey] = field(default_factory=Spans)
    triggers: Spans[Trigger] = field(default_factory=Spans)
    alerts: dict[Alert, Day] = field(default_factory=dict)
    decided: Decided = field(default_factory=lambda: Decided("", ""))
    found: tuple[Found, ...] = ()
    facts: dict[Day, Facts] = field(default_factory=dict)


def past(subject: Subject, arrivals: Arrivals, days: int, *, judged: bool) -> Past:
    """Return what was known of a subject by each delivery.

    It is judged anew when something of it came, and while time alone may change it: in the window,
    while a rule or an adverse event is open. judged: whether the DLT rules are.
    """
    result = Past()
    if subject.first_dose is None:
        return result
    changed = changes(subject, arrivals)
    time_tells, standing = True, frozenset[Alert]()
    for day in range(subject.first_dose, days):
        in_window = day <= subject.first_dose + LONGEST + 1
        if not (day in changed or in_window or time_tells or day == days - 1):
            continue
        case = known_case(subject, known(subject, arrivals, day), day)
        found = judge(case) if judged else ()
        fired = triggers(case, found) if judged else ()
        result.rules.see([(f.rule, f.term, f.onset, f.state) for f in found], day)
        result.triggers.see(fired, day)
        now = alerts(case, found, fired, judged)
        _tell(result.alerts, now, standing, day)
        result.facts[day] = facts(case, found)
        time_tells = any(f.state == "open" and f.settles for f in found) or any(
            e.end is None for e in case.events
        )
        standing = now
        result.found = found
        if judged:
            result.decided = decide(case, found)
    return result


def _tell(
    told: dict[Alert, Day], now: frozenset[Alert], before: frozenset[Alert], day: Day
) -> None:
    """Tell what is new; what only got another onset by new data is no new alert."""
    gone = {(a.kind, a.what) for a in before - now}
    for alert in now - before:
        if (alert.kind, alert.what) not in gone:
            told.setdefault(alert, day)


def paused(trial: Trial, pasts: dict[str, Past]) -> dict[tuple[str, Alert], Day]:
    """Return the pauses of the trial with the first delivery that shows them."""
    told: dict[tuple[str, Alert], Day] = {}
    latest: dict[str, Facts] = {}
    seen: set[str] = set()
    for day in range(trial.options.days):
        new = {u: p.facts[day] for u, p in pasts.items() if day in p.facts}
        if any(latest.get(u) != f for u, f in new.items()):
            latest |= new
            for usubjid, alert in sorted(pauses(latest)):
                mark = f"{alert.what} {usubjid} {_level(latest[usubjid], alert)}"
                if mark not in seen:
                    seen.add(mark)
                    told[usubjid, alert] = day
    return told


def _level(facts_: Facts, alert: Alert) -> str:
    return facts_.level if alert.what == "PAUSE-5" else ""
