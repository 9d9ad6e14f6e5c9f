"""The worked checks of the dose-modification reference (section 4), on the trial's own study file.

Each is a tiny folder of SDTM files; days are study days.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from safety import folder as reading
from safety.assess.case import Case, make_case
from safety.assess.clip import clip
from safety.assess.result import Deviation, Trigger
from safety.dosing.deviations import deviations
from safety.dosing.modification import triggers
from safety.study.load import load
from safety.study.model import Study
from tests.rules.patient import Patient, date_of
from tests.rules.sdtm import folder

ALL_DRUGS = {"surufatinib", "temozolomide", "s1"}


@cache
def study() -> Study:
    return load(Path(__file__).parents[2] / "studies" / "nct06038461.yaml")


def case(path: Path, as_of: int, **patient: Any) -> Case:
    told = folder([Patient.model_validate(patient)], path)
    facts = reading.facts(reading.read(told, study()), study())
    (subject,) = facts.values()
    return make_case(clip(subject, date_of(as_of)), study(), date_of(as_of))


def of(found: tuple[Trigger, ...], rule: str, drug: str) -> Trigger:
    (trigger,) = [t for t in found if (t.rule, t.drug) == (rule, drug)]
    return trigger


def winning(found: tuple[Trigger, ...], drug: str) -> set[str]:
    return {t.action for t in found if t.drug == drug and t.wins}


def kinds(found: tuple[Deviation, ...]) -> set[tuple[str, str, str]]:
    return {(d.kind, d.drug, d.rule) for d in found}


def test_1_low_neutrophils_before_the_second_course(tmp_path: Path) -> None:
    told: dict[str, Any] = {
        "level": "L3",
        "labs": {"NEUT": {31: "0.8"}},
        "missed": [{"drug": "TEMOZOLOMIDE", "from": 31, "to": 35}],
    }
    found = triggers(case(tmp_path, 31, **told))
    gate, nadir = of(found, "D10", "temozolomide"), of(found, "T1", "temozolomide")
    assert (gate.action, gate.state, gate.on, gate.until) == ("hold", "met", date_of(31), None)
    assert (nadir.action, nadir.next_dose) == ("reduce", "250 mg")
    assert (gate.wins, nadir.wins) == (True, False)


def test_1_the_old_dose_is_a_missed_reduction(tmp_path: Path) -> None:
    told: dict[str, Any] = {
        "level": "L3",
        "labs": {"NEUT": {31: "0.8", 33: "1.6"}},
        "missed": [{"drug": "TEMOZOLOMIDE", "from": 31, "to": 32}],
    }
    lower = {"dosed": [{"drug": "TEMOZOLOMIDE", "from": 33, "to": 37, "mg": 250}]}
    same = {"dosed": [{"drug": "TEMOZOLOMIDE", "from": 33, "to": 37}]}
    expected = {
        ("missed_reduction", "temozolomide", "T1"), ("missed_reduction", "temozolomide", "A2"),
    }  # fmt: skip
    for number, (doses, wanted) in enumerate([(lower, set()), (same, expected)]):
        subject = case(tmp_path / str(number), 40, **told, **doses)
        found = triggers(subject)
        assert of(found, "D10", "temozolomide").until == date_of(33)
        tmz = {k for k in kinds(deviations(subject, found)) if k[1] == "temozolomide"}
        assert tmz <= wanted
        assert (("missed_reduction", "temozolomide", "T1") in tmz) is bool(wanted)


def test_2_severe_diarrhea(tmp_path: Path) -> None:
    found = triggers(
        case(
            tmp_path, 45,
            ae=[{"term": "Diarrhea", "grade": 3, "start": 9, "end": 12}],
            missed=[{"drug": "S-1", "from": 10, "to": 14}],
        )
    )  # fmt: skip
    trigger = of(found, "F3", "s1")
    assert (trigger.action, trigger.next_dose) == ("hold", "50 mg")
    assert (trigger.on, trigger.until) == (date_of(9), date_of(12))


def test_3_protein_in_the_urine(tmp_path: Path) -> None:
    held: dict[str, Any] = {
        "c2d1": 24,
        "dipstick": {15: "3+", 24: "1+"},
        "urine24h": {15: "2.4", 24: "0.8"},
        "missed": [{"drug": "SURUFATINIB", "from": 15, "to": 21}],
    }
    lower = {"dosed": [{"drug": "SURUFATINIB", "from": 24, "to": 44, "mg": 200}]}
    same = case(tmp_path / "same", 44, **held)
    found = triggers(same)
    trigger = of(found, "S9", "surufatinib")
    assert (trigger.action, trigger.next_dose) == ("hold", "200 mg")
    assert (trigger.on, trigger.until) == (date_of(15), date_of(24))
    assert ("missed_reduction", "surufatinib", "S9") in kinds(deviations(same, found))
    reduced = case(tmp_path / "lower", 44, **held, **lower)
    assert not [d for d in deviations(reduced, triggers(reduced)) if d.drug == "surufatinib"]


def test_4_hypertension_under_control_goes_on(tmp_path: Path) -> None:
    subject = case(
        tmp_path, 45,
        bp={8: (172, 104), 13: (136, 84)},
        ae=[{"term": "Hypertension", "grade": 3, "start": 8, "end": 13,
             "rel": {"SUR": "POSSIBLE"}}],
        cm=[{"name": "AMLODIPINE", "cat": "ANTIHYPERTENSIVE", "indc": "HYPERTENSION", "start": 8}],
    )  # fmt: skip
    found = triggers(subject)
    assert of(found, "S4", "surufatinib").advice == "Start or intensify antihypertensive treatment"
    assert winning(found, "surufatinib") == {"continue"}
    assert deviations(subject, found) == ()


def test_5_liver_injury_holds_all_three(tmp_path: Path) -> None:
    found = triggers(case(tmp_path, 19, labs={"ALT": {15: "240", 18: "200"}, "BILI": {18: "48"}}))
    for drug in ALL_DRUGS:
        trigger = of(found, "S12", drug)
        assert (trigger.action, trigger.on, trigger.wins) == ("hold", date_of(18), True)


def test_6_clearance_falls(tmp_path: Path) -> None:
    found = triggers(
        case(tmp_path, 30, labs={"CREAT": {-3: "82", 1: "82", 8: "82", 15: "82", 22: "152"}})
    )
    trigger = of(found, "F5", "s1")
    assert (trigger.action, trigger.on, trigger.next_dose) == ("reduce", date_of(22), "50 mg")
    assert {t.drug for t in found if t.rule == "C-D1"} == {"s1"}
