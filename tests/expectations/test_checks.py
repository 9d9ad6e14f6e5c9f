"""Every check has a case where it fires and one where it is silent."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from expectations import runner, trial
from expectations.check import Context
from safety.ctcae.grading import gradable_tests
from safety.intake.beside import with_beside
from safety.intake.coding import with_queries
from safety.intake.records import Intake
from safety.study.feeds import Coding
from tests.build import dose, event, intake, measurement, subject
from tests.expectations import cross_pairs, test_event_faults
from tests.expectations.pairs import PAIRS, SYS
from tests.trial import DOMAINS
from tests.trial import study as trial_study

CONTEXT = Context(
    studyid="T1",
    as_of=date(2024, 6, 1),
    subjects=frozenset({"S1", "S2"}),
    related=("POSSIBLE",),
    unrelated=("NONE",),
    gradable=gradable_tests(),
)
TRIAL = {name: d for name, d in DOMAINS.items() if d["record"] in trial.SUITES}
RECORD = {"DM": "subject", "EX": "dose", "AE": "adverse_event", "LB": "measurement",
          "VS": "measurement"} | {name: d["record"] for name, d in TRIAL.items()}  # fmt: skip


CODING = Coding(term="AEDECOD", code="AELLTCD")


def _beside(found: Intake) -> Intake:
    """The same, compared with two subjects and its own rows."""
    subjects = intake("DM", subject(), subject("S2"))
    return with_beside([subjects, found], trial_study())[1]


def _run(
    check_id: str, domain: str, rows: list[dict], coding: Coding | None = CODING
) -> runner.Finding:
    found = _beside(with_queries(intake(domain, *rows, domains=TRIAL), coding, "5.0"))
    findings = runner.run(found.records, RECORD[domain], domain, found.file, CONTEXT)
    return next(f for f in findings if f.check_id == check_id)


@pytest.fixture
def only(request, monkeypatch):
    """Leave one check in its suite: the others cost time and say nothing here."""
    check = next(c for c in runner.all_checks() if c.id == request.param)
    monkeypatch.setitem(runner.SUITES, check.record, [check])
    return check


# Checks of what is compared elsewhere, with a firing and a silent case of each comparison there:
# RC in tests/assess/reconciliation, DV in tests/assess/test_deviated.py, IN (of files) and ME-F01
# (forms that a feed declares) in tests/intake and tests/feeds. Here: what was found is told.
ELSEWHERE = ("RC-", "DV-", "IN-", "ME-F01")
SAYING = sorted(c.id for c in runner.all_checks() if c.id.startswith(ELSEWHERE))


def test_every_check_has_a_firing_and_a_silent_case() -> None:
    cases = [*PAIRS, *test_event_faults.CASES, *cross_pairs.CASES, *SAYING]
    assert sorted({c.id for c in runner.all_checks()} - set(cases)) == []
    assert sorted(set(cases) - {c.id for c in runner.all_checks()}) == []


@pytest.mark.parametrize("only", SAYING, indirect=True)
def test_a_comparison_is_told(only) -> None:
    cells = dict.fromkeys(only.columns, "2024-03-01")
    frame = pd.DataFrame([cells, cells, cells], index=[1, 2, 3], dtype="str")
    frame[only.says] = pd.array(["", "what is wrong", None], dtype="str")
    finding = runner.run(frame, only.record, "XX", "xx.csv", CONTEXT)[0]
    assert (finding.status, finding.checked, finding.rows) == ("fail", 2, (2,))
    assert finding.note == "what is wrong (1 row)"
    silent = runner.run(frame.loc[[1]], only.record, "XX", "xx.csv", CONTEXT)[0]
    assert (silent.status, silent.rows, silent.note) == ("pass", (), "")


@pytest.mark.parametrize("only", PAIRS, indirect=True)
def test_check_fires(only) -> None:
    domain, rows, named, _ = PAIRS[only.id]
    finding = _run(only.id, domain, rows)
    assert (finding.status, finding.rows) == ("fail", named)
    assert bool(finding.note) is bool(only.says)


@pytest.mark.parametrize("only", PAIRS, indirect=True)
def test_check_is_silent(only) -> None:
    domain, _, _, rows = PAIRS[only.id]
    finding = _run(only.id, domain, rows)
    assert (finding.rows, finding.note) == ((), "")
    assert finding.status in {"pass", "not_applicable"}


def test_checks_are_cited_and_told_apart() -> None:
    checks = runner.all_checks()
    assert len({c.id for c in checks}) == len(checks)
    assert all(c.citation and c.title and c.columns for c in checks)


# Where nothing is there to judge, a check does not say that it passed.
@pytest.mark.parametrize(
    ("only", "domain", "rows"),
    [
        ("ME-009", "LB", [measurement("ALB", "low", LBSPEC="URINE")]),
        ("ME-010", "LB", [measurement(value=None, unit="furlong", LBSTAT="NOT DONE")]),
        ("ME-012", "VS", [SYS]),
        ("ME-014", "VS", [SYS]),
        ("ME-016", "LB", [measurement()]),
        ("AE-014", "AE", [event()]),
        ("AE-016", "AE", [event()]),
        ("DM-007", "DM", [subject()]),
        ("DM-008", "DM", [subject(DTHFL="N")]),
        # every cell is empty: nothing was seen
        ("DM-004", "DM", [subject(AGE=None), subject("S2", AGE=None)]),
        ("ME-013", "LB", [measurement(LBORNRLO=None, LBORNRHI=None)]),
        ("AE-011", "AE", [event(grade=None), event("2", grade=None)]),
        ("AE-013", "AE", [event(AEREL=None)]),
        ("AE-009", "AE", [event(AEENDTC=None)]),
    ],
    indirect=["only"],
)
def test_a_check_without_rows_is_not_applicable(only, domain, rows) -> None:
    finding = _run(only.id, domain, rows)
    assert (finding.status, finding.checked) == ("not_applicable", 0)


@pytest.mark.parametrize("only", ["ME-002", "ME-005", "ME-013"], indirect=True)
def test_a_check_without_its_column_is_not_evaluable(only) -> None:
    frame = _beside(intake("LB", measurement())).records.drop(columns=list(only.columns))
    finding = runner.run(frame, "measurement", "LB", "lb.csv", CONTEXT)[0]
    assert (finding.status, finding.checked) == ("not_evaluable", 0)
    assert all(c in finding.note for c in only.columns)


@pytest.mark.parametrize(
    ("only", "domain", "column"),
    [
        ("AE-010", "AE", "AETOXGR"),
        ("AE-013", "AE", "AEREL"),
        ("EX-010", "EX", "EXENDTC"),
        ("ME-014", "LB", "LBORNRHI"),
    ],
    indirect=["only"],
)
def test_a_check_on_a_column_not_delivered_is_not_evaluable(only, domain, column) -> None:
    make = {"AE": event, "EX": dose, "LB": measurement}[domain]
    found = intake(domain, {k: v for k, v in make().items() if k != column})
    absent = found.absent
    finding = runner.run(found.records, RECORD[domain], domain, "f", CONTEXT, absent)[0]
    assert (finding.status, finding.checked, finding.rows) == ("not_evaluable", 0, ())
    assert finding.note.startswith("not delivered: ")


@pytest.mark.parametrize("only", ["AE-018", "AE-019", "AE-020", "AE-021"], indirect=True)
def test_events_of_a_study_without_coding_are_not_compared_with_ctcae(only) -> None:
    rows = [event(AEDECOD="Anaemia", AELLTCD="1", grade="4")]
    finding = _run(only.id, "AE", rows, coding=None)
    assert (finding.status, finding.checked) == ("not_applicable", 0)


@pytest.mark.parametrize(
    ("only", "column"),
    [("AE-018", "AEDECOD"), ("AE-019", "AELLTCD"), ("AE-020", "AELLTCD"), ("AE-021", "AETOXGR")],
    indirect=["only"],
)
def test_a_comparison_with_ctcae_needs_the_delivered_column(only, column) -> None:
    row = {k: v for k, v in event(AELLTCD="10028813").items() if k != column}
    found = with_queries(intake("AE", row), CODING, "5.0")
    finding = runner.run(found.records, "adverse_event", "AE", "f", CONTEXT, found.absent)[0]
    assert (finding.status, finding.checked) == ("not_evaluable", 0)


@pytest.mark.parametrize("only", ["AE-018"], indirect=True)
def test_the_note_says_what_is_wrong_the_most_frequent_first(only, monkeypatch) -> None:
    named = ["Diarrhoea", "Anaemia", "Anaemia", "Pyrexia"]
    rows = [event(str(i), AEDECOD=name) for i, name in enumerate(named)]
    assert _run("AE-018", "AE", rows).note.splitlines() == [
        "AEDECOD: 'Anaemia' is not a CTCAE 5.0 term. Perhaps: Anemia. (2 rows)",
        "AEDECOD: 'Diarrhoea' is not a CTCAE 5.0 term. Perhaps: Diarrhea. (1 row)",
        "AEDECOD: 'Pyrexia' is a usual name, but not a CTCAE 5.0 term. Perhaps: Fever. (1 row)",
    ]
    assert _run("AE-018", "AE", rows[::-1]).note == _run("AE-018", "AE", rows).note
    monkeypatch.setattr(runner, "MAX_SAID", 1)
    assert _run("AE-018", "AE", rows).note.splitlines() == [
        "AEDECOD: 'Anaemia' is not a CTCAE 5.0 term. Perhaps: Anemia. (2 rows)",
        "and 2 more kinds",
    ]


@pytest.mark.parametrize("only", ["AE-019"], indirect=True)
def test_a_long_delivered_text_does_not_fill_the_note(only) -> None:
    assert len(_run("AE-019", "AE", [event(AELLTCD="1" * 10_000)]).note) < 600


@pytest.mark.parametrize(
    ("only", "rows", "checked"),
    [
        ("AE-018", [event("1"), event("2", AEDECOD=None), event("3", AEDECOD="Anaemia")], 2),
        ("AE-019", [event("1", AELLTCD="1"), event("2")], 1),
        ("AE-020", [event("1", AELLTCD="1"), event("2", AELLTCD="10002272"), event("3")], 1),
        (
            "AE-021",
            [
                event("1"),
                event("2", AEDECOD="Anaemia"),
                event("3", grade="9"),
                event("4", AELLTCD="10002272"),
            ],
            1,
        ),
        ("AE-011", [event("1"), event("2", grade=None), event("3", grade="9")], 2),
        ("AE-010", [event("1"), event("2", grade=None), event("3", grade="9")], 3),
        ("AE-009", [event("1"), event("2", AEENDTC=None), event("3", AESTDTC=None)], 1),
    ],
    indirect=["only"],
)
def test_checked_counts_rows_with_the_needed_cells(only, rows, checked) -> None:
    assert _run(only.id, "AE", rows).checked == checked


@pytest.mark.parametrize("only", ["ME-003"], indirect=True)
def test_a_check_that_raises_is_not_evaluable(only, monkeypatch) -> None:
    broken = runner.Check(
        only.id, only.record, only.title, ("KEY",),
        lambda gx, _: gx.ExpectColumnValuesToBeUnique(column="NOSUCH"),
        only.severity, only.handling, only.citation,
    )  # fmt: skip
    monkeypatch.setitem(runner.SUITES, "measurement", [broken])
    finding = _run("ME-003", "LB", [measurement()])
    assert (finding.status, finding.rows) == ("not_evaluable", ())
    assert "could not run" in finding.note


@pytest.mark.parametrize("only", ["AE-011"], indirect=True)
def test_failing_rows_are_named_by_their_row_in_the_file(only) -> None:
    rows = [event(str(i), grade="9" if i in (3, 7) else "1") for i in range(1, 9)]
    assert _run("AE-011", "AE", [rows[0], *rows]).rows == (4, 8)  # the first is an exact copy


def test_one_finding_a_check_in_the_order_of_the_suite() -> None:
    found = with_beside([intake("DM", subject(RFICDTC="2024-02-20"))], trial_study())[0]
    findings = runner.run(found.records, "subject", "DM", found.file, CONTEXT)
    assert [f.check_id for f in findings] == [
        *(f"DM-{i:03}" for i in range(16)), "DM-B04", "DM-B05",
    ]  # fmt: skip
    assert {f.status for f in findings} == {"pass", "not_applicable"}


@pytest.mark.parametrize(
    ("domain", "rows", "failing"),
    [
        (
            "AE",
            [event("1"), event("2", grade=None, AEREL="MAYBE"), event("3", AESTDTC=None)],
            {"AE-007": (3,), "AE-010": (2,), "AE-013": (2,), "AE-022": (2,)},
        ),
        (
            "LB",
            [
                measurement(),
                measurement(value="7,5", VISITNUM="2"),
                measurement(unit="furlong", VISITNUM="3"),
                measurement(value="<7", LBORNRHI="5", VISITNUM="4"),
                measurement(USUBJID="S9", LBSPEC=None),
            ],
            {"ME-002": (5,), "ME-009": (2,), "ME-010": (3,), "ME-012": (5,), "ME-013": (4,),
             # a range that is wrong is not there; nothing was measured before the first dose
             "ME-014": (4,), "ME-015": (4,), "ME-017": (4,), "ME-025": (1,)},
        ),
    ],
)  # fmt: skip
def test_checks_run_together_do_not_mix(domain, rows, failing) -> None:
    found = _beside(intake(domain, *rows))
    findings = runner.run(found.records, RECORD[domain], domain, found.file, CONTEXT)
    assert {f.check_id: f.rows for f in findings if f.status == "fail"} == failing


def test_an_empty_frame_is_not_applicable() -> None:
    empty = _beside(intake("LB", measurement())).records.iloc[:0]
    findings = runner.run(empty, "measurement", "LB", "lb.csv", CONTEXT)
    assert {f.status for f in findings} == {"not_applicable"}
