"""What is written, what was known when, and that truth stands alone."""

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path
from subprocess import run

import pytest

from safety.simulate.deliveries import Planted
from safety.simulate.model import Arrivals
from safety.simulate.truth.alerts import Alert, Facts, alerts, held, pauses
from safety.simulate.truth.history import past
from safety.simulate.truth.known import known
from safety.simulate.truth.rules import judge
from safety.simulate.truth.tables import write
from safety.simulate.truth.triggers import Trigger, triggers
from safety.simulate.truth.verdicts import decide
from safety.study.load import load
from tests.simulate.truth.subjects import (
    ME,
    at,
    disposition,
    event,
    on_time,
    sample,
    subject,
    trial,
)

LATE_ENTRY = event(1, "Rash maculo-papular", 3, 10, 14, told=16)


def _study():
    return load(Path("studies/nct06038461.yaml"))


def _rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_row_is_known_from_the_delivery_that_brings_it():
    made = subject(reports=(LATE_ENTRY,))
    arrivals = on_time(made)
    late = Arrivals({**arrivals.came, (LATE_ENTRY.row, 16): 19}, {LATE_ENTRY.row: ((22, 23),)})
    seen = [bool(known(made, late, day).reports) for day in (18, 19, 21, 22, 23, 24)]
    assert seen == [False, True, True, False, False, True]


def test_a_deleted_row_is_gone():
    gone = replace(LATE_ENTRY, known=20, deleted=True)
    made = subject(reports=(LATE_ENTRY, gone))
    assert [len(known(made, on_time(made), day).reports) for day in (15, 16, 20)] == [0, 1, 0]


def test_rules_and_alerts_begin_with_the_delivery_that_shows_them():
    made = subject(reports=(LATE_ENTRY,))
    history = past(made, on_time(made), 44, judged=True)
    assert list(history.rules.rows()) == [(("N1", "Rash maculo-papular", 9, "met"), 16, None)]
    assert history.alerts == {Alert("DLT", "N1", 9): 16}  # by then nothing is held any more
    assert history.decided.verdict == "DLT"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (subject([sample(d, PLAT=v) for d, v in ((1, 220), (8, 220), (12, 70), (22, 150))]),
         [Trigger("F1", "s1", "hold", 11)]),
        (subject([sample(1, PROT24=0.1), sample(15, PROT24=2.0)]),
         [Trigger("S9", "surufatinib", "hold", 14)]),
        (subject([sample(1, PROT24=0.1), sample(15, PROT24=0.9)]), []),
        (subject(reports=(event(1, "Febrile neutropenia", 3, 12, 14),)),
         [*(Trigger("A1", d, "hold", 11) for d in ("s1", "surufatinib", "temozolomide")),
          *(Trigger("A1-LOWER", d, "reduce", 11) for d in ("s1", "temozolomide")),
          Trigger("S2", "surufatinib", "hold", 11)]),
        (subject(reports=(event(1, "Rash maculo-papular", 3, 12, 14,
                                related={"surufatinib": "POSSIBLE", "s1": "UNRELATED",
                                         "temozolomide": "UNRELATED"}),)),
         [Trigger("S2", "surufatinib", "hold", 11)]),
    ],
)  # fmt: skip
def test_triggers(made, expected):
    case = at(made)
    assert list(triggers(case, judge(case))) == expected


RASH = "Rash maculo-papular"


def ill(term, grade, first=12, last=14, seq=1):
    return event(seq, term, grade, first, last)


