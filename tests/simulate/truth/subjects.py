"""One subject at a time: uneventful but for what a test says. Days in tests are study days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from safety.simulate.model import (
    Arrivals,
    Curve,
    Disposition,
    Dose,
    Medicine,
    Options,
    Procedure,
    Report,
    Sample,
    Subject,
    Trial,
    Visit,
)  # fmt: skip
from safety.simulate.truth.case import Case, known_case
from safety.simulate.truth.known import known

ME = "SIM-X-001-001"
LAST = 44  # study day up to which the subject is followed
USUAL = {
    "NEUT": (3.6, "10^9/L", 1.8, 6.3), "PLAT": (220.0, "10^9/L", 125.0, 350.0),
    "HGB": (142.0, "g/L", 130.0, 175.0), "ALT": (20.0, "U/L", 7.0, 40.0),
    "AST": (20.0, "U/L", 13.0, 40.0), "ALP": (80.0, "U/L", 45.0, 125.0),
    "BILI": (10.0, "umol/L", 3.0, 20.0), "CREAT": (70.0, "umol/L", 57.0, 97.0),
    "K": (4.2, "mmol/L", 3.5, 5.3), "TRIG": (1.0, "mmol/L", None, 1.7),
    "LIPASET": (30.0, "U/L", 0.0, 60.0), "PROT24": (0.1, "g/day", None, None),
    "PROTDIP": (0.0, "", None, None), "SYSBP": (116.0, "mmHg", None, None),
    "DIABP": (72.0, "mmHg", None, None), "TEMP": (36.6, "C", None, None),
}  # fmt: skip
SCHEDULE = {"surufatinib": (1, 21, 1), "temozolomide": (10, 14, 1), "s1": (1, 14, 2)}
MG = {"surufatinib": 250.0, "temozolomide": 200.0, "s1": 60.0}
ROUTINE = ("NEUT", "PLAT", "HGB", "ALT", "AST", "ALP", "BILI", "CREAT", "PROTDIP", "SYSBP", "DIABP")
PANEL_DAYS = (1, 8, 15, 22)
RELATED = dict.fromkeys(SCHEDULE, "POSSIBLE")
UNRELATED = dict.fromkeys(SCHEDULE, "UNRELATED")


def sample(day, visit="", time="08:30", told=None, **values):
    """Results of study day `day`, as the source writes them."""
    visit = "CYCLE 1 DAY 1" if day == 1 else visit
    known_on = day - 1 if told is None else told
    number = f"S{day}-{'-'.join(values)}-{time}"
    rows = {test: f"LB|{ME}|{number}|{test}" for test in values}
    return Sample(known_on, ME, day - 1, time, visit, rows, {t: str(v) for t, v in values.items()})


def event(seq, term, grade, start, end=None, told=None, **more):
    """A row of AE; related to all drugs unless `related` says otherwise."""
    fields = {
        "related": RELATED, "cause": "", "symptomatic": "", "serious": (), "action": {},
        "outcome": "", "group": seq,
    } | more  # fmt: skip
    return Report(
        row=f"AE|{ME}|{seq}", known=start - 1 if told is None else told, usubjid=ME, seq=seq,
        term=term, verbatim=term, grade=grade, start=start - 1,
        end=None if end is None else end - 1, **fields,
    )  # fmt: skip


def doses(missed=None, second=22, reason="ADVERSE EVENT"):
    """Doses of cycle 1, and those not taken while cycle 2 waits.

    missed: (drug, day) -> (intakes taken, reason).
    """
    found = []
    for drug, (first, last, due) in SCHEDULE.items():
        for day in range(first, last + 1):
            taken, why = (missed or {}).get((drug, day), (due, ""))
            found.append(_dose(drug, day, due, taken, why))
    return found + [_dose("surufatinib", day, 1, 0, reason) for day in range(22, second)]


def _dose(drug, day, due, taken, why):
    return Dose(
        f"EC|{ME}|{drug}-{day}", day - 1, ME, drug, day - 1, MG[drug], due, MG[drug], taken, why
    )


def medicine(category, start):
    return Medicine(
        f"CM|{ME}|{start}", start - 1, ME, start, category, category, "", start - 1, None
    )


def transfusion(day):
    return Procedure(f"PR|{ME}|1", day - 1, ME, 1, "PLATELET TRANSFUSION", day - 1)


def disposition(name, day):
    return Disposition(f"DS|{ME}|{name}", day - 1, ME, 1, name, day - 1)


def subject(samples=(), second=22, panels=PANEL_DAYS, missed=None, reason="ADVERSE EVENT", **more):
    """A subject whose first dose is on day 0 of the trial. second: study day of cycle 2 or None.

    On panel days the usual values are measured, but for tests of which `samples` has results.
    """
    special = {test for s in samples for test in s.rows}
    routine = [
        sample(day, "CYCLE 1 DAY 1" if day == 1 else ("CYCLE 2 DAY 1" if day == second else ""),
               **{t: USUAL[t][0] for t in ROUTINE if t not in special or day == 1})
        for day in panels
    ]  # fmt: skip
    waits = LAST + 1 if second is None else second
    visits = [Visit(f"SV|{ME}|1", 0, ME, "CYCLE 1 DAY 1", 0)]
    if second is not None:
        visits.append(Visit(f"SV|{ME}|2", second - 1, ME, "CYCLE 2 DAY 1", second - 1))
    made = Subject(
        usubjid=ME, number="001", sex="F", age=50, weight=65.0, height=168.0, level="L1", cohort=1,
        screened=0, consent=0, first_dose=0, last=LAST - 1, known=0, liver_metastases=False,
        cycles=(0,) if second is None else (0, second - 1), delayed_for="", death=None,
        died_of="", withdrawn=None,
        curves={t: Curve(t, u, lo, hi, 0, (v,) * LAST) for t, (v, u, lo, hi) in USUAL.items()},
        toxicities=(), doses=tuple(doses(missed, waits, reason)),
        samples=(*routine, *samples), reports=(), visits=tuple(visits), medicines=(),
        procedures=(), dispositions=(),
    )  # fmt: skip
    return replace(made, **more)


def at(made: Subject, study_day: int = LAST) -> Case:
    """What the records of a subject say at the end of a study day, each come when it was known."""
    return known_case(made, known(made, on_time(made), study_day - 1), study_day - 1)


def trial(*subjects: Subject, days: int = LAST) -> Trial:
    drugs = {"surufatinib": "SURUFATINIB", "temozolomide": "TEMOZOLOMIDE", "s1": "S-1"}
    return Trial("SIM-X", date(2024, 3, 4), Options(1, len(subjects), days), drugs, subjects, ())


def on_time(made: Subject) -> Arrivals:
    """Everything comes on the day it is known."""
    kinds = (made.reports, made.doses, made.visits, made.medicines, made.procedures,
             made.dispositions)  # fmt: skip
    came = {(x.row, x.known): x.known for kind in kinds for x in kind}
    came |= {(row, s.known): s.known for s in made.samples for row in s.rows.values()}
    told = {made.known, made.known if made.death_known is None else made.death_known}
    return Arrivals(came | {(f"DM|{made.usubjid}", day): day for day in told})
