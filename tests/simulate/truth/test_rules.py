"""Every rule and exception: a case where it fires, and one where it stays silent or open."""

from dataclasses import replace

import pytest

from safety.simulate.truth.rules import judge
from tests.simulate.truth.subjects import (
    UNRELATED,
    at,
    disposition,
    event,
    medicine,
    sample,
    subject,
    transfusion,
)  # fmt: skip

ALT = "Alanine aminotransferase increased"


def series(test, **values):
    return [sample(int(d[1:]), **{test: v}) for d, v in values.items()]


def pressure(**values):
    return [sample(int(d[1:]), SYSBP=s, DIABP=d2) for d, (s, d2) in values.items()]


def states(made, day=44):
    return {f.rule: f.state for f in judge(at(made, day))}


def reported(*events, **more):
    return subject(reports=events, **more)


LOW = series("NEUT", d15=0.9, d22=2)
THIN = series("PLAT", d15=40, d22=150)
CASES = {
    "H1 by event": (reported(event(1, "Neutrophil count decreased", 4, 10, 16)), {"H1": "met"}),
    "H1 six days": (reported(event(1, "Neutrophil count decreased", 4, 10, 15)), {}),
    "H2 event": (reported(event(1, "Febrile neutropenia", 3, 10, 12)), {"H2": "met"}),
    "H2 no fever": (subject([*LOW, sample(15, TEMP=37.9)]), {}),
    "H2 one reading of 38.1": (subject([*LOW, sample(15, TEMP=38.1)]), {"H2": "open"}),
    "H2 sustained": (
        subject([*LOW, sample(15, TEMP=38.1), sample(15, time="10:00", TEMP=38.0)]),
        {"H2": "met"},
    ),
    "H2 fever two days later": (subject([*LOW, sample(17, TEMP=39.0)]), {}),
    "H3": (subject(LOW, reports=(event(1, "Lung infection", 3, 16, 30),)),
           {"H3": "met", "N1": "met"}),
    "H3 infection after recovery": (
        subject(LOW, reports=(event(1, "Sepsis", 3, 23, 30),)), {"N1": "late"},
    ),
    "H4 grade 3": (subject(THIN), {}),
    "H4 below 50": (subject(series("PLAT", d15="<50", d22=150)), {"H4": "open"}),
    "H5 bleeding 2": (subject(THIN, reports=(event(1, "Epistaxis", 2, 16, 17),)), {"H5": "met"}),
    "H5 bleeding 1": (subject(THIN, reports=(event(1, "Epistaxis", 1, 16, 17),)), {}),
    "H5 transfused": (subject(THIN, procedures=(transfusion(16),)), {"H5": "met"}),
    "H5 transfused later": (subject(THIN, procedures=(transfusion(25),)), {}),
    "H6": (reported(event(1, "Anemia", 4, 12, 15)), {"H6": "met"}),
    "H6 grade 3": (reported(event(1, "Anemia", 3, 12, 15)), {}),
    "H7": (reported(event(1, "Lymphocyte count decreased", 4, 12, 15)), {}),
    "N1": (reported(event(1, "Rash maculo-papular", 3, 12, 15)), {"N1": "met"}),
    "N1 grade 2": (reported(event(1, "Rash maculo-papular", 2, 12, 15)), {}),
    "N1 unrelated with a cause": (
        reported(event(1, "Back pain", 3, 12, 15, related=UNRELATED, cause="FALL")), {},
    ),
    "N1 unrelated without a cause": (
        reported(event(1, "Back pain", 3, 12, 15, related=UNRELATED)), {"N1": "met"},
    ),
    "N1 attribution missing": (
        reported(event(1, "Back pain", 3, 12, 15, cause="FALL", related={**UNRELATED, "s1": ""})),
        {"N1": "met"},
    ),
    "N1 after the window": (reported(event(1, "Rash maculo-papular", 3, 22, 25)), {"N1": "late"}),
    "E1 three days by date": (reported(event(1, "Diarrhea", 3, 10, 13)), {"N1": "open"}),
    "E1 longer": (reported(event(1, "Diarrhea", 3, 10, 14)), {"N1": "met"}),
    "E1 grade 4": (reported(event(1, "Vomiting", 4, 10, 11)), {"N1": "met"}),
    "E3 seven days": (reported(event(1, "Anorexia", 3, 5, 11)), {}),
    "E4": (subject(series("LIPASET", d1=30, d15=310, d22=40),
                   reports=(event(1, "Lipase increased", 3, 15, 20, symptomatic="N"),)), {}),
    "E4 symptoms unknown": (subject(series("LIPASET", d1=30, d15=310, d22=40)), {"N1": "open"}),
    "E4 symptoms": (
        subject(series("LIPASET", d1=30, d15=310, d22=40),
                reports=(event(1, "Lipase increased", 3, 15, 20, symptomatic="Y"),)),
        {"N1": "met"},
    ),
    "E5": (reported(event(1, "Hypokalemia", 3, 10, 11, symptomatic="N")), {}),
    "E5 slow": (reported(event(1, "Hypokalemia", 3, 10, 14, symptomatic="N")), {"N1": "met"}),
    "E5 stays at grade 2": (
        reported(event(1, "Hypokalemia", 3, 10, 11, symptomatic="N"),
                 event(2, "Hypokalemia", 2, 12, 20, symptomatic="N", group=1)), {"N1": "met"},
    ),
    "E6 without medication": (
        subject(pressure(d1=(116, 72), d8=(165, 95), d12=(130, 80))), {"N1": "open"},
    ),
    "E6 too slow": (
        subject(pressure(d1=(116, 72), d8=(165, 95), d16=(165, 95), d18=(130, 80)),
                medicines=(medicine("ANTIHYPERTENSIVE", 8),)), {"N1": "met"},
    ),
    "E7": (subject(series("ALT", d1=20, d15=240, d22=60)), {}),
    "E7 grade 2 after a week": (
        subject(series("ALT", d1=20, d15=240, d22=180, d24=60)), {"N1": "met"},
    ),
    "E7 seen too rarely": (subject(series("ALT", d1=20, d15=240, d24=60)), {"N1": "open"}),
    "E8": (
        subject(series("TRIG", d1=1.0, d15=6.0),
                reports=(event(1, "Hypertriglyceridemia", 3, 15, symptomatic="N"),)), {},
    ),
    "E8 grade 4": (
        subject(series("TRIG", d1=1.0, d15=12.0),
                reports=(event(1, "Hypertriglyceridemia", 4, 15, symptomatic="N"),)),
        {"N1": "met"},
    ),
    "E9": (subject([*series("NEUT", d1=3.6, d8=3, d15=3), sample(15, TEMP=40.5)]), {}),
    "E9 tumor pain": (reported(event(1, "Tumor pain", 3, 12, 15)), {}),
    "N2 perforation": (reported(event(1, "Gastric perforation", 1, 9, 12)), {"N2": "met"}),
    "N2 bleeding 2": (reported(event(1, "Epistaxis", 2, 9, 12)), {}),
    "N2 bleeding 3": (reported(event(1, "Epistaxis", 3, 9, 12)), {"N1": "met", "N2": "met"}),
    "N2 lung bleeding 2": (reported(event(1, "Pleural hemorrhage", 2, 9, 12)), {"N2": "met"}),
    "N3 below": (subject(series("PROT24", d15=3.4)), {}),
    "N3 dipstick": (subject(series("PROTDIP", d1=0, d15=4)), {"N1": "open", "N3": "open"}),
    "N3 dipstick settled": (
        subject([*series("PROTDIP", d1=0, d15=4), *series("PROT24", d18=1.2)]), {},
    ),
    "L1 cholestasis": (
        subject([sample(d, ALT=20, BILI=10, ALP=80) for d in (1, 8)]
                + [sample(18, ALT=150, BILI=48, ALP=260), sample(22, ALT=30, BILI=10, ALP=80)]),
        {},
    ),
    "L1 apart": (
        subject([*series("ALT", d1=20, d2=130, d4=30), *series("BILI", d1=10, d20=48, d22=10)]),
        {},
    ),
    "T1 other reason": (subject(second=40, reason="HOLIDAY"), {}),
    "T1 no reason": (subject(second=40, reason=""), {"T1": "met"}),
    "T2 five of surufatinib": (
        subject(missed={("surufatinib", d): (0, "ADVERSE EVENT") for d in range(10, 15)}), {},
    ),
    "T2 six of surufatinib": (
        subject(missed={("surufatinib", d): (0, "ADVERSE EVENT") for d in range(10, 16)}),
        {"T2": "met"},
    ),
    "T2 seven of S-1": (
        subject(missed={("s1", d): (0, "ADVERSE EVENT") for d in (10, 11, 12)}
                | {("s1", 13): (1, "ADVERSE EVENT")}), {"T2": "met"},
    ),
    "T2 six of S-1": (
        subject(missed={("s1", d): (0, "ADVERSE EVENT") for d in (10, 11, 12)}), {},
    ),
    "T2 lost": (subject(missed={("s1", d): (0, "DRUG LOST") for d in range(5, 15)}), {}),
    "D1 progression": (
        subject(second=None, death=17, death_known=17,
                dispositions=(disposition("PROGRESSIVE DISEASE", 15),)), {},
    ),
    "D1 no cause known": (subject(second=None, death=17, death_known=17), {"D1": "met"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_rule(name):
    made, expected = CASES[name]
    assert states(made) == expected


def test_l2_needs_more_than_a_week_above_eight_times_uln():
    high = series("ALT", d1=150, d8=330, d16=330, d20=100)
    made = replace(subject(high), liver_metastases=True)
    assert states(made) == {"L2": "met"}
    assert states(subject(high)) == {}
    short = replace(subject(series("ALT", d1=150, d8=330, d15=100)), liver_metastases=True)
    assert states(short) == {}


def test_onset_counts_while_cycle_2_waits_for_toxicity():
    rash = event(1, "Rash maculo-papular", 3, 25, 30)
    assert states(subject(reports=(rash,), second=29)) == {"N1": "met"}
    assert states(subject(reports=(rash,), second=29, reason="HOLIDAY")) == {"N1": "late"}
    assert states(subject(reports=(rash,), second=22)) == {"N1": "late"}


def test_the_sample_before_cycle_2_belongs_to_cycle_1():
    early = series("PLAT", d1=220, d8=220, d15=200)
    before = sample(22, "CYCLE 2 DAY 1", PLAT=20)
    assert states(subject([*early, before], second=22)) == {"H4": "met"}
    assert states(subject([*early, sample(22, PLAT=20)], second=22)) == {"H4": "late"}


def test_what_is_open_is_decided_by_what_comes_later():
    made = subject([*series("NEUT", d1=3.6, d8=3.6, d15=0.4, d22=0.4, d25=2)], second=29)
    assert states(made, 16) == {"H1": "open"}
    assert states(made, 22) == {"H1": "met", "T1": "open"}