@pytest.mark.parametrize(
    ("rule", "fires", "silent"),
    [
        ("S2", [ill(RASH, 3)], [ill("Hypertension", 3)]),
        ("S3", [ill("Epistaxis", 2)], [ill("Epistaxis", 3)]),
        ("S3", {"CREAT": 200}, {"CREAT": 140}),
        ("S5", [ill("Hypertension", 4)], [ill("Hypertension", 3)]),
        ("S6", [ill("Hypertension", 2)], [ill("Hypertension", 3)]),
        ("S7", {"PROTDIP": 2}, {"PROTDIP": 1}),
        ("S8", {"PROT24": 1.0}, {"PROT24": 2.0}),
        ("S10", {"ALT": 200}, {"ALT": 201}),
        ("S13", [ill("Diarrhea", 3)], [ill("Diarrhea", 4)]),
        ("S15", {"NEUT": 0.9}, {"NEUT": 0.4}),
        ("S15-G4", {"NEUT": 0.4}, {"NEUT": 0.9}),
        ("T2", [ill(RASH, 3)], [ill("Vomiting", 3)]),
        ("T3", [ill(RASH, 4)], [ill(RASH, 3)]),
        ("T5", [ill("Hepatic failure", 3)], [ill(RASH, 3)]),
        ("F2", [ill("Diarrhea", 2)], [ill("Diarrhea", 3)]),
        ("F4", [ill(RASH, 3, 6, 8), ill(RASH, 3, 13, 14, seq=2)],
         [ill(RASH, 3, 6, 8), ill(RASH, 3, 12, 14, seq=2)]),
        ("F6", {"CREAT": 146}, {"CREAT": 145}),
        ("F8", [ill("Pneumonitis", 1)], [ill(RASH, 1)]),
        ("A1-LOWER", [ill("Febrile neutropenia", 3)], [ill("Fever", 3)]),
        ("A3-HOLD", {"PLAT": 24}, {"PLAT": 25}),
    ],
)  # fmt: skip
def test_each_rule_fires_and_stays_silent(rule, fires, silent):
    def fired(shown):
        values = shown if isinstance(shown, dict) else {}
        reports = () if values else tuple(shown)
        normal = {"PROT24": 0.1, "PROTDIP": 0}
        first = sample(1, **{t: normal[t] for t in values if t in normal})
        case = at(subject([first, sample(12, **values)], reports=reports))
        return [t.on for t in triggers(case, judge(case)) if t.rule == rule]

    assert set(fired(fires)) == {12 if rule == "F4" else 11}
    assert fired(silent) == []


def test_what_goes_on_in_another_row_is_one_event():
    rows = (ill("Diarrhea", 4, 8, 10), event(2, "Diarrhea", 3, 11, 13, group=1))
    case = at(subject(reports=rows))
    assert [t for t in triggers(case, judge(case)) if t.rule in {"S13", "F4"}] == []


def test_below_the_last_step_a_drug_is_stopped():
    made = subject([sample(1, PROT24=0.1), sample(15, PROT24=2.0)])
    low = tuple(replace(d, due_mg=150.0, taken_mg=150.0) for d in made.doses)
    case = at(replace(made, doses=low))
    assert triggers(case, judge(case)) == (Trigger("S9", "surufatinib", "discontinue", 14),)


def test_nothing_is_asked_for_after_the_end_of_treatment():
    made = subject(reports=(ill(RASH, 3),), dispositions=(disposition("PROGRESSIVE DISEASE", 10),))
    case = at(made)
    assert triggers(case, judge(case)) == ()


def holds(*more, now=13):
    """The holds of proteinuria that somebody must hear of."""
    case = at(subject([sample(1, PROT24=0.1), sample(12, PROT24=2.0)], reports=more), now)
    found = judge(case)
    said = alerts(case, found, triggers(case, found), judged=True)
    return {a for a in said if a.kind == "HOLD"}


def test_a_hold_is_told_unless_the_drug_is_stopped():
    assert holds() == {Alert("HOLD", "S9", 11)}
    assert Alert("HOLD", "S9", 11) not in holds(ill("Stroke", 2, 11, None))


def level_one(**dlts):
    """Six evaluable subjects of level 1, some with a DLT on a day."""
    return {
        f"S{n}": Facts("L1", n, True, dlts.get(f"S{n}"), None, None, ()) for n in range(1, 7)
    }  # fmt: skip


def test_level_1_is_too_toxic_at_the_boundary():
    def paused(known):
        return {(u, a) for u, a in pauses(known) if a.what == "PAUSE-4"}

    assert paused(level_one(S3=20, S4=21, S5=22)) == set()
    four = level_one(S3=20, S4=21, S5=23, S6=22)
    assert paused(four) == {("S5", Alert("PAUSE", "PAUSE-4", 23))}
    assert paused({u: replace(f, level="L2") for u, f in four.items()}) == set()


