"""Time operating characteristics of every design: 5 levels, cohorts of 3, at most 30 subjects.

`make bench`, or `python benchmarks/escalation.py`. The aim is 10,000 trials of a table's design in
about a second. Nothing is asserted: a shared machine is no judge. Times are the best of a few.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from timing import timed

from safety.escalation.advice import Design
from safety.escalation.designs.boin import Boin
from safety.escalation.named import DESIGNS, design
from safety.escalation.operating.scenario import Scenario
from safety.escalation.operating.simulate import is_exact, is_quick, simulate

SCENARIO = Scenario((0.05, 0.15, 0.30, 0.45, 0.60), cohort=3, max_n=30)
TARGET, SEED, TRIALS, FEW = 0.30, 6, 10_000, 1_000
PUBLISHED = "1.0 23.3 55.1 19.2 1.4 (20,000 trials, R package BOIN)"


def measure(asked: Design) -> None:
    """Print one design's time, and the levels it selects."""
    trials = TRIALS if is_quick(asked) else FEW
    repeats = 3 if is_quick(asked) else 1  # models remember what they were asked
    best = timed(lambda: simulate(asked, SCENARIO, trials, SEED), repeats)
    found = simulate(asked, SCENARIO, trials, SEED)
    how = "exact" if is_exact(asked) else f"{trials:,} trials"
    chosen = " ".join(f"{share:.1f}" for share in found.selected_pct)
    print(f"{asked.name}: {how}, {best.wall:.3f} s; selected % {chosen}")
    if asked.name == Boin.name:
        print(f"  published: {PUBLISHED}")


def main() -> None:
    for name in DESIGNS:
        measure(design(name, TARGET, SCENARIO.levels))


if __name__ == "__main__":
    main()
