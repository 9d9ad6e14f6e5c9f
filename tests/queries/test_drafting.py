"""Drafted queries: literal findings and records, literal texts."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from safety import queries
from safety.queries.drafting import COLUMNS, MAX_SHOWN
from safety.queries.records import quoted
from tests import build
from tests.build import event, measurement

COMPARED = ["KEY", "DOMAIN", "USUBJID", "SRCFILE", "SRCROW", "TERM", "EPISODE", "UNREPORTED"]
NOTHING = pd.DataFrame({c: pd.array([], "str") for c in COMPARED})
NAUSEA = "Nausea (event 1), grade not given, 2024-03-05 to 2024-03-07, outcome RECOVERED/RESOLVED"
CLOSING = "If everything is right as it stands, please confirm it. Thank you."


def finding(check: str, domain: str, **changes: Any) -> dict[str, Any]:
    row = {"CHECKID": check, "DOMAIN": domain, "STATUS": "fail", "HANDLING": "query",
           "SEVERITY": "warning", "TITLE": "Unit is present"}  # fmt: skip
    return row | changes


def failing(check: str, records: pd.DataFrame, which: slice = slice(None)) -> pd.DataFrame:
    rows = records[which]
    told = rows[["KEY", "DOMAIN", "USUBJID", "SRCFILE", "SRCROW"]]
    return told.rename(columns={"KEY": "RECORD", "SRCFILE": "FILE"}).assign(CHECKID=check)


def drafts(
    findings: list[dict], rows: pd.DataFrame, frames: dict, *, reconciled: pd.DataFrame = NOTHING,
    asked: dict[str, list[str]] | None = None, says: dict[str, str] | None = None,
) -> list[dict[str, str]]:  # fmt: skip
    verdicts = pd.DataFrame(
        {"USUBJID": list(asked or {}), "QUERIES": [json.dumps(q) for q in (asked or {}).values()]}
    )
    found = queries.drafts(
        (pd.DataFrame(findings), rows), reconciled, verdicts, frames,
        {"RC-001": "UNREPORTED"} | (says or {}),
    )  # fmt: skip
    assert list(found) == COLUMNS
    return found.to_dict("records")


def test_samples_of_one_subject_are_asked_about_together() -> None:
    rows = [measurement("PLAT", "24", None, f"2024-03-1{n}", VISITNUM=str(n)) for n in (2, 1)]
    records = build.records("LB", *rows)
    (query,) = drafts(
        [finding("ME-011", "LB", HANDLING="reject", SEVERITY="critical")],
        failing("ME-011", records), {"measurement": [records]},
    )  # fmt: skip
    assert query["TEXT"].split("\n") == [
        "The unit of 2 records of S1 is missing, so there is no grade.",
        "- 2024-03-11: PLAT 24 (no unit) (reference 10 to 40)",
        "- 2024-03-12: PLAT 24 (no unit) (reference 10 to 40)",
        "Please add the unit in which the laboratory reported the result.",
        CLOSING,
    ]
    assert {c: query[c] for c in ("KEY", "USUBJID", "CHECKID", "TERM", "EPISODE", "SEVERITY")} == {
        "KEY": "S1#ME-011#", "USUBJID": "S1", "CHECKID": "ME-011", "TERM": "PLAT",
        "EPISODE": "", "SEVERITY": "critical",
    }  # fmt: skip
    assert json.loads(query["EVIDENCE"])[0] == {
        "record": records["KEY"][1], "date": "2024-03-11",
        "text": "PLAT 24 (no unit) (reference 10 to 40)",
    }  # fmt: skip
    assert json.loads(query["PLACES"]) == [
        {"file": "lb.csv", "row": 2},
        {"file": "lb.csv", "row": 1},
    ]


def test_many_records_are_counted_and_not_all_shown() -> None:
    rows = [measurement("PLAT", "24", None, VISITNUM=str(n)) for n in range(23)]
    records = build.records("LB", *rows)
    (query,) = drafts([finding("ME-011", "LB")], failing("ME-011", records),
                      {"measurement": [records]})  # fmt: skip
    lines = query["TEXT"].split("\n")
    assert lines[0] == "The unit of 23 records of S1 is missing, so there is no grade."
    assert lines[MAX_SHOWN + 1] == "- and 3 more"
    assert len(json.loads(query["EVIDENCE"])) == MAX_SHOWN


def test_the_key_and_the_text_do_not_depend_on_the_place_in_the_file() -> None:
    rows = [measurement("PLAT", "24", None), measurement("ALT", "30", VISITNUM="7")]
    first, moved = build.records("LB", *rows), build.records("LB", *rows[::-1])
    asked = [
        drafts([finding("ME-011", "LB")],
               failing("ME-011", r)[r["PARAMCD"].eq("PLAT").to_numpy()], {"measurement": [r]})
        for r in (first, moved)
    ]  # fmt: skip
    apart = [{k: v for k, v in a[0].items() if k != "PLACES"} for a in asked]
    assert apart[0] == apart[1]
    assert asked[0][0]["PLACES"] != asked[1][0]["PLACES"]


def test_each_event_is_asked_about_by_itself() -> None:
    rows = [event("1", None), event("2", None, AEDECOD="Rash")]
    records = build.records("AE", *rows)
    found = drafts([finding("AE-010", "AE")], failing("AE-010", records),
                   {"adverse_event": [records]})  # fmt: skip
    assert [(q["KEY"], q["TERM"]) for q in found] == [
        ("S1#AE-010#AE|S1|1", "Nausea"), ("S1#AE-010#AE|S1|2", "Rash"),
    ]  # fmt: skip
    assert found[0]["TEXT"].split("\n")[:2] == [
        "Nausea of S1 has no toxicity grade.",
        f"- 2024-03-05: {NAUSEA}",
    ]


def test_what_the_check_says_of_a_record_is_told() -> None:
    records = build.records("AE", event()).assign(TERMQUERY="'sick' is no term")
    (query,) = drafts([finding("AE-018", "AE")], failing("AE-018", records),
                      {"adverse_event": [records]}, says={"AE-018": "TERMQUERY"})  # fmt: skip
    assert query["TEXT"].split("\n")[1].endswith("RECOVERED/RESOLVED: 'sick' is no term")


@pytest.mark.parametrize("handling", ["warn", "convert", "hold"])
def test_what_asks_nothing_makes_no_query(handling: str) -> None:
    records = build.records("AE", event())
    found = drafts([finding("AE-010", "AE", HANDLING=handling)], failing("AE-010", records),
                   {"adverse_event": [records]})  # fmt: skip
    assert found == []


def test_a_check_without_a_text_asks_in_general() -> None:
    records = build.records("AE", event())
    title = "CTCAE has it"
    (query,) = drafts([finding("AE-999", "AE", TITLE=title)], failing("AE-999", records),
                      {"adverse_event": [records]})  # fmt: skip
    assert query["TEXT"].startswith(
        "A check of the data did not pass. Expected: CTCAE has it. Concerned: 1 record of S1.\n"
    )


def test_an_episode_is_one_query_whatever_its_records() -> None:
    rows = [measurement("ALT", "300", day=f"2024-03-1{n}", VISITNUM=str(n)) for n in (1, 5)]
    records = build.records("LB", *rows)
    wrong = records[["KEY", "DOMAIN", "USUBJID", "SRCFILE", "SRCROW"]].assign(
        TERM="ALT increased", DIRECTION="high", EPISODE="S1|ALT increased|high|LB|1",
        UNREPORTED="ALT increased grade 3 without an adverse event",
    )  # fmt: skip
    (query,) = drafts([finding("RC-001", "LB")], failing("RC-001", records),
                      {"measurement": [records]}, reconciled=wrong)  # fmt: skip
    assert query["KEY"] == "S1#RC-001#S1|ALT increased|high|LB|1"
    assert query["TERM"] == "ALT increased"
    assert query["TEXT"].split("\n")[1] == (
        "- 2024-03-11: ALT 300 U/L (reference 10 to 40): "
        "ALT increased grade 3 without an adverse event"
    )
    assert len(json.loads(query["EVIDENCE"])) == 2


def test_a_lower_grade_is_asked_about_with_the_result() -> None:
    records = build.records("AE", event("1", "2"))
    said = (
        "reported grade 2, but the value of 2024-03-10 is grade 4: ALT 950 U/L (reference 0 to 40)"
    )
    wrong = records[["KEY", "DOMAIN", "USUBJID", "SRCFILE", "SRCROW"]].assign(
        TERM="ALT increased", DIRECTION="", EPISODE="S1|ALT increased||AE|S1|1", LOWERGRADE=said
    )
    (query,) = drafts([finding("RC-002", "AE")], NO_ROWS, {"adverse_event": [records]},
                      reconciled=wrong, says={"RC-002": "LOWERGRADE"})  # fmt: skip
    (evidence,) = json.loads(query["EVIDENCE"])
    assert evidence["text"] == f"{NAUSEA.replace('not given', '2', 1)}: {said}"
    assert query["TEXT"].split("\n")[1] == f"- 2024-03-05: {evidence['text']}"


def test_the_assessment_does_not_ask_for_an_event_whose_coding_is_asked_for() -> None:
    records = build.records("AE", event("1", AEDECOD="Transaminases increased"))
    ask = "{} grade 4 on 2024-03-11: no adverse event {} reported; attribution missing"
    terms = ["Aspartate aminotransferase increased", "Platelet count decreased"]
    texts = [ask.format(t, t) for t in terms]
    found = drafts([finding("AE-018", "AE")], failing("AE-018", records),
                   {"adverse_event": [records]}, asked={"S1": texts})  # fmt: skip
    told = [q["TEXT"].split("\n")[1] for q in found if q["CHECKID"] == "DLT"]
    assert told == [f"- {texts[1]}"]


def test_the_assessment_asks_by_kind_of_question() -> None:
    same = ["ALT 300 on 2024-03-11: sample unclear", "ALT 310 on 2024-03-15: sample unclear"]
    asked = {"S1": [*same, "cycle 2 is late"]}
    found = drafts([finding("X", "AE")], NO_ROWS, {}, asked=asked)
    assert [q["TEXT"].split("\n")[1:-2] for q in sorted(found, key=lambda q: q["TEXT"])] == [
        [f"- {text}" for text in same],
        ["- cycle 2 is late"],
    ]
    assert {q["CHECKID"] for q in found} == {"DLT"}
    later = {"S1": ["ALT 320 on 2024-04-02: sample unclear"]}
    (one,) = drafts([finding("X", "AE")], NO_ROWS, {}, asked=later)
    assert one["KEY"] in {q["KEY"] for q in found}


def test_the_assessment_does_not_repeat_what_a_check_asks() -> None:
    records = build.records("AE", event("1", None))
    texts = ["AE|S1|1: has no grade; add it", "AE|S1|12: has no grade; add it"]
    found = drafts([finding("AE-010", "AE")], failing("AE-010", records),
                   {"adverse_event": [records]}, asked={"S1": texts})  # fmt: skip
    told = [q["TEXT"].split("\n")[1] for q in found if q["CHECKID"] == "DLT"]
    assert told == ["- AE|S1|12: has no grade; add it"]


def test_delivered_text_is_on_one_line_and_short() -> None:
    assert quoted("a\nb\t\x00c") == "a b c"
    assert quoted("x" * 100) == "x" * 57 + "..."
    assert (quoted(None), quoted(""), quoted(float("nan"), "-")) == ("not given", "not given", "-")


NO_ROWS = pd.DataFrame(
    {c: pd.array([], "str") for c in ("CHECKID", "DOMAIN", "USUBJID", "RECORD", "FILE", "SRCROW")}
)