LOW = subject([sample(12, NEUT=0.4), sample(19, PLAT=60)])
VERY_ILL = subject(reports=(ill("Sepsis", 4),))


@pytest.mark.parametrize(
    ("made", "row", "right", "expected"),
    [
        (LOW, f"LB|{ME}|S12-NEUT-08:30|NEUT", "R", [("Neutrophil count decreased", 11)]),
        (LOW, "LB|SIM/X|S12-NEUT-08:30|NEUT", "R", [("Neutrophil count decreased", 11)]),
        (LOW, f"LB|{ME}|S12-NEUT-08:30|NEUT", "Q", []),
        (LOW, f"LB|{ME}|S19-PLAT-08:30|PLAT", "R", []),
        (VERY_ILL, f"AE|{ME}|1", "R", [("Sepsis", 11)]),
        (subject(reports=(ill("Sepsis", 3),)), f"AE|{ME}|1", "R", []),
    ],
)
def test_a_held_row_of_grade_4_is_told_on_the_day_it_came(made, row, right, expected):
    planted = Planted(1, 20, "edc", "f", row[:2], row, ME, "planted", (right,))
    assert list(held({ME: made}, [planted])) == [
        (ME, Alert("HELD4", term, on), 20) for term, on in expected
    ]


def test_a_missed_blood_count_leaves_the_verdict_open():
    made = subject(panels=(1, 8, 22))
    case = at(made)
    decided = decide(case, judge(case))
    assert (decided.verdict, decided.evaluable) == ("INDETERMINATE", "N")


def test_who_left_before_the_window_closed_without_a_dlt_is_replaced():
    made = subject(
        panels=(1, 8), second=None, dispositions=(disposition("PROGRESSIVE DISEASE", 12),)
    )
    case = at(made)
    decided = decide(case, judge(case))
    assert (decided.verdict, decided.evaluable) == ("NO_DLT", "N")


def test_tables(tmp_path):
    made = subject(reports=(LATE_ENTRY,))
    write(trial(made), on_time(made), _study(), tmp_path)
    about = json.loads((tmp_path / "trial.json").read_text(encoding="utf-8"))
    assert about["judged_triggers"][:3] == ["S1", "S2", "S3"]
    (row,) = _rows(tmp_path / "subjects.csv")
    assert (row["USUBJID"], row["VERDICT"], row["RULES"], row["EVALUABLE"]) == (
        ME,
        "DLT",
        "N1",
        "Y",
    )
    (rule,) = _rows(tmp_path / "rules.csv")
    assert (rule["ONSET"], rule["FROM"], rule["TO"]) == ("2024-03-13", "2024-03-20", "")
    first = _rows(tmp_path / "values.csv")[0]
    assert first == {
        "USUBJID": ME, "DATE": "2024-03-04", "TEST": "NEUT", "VALUE": "3.6", "UNIT": "10^9/L",
        "TERM": "Neutrophil count decreased", "DIRECTION": "L", "GRADE": "0",
    }  # fmt: skip


def test_same_trial_same_bytes(tmp_path):
    made = subject(reports=(LATE_ENTRY,))
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(trial(made), on_time(made), _study(), tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_another_rule_set_is_not_judged(tmp_path):
    study = _study()
    other = study.model_copy(
        update={"dose_limiting": study.dose_limiting.model_copy(update={"id": "other"})}
    )
    made = subject(reports=(LATE_ENTRY,))
    write(trial(made), on_time(made), other, tmp_path)
    assert json.loads((tmp_path / "trial.json").read_text("utf-8"))["judged_rules"] == []
    assert _rows(tmp_path / "subjects.csv")[0]["VERDICT"] == ""
    assert _rows(tmp_path / "rules.csv") == []


def test_truth_imports_nothing_that_it_measures():
    code = (
        "import sys, safety.simulate.truth.tables\n"
        "print([m for m in sys.modules if m.startswith(('safety.assess', 'safety.ctcae.grad', "
        "'safety.dosing', 'safety.alerts', 'expectations'))])"
    )
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
