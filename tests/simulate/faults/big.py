"""Twelve subjects over 120 days, made by hand: weekly samples, cycles, events of six kinds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from safety.simulate import sdtm
from safety.simulate.deliveries import FilePlan, RowVersion
from safety.simulate.model import Disposition, Options, Report, Sample, Subject, Trial
from safety.study.load import load
from tests.simulate import made

DAYS = 120
STUDY = Path("studies/nct06038461.yaml")
TESTS = (*made.BLOOD, "ALT", "AST", "BILI", "CREAT", "K")
EVENTS = (
    ("Nausea", "恶心", 1, ()), ("Neutrophil count decreased", "中性粒细胞减少", 3, ("AESHOSP",)),
    ("Fatigue", "乏力", 2, ()), ("Diarrhea", "腹泻", 2, ()), ("Hypertension", "高血压", 3, ()),
    ("Platelet count decreased", "血小板减少", 3, ()),
)  # fmt: skip


@cache
def trial(seed: int = 1) -> Trial:
    """The trial; only its seed differs."""
    subjects = tuple(_subject(n) for n in range(1, 13))
    options = Options(seed=seed, subjects=12, days=DAYS)
    return Trial(made.STUDYID, made.START, options, made.DRUGS, subjects, ())


@cache
def rows() -> tuple[RowVersion, ...]:
    """Its rows; they do not depend on the seed."""
    return sdtm.rows(trial(), load(STUDY))


def plans() -> tuple[FilePlan, ...]:
    """One file a domain and day, as the plan has them."""
    found = []
    for day in range(DAYS):
        for domain in ("DM", "SV", "VS", "AE", "SUPPAE"):
            name = f"{domain.lower()}.xpt"
            found.append(FilePlan(day, "edc", domain, name, day, None))
        found.append(FilePlan(day, "central_lab", "LB", f"lb_{day}.csv", day, day - 1))
        found.append(FilePlan(day, "diary", "EC", "ec.json", day, None))
    return tuple(found)


def _subject(number: int) -> Subject:
    n = f"{number:03d}"
    first = 3 + 2 * (number - 1)
    last = DAYS - 3 if number != 12 else 90
    low = dict.fromkeys(range(first + 14, first + 22), 0.8)
    few = dict.fromkeys(range(first + 60, first + 66), 40.0)
    weeks = range(first, last, 7)
    samples = []
    for i, day in enumerate(weeks):
        title = "SCREENING" if i == 0 else "UNSCHEDULED"
        at = max(0, day - 2) if i == 0 else day
        reference = {t: f"LB|{made.name(n)}|S{i:04d}|{t}" for t in TESTS}
        samples.append(Sample(at + 1, made.name(n), at, "08:30", title, reference))
        urine = {"PROTDIP": f"LB|{made.name(n)}|U{i:04d}|PROT"}
        samples.append(Sample(at + 1, made.name(n), at, "08:35", title, urine))
        samples.append(made.signs(n, at, title, 1 + 4 * i))
    cycles = tuple(range(first, last, 24))
    doses = [d for c in cycles for d in made.doses(n, c, last, {})]
    doses += [
        made.doses(n, day, day, {("surufatinib", day): (0, "ADVERSE EVENT")})[0]
        for day in range(first + 21, first + 24)
    ]
    names = ("CYCLE {} DAY 1", "CYCLE {} DAY 8")
    visits = tuple(
        made.visit(n, name.format(k + 1), c + 7 * i)
        for k, c in enumerate(cycles) for i, name in enumerate(names) if c + 7 * i <= last
    )  # fmt: skip
    dead = number == 12
    return Subject(
        usubjid=made.name(n), number=n, sex="F", age=60, weight=65.0, height=168.0, level="L1",
        cohort=1, screened=max(0, first - 2), consent=max(0, first - 2), first_dose=first,
        last=last, known=max(0, first - 2), liver_metastases=False, cycles=cycles, delayed_for="",
        death=last if dead else None, died_of="progression" if dead else "", withdrawn=None,
        curves=made.curves(last, first=max(0, first - 2), NEUT=low, PLAT=few), toxicities=(),
        doses=tuple(doses), samples=tuple(samples), reports=tuple(_reports(n, number, first)),
        visits=visits, medicines=(), procedures=(),
        dispositions=(Disposition(f"DS|{made.name(n)}|1", 95, made.name(n), 1, "DEATH", 90),)
        if dead else (),
        death_known=95 if dead else None,
    )  # fmt: skip


def _reports(n: str, number: int, first: int) -> list[Report]:
    found = []
    for i, (term, verbatim, grade, serious) in enumerate(EVENTS):
        start = first + {1: 14, 5: 60}.get(i, 3 + 10 * i)
        related = {"surufatinib": "PROBABLE", "temozolomide": "UNLIKELY", "s1": "POSSIBLE"}
        usual = {
            "row": f"AE|{made.name(n)}|{i + 1}", "usubjid": made.name(n), "seq": i + 1,
            "group": i + 1, "term": term, "verbatim": verbatim, "grade": grade, "start": start,
            "related": related, "cause": "", "symptomatic": "", "serious": serious,
            "action": made.SAME,
        }  # fmt: skip
        found.append(
            Report(known=start + 3, end=None, outcome="NOT RECOVERED/NOT RESOLVED", **usual)
        )
        if number != 7:
            found.append(
                Report(known=start + 12, end=start + 7, outcome="RECOVERED/RESOLVED", **usual)
            )
    return found
