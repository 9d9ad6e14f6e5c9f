"""Which moves call a decision in question, and which are only its foreseen course: both of each."""

from __future__ import annotations

from typing import Any

import pytest

from safety.decisions.basis import COLUMNS, Basis, Cells
from safety.decisions.moves import GONE, moves

ALL, ONE = "", "S1"


def cells(table: str, **given: Any) -> Cells:
    return dict.fromkeys(COLUMNS[table].split()) | given


def basis(table: str, key: str, row: Cells | None, **verdict: Any) -> Basis:
    """A basis of one row beside the verdict of S1."""
    found: Basis = {"verdict": {"S1": cells("verdict", VERDICT="NO_DLT", EVALUABLE="Y", **verdict)}}
    if row is not None:
        found.setdefault(table, {})[key] = row
    return found


def told(about: str, table: str, was: Cells | None, now: Cells | None, key: str = "k") -> list[str]:
    """The columns that count when a row of `was` is `now`."""
    found = moves(about, basis(table, key, was), basis(table, key, now))
    assert all((m.table, m.key) == (table, key) for m in found)
    return [m.column or str(m.after) for m in found]


def rule(state: str, *, event: bool = False, **given: Any) -> Cells:
    behind = {"TERMS": '["Fatigue"]', "CITES": '["AE|1"]'} if event else {"TERMS": "[]",
                                                                         "CITES": "[]"}  # fmt: skip
    whose = {"USUBJID": "S1", "KIND": "dose_limiting", "STATE": state}
    return cells("rule_result", **whose, **behind) | given


@pytest.mark.parametrize("about", [ALL, ONE])
@pytest.mark.parametrize(
    ("was", "now", "counts"),
    [
        ("DLT", "NO_DLT", True), ("NO_DLT", "DLT", True), ("PENDING", "DLT", True),
        ("PENDING", "INDETERMINATE", True), ("INDETERMINATE", "NO_DLT", True),
        ("NO_DLT", "PENDING", True), ("NO_DLT", "INDETERMINATE", True),
        ("PENDING", "NO_DLT", False), ("DLT", "DLT", False),
    ],
)  # fmt: skip
def test_verdicts(about, was, now, counts) -> None:
    before, after = ({"verdict": {"S1": cells("verdict", VERDICT=v)}} for v in (was, now))
    assert [m.column for m in moves(about, before, after)] == ["VERDICT"] * counts


@pytest.mark.parametrize(
    ("was", "now", "counts"),
    [(None, "Y", False), (None, "N", True), ("Y", "N", True), ("N", "Y", True), ("Y", None, True)],
)
def test_evaluability(was, now, counts) -> None:
    before, after = ({"verdict": {"S1": cells("verdict", EVALUABLE=v)}} for v in (was, now))
    assert [m.column for m in moves(ALL, before, after)] == ["EVALUABLE"] * counts


def test_the_day_of_onset_counts_with_a_dlt_only() -> None:
    def onset(verdict: str, was: int | None, now: int) -> list[str]:
        rows = (cells("verdict", VERDICT=verdict, ONSETDY=day) for day in (was, now))
        before, after = ({"verdict": {"S1": row}} for row in rows)
        return [m.column for m in moves(ONE, before, after)]

    assert onset("DLT", 5, 9) == ["ONSETDY"]
    assert onset("PENDING", None, 9) == []


@pytest.mark.parametrize(
    ("about", "was", "now", "counts"),
    [
        (ONE, rule("met"), rule("not_met"), True),
        (ALL, rule("met"), rule("not_met"), True),
        (ONE, rule("not_met"), rule("met", event=True), True),
        (ALL, rule("not_evaluable"), rule("met", event=True), True),
        (ALL, rule("met"), rule("not_evaluable"), True),
        # an event that somebody judged turned out to be none
        (ONE, rule("not_evaluable", event=True), rule("not_met"), True),
        # what was open settled as was hoped for
        (ALL, rule("not_evaluable", event=True), rule("not_met"), False),
        (ONE, rule("not_evaluable"), rule("not_met"), False),
        # a new event of the subject may be one; nothing but time makes the other
        (ONE, rule("not_met"), rule("not_evaluable", event=True), True),
        (ONE, rule("not_met"), rule("not_evaluable"), False),
    ],
)
def test_states_of_rules(about, was, now, counts) -> None:
    assert ("STATE" in told(about, "rule_result", was, now)) is counts
    if not counts:
        assert told(about, "rule_result", was, now) == []


