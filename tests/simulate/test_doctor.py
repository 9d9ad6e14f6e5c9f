from __future__ import annotations

from safety.simulate.calibration import calibration
from safety.simulate.doctor import Doctor, Finding
from safety.simulate.regimen import Regimen, regimen
from tests.study.samples import trial

REGIMEN: Regimen = regimen(trial(), calibration())
START = {"surufatinib": 250.0, "temozolomide": 300.0, "s1": 60.0}
ALL = frozenset(START)


def doctor() -> Doctor:
    made = Doctor(REGIMEN, calibration().doctor.rules, START)
    for state in made.drugs.values():
        state.taken = True
    return made


def finding(term: str, grade: int, *drugs: str, laboratory: bool = False) -> Finding:
    return Finding(term, grade, frozenset(drugs) or ALL, laboratory=laboratory)


def held(made: Doctor, day: int) -> list[str]:
    return [drug for drug in START if made.held(drug, day)[0]]


def test_diarrhea_of_grade_2_holds_s1_until_grade_1_at_the_same_dose():
    made = doctor()
    made.judge(9, [finding("Diarrhea", 2, "s1", "surufatinib")])
    assert held(made, 9) == ["s1"]
    made.judge(12, [finding("Diarrhea", 1, "s1", "surufatinib")])
    assert held(made, 12) == []
    assert made.drugs["s1"].mg == 60


def test_diarrhea_of_grade_3_lowers_s1_and_surufatinib_when_it_is_over():
    made = doctor()
    made.judge(9, [finding("Diarrhea", 3, "s1", "surufatinib")])
    assert held(made, 9) == ["surufatinib", "s1"]
    made.judge(12, [])
    assert (made.drugs["s1"].mg, made.drugs["surufatinib"].mg) == (50, 200)
    assert [(d.day, d.drug, d.action) for d in made.deeds] == [
        (9, "surufatinib", "DRUG INTERRUPTED"), (9, "s1", "DRUG INTERRUPTED"),
        (12, "surufatinib", "DOSE REDUCED"), (12, "s1", "DOSE REDUCED"),
    ]  # fmt: skip


def test_a_second_toxicity_of_grade_3_stops_s1():
    made = doctor()
    made.judge(9, [finding("Diarrhea", 3, "s1")])
    made.judge(12, [])
    made.judge(30, [finding("Mucositis oral", 3, "s1")])
    assert made.drugs["s1"].stopped == 30


def test_a_low_nadir_lowers_temozolomide_in_the_next_cycle_only():
    made = doctor()
    low = finding("Neutrophil count decreased", 3, "temozolomide", "s1", laboratory=True)
    made.judge(29, [low])
    assert made.drugs["temozolomide"].mg == 300
    made.begin_cycle(43)
    assert made.drugs["temozolomide"].mg == 250
    made.begin_cycle(64)
    assert made.drugs["temozolomide"].mg == 250


def test_hypertension_of_grade_3_is_treated_and_holds_only_after_a_week():
    made = doctor()
    high = finding("Hypertension", 3, "surufatinib", laboratory=True)
    made.judge(8, [high])
    made.judge(15, [high])
    assert held(made, 15) == []
    made.judge(16, [high])
    assert held(made, 16) == ["surufatinib"]


def test_bleeding_of_grade_3_stops_surufatinib_for_good():
    made = doctor()
    made.judge(8, [finding("Gastric hemorrhage", 3, "surufatinib")])
    assert made.drugs["surufatinib"].stopped == 8
    assert not made.all_stopped


def test_hys_law_stops_all():
    made = doctor()
    made.judge(15, [finding("Hy's law", 1, laboratory=True)])
    assert made.all_stopped


def test_what_is_not_related_changes_nothing():
    made = doctor()
    made.judge(8, [Finding("Back pain", 3, frozenset(), laboratory=False)])
    assert held(made, 8) == []
    assert made.deeds == []


def test_below_the_ladder_a_drug_is_stopped():
    made = doctor()
    for day in (9, 30, 51):
        made.judge(day, [finding("Arthralgia", 3, "surufatinib")])
        made.judge(day + 3, [])
    assert made.drugs["surufatinib"].stopped == 54


def test_a_hold_that_begins_in_the_day_leaves_the_morning_dose():
    made = doctor()
    made.judge(9, [Finding("Diarrhea", 2, frozenset(["s1"]), laboratory=False, fresh=True)])
    assert made.held("s1", 9) == (True, True)
    assert made.held("s1", 10) == (True, False)
