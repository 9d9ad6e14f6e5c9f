"""Alerts: told, late, early, false, by kind."""

import pytest

from safety.simulate.score import alerts
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import WHO, march, said, truth


def true_one(kind: str, what: str, first: int = 5) -> dict[str, str]:
    return {"USUBJID": WHO, "KIND": kind, "WHAT": what, "ON": march(first), "FROM": march(first)}


def told(kind: str, episode: str, day: int = 5, **changes):
    return {
        "USUBJID": WHO, "RULE": kind, "EPISODE": episode, "LEVEL": 3, "TITLE": "an alert",
        "DAY": march(day),
    } | changes  # fmt: skip


def counted(true, got, **tables):
    part = alerts.part(truth(alerts=true, **tables), said(alerts=got))
    return [t for t in part.tallies if t != Tally(t.name)]


@pytest.mark.parametrize(
    ("kind", "what", "episode", "changes"),
    [
        ("DLT", "H1", "H1|9|Neutrophil count decreased", {}),
        ("GRADE4", "Anemia", "Anemia|low|2024-03-05", {}),
        ("GRADE4", "Anemia", f"AE|{WHO}|3|ANEMIA|2024-03-05", {}),
        ("HOLD", "A1", f"{WHO}#A1#alpha#2024-03-05#LB|x|hold", {}),
        ("PAUSE", "PAUSE-1", "PAUSE-1##text", {"USUBJID": ""}),
        ("DEATH", "DEATH", "DM", {}),
    ],
)
def test_an_alert_of_each_kind(kind, what, episode, changes):
    assert counted([true_one(kind, what)], [told(kind, episode, **changes)]) == [Tally(kind, 1, 1)]


def test_a_fatal_event_tells_of_the_death():
    got = [told("GRADE4", f"AE|{WHO}|3|Sepsis|2024-03-05", LEVEL=5)]
    assert counted([true_one("DEATH", "Sepsis")], got) == [Tally("DEATH", 1, 1)]
    assert counted([true_one("DEATH", "Sepsis")], [got[0] | {"LEVEL": 4}]) == [
        Tally("GRADE4", false=1), Tally("DEATH", 1, missed=1),
    ]  # fmt: skip


def test_two_days_late():
    got = [told("DLT", "H1|9|x", 7)]
    assert counted([true_one("DLT", "H1")], got) == [Tally("DLT", 1, 1, delays=(2,))]


def test_too_early_unless_the_rule_was_open():
    true, got = [true_one("DLT", "H1", 8)], [told("DLT", "H1|9|x", 6)]
    assert counted(true, got) == [Tally("DLT", 1, 1, early=1)]
    opened = {"USUBJID": WHO, "RULE": "H1", "STATE": "open", "FROM": march(6)}
    assert counted(true, got, rules=[opened]) == [Tally("DLT", 1, 1)]


def test_an_alert_of_another_subject_is_none():
    got = [told("HOLD", "k#A1#a|hold", USUBJID="SIM-T1-001-002")]
    assert counted([true_one("HOLD", "A1")], got) == [Tally("HOLD", 1, missed=1, false=1)]


def test_never_told():
    assert counted([true_one("HOLD", "A1")], []) == [Tally("HOLD", 1, missed=1)]


def test_a_later_event_under_an_alert_that_was_told_before():
    true = [true_one("GRADE4", "Anemia", 5), true_one("GRADE4", "Anemia", 9)]
    one, two = told("GRADE4", "Anemia|low|2024-03-05"), told("GRADE4", "Anemia|low|9", 11)
    assert counted(true, [one]) == [Tally("GRADE4", 2, 2)]
    assert counted(true, [one, two]) == [Tally("GRADE4", 2, 2, delays=(2,))]


def test_false_alarms_by_kind():
    got = [told("DLT", "H1|9|x"), told("GRADE4", "Anemia|low|d"), told("HOLD", "k#S1#a|hold"),
           told("SAMPLE", "H1|9|x")]  # fmt: skip
    assert counted([], got) == [Tally("DLT", false=1), Tally("GRADE4", false=1)]


def test_an_alert_of_an_open_rule_is_no_false_one():
    opened = {"USUBJID": WHO, "RULE": "H1", "STATE": "open", "FROM": march(6)}
    assert counted([], [told("DLT", "H1|9|x", 6)], rules=[opened]) == []
