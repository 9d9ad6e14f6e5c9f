"""A small trial made by hand: three subjects with every kind of record, and what was late or wrong.

Subject 001 (level L1): neutropenia of grade 4 for nine days, febrile on trial day 19, a platelet
transfusion, a result that was wrong at first, cycle 2 begun late. Subject 002 (L1): high blood
pressure, half a day of S-1 missed, a missed dose entered late, an adverse event entered and
deleted, liver metastases. Subject 003 (L2): dies of progression, which is known two days later.
"""

from __future__ import annotations

from datetime import date, timedelta

from safety.simulate.model import (
    Curve,
    Day,
    Decision,
    Disposition,
    Dose,
    Medicine,
    Occurred,
    Options,
    Procedure,
    Report,
    Sample,
    Subject,
    Toxicity,
    Trial,
    Visit,
)

STUDYID = "SIM-NCT06038461"
START = date(2024, 3, 4)
DAYS = 45
DRUGS = {"surufatinib": "SURUFATINIB", "temozolomide": "TEMOZOLOMIDE", "s1": "S-1"}
SCHEDULE = {"surufatinib": (1, 21, 1), "temozolomide": (10, 14, 1), "s1": (1, 14, 2)}
MG = {"surufatinib": 250.0, "temozolomide": 200.0, "s1": 60.0}
# test: usual value, unit, limits of the reference range
USUAL = {
    "NEUT": (3.6, "10^9/L", 1.8, 6.3),
    "PLAT": (220.0, "10^9/L", 125.0, 350.0),
    "HGB": (142.0, "g/L", 130.0, 175.0),
    "WBC": (5.6, "10^9/L", 3.5, 9.5),
    "LYM": (1.6, "10^9/L", 1.1, 3.2),
    "ALT": (22.0, "U/L", 7.0, 40.0),
    "AST": (24.0, "U/L", 13.0, 40.0),
    "BILI": (11.0, "umol/L", 3.0, 20.0),
    "CREAT": (70.0, "umol/L", 57.0, 97.0),
    "K": (4.2, "mmol/L", 3.5, 5.3),
    "PROTDIP": (1.0, "", None, None),
    "PROT24": (0.4, "g/day", None, None),
    "SYSBP": (116.0, "mmHg", None, None),
    "DIABP": (72.0, "mmHg", None, None),
    "TEMP": (36.6, "C", None, None),
    "WEIGHT": (65.0, "kg", None, None),
    "HEIGHT": (168.0, "cm", None, None),
}
BLOOD = ("NEUT", "PLAT", "HGB", "WBC", "LYM")
SIGNS = ("SYSBP", "DIABP", "TEMP", "WEIGHT")
BLANK = dict.fromkeys(DRUGS, "")
SAME = dict.fromkeys(DRUGS, "DOSE NOT CHANGED")
LOW = {16: 0.9, 17: 0.8, **dict.fromkeys(range(18, 27), 0.4), 27: 0.7, 28: 1.2, 29: 1.6}


def made() -> Trial:
    """The trial. 001 takes its first dose on day 2, 002 on day 5, 003 on day 20."""
    return Trial(
        studyid=STUDYID,
        start=START,
        options=Options(seed=1, subjects=3, days=DAYS),
        drugs=DRUGS,
        subjects=(_neutropenic(), _hypertensive(), _dead()),
        decisions=(Decision(19, "L1", 2, 0, "escalate", "L2", "0 of 2"),),
    )


def name(number: str) -> str:
    """USUBJID of subject `number`."""
    return f"{STUDYID}-001-{number}"


def curves(last: Day, first: Day = 0, **changed: dict[Day, float]) -> dict[str, Curve]:
    """A curve a test, at its usual value but on the days of `changed`."""
    return {
        test: Curve(
            test, unit, low, high, first,
            tuple(changed.get(test, {}).get(day, usual) for day in range(first, last + 1)),
        )
        for test, (usual, unit, low, high) in USUAL.items()
    }  # fmt: skip


def doses(
    number: str, first: Day, last: Day, missed: dict[tuple[str, Day], tuple[int, Occurred]]
) -> list[Dose]:
    """The doses of cycle 1; `missed` names (drug, day): intakes taken and why not all."""
    found = []
    for drug, (begins, ends, intakes) in SCHEDULE.items():
        for day in range(first + begins - 1, min(first + ends - 1, last) + 1):
            taken, reason = missed.get((drug, day), (intakes, ""))
            spid = f"{drug.upper()}-{(START + timedelta(days=day)).isoformat()}"
            found.append(Dose(
                f"EC|{name(number)}|{spid}", day, name(number), drug, day, MG[drug], intakes,
                MG[drug], taken, reason,
            ))  # fmt: skip
    return found


def blood(number: str, day: Day, known: Day, visit: str, sample: int, **values: str) -> Sample:
    """A blood count; `values` differ from the curve."""
    rows = {test: f"LB|{name(number)}|S{sample:04d}|{test}" for test in BLOOD}
    return Sample(known, name(number), day, "08:30", visit, rows, values)