def test_onset_of_a_rule_counts_while_it_is_met() -> None:
    assert told(ONE, "rule_result", rule("met", ONSETDY=3), rule("met", ONSETDY=4)) == ["ONSETDY"]
    was, now = (rule("not_evaluable", event=True, ONSETDY=day) for day in (3, 4))
    assert told(ONE, "rule_result", was, now) == []
    assert told(ONE, "rule_result", rule("met", CITES='["a"]'), rule("met", CITES='["b"]')) == []


def cited(*records: str, state: str = "met", **tables: dict[str, Cells]) -> Basis:
    """A basis of one rule that cites records, beside the rows of their tables."""
    row = rule(state, event=True, CITES=str(list(records)).replace("'", '"'))
    return {"verdict": {"S1": cells("verdict", VERDICT="DLT")}, "rule_result": {"k": row}} | tables


def reports(*records: str, state: str = "met") -> Basis:
    return cited(*records, state=state, adverse_event={r: cells("adverse_event") for r in records})


def events(about: str, was: Basis, now: Basis) -> list[tuple[str, object]]:
    return [(m.column, m.after) for m in moves(about, was, now) if m.table == "rule_result"]


@pytest.mark.parametrize("state", ["met", "not_evaluable"])
def test_a_second_event_of_the_term_counts_in_an_adjudication(state) -> None:
    was, now = reports("AE|1", state=state), reports("AE|1", "AE|2", state=state)
    assert events(ONE, was, now) == [("CITES", "AE|2")]
    assert events(ALL, was, now) == []
    assert events(ONE, now, now) == []


def test_a_record_in_the_place_of_another_is_no_second_event() -> None:
    assert events(ONE, reports("AE|1"), reports("AE|2")) == []
    assert events(ONE, reports("AE|1"), reports("AE|2", "AE|3")) == [
        ("CITES", "AE|2"), ("CITES", "AE|3"),
    ]  # fmt: skip
    assert events(ONE, reports("AE|1", "AE|2"), reports("AE|1")) == []


def values(*grades: int | None) -> Basis:
    """A rule that cites a value a day; None is one whose grade may be 0 to 4."""
    keys = [f"LB|{day}" for day in range(len(grades))]
    rows = {key: cells("measurement", ADTC=f"2024-03-{day + 10}") for day, key in enumerate(keys)}
    graded = {
        f"{key}#Neutropenia#low": cells(
            "grade", TERM="Neutropenia", ATOXGR=grade, NUMPOSS="0|4" if grade is None else None
        )
        for key, grade in zip(keys, grades, strict=True)
    }
    return cited(*keys, measurement=rows, grade=graded)


@pytest.mark.parametrize(
    ("was", "now", "counts"),
    [
        ((4,), (4, 4), []),  # it goes on
        ((4,), (4, 4, 2), []),  # and recovers
        ((4, 2), (4, 2, 4), ["LB|2"]),  # and comes again
        ((4,), (4, 2, 3, 4), ["LB|2"]),
        ((4, 2, 3), (4, 2, 3, 4, 4), []),  # the second one was there at the decision
        ((4, 2, 3, 1), (4, 2, 3, 1, None), ["LB|4"]),
        ((4, 4), (4, 4, None), []),
    ],
)
def test_a_new_episode_of_values_counts_and_one_that_goes_on_does_not(was, now, counts) -> None:
    found = events(ONE, values(*was), values(*now))
    assert found == [("CITES", key) for key in counts]


def test_rules_that_are_new_to_the_basis() -> None:
    assert told(ONE, "rule_result", None, rule("met")) == ["STATE"]
    assert told(ALL, "rule_result", None, rule("met")) == ["STATE"]
    assert told(ONE, "rule_result", None, rule("not_evaluable", event=True)) == ["STATE"]
    assert told(ALL, "rule_result", None, rule("not_evaluable", event=True)) == []
    assert told(ONE, "rule_result", None, rule("not_evaluable")) == []
    assert told(ONE, "rule_result", None, rule("not_met")) == []
    assert told(ALL, "rule_result", None, rule("met", KIND="exception")) == []


def test_a_new_treated_subject_is_no_question() -> None:
    now = basis("rule_result", "k", rule("met", USUBJID="S2"))
    now["verdict"]["S2"] = cells("verdict", VERDICT="DLT")
    assert moves(ALL, basis("rule_result", "k", None), now) == []


