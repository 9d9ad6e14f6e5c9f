"""What must hold before a cycle or a later course begins."""

from __future__ import annotations

from safety.simulate.calibration import Calibration, GateLine
from safety.simulate.conduct.watch import Watch
from safety.simulate.model import Day
from safety.simulate.physiology import Body
from safety.simulate.toxicities import Plan

RECENT = 7  # days a 24-hour urine stands for the dipstick


def failing(
    numbers: Calibration, watch: Watch, body: Body, plans: list[Plan], day: Day
) -> list[str]:
    """Return the terms that keep the next cycle from beginning on a day, none if it may."""
    gate = numbers.doctor.cycle_gate
    tests = [line.test for line in gate if not holds(line, watch, body, day)]
    terms = [t.term for t in numbers.laboratory if t.test in tests or t.second in tests]
    exempt = numbers.doctor.exempt
    return terms + [p.term for p in plans if p.grade(day) >= 2 and p.drugs and p.term not in exempt]


def holds(line: GateLine, watch: Watch, body: Body, day: Day) -> bool:
    """Return whether a line of the gate holds by the value of a day."""
    value = body.value(line.test, day)
    if line.below is not None and value >= line.below:  # urine: 24 hours say so
        amount = watch.result("PROT24", day, since=day - RECENT)
        return amount is not None and amount < 2 * line.below
    if line.at_least is not None:
        return value >= line.at_least
    if line.at_most is not None:
        return value <= line.at_most
    if line.at_most_uln is not None:
        return value <= body.limit(line.test, f"{line.at_most_uln:g}x")
    return True