def signs(number: str, day: Day, visit: str, first_seq: int, **values: str) -> Sample:
    """Vital signs, known the same day."""
    rows = {test: f"VS|{name(number)}|{first_seq + i}" for i, test in enumerate(SIGNS)}
    return Sample(day, name(number), day, "08:10", visit, rows, values)


def visit(number: str, title: str, day: Day) -> Visit:
    """A visit, known the same day."""
    when = (START + timedelta(days=day)).isoformat()
    return Visit(f"SV|{name(number)}|{title}|{when}", day, name(number), title, day)


def _neutropenic() -> Subject:
    n = "001"
    urine = Sample(3, name(n), 2, "08:30", "CYCLE 1 DAY 1", {"PROTDIP": f"LB|{name(n)}|S0002|PROT"})
    whole_day = Sample(
        17, name(n), 16, "08:00", "UNSCHEDULED", {"PROT24": f"LB|{name(n)}|S0003|PROT"}
    )
    neutropenia = Toxicity(
        1, "Neutrophil count decreased", ((16, 3), (18, 4), (27, 3), (28, 2)), 29,
        dict.fromkeys(DRUGS, True), laboratory="NEUT",
    )  # fmt: skip
    fever = Toxicity(
        2, "Febrile neutropenia", ((19, 3),), 22, dict.fromkeys(DRUGS, True), serious=("AESHOSP",)
    )
    related = {"surufatinib": "UNLIKELY", "temozolomide": "PROBABLE", "s1": "POSSIBLE"}
    held = {
        "surufatinib": "DRUG INTERRUPTED", "temozolomide": "DOSE NOT CHANGED",
        "s1": "DRUG INTERRUPTED",
    }  # fmt: skip
    usual = {
        "usubjid": name(n), "group": 1, "term": "Neutrophil count decreased",
        "verbatim": "中性粒细胞计数降低", "related": related, "cause": "", "serious": (),
        "action": held, "symptomatic": "N",
    }  # fmt: skip
    ongoing, over = "NOT RECOVERED/NOT RESOLVED", "RECOVERED/RESOLVED"
    reports = (
        Report(row=f"AE|{name(n)}|1", known=19, seq=1, grade=3, start=16, end=None,
               outcome=ongoing, **usual),
        Report(row=f"AE|{name(n)}|1", known=23, seq=1, grade=3, start=16, end=17,
               outcome=over, **usual),
        Report(row=f"AE|{name(n)}|2", known=23, seq=2, grade=4, start=18, end=None,
               outcome=ongoing, **usual),
        Report(row=f"AE|{name(n)}|2", known=30, seq=2, grade=4, start=18, end=26,
               outcome=over, **usual),
        Report(row=f"AE|{name(n)}|3", known=20, usubjid=name(n), seq=3, group=2,
               term="Febrile neutropenia", verbatim="发热性中性粒细胞减少", grade=3, start=19,
               end=None, related=BLANK, cause="", symptomatic="Y", serious=("AESHOSP",),
               action=SAME, outcome=ongoing),
        Report(row=f"AE|{name(n)}|3", known=24, usubjid=name(n), seq=3, group=2,
               term="Febrile neutropenia", verbatim="发热性中性粒细胞减少", grade=3, start=19,
               end=22, related=related, cause="", symptomatic="Y", serious=("AESHOSP",),
               action=SAME, outcome=over),
    )  # fmt: skip
    return Subject(
        usubjid=name(n), number=n, sex="F", age=54, weight=65.0, height=168.0, level="L1",
        cohort=1, screened=0, consent=0, first_dose=2, last=44, known=0, liver_metastases=False,
        cycles=(2, 30), delayed_for="ADVERSE EVENT", death=None, died_of="", withdrawn=None,
        curves=curves(44, NEUT=LOW, TEMP={19: 38.9, 20: 38.4}),
        toxicities=(neutropenia, fever),
        doses=(
            *doses(n, 2, 22, {("surufatinib", 20): (0, "ADVERSE EVENT")}),
            *(
                Dose(f"EC|{name(n)}|SURUFATINIB-{START + timedelta(days=day)}", day, name(n),
                     "surufatinib", day, 250.0, 1, 250.0, 0, "ADVERSE EVENT")
                for day in range(23, 30)
            ),
        ),
        samples=(
            blood(n, 2, 3, "CYCLE 1 DAY 1", 1),
            urine,
            whole_day,
            blood(n, 16, 17, "CYCLE 1 DAY 15", 4),
            blood(n, 18, 19, "UNSCHEDULED", 5, NEUT="<0.5"),
            blood(n, 26, 27, "UNSCHEDULED", 6, NEUT="0.6"),
            blood(n, 26, 29, "UNSCHEDULED", 6),  # corrected: 0.4, as it was
            blood(n, 29, 30, "UNSCHEDULED", 7),
            signs(n, 2, "CYCLE 1 DAY 1", 1),
            signs(n, 19, "UNSCHEDULED", 5),
        ),
        reports=reports,
        visits=(
            visit(n, "SCREENING", 0), visit(n, "CYCLE 1 DAY 1", 2), visit(n, "CYCLE 1 DAY 15", 16),
            visit(n, "CYCLE 2 DAY 1", 30),
        ),
        medicines=(
            Medicine(f"CM|{name(n)}|1", 20, name(n), 1, "G-CSF", "G-CSF", "NEUTROPENIA", 19, None),
            Medicine(f"CM|{name(n)}|1", 25, name(n), 1, "G-CSF", "G-CSF", "NEUTROPENIA", 19, 24),
        ),
        procedures=(Procedure(f"PR|{name(n)}|1", 26, name(n), 1, "PLATELET TRANSFUSION", 25),),
        dispositions=(),
    )  # fmt: skip


