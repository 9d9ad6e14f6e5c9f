"""The twenty vignettes of the reference (dlt_vignettes.md), as truth would judge them."""

import pytest

from safety.simulate.truth.rules import judge
from safety.simulate.truth.verdicts import decide
from tests.simulate.truth.subjects import (
    at,
    disposition,
    event,
    medicine,
    sample,
    subject,
    transfusion,
)  # fmt: skip

TMZ_LOST = {("temozolomide", d): (0, "DRUG LOST") for d in (13, 14)}
FATIGUE_MISSED = {("surufatinib", d): (0, "ADVERSE EVENT") for d in range(10, 15)}
LATE_PLATELETS = [sample(22, PLAT=85), sample(29, PLAT=92), sample(36, PLAT=110)]


def neut(**values):
    """Neutrophils by study day, d15=0.45, beside what the weekly counts show."""
    early = [sample(day, NEUT=3.6) for day in (1, 8)]
    return early + [sample(int(day[1:]), NEUT=value) for day, value in values.items()]


def plat(**values):
    early = [sample(day, PLAT=220) for day in (1, 8, 15)]
    return early + [sample(int(day[1:]), PLAT=value) for day, value in values.items()]


BRAIN = event(1, "Intracranial hemorrhage", 5, 18, 18, outcome="FATAL")
# number: (subject, verdict, rules met, evaluable)
CASES = {
    1: (subject(neut(d15=0.45, d18=0.48, d22=0.40, d24=0.9, d28=2), second=29), "DLT", "H1", "Y"),
    2: (subject(neut(d15=0.45, d19=0.7, d22=2.5)), "NO_DLT", "", "Y"),
    3: (subject(neut(d15=0.40, d22=1.1), second=25), "INDETERMINATE", "", ""),
    4: (subject([*neut(d16=0.6, d19=1.8), sample(16, TEMP=38.5)]), "DLT", "H2", "Y"),
    5: (
        subject(plat(d20=38, d28=150), second=29,
                reports=(event(1, "Oral hemorrhage", 1, 20, 21),)), "NO_DLT", "", "Y",
    ),
    6: (
        subject(plat(d20=38, d28=150), second=29, procedures=(transfusion(20),),
                reports=(event(1, "Oral hemorrhage", 1, 20, 21),)), "DLT", "H5", "Y",
    ),
    7: (subject(plat(d21="<25", d28=150), second=29), "DLT", "H4", "Y"),
    8: (
        subject(reports=(event(1, "Diarrhea", 3, 10, 12), event(2, "Diarrhea", 1, 12, 13, group=1)),
                medicines=(medicine("SUPPORTIVE CARE", 10),)), "NO_DLT", "", "Y",
    ),
    9: (
        subject([sample(d, SYSBP=116, DIABP=72) for d in (1, 15, 22)]
                + [sample(8, SYSBP=172, DIABP=104), sample(13, SYSBP=136, DIABP=84)],
                medicines=(medicine("ANTIHYPERTENSIVE", 8),)), "NO_DLT", "", "Y",
    ),
    10: (
        subject([sample(d, ALT=20) for d in (1, 8)] + [sample(d, BILI=10) for d in (1, 8, 15)]
                + [sample(15, ALT=240, ALP=130), sample(18, ALT=240, BILI=48, ALP=137.5)]
                + [sample(22, ALT=150, BILI=30)], second=29), "DLT", "L1;N1", "Y",
    ),
    11: (subject([sample(20, PROT24=3.8)], second=29), "DLT", "N1;N3", "Y"),
    12: (subject([*plat(d22=140, d31=20)]), "NO_DLT", "", "Y"),
    13: (subject([*plat(d20=150), *LATE_PLATELETS], second=36), "NO_DLT", "", "Y"),
    14: (subject([*plat(d20=150), *LATE_PLATELETS], second=37), "DLT", "T1", "Y"),
    15: (subject(missed=TMZ_LOST), "NO_DLT", "", "N"),
    16: (
        subject(missed=FATIGUE_MISSED, reports=(event(1, "Fatigue", 2, 9, 15),)),
        "NO_DLT", "", "Y",
    ),
    17: (subject(reports=(event(1, "Fatigue", 3, 5, 12),)), "DLT", "N1", "Y"),
    18: (
        subject(reports=(BRAIN,), second=None, dispositions=(disposition("DEATH", 18),),
                death=17, death_known=17), "DLT", "D1;N1;N2", "Y",
    ),
    19: (subject(reports=(event(1, "Alopecia", 3, 12),)), "NO_DLT", "", "Y"),
    20: (
        subject(neut(d15=0.4, d19=1.5, d22=3), medicines=(medicine("G-CSF", 16),)),
        "NO_DLT", "", "Y",
    ),
}  # fmt: skip


@pytest.mark.parametrize("number", CASES)
def test_vignette(number):
    made, verdict, rules, evaluable = CASES[number]
    case = at(made)
    found = judge(case)
    met = ";".join(sorted({f.rule for f in found if f.state == "met"}))
    decided = decide(case, found)
    assert (decided.verdict, met, decided.evaluable) == (verdict, rules, evaluable)


def test_low_platelets_after_the_window_are_late():
    found = judge(at(CASES[12][0]))
    assert [(f.rule, f.onset, f.state) for f in found] == [("H4", 30, "late")]


def test_delay_for_toxicity_keeps_the_subject_pending():
    made = CASES[14][0]
    case = at(made, 35)
    assert decide(case, judge(case)).verdict == "PENDING"
