"""What is done on which day: visits with their tests, and doses."""

from __future__ import annotations

from tests.rules.patient import (
    CYCLE_LENGTH,
    PLANNED_C2D1,
    SCREENING,
    Days,
    Patient,
)

CBC = ("NEUT", "PLAT", "HGB", "WBC", "LYM")
CHEMISTRY = ("ALT", "AST", "ALP", "BILI", "CREAT", "SODIUM", "K")
MORE = ("GGT", "ALB", "CA", "MG", "AMYLASE", "LIPASET")
URINE = ("PROT",)
BP = ("SYSBP", "DIABP")
FULL = (*CBC, *CHEMISTRY, *MORE, *URINE, *BP, "TEMP", "WEIGHT")
PANELS = {"CBC": CBC, "CHEMISTRY": (*CHEMISTRY, *MORE), "BP": BP, "URINE": URINE}
WITH_CBC = (*CBC, "TEMP")
WEEKLY = (*CBC, *CHEMISTRY, *URINE, *BP, "TEMP")

Visits = dict[int, tuple[str, list[str]]]
# mg per intake, intakes a day, taken, reason
Dose = tuple[float, int, bool, str]
Doses = dict[str, dict[int, list[Dose]]]

LEVELS = {
    "L-1": {"SURUFATINIB": 200, "TEMOZOLOMIDE": 200, "S-1": 60},
    "L1": {"SURUFATINIB": 250, "TEMOZOLOMIDE": 200, "S-1": 60},
    "L2": {"SURUFATINIB": 250, "TEMOZOLOMIDE": 250, "S-1": 60},
    "L3": {"SURUFATINIB": 250, "TEMOZOLOMIDE": 300, "S-1": 60},
}
COURSE = {"SURUFATINIB": (1, 21), "TEMOZOLOMIDE": (10, 14), "S-1": (1, 14)}
INTAKES = {"SURUFATINIB": 1, "TEMOZOLOMIDE": 1, "S-1": 2}


def visits(patient: Patient) -> Visits:
    """VISIT and tests by day. A test that is told of on a day without it is added."""
    found: Visits = {SCREENING: ("SCREENING", [*FULL, "HEIGHT"])}
    for cycle, start in patient.cycles.items():
        until = patient.cycles.get(cycle + 1, patient.last_day + 1)
        for day, tests in _schedule(cycle).items():
            if start + day - 1 < until:
                found[start + day - 1] = (f"CYCLE {cycle} DAY {day}", list(tests))
    if patient.c2d1 != PLANNED_C2D1 and patient.last_day >= PLANNED_C2D1 and not patient.stop:
        found.setdefault(PLANNED_C2D1, ("UNSCHEDULED", [t for t in FULL if t != "WEIGHT"]))
    _add(found, patient)
    _leave_out(found, patient)
    return {day: found[day] for day in sorted(found) if day <= patient.last_day and found[day][1]}


def _schedule(cycle: int) -> dict[int, tuple[str, ...]]:
    if cycle == 1:
        return {1: FULL, 4: WITH_CBC, 8: WEEKLY, 10: WITH_CBC, 15: WEEKLY}
    return {1: FULL, 8: WITH_CBC, 10: WITH_CBC, 15: WITH_CBC}


def _add(found: Visits, patient: Patient) -> None:
    wanted: dict[int, list[str]] = {}
    for test, by_day in patient.labs.items():
        for day in by_day:
            wanted.setdefault(day, []).extend(WITH_CBC if test in CBC else (test,))
    for day in patient.bp:
        wanted.setdefault(day, []).extend(BP)
    for day in patient.temp:
        wanted.setdefault(day, []).append("TEMP")
    for day in [*patient.dipstick, *patient.urine24h]:
        wanted.setdefault(day, [])
    for day, tests in wanted.items():
        _, there = found.setdefault(day, ("UNSCHEDULED", []))
        there.extend(t for t in tests if t not in there)
    for day in patient.dipstick:
        if "PROT" not in found[day][1]:
            found[day][1].append("PROT")
    for day in patient.urine24h:
        found[day][1].append("PROT24")


def _leave_out(found: Visits, patient: Patient) -> None:
    for left in patient.drop:
        gone = {t for name in left.tests for t in PANELS.get(name, (name,))}
        for day in left.days if left.days is not None else [d for d in found if d > 1]:
            if day in found:
                name, tests = found[day]
                found[day] = (name, [t for t in tests if t not in gone])


def doses(patient: Patient) -> Doses:
    """What was taken or not taken, by drug and day."""
    found: Doses = {drug: {} for drug in COURSE}
    for cycle, start in patient.cycles.items():
        for drug, (first, last) in COURSE.items():
            until = patient.cycles.get(cycle + 1, patient.last_day + 1)
            for day in range(start + first - 1, min(start + last, until)):
                found[drug][day] = [_due(patient, drug)]
    _delay(found, patient)
    for left in patient.missed:
        for day in left.days():
            found[left.drug][day] = _missed(patient, left)
    for given in patient.dosed:
        for day in given.days():
            mg = given.mg if given.mg is not None else _due(patient, given.drug)[0]
            found[given.drug][day] = [(mg, INTAKES[given.drug], True, "")]
    for gone in patient.unrecorded:
        for day in gone.days():
            found[gone.drug].pop(day, None)
    end = min(d for d in (patient.stop, patient.death, patient.last_day + 1) if d is not None)
    return {drug: {d: by[d] for d in sorted(by) if d < end} for drug, by in found.items()}


def _due(patient: Patient, drug: str) -> Dose:
    return (LEVELS[patient.level][drug], INTAKES[drug], True, "")


def _missed(patient: Patient, left: Days) -> list[Dose]:
    mg, intakes, _, _ = _due(patient, left.drug)
    if left.half:
        return [(mg, 1, True, ""), (mg, 1, False, left.reason)]
    return [(mg, intakes, False, left.reason)]


def _delay(found: Doses, patient: Patient) -> None:
    """Rows of doses not taken from planned day 22 on give the reason of a delay."""
    start = patient.c2d1 if patient.c2d1 is not None else patient.last_day + 1
    for drug in ("SURUFATINIB", "S-1"):
        mg, intakes, _, _ = _due(patient, drug)
        for day in range(1 + CYCLE_LENGTH, start):
            found[drug][day] = [(mg, intakes, False, patient.delay_reason)]
