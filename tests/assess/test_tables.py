"""Assessments as frames: keys that stay, and evidence that does not change when rows move."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pandas as pd

from safety.assess.facts import Source
from safety.assess.result import (
    Deviation,
    DrugExposure,
    Pause,
    RuleResult,
    SubjectAssessment,
    Trigger,
)
from safety.assess.stopping import Monitored
from safety.assess.tables import COLUMNS, frames
from safety.store import sync

LOW = Source("2024-03-08", "NEUT 0.4", "LB|S1|2", "lb.csv", 2)
LOWER = Source("2024-03-12", "NEUT 0.3", "LB|S1|3", "lb.csv", 3)
HOLD = Trigger(
    rule="A1", drug="alpha", action="hold", on=date(2024, 3, 8), resume="NEUT >= 1.5",
    next_dose="same", until=None, wins=True, state="met", evidence=(LOW,),
)  # fmt: skip
MISSED = Deviation(
    "missed_hold", "alpha", date(2024, 3, 9), "on hold", "100 mg taken", "A1", (LOW,)
)


def subject(**changes) -> SubjectAssessment:
    nothing = SubjectAssessment(
        usubjid="S1", dose_level="L1", verdict="NO_DLT", evaluable=True, evaluability_reason="",
        late_dlt_equivalent=False, dlt_onset_day=None, window_closes=date(2024, 3, 22),
        window_text="to day 21", rules=(), late=(), flags=(), queries=(), surveillance=(),
        exposure=(), triggers=(), deviations=(),
    )  # fmt: skip
    return replace(nothing, **changes)


def keys(name: str, found: SubjectAssessment) -> list[str]:
    return frames([found], [])[name]["KEY"].tolist()


def test_a_verdict() -> None:
    found = subject(verdict="DLT", dlt_onset_day=8, late_dlt_equivalent=True, flags=("a", "b"))
    row = frames([found], [])["verdict"].iloc[0]
    assert (row["KEY"], row["DOSELVL"], row["VERDICT"], row["ONSETDY"]) == ("S1", "L1", "DLT", 8)
    assert (row["EVALUABLE"], row["LATE"], row["CLOSES"]) == ("Y", "Y", "2024-03-22")
    assert row["FLAGS"] == '["a","b"]'


def test_evaluable_has_three_answers() -> None:
    found = [subject(usubjid=str(e), evaluable=e) for e in (True, False, None)]
    assert frames(found, [])["verdict"]["EVALUABLE"].tolist() == ["Y", "N", ""]


def test_who_was_not_treated_has_no_day_of_closing() -> None:
    row = frames([subject(window_closes=None)], [])["verdict"].iloc[0]
    assert pd.isna(row["CLOSES"])
    assert pd.isna(row["ONSETDY"])


def test_a_rule_and_its_late_events_are_two_rows() -> None:
    rule = RuleResult("H1", "dose_limiting", "met", evidence=(LOW,), onset_day=8, terms=("N",))
    table = frames([subject(rules=(rule,), late=(rule,))], [])["rule_result"]
    assert table["KEY"].tolist() == ["S1#H1#", "S1#H1#Y"]
    assert table["LATE"].tolist() == ["", "Y"]
    assert json.loads(table["EVIDENCE"][0]) == [
        {"record": "LB|S1|2", "date": "2024-03-08", "text": "NEUT 0.4"}
    ]
    assert json.loads(table["PLACES"][0]) == [{"file": "lb.csv", "row": 2}]


def test_a_record_that_moved_in_its_file_is_no_changed_result() -> None:
    def prepared(source: Source) -> tuple[str, str]:
        rule = RuleResult("H1", "dose_limiting", "met", evidence=(source,))
        row = sync.prepare("rule_result", frames([subject(rules=(rule,))], [])["rule_result"])
        return row["key"].item(), row["row_hash"].item()

    assert prepared(LOW) == prepared(replace(LOW, file="lb.parquet", row=9))
    assert prepared(LOW)[1] != prepared(replace(LOW, text="NEUT 0.3"))[1]


def test_two_triggers_of_one_rule_drug_and_day_differ() -> None:
    assert keys("trigger", subject(triggers=(HOLD,))) == ["S1#A1#alpha#2024-03-08#LB|S1|2"]
    other = replace(HOLD, evidence=(LOWER,))
    assert keys("trigger", subject(triggers=(HOLD, other))) == [
        "S1#A1#alpha#2024-03-08#LB|S1|2",
        "S1#A1#alpha#2024-03-08#LB|S1|3",
    ]


def test_triggers_of_one_record_are_told_apart_by_what_they_say_not_by_place() -> None:
    stop = replace(HOLD, action="discontinue")
    found = keys("trigger", subject(triggers=(HOLD, stop)))
    assert len(set(found)) == 2
    assert set(keys("trigger", subject(triggers=(stop, HOLD)))) == set(found)


def test_equal_triggers_are_one() -> None:
    assert len(keys("trigger", subject(triggers=(HOLD, HOLD)))) == 1


def test_deviations_of_one_kind_and_day_differ_by_rule() -> None:
    found = keys("deviation", subject(deviations=(MISSED, replace(MISSED, rule="A2"))))
    assert found == [
        "S1#missed_hold#A1#alpha#2024-03-09#LB|S1|2",
        "S1#missed_hold#A2#alpha#2024-03-09#LB|S1|2",
    ]


def test_an_account_keeps_what_is_not_known_missing() -> None:
    account = DrugExposure("alpha", 1, 21, 20, None, 2000, None, {"ADVERSE EVENT": 1})
    row = frames([subject(exposure=(account,))], [])["dose_account"].iloc[0]
    assert (row["KEY"], row["CYCLE"], row["TAKEN"], row["COMPLETE"]) == ("S1#alpha#1", 1, 20, "Y")
    assert pd.isna(row["RDI"])
    assert row["MISSED"] == '{"ADVERSE EVENT":1}'


def test_a_pause_names_its_subjects() -> None:
    pauses = [Pause("STOP", "any H1", level, ("S1", "S2")) for level in ("L1", "L2")]
    table = frames([], pauses)["pause"]
    assert table["KEY"].tolist() == ["STOP#L1#any H1", "STOP#L2#any H1"]
    assert table["SUBJECTS"].tolist() == ['["S1","S2"]'] * 2


def test_a_monitor_tells_whom_it_counts() -> None:
    counted = Monitored("STOP-1", "Toxic", "L1", ("S1", "S2", "S3"), ("S2",), ("S4",), ("S5",))
    row = frames([], [], [counted])["monitor"].iloc[0]
    assert row.to_dict() == {
        "KEY": "STOP-1#L1", "RULE": "STOP-1", "DOSELVL": "L1", "RULETEXT": "Toxic",
        "SUBJECTS": '["S2"]', "ATRISK": '["S1","S2","S3"]', "UNDECIDED": '["S4"]',
        "WAITING": '["S5"]', "N": 3, "EVENTS": 1,
    }  # fmt: skip


def test_nothing_to_say_has_every_column() -> None:
    found = frames([], [])
    assert {name: list(f.columns) for name, f in found.items()} == {
        name: ["KEY", *columns.split()] for name, columns in COLUMNS.items()
    }


def test_every_table_is_one_of_the_stores() -> None:
    for name, frame in frames([subject()], []).items():
        stored = {c.name for c in sync.BITEMPORAL[name].columns} - set(sync.BOOKKEEPING)
        assert {c.lower() for c in frame} - {"key"} == stored, name
