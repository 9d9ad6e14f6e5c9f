"""What is written, what was known when, and that truth stands alone."""

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path
from subprocess import run

import pytest

from safety.simulate.model import Arrivals
from safety.simulate.truth.alerts import Alert
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
        (subject([sample(1, PROT24=0.1), sample(15, PROT24=1.9)]), []),
        (subject(reports=(event(1, "Febrile neutropenia", 3, 12, 14),)),
         [Trigger("A1", d, "hold", 11) for d in ("s1", "surufatinib", "temozolomide")]),
        (subject(reports=(event(1, "Rash maculo-papular", 3, 12, 14,
                                related={"surufatinib": "POSSIBLE", "s1": "UNRELATED",
                                         "temozolomide": "UNRELATED"}),)), []),
    ],
)  # fmt: skip
def test_triggers(made, expected):
    case = at(made)
    assert list(triggers(case, judge(case))) == expected


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
    assert about["judged_triggers"][:3] == ["S1", "S4", "S9"]
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
