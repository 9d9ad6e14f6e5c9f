"""Alerts: told, late, early, false, by kind."""

from dataclasses import replace

import pytest

from safety.simulate.score import alerts
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import WHO, fault, march, said, truth

OTHER = "SIM-T1-001-002"
SUBJECTS = [{"USUBJID": u, "FIRSTDOSE": march(1)} for u in (WHO, OTHER)]  # day 5 is 5 March


def true_one(kind: str, what: str, first: int = 5) -> dict[str, str]:
    return {"USUBJID": WHO, "KIND": kind, "WHAT": what, "ON": march(first), "FROM": march(first)}


def told(kind: str, episode: str, day: int = 5, **changes):
    return {
        "USUBJID": WHO, "RULE": kind, "EPISODE": episode, "LEVEL": 3, "TITLE": "an alert",
        "DAY": march(day), "SENT": 1, "REVISION": 1, "BODY": "",
    } | changes  # fmt: skip


def counted(true, got, **tables):
    part = alerts.part(truth(alerts=true, subjects=SUBJECTS, **tables), said(alerts=got))
    return [t for t in part.tallies if t != Tally(t.name)]


@pytest.mark.parametrize(
    ("kind", "what", "episode", "changes"),
    [
        ("DLT", "H1", "H1|5|Neutrophil count decreased", {}),
        ("GRADE4", "Anemia", "Anemia|low|2024-03-05", {}),
        ("GRADE4", "Anemia", f"AE|{WHO}|3|ANEMIA|2024-03-05", {}),
        ("HOLD", "A1", "A1|alpha|hold|2024-03-05", {}),
        ("PAUSE", "PAUSE-1", "PAUSE-1##text", {"USUBJID": "", "BODY": f"Subjects: {WHO}"}),
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
    got = [told("DLT", "H1|5|x", 7)]
    assert counted([true_one("DLT", "H1")], got) == [Tally("DLT", 1, 1, delays=(2,))]


def test_too_early_unless_the_rule_was_open():
    true, got = [true_one("DLT", "H1", 8)], [told("DLT", "H1|8|x", 6)]
    assert counted(true, got) == [Tally("DLT", 1, 1, early=1)]
    opened = {"USUBJID": WHO, "RULE": "H1", "STATE": "open", "ONSET": march(8),
              "FROM": march(6)}  # fmt: skip
    assert counted(true, got, rules=[opened]) == [Tally("DLT", 1, 1)]


def test_an_alert_of_another_subject_is_none():
    got = [told("HOLD", "A1|a|hold|2024-03-05", USUBJID="SIM-T1-001-002")]
    assert counted([true_one("HOLD", "A1")], got) == [Tally("HOLD", 1, missed=1, false=1)]


def test_never_told():
    assert counted([true_one("HOLD", "A1")], []) == [Tally("HOLD", 1, missed=1)]


def test_one_dlt_alert_does_not_cover_a_later_dlt_of_its_rule():
    true = [true_one("DLT", "N1", 5), true_one("DLT", "N1", 12)]
    onsets = [
        {"USUBJID": WHO, "RULE": "N1", "TERM": "Vomiting", "ONSET": march(d)} for d in (5, 12)
    ]
    one, two = told("DLT", "N1|5|Vomiting"), told("DLT", "N1|12|Vomiting", 13)
    assert counted(true, [one], rules=onsets) == [Tally("DLT", 2, 1, missed=1)]
    assert counted(true, [one, two], rules=onsets) == [Tally("DLT", 2, 2, delays=(1,))]


def test_one_alert_that_names_two_drugs_tells_of_both():
    true = [true_one("DLT", "T2", 5), true_one("DLT", "T2", 9)]
    onsets = [
        {"USUBJID": WHO, "RULE": "T2", "TERM": drug, "ONSET": march(day)}
        for drug, day in (("s1", 5), ("surufatinib", 9))
    ]
    both = told("DLT", "T2|5|s1 missed, surufatinib missed")
    assert counted(true, [both], rules=onsets) == [Tally("DLT", 2, 2)]
    one = told("DLT", "T2|5|s1 missed")
    assert counted(true, [one], rules=onsets) == [Tally("DLT", 2, 1, missed=1)]


def abnormal(*days):
    return [
        {"USUBJID": WHO, "TERM": "Anemia", "DATE": march(d), "GRADE": str(g)} for d, g in days
    ]  # fmt: skip


def test_an_alert_covers_a_value_of_grade_4_while_it_never_was_normal():
    true = [true_one("GRADE4", "Anemia", 5), true_one("GRADE4", "Anemia", 8)]
    got = [told("GRADE4", "Anemia|low|2024-03-05")]
    through = abnormal((5, 4), (6, 2), (7, 3), (8, 4))
    over = abnormal((5, 4), (6, 0), (7, 3), (8, 4))
    assert counted(true, got, values=through) == [Tally("GRADE4", 2, 2)]
    assert counted(true, got, values=over) == [Tally("GRADE4", 2, 1, missed=1)]


def test_a_hold_of_another_day_is_another_one():
    true = [true_one("HOLD", "A1", 5), true_one("HOLD", "A1", 12)]
    got = [told("HOLD", "A1|alpha|hold|2024-03-05")]
    assert counted(true, got) == [Tally("HOLD", 2, 1, missed=1)]


def test_a_pause_tells_of_the_subjects_that_it_names():
    true = [true_one("PAUSE", "PAUSE-1", 5), true_one("PAUSE", "PAUSE-1", 9) | {"USUBJID": OTHER}]
    told_of = {"USUBJID": "", "BODY": f"Subjects: {WHO}"}
    one = told("PAUSE", "PAUSE-1#L1#text", **told_of)
    both = one | {"BODY": f"Subjects: {WHO}, {OTHER}", "REVISION": 2}
    assert counted(true, [one]) == [Tally("PAUSE", 2, 1, missed=1)]
    assert counted(true, [both]) == [Tally("PAUSE", 2, 2)]


@pytest.mark.parametrize("sent", [0, ""])
def test_what_never_left_the_outbox_was_not_told(sent):
    part = alerts.part(
        truth(alerts=[true_one("GRADE4", "Anemia")]),
        said(alerts=[told("GRADE4", "Anemia|low|2024-03-05", SENT=sent)]),
    )
    assert [(line.kind, line.reason) for line in part.lines] == [
        ("miss", "not sent (began 2024-03-05)")
    ]


ROW = f"LB|{WHO}|S5|HGB"
HELD_ROW = {
    "EPISODE": f"{ROW}#0123456789ab",
    "TITLE": "Anemia: possibly grade 3 or 4 in a held row",
}


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ([], Tally("HELD4", 1, missed=1)),
        ([told("HELD4", "", **HELD_ROW)], Tally("HELD4", 1, 1)),
        ([told("HELD4", "", 7, **HELD_ROW)], Tally("HELD4", 1, 1, delays=(2,))),
        ([told("HELD4", "", **HELD_ROW, SENT=0)], Tally("HELD4", 1, missed=1)),
        ([told("HELD4", "", **HELD_ROW | {"TITLE": "Fever"})], Tally("HELD4", 1, missed=1)),
        # the row came under another subject id
        ([told("HELD4", "", **HELD_ROW, USUBJID="SIM/T1")], Tally("HELD4", 1, 1)),
    ],
)
def test_quarantine_never_silences(got, expected):
    true = [true_one("HELD4", "Anemia")]
    assert counted(true, got, faults=[fault(17, "R", ROW)]) == [expected]