def test_rows_that_are_gone() -> None:
    assert told(ONE, "rule_result", rule("met"), None) == [GONE]
    assert told(ONE, "rule_result", rule("not_evaluable", event=True), None) == [GONE]
    assert told(ALL, "rule_result", rule("not_evaluable", event=True), None) == []
    assert told(ONE, "rule_result", rule("not_met"), None) == []
    assert told(ONE, "adverse_event", cells("adverse_event", AETOXGR="3"), None) == [GONE]
    assert told(ONE, "grade", cells("grade", ATOXGR=4), None) == [GONE]
    assert [m.before for m in moves(ALL, basis("pause", "k", None), {})] == ["VERDICT NO_DLT"]


@pytest.mark.parametrize(
    ("column", "was", "now", "counts"),
    [
        ("AETOXGR", "3", "2", True), ("AEREL", None, "POSSIBLE", True),
        ("AEREL", "POSSIBLE", "NOT RELATED", True), ("STDTC", "2024-03-05", "2024-03-06", True),
        ("ENDTC", None, "2024-03-09", False), ("ENDTC", "2024-03-09", "2024-03-19", True),
        ("ENDTC", "2024-03-09", None, True),
        ("AEOUT", "NOT RECOVERED/NOT RESOLVED", "RECOVERED/RESOLVED", False),
        ("AEOUT", None, "RECOVERING/RESOLVING", False),
        ("AEOUT", "NOT RECOVERED/NOT RESOLVED", "FATAL", True),
        ("AEOUT", "RECOVERED/RESOLVED", "NOT RECOVERED/NOT RESOLVED", True),
        ("AEOUT", "UNKNOWN", None, True),
    ],
)  # fmt: skip
def test_cited_records(column, was, now, counts) -> None:
    rows = [cells("adverse_event", **{column: value}) for value in (was, now)]
    assert told(ONE, "adverse_event", *rows) == [column] * counts


def test_cited_values_and_grades() -> None:
    assert told(ONE, "measurement", cells("measurement", AVALC="0.4"),
                cells("measurement", AVALC="4.0")) == ["AVALC"]  # fmt: skip
    assert told(ONE, "grade", cells("grade", ATOXGR=4), cells("grade", ATOXGR=3)) == ["ATOXGR"]
    assert told(ONE, "grade", cells("grade", ATOXGR=4), cells("grade", ATOXGR=4.0)) == []


def test_doses_of_a_cycle_count_once_it_is_complete() -> None:
    def doses(complete: str | None, taken: float) -> Cells:
        return cells("dose_account", COMPLETE=complete, PLANNED=21.0, TAKEN=taken)

    assert told(ONE, "dose_account", doses("Y", 21), doses("Y", 20)) == ["TAKEN"]
    assert told(ONE, "dose_account", doses("Y", 0.3), doses("Y", 0.1 + 0.2)) == []
    assert told(ONE, "dose_account", doses(None, 11), doses("Y", 21)) == []
    assert told(ONE, "dose_account", doses("Y", 21), None) == [GONE]
    assert told(ONE, "dose_account", doses(None, 21), None) == []


def test_triggers() -> None:
    def trigger(state: str, dose: str = "same") -> Cells:
        return cells("trigger", STATE=state, NEXTDOSE=dose)

    assert told(ALL, "trigger", trigger("met"), None) == [GONE]
    assert told(ALL, "trigger", trigger("not_evaluable"), None) == []
    assert told(ALL, "trigger", trigger("not_evaluable"), trigger("met")) == ["STATE"]
    assert told(ALL, "trigger", trigger("met"), trigger("met", "50 mg")) == ["NEXTDOSE"]
    assert told(ALL, "trigger", None, trigger("met")) == []


def test_pauses() -> None:
    def pause(*subjects: str) -> Cells:
        return cells("pause", SUBJECTS=str(list(subjects)).replace("'", '"'))

    assert told(ALL, "pause", None, pause("S1")) == ["SUBJECTS"]
    assert told(ALL, "pause", None, pause("S9")) == []
    assert told(ALL, "pause", pause("S1"), pause("S1", "S9")) == []
    assert told(ALL, "pause", pause("S1", "S9"), pause("S9")) == ["SUBJECTS"]
    assert told(ALL, "pause", pause("S1"), None) == [GONE]