def _hypertensive() -> Subject:
    n = "002"
    high = dict.fromkeys(range(12, 18), 165.0)
    toxicity = Toxicity(
        1, "Hypertension", ((12, 3), (18, 1)), None,
        {"surufatinib": True, "temozolomide": False, "s1": False},
    )  # fmt: skip
    report = Report(
        row=f"AE|{name(n)}|1", known=15, usubjid=name(n), seq=1, group=1, term="Hypertension",
        verbatim="高血压", grade=3, start=12, end=17,
        related={"surufatinib": "DEFINITE", "temozolomide": "UNRELATED", "s1": "UNRELATED"},
        cause="", symptomatic="N", serious=(), action=SAME, outcome="RECOVERED/RESOLVED",
    )  # fmt: skip
    by_mistake = {
        "row": f"AE|{name(n)}|2", "usubjid": name(n), "seq": 2, "group": 2, "term": "Nausea",
        "verbatim": "恶心", "grade": 3, "start": 14, "end": 14,
        "related": dict.fromkeys(DRUGS, "POSSIBLE"), "cause": "EATEN TOO MUCH", "symptomatic": "",
        "serious": (), "action": SAME, "outcome": "RECOVERED/RESOLVED",
    }  # fmt: skip
    taken = doses(n, 5, 25, {("s1", 9): (1, "DRUG LOST")})
    late = [
        Dose(d.row, 11, d.usubjid, d.drug, d.day, d.due_mg, d.due, d.taken_mg, 0, "HOLIDAY")
        if (d.drug, d.day) == ("surufatinib", 8) else d
        for d in taken
    ]  # fmt: skip
    return Subject(
        usubjid=name(n), number=n, sex="M", age=61, weight=65.0, height=168.0, level="L1",
        cohort=1, screened=2, consent=2, first_dose=5, last=32, known=3, liver_metastases=True,
        cycles=(5,), delayed_for="", death=None, died_of="", withdrawn=32,
        curves=curves(32, first=2, SYSBP=high, DIABP=dict.fromkeys(high, 100.0)),
        toxicities=(toxicity,),
        doses=tuple(late),
        samples=(
            blood(n, 5, 6, "CYCLE 1 DAY 1", 1),
            blood(n, 12, 13, "CYCLE 1 DAY 8", 2),
            signs(n, 5, "CYCLE 1 DAY 1", 1),
            signs(n, 12, "CYCLE 1 DAY 8", 5),
        ),
        reports=(
            report,
            Report(known=16, **by_mistake),
            Report(known=21, deleted=True, **by_mistake),
        ),
        visits=(
            visit(n, "SCREENING", 2), visit(n, "CYCLE 1 DAY 1", 5), visit(n, "CYCLE 1 DAY 8", 12)
        ),
        medicines=(
            Medicine(f"CM|{name(n)}|1", 15, name(n), 1, "AMLODIPINE", "ANTIHYPERTENSIVE",
                     "HYPERTENSION", 13, None),
        ),
        procedures=(),
        dispositions=(
            Disposition(f"DS|{name(n)}|1", 33, name(n), 1, "WITHDRAWAL BY SUBJECT", 32),
        ),
    )  # fmt: skip


def _dead() -> Subject:
    n = "003"
    return Subject(
        usubjid=name(n), number=n, sex="F", age=70, weight=65.0, height=168.0, level="L2",
        cohort=2, screened=18, consent=17, first_dose=20, last=38, known=18,
        liver_metastases=False, cycles=(20,), delayed_for="", death=38, died_of="progression",
        withdrawn=None, curves=curves(38, first=18), toxicities=(),
        doses=tuple(doses(n, 20, 37, {})),
        samples=(blood(n, 20, 21, "CYCLE 1 DAY 1", 1), signs(n, 20, "CYCLE 1 DAY 1", 1)),
        reports=(),
        visits=(visit(n, "SCREENING", 18), visit(n, "CYCLE 1 DAY 1", 20)),
        medicines=(), procedures=(),
        dispositions=(Disposition(f"DS|{name(n)}|1", 40, name(n), 1, "DEATH", 38),),
        death_known=40,
    )  # fmt: skip
