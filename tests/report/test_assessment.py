"""The assessment as JSON, with the keys the issue lists, and as text for people."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from safety.assess.facts import Source
from safety.assess.result import (
    AssessmentDone,
    Deviation,
    DrugExposure,
    Pause,
    RuleResult,
    SubjectAssessment,
    Trigger,
)
from safety.report.assessment import document, print_document, subject_json

PLATELETS = Source("2024-03-24", "PLAT <25 10*9/L (grade 4)", "LB|7", "lb.csv", 12)
MET = RuleResult(
    "H4", "dose_limiting", "met", (PLATELETS,), onset_day=21, terms=("Platelet count decreased",)
)
OPEN = RuleResult(
    "H1", "dose_limiting", "not_evaluable", missing=("a sample by 2024-03-24",),
    settles_by=date(2024, 3, 24), onset_day=15, terms=("Neutrophil count decreased",),
    duration="at least 3 days",
)  # fmt: skip
SILENT = RuleResult("N3", "dose_limiting", "not_met")
SUBJECT = SubjectAssessment(
    usubjid="T1-001",
    dose_level="L1",
    verdict="DLT",
    evaluable=True,
    evaluability_reason="dose-limiting toxicity after at least one dose",
    late_dlt_equivalent=False,
    dlt_onset_day=21,
    window_closes=date(2024, 3, 25),
    window_text="to day 21",
    rules=(MET, OPEN, SILENT),
    late=(),
    flags=("assessed late: CBC of C1D2-C1D7",),
    queries=("Fatigue (AE|1): attribution missing, taken as related",),
    surveillance=(AssessmentDone("CBC", "C1D2-C1D7", "late", date(2024, 3, 10),
                                 (date(2024, 3, 11),)),),
    exposure=(DrugExposure("s1", 1, 28, 21, 1680, 1260, 0.75, {"ADVERSE EVENT": 7.0}),),
    triggers=(Trigger("T4", "temozolomide", "hold", date(2024, 3, 24), "PLAT >= 100 10*9/L",
                      "150 mg", date(2024, 4, 1), wins=True, state="met",
                      evidence=(PLATELETS,)),),
    deviations=(Deviation("missed_hold", "temozolomide", date(2024, 3, 25), "hold", "200 mg",
                          "T4", (PLATELETS,)),),
)  # fmt: skip
UNTREATED = SubjectAssessment(
    "T1-002", "", "PENDING", None, "not decided", False, None, None, "not treated",
    (), (), (), (), (), (), (), (),
)  # fmt: skip
PAUSE = Pause("PAUSE-3", "A case of Hy's law", "L1", ("T1-001",))
LISTED = {
    "usubjid", "dose_level", "verdict", "evaluable", "evaluability_reason", "late_dlt_equivalent",
    "dlt_onset_day", "rules", "flags", "queries", "surveillance", "exposure", "triggers",
    "deviations",
}  # fmt: skip


def _document(*subjects: SubjectAssessment, pauses=(), problems=()) -> dict:
    return document("T1", date(2024, 4, 12), "dlt-1@abc", subjects, pauses, problems)


def _text(*subjects: SubjectAssessment, **more) -> str:
    output = StringIO()
    print_document(_document(*subjects, **more), Console(file=output, width=160, no_color=True))
    return output.getvalue()


def test_the_document_has_the_keys_of_the_issue() -> None:
    content = _document(SUBJECT, UNTREATED, pauses=[PAUSE], problems=["lb.csv: 1 row held"])
    assert {"study", "as_of", "rule_set", "subjects"} <= set(content)
    assert (content["study"], content["as_of"], content["rule_set"]) == (
        "T1", "2024-04-12", "dlt-1@abc",
    )  # fmt: skip
    for subject in content["subjects"]:
        assert set(subject) >= LISTED
    assert content["problems"] == ["lb.csv: 1 row held"]
    assert content["pauses"] == [
        {"rule": "PAUSE-3", "text": "A case of Hy's law", "dose_level": "L1",
         "subjects": ["T1-001"]},
    ]  # fmt: skip


def test_it_is_json_and_says_the_same_after_reading() -> None:
    content = _document(SUBJECT, UNTREATED, pauses=[PAUSE])
    assert json.loads(json.dumps(content, allow_nan=False)) == content


def test_rules_carry_evidence_missing_and_date() -> None:
    met, undecided, silent = subject_json(SUBJECT)["rules"]
    assert set(met) >= {"id", "state", "evidence", "missing", "settles_by"}
    assert (met["id"], met["state"], met["onset_day"]) == ("H4", "met", 21)
    assert met["evidence"] == [
        {"record": "LB|7", "file": "lb.csv", "row": 12, "date": "2024-03-24",
         "text": "PLAT <25 10*9/L (grade 4)"},
    ]  # fmt: skip
    assert (undecided["state"], undecided["settles_by"]) == ("not_evaluable", "2024-03-24")
    assert undecided["missing"] == ["a sample by 2024-03-24"]
    assert undecided["duration"] == "at least 3 days"
    assert (silent["state"], silent["evidence"], silent["settles_by"]) == ("not_met", [], None)
    assert silent["duration"] is None


def test_surveillance_exposure_triggers_and_deviations() -> None:
    content = subject_json(SUBJECT)
    assert content["surveillance"] == [
        {"assessment": "CBC", "window": "C1D2-C1D7", "status": "late", "due_by": "2024-03-10",
         "done_on": ["2024-03-11"]},
    ]  # fmt: skip
    exposure = content["exposure"][0]
    assert (exposure["planned"], exposure["taken"], exposure["rdi"]) == (28, 21, 0.75)
    assert exposure["missed"] == {"ADVERSE EVENT": 7.0}
    trigger = content["triggers"][0]
    assert set(trigger) >= {"rule", "drug", "action", "resume", "evidence"}
    assert (trigger["rule"], trigger["action"], trigger["until"]) == ("T4", "hold", "2024-04-01")
    deviation = content["deviations"][0]
    assert (deviation["kind"], deviation["expected"], deviation["actual"]) == (
        "missed_hold", "hold", "200 mg",
    )  # fmt: skip


def test_what_is_not_known_is_null_and_not_zero() -> None:
    content = subject_json(UNTREATED)
    absent = ("dose_level", "evaluable", "dlt_onset_day")
    assert [content[key] for key in absent] == [None, None, None]
    assert content["window"] == {"closes": None, "text": "not treated"}
    unknown = replace(SUBJECT, exposure=(DrugExposure("s1", 1, 28, 21, None, 1260, None),))
    exposure = subject_json(unknown)["exposure"][0]
    assert (exposure["planned_mg"], exposure["rdi"]) == (None, None)


def test_late_rules_stand_apart() -> None:
    late = replace(
        SUBJECT, verdict="NO_DLT", rules=(SILENT,), late=(MET,), late_dlt_equivalent=True
    )
    content = subject_json(late)
    assert [r["id"] for r in content["late"]] == ["H4"]
    assert content["late_dlt_equivalent"] is True
    text = _text(late)
    assert "NO_DLT, onset day 21; LATE DLT EQUIVALENT" in text
    assert "H4 met after the window: Platelet count decreased" in text


@pytest.mark.parametrize(
    "line",
    [
        "T1-001 (L1): DLT, onset day 21",
        "  evaluable: dose-limiting toxicity after at least one dose",
        "  window: to day 21; closes 2024-03-25",
        "  H4 met: Platelet count decreased",
        "      2024-03-24  PLAT <25 10*9/L (grade 4)  [lb.csv row 12]",
        "  H1 not evaluable: Neutrophil count decreased (at least 3 days); settles by 2024-03-24",
        "      missing: a sample by 2024-03-24",
        "  not met: N3",
        "  flag: assessed late: CBC of C1D2-C1D7",
        "  query: Fatigue (AE|1): attribution missing, taken as related",
    ],
)
def test_the_text_says_verdict_argument_and_what_is_open(line) -> None:
    assert line in [text.rstrip() for text in _text(SUBJECT).splitlines()]


def test_the_first_line_names_study_day_and_rules() -> None:
    first = _text(SUBJECT).splitlines()[0]
    assert first.startswith("T1 as of 2024-04-12, ")
    assert first.endswith("dlt-1@abc")


@pytest.mark.parametrize(
    ("evaluable", "words"),
    [(True, "evaluable: why"), (False, "not evaluable: why"), (None, "evaluability open: why")],
)
def test_three_answers_on_evaluability(evaluable, words) -> None:
    subject = replace(SUBJECT, evaluable=evaluable, evaluability_reason="why")
    assert f"  {words}" in [line.rstrip() for line in _text(subject).splitlines()]


def test_tables_show_numbers_and_no_table_is_printed_empty() -> None:
    text = _text(SUBJECT)
    assert "75%" in text
    assert "7 ADVERSE EVENT" in text
    assert "missed_hold" in text
    plain = _text(UNTREATED)
    for title in ("Surveillance", "Exposure", "Dose modification", "Deviations"):
        assert title in text
        assert title not in plain


def test_pauses_and_problems_stand_before_the_subjects() -> None:
    lines = _text(SUBJECT, pauses=[PAUSE], problems=["lb.csv: 1 row held"]).splitlines()
    assert lines[1].rstrip() == "Enrolment pause PAUSE-3: A case of Hy's law (T1-001)"
    assert lines[2].rstrip() == "Problem: lb.csv: 1 row held"


@pytest.mark.parametrize(
    "subject",
    [
        replace(SUBJECT, rules=(replace(MET, terms=("Rash [bold]red[/]",)),)),
        replace(SUBJECT, rules=(replace(MET, evidence=(
            replace(PLATELETS, text="Rash [bold]red[/]"),)),)),
        replace(SUBJECT, rules=(replace(OPEN, missing=("Rash [bold]red[/]",)),)),
        replace(SUBJECT, flags=("Rash [bold]red[/]",)),
        replace(SUBJECT, queries=("Rash [bold]red[/]",)),
        replace(SUBJECT, evaluability_reason="Rash [bold]red[/]"),
        replace(SUBJECT, window_text="Rash [bold]red[/]"),
        replace(SUBJECT, deviations=(replace(SUBJECT.deviations[0], actual="Rash [bold]red[/]"),)),
    ],
)  # fmt: skip
def test_words_of_the_data_are_printed_as_they_are(subject) -> None:
    assert "Rash [bold]red[/]" in _text(subject)


@pytest.mark.parametrize("name", ["T[1]-[/x]", "T [bold]1"])
def test_names_are_no_markup(name) -> None:
    pause = Pause("P", name, "L1", (name,))
    text = _text(replace(SUBJECT, usubjid=name, dose_level=name), pauses=[pause])
    assert f"Enrolment pause P: {name} ({name})" in text
    assert f"{name} ({name}): DLT" in text


def test_a_closing_tag_in_a_problem_does_not_stop_the_output() -> None:
    assert "Problem: lb.csv [/x]" in _text(problems=["lb.csv [/x]"])
