"""What puts a verdict in doubt, and what it could become."""

from __future__ import annotations

import json

import pytest

from safety.nextdose.doubts import asked, held

WINDOW, TODAY = {"S1": "2024-03-22"}, "2024-04-01"
KEY = "LB|S1|7|PLAT"
FOUND = "Platelet count decreased: possibly grade 4 in a held row"


def alert(**changes):
    return {
        "USUBJID": "S1",
        "RULE": "HELD4",
        "EPISODE": f"{KEY}#Platelet count decreased",
        "CONDITION": "holds",
        "TITLE": f"P2 [unverified] T1 S1: {FOUND}",
    } | changes


def row(day: str = "2024-03-10T08:00", domain: str = "LB", **changes):
    raw = {f"{domain}DTC": day} if day else {}
    return {"KEY": f"{KEY}#0123456789ab", "DOMAIN": domain, "RAW": json.dumps(raw)} | changes


def query(**changes):
    return {"KEY": "q1", "USUBJID": "S1", "CHECKID": "RE-001", "TERM": "Anemia",
            "TOPIC": "grade without event",
            "EVIDENCE": json.dumps([{"date": "2024-03-10", "record": "LB|1", "text": "HGB 60"}]),
            } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("alerts", "rows", "can_be"),
    [
        ([alert()], [row()], ("DLT", "NO_DLT")),
        ([alert()], [row("2024-03-22")], ("DLT", "NO_DLT")),  # the last day of the window
        ([alert()], [row("2024-03-23")], ("NO_DLT",)),
        ([alert()], [row("")], ("DLT", "NO_DLT")),  # no date: it may be any
        ([alert()], [row("23/03/2024")], ("DLT", "NO_DLT")),  # nor one that can be read
        ([alert()], [], ("DLT", "NO_DLT")),
        ([alert()], [row("2042-03-10")], ("DLT", "NO_DLT")),  # after today: nobody believes it
        ([alert(CONDITION="cleared")], [row()], ("NO_DLT",)),
        ([alert(RULE="GRADE4")], [row()], ("NO_DLT",)),
        ([alert(USUBJID="S2")], [row()], ("NO_DLT",)),
        ([alert(EPISODE="dose|S1|s1#Doses of s1")], [], ("DLT", "NO_DLT", "EXCLUDED")),
    ],
)
def test_held_rows_of_a_verdict_without_dlt(alerts, rows, can_be):
    assert held(alerts, rows, WINDOW, TODAY).of("S1", "NO_DLT")[0] == can_be


def test_an_event_is_dated_by_its_start_and_not_by_its_collection():
    raw = json.dumps({"AEDTC": "2024-03-28", "AESTDTC": "2024-03-10"})
    event = {"KEY": f"{KEY}#0123456789ab", "DOMAIN": "AE", "RAW": raw}
    assert held([alert()], [event], WINDOW, TODAY).of("S1", "NO_DLT")[0] == ("DLT", "NO_DLT")


def test_why_is_told_without_tier_study_and_subject():
    found = held([alert(), alert()], [row()], WINDOW, TODAY)
    assert found.of("S1", "NO_DLT")[1] == (f"held: {FOUND}",)


def test_held_rows_take_no_dlt_back_and_may_make_one_of_who_was_excluded():
    found = held([alert()], [row()], WINDOW, TODAY)
    assert found.of("S1", "DLT") == (("DLT",), ())
    assert found.of("S1", "EXCLUDED")[0] == ("DLT", "EXCLUDED")
    assert found.of("S2", "NO_DLT") == (("NO_DLT",), ())


@pytest.mark.parametrize(
    ("content", "state", "can_be"),
    [
        (query(), "open", ("DLT", "NO_DLT")),
        (query(), "reopened", ("DLT", "NO_DLT")),
        (query(), "answered", ("NO_DLT",)),
        (query(), "closed", ("NO_DLT",)),
        (query(CHECKID="DLT"), "sent", ("DLT", "NO_DLT")),
        (query(CHECKID="AE-022"), "open", ("NO_DLT",)),  # an event told twice
        (query(EVIDENCE='[{"date": "2024-03-23"}]'), "open", ("NO_DLT",)),
        (query(EVIDENCE="[]"), "open", ("DLT", "NO_DLT")),
        (query(USUBJID="S2"), "open", ("NO_DLT",)),
    ],
)
def test_queries_of_a_verdict_without_dlt(content, state, can_be):
    assert asked([content], {"q1": state}, WINDOW, {}).of("S1", "NO_DLT")[0] == can_be


def test_only_an_answer_about_the_event_may_take_a_dlt_back():
    about, other = frozenset({"Anemia"}), frozenset({"Rash"})
    found = asked([query()], {}, WINDOW, {"S1": about})
    assert found.of("S1", "DLT") == (
        ("DLT", "NO_DLT", "EXCLUDED"), ("query: grade without event, Anemia",),
    )  # fmt: skip
    assert asked([query()], {}, WINDOW, {"S1": other}).of("S1", "DLT") == (("DLT",), ())


def test_both_kinds_of_doubt_are_told():
    both = held([alert()], [row()], WINDOW, TODAY).joined(asked([query()], {}, WINDOW, {}))
    assert both.of("S1", "NO_DLT")[1] == (
        f"held: {FOUND}",
        "query: grade without event, Anemia",
    )
