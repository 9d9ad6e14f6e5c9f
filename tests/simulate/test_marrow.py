"""The transit model against section 3 of the calibration reference: S-1 50 mg, men, no noise."""

from __future__ import annotations

import pytest

from safety.simulate.calibration import calibration
from safety.simulate.chance import Chance
from safety.simulate.marrow import Line
from safety.simulate.physiology import Body, Person

MAN = Person("M", 50, 65.0, 168.0)
SUBJECTS, DAYS = 400, 60
EFFECTS = {"NEUT": (0.24, 0.04), "PLAT": (0.26, 0.012)}  # TMZ at 200 mg, S-1 at 50 mg


def courses(mg: float, *, cycles: int) -> dict[str, list[list[float]]]:
    """Cells by day for subjects who take `cycles` cycles, day 1 first."""
    found: dict[str, list[list[float]]] = {"NEUT": [], "PLAT": []}
    for subject in range(SUBJECTS):
        body = Body(Chance(11, subject, "marrow"), MAN, calibration(), 1, DAYS)
        for day in range(1, DAYS + 1):
            at, on = (day - 1) % 21 + 1, day <= 21 * cycles
            tmz, s1 = (10 <= at <= 14) * on * mg / 200, (at <= 14) * on
            body.live({t: [0.0, e[0] * tmz, e[1] * s1] for t, e in EFFECTS.items()}, 0.0)
        for test, cells in found.items():
            cells.append(body._cells[test])
    return found


def share(cells: list[list[float]], below: float, *, day: int) -> float:
    return sum(c[day - 1] < below for c in cells) / SUBJECTS


def percentiles(cells: list[list[float]]) -> list[int]:
    days = sorted(c.index(min(c)) + 1 for c in cells)
    return [days[int(SUBJECTS * p)] for p in (0.05, 0.5, 0.95)]


@pytest.mark.parametrize(
    ("mg", "neutrophils", "platelets"),
    [(200, (0.07, 0.19), (0.06, 0.21)), (300, (0.13, 0.35), (0.12, 0.42))],
)
def test_counts_below_the_gate_are_as_often_as_in_the_table(mg, neutrophils, platelets):
    cells = courses(mg, cycles=2)
    of_neutrophils = [share(cells["NEUT"], 1.5, day=day) for day in (22, 31)]
    of_platelets = [share(cells["PLAT"], 100, day=day) for day in (22, 31)]
    assert of_neutrophils == pytest.approx(neutrophils, abs=0.04)
    assert of_platelets == pytest.approx(platelets, abs=0.07)


def test_grade_3_by_day_42_is_as_often_as_in_the_table():
    cells = courses(300, cycles=2)
    low = sum(min(c[:42]) < 1.0 for c in cells["NEUT"]) / SUBJECTS
    assert low == pytest.approx(0.21, abs=0.05)


def test_the_nadir_of_one_course_is_on_the_days_of_the_table():
    cells = courses(200, cycles=1)
    assert percentiles(cells["NEUT"]) == pytest.approx([25, 29, 34], abs=1)
    assert percentiles(cells["PLAT"]) == pytest.approx([27, 31, 36], abs=1)


def test_without_drug_counts_stay_where_they_are():
    line = Line(4.0, 10.0, 0.17)
    for _ in range(30):
        line.day(0.0)
    assert line.circulating == pytest.approx(4.0)