def test_a_held_row_does_not_tell_of_another():
    true = [true_one("HELD4", "Anemia"), true_one("HELD4", "Anemia", 8)]
    later = fault(17, "R", f"LB|{WHO}|S8|HGB", DAY=march(8))
    got = [told("HELD4", "", **HELD_ROW)]
    assert counted(true, got, faults=[fault(17, "R", ROW), later]) == [
        Tally("HELD4", 2, 1, missed=1)
    ]


def test_truth_goes_on_after_the_last_snapshot():
    true = truth(alerts=[true_one("GRADE4", "Anemia", 20)])
    assert alerts.part(true, said()).total.expected == 0
    driven = replace(said(), driven=(march(20),))
    assert alerts.part(true, driven).total == Tally("all", 1, missed=1)


def test_false_alarms_by_kind():
    got = [told("DLT", "H1|9|x"), told("GRADE4", "Anemia|low|d"), told("HOLD", "S1|a|hold|d"),
           told("SAMPLE", "H1|9|x")]  # fmt: skip
    assert counted([], got) == [Tally("DLT", false=1), Tally("GRADE4", false=1)]


def test_an_alert_of_an_open_rule_is_no_false_one():
    opened = {"USUBJID": WHO, "RULE": "H1", "STATE": "open", "FROM": march(6)}
    assert counted([], [told("DLT", "H1|9|x", 6)], rules=[opened]) == []
