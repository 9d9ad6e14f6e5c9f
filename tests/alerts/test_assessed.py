"""Which assessments raise an alert, each with the neighbour that stays silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from safety.alerts import rules
from safety.alerts.fact import AlertFact, Results
from safety.assess.facts import Source
from safety.assess.result import Pause, RuleResult, SubjectAssessment
from safety.assess.stopping import Monitored
from safety.assess.tables import frames
from safety.study.model import Study
from safety.study.stopping import StoppingRule
from tests import build
from tests.assess.test_tables import HOLD, LOW, LOWER, MISSED, subject

OPEN = RuleResult(
    "P1", "dose_limiting", "not_evaluable", evidence=(LOW,), onset_day=8, terms=("Nausea",),
    missing=("end date",), settles_by=date(2024, 3, 20),
)  # fmt: skip
MET = replace(OPEN, state="met", missing=(), settles_by=None)
EMPTY = {
    "subjects": ["USUBJID", "DTHFL", "DTHDTC"], "exposure": ["USUBJID", "TRTSDT"],
    "grades": ["USUBJID", "MKEY", "TERM", "NUMPOSS", "POSTFL", "BTOXGR", "ADTMIN"],
    "episodes": ["USUBJID"], "measurements": ["KEY"], "held": ["KEY"],
    "events": ["USUBJID", "KEY", "POSSIBLE", "ASTDYMAX"],
}  # fmt: skip


def raised(
    *found: SubjectAssessment, pauses=(), monitored=(), as_of="2024-03-12", study=None, **changes
) -> list[AlertFact]:
    tables = frames(found, pauses, monitored)
    nothing = {name: pd.DataFrame(columns=columns, dtype="str") for name, columns in EMPTY.items()}
    nothing["grades"]["BTOXGR"] = nothing["grades"]["BTOXGR"].astype("Int8")
    nothing["events"]["ASTDYMAX"] = nothing["events"]["ASTDYMAX"].astype("Int32")
    results = Results(
        as_of=as_of, rules=tables["rule_result"], triggers=tables["trigger"],
        deviations=tables["deviation"], pauses=tables["pause"],
        monitors=tables["monitor"], **nothing | changes,
    )  # fmt: skip
    return [a for a in rules.derive(results, study or build.study()) if not a.over]


def kinds(alerts: list[AlertFact]) -> list[tuple[str, str, bool]]:
    return [(a.rule, a.tier, a.verified) for a in alerts]


def test_a_rule_that_is_met_is_a_verified_candidate() -> None:
    alert = raised(subject(rules=(replace(MET, duration="8 to 9 days"),)))[0]
    assert (alert.rule, alert.tier, alert.verified) == ("DLT", "P1", True)
    assert alert.episode == "P1|8|Nausea"
    assert alert.title == "P1 T1 S1: DLT candidate P1: Nausea"
    assert alert.body.split("\n") == [
        "DLT candidate P1: Nausea",
        "Rule: event",
        "Onset study day 8",
        "Duration 8 to 9 days",
        "2024-03-08 NEUT 0.4 [lb.csv row 2]",
        "No adverse event of this term is reported",
    ]


def test_a_rule_that_is_open_says_what_is_missing_and_by_when_it_settles() -> None:
    candidate, sample = raised(subject(rules=(OPEN,)))
    assert kinds([candidate, sample]) == [("DLT", "P1", False), ("SAMPLE", "P2", True)]
    assert candidate.body.split("\n")[-3:-1] == ["Missing: end date", "Settles by 2024-03-20"]
    assert sample.body.split("\n")[0] == "A record by 2024-03-20 decides P1: Nausea"
    assert candidate.title.startswith("P1 [unverified] T1 S1: DLT candidate P1: Nausea (cannot be")


@pytest.mark.parametrize(("as_of", "told"), [("2024-03-20", True), ("2024-03-21", False)])
def test_a_sample_is_asked_for_until_its_day_has_passed(as_of, told) -> None:
    alerts = raised(subject(rules=(OPEN,)), as_of=as_of)
    assert ("SAMPLE" in {a.rule for a in alerts}) is told


@pytest.mark.parametrize(
    "rule",
    [
        # the window is open, or nobody looked: no event behind it
        replace(OPEN, terms=(), evidence=(), onset_day=None),
        replace(OPEN, terms=(), evidence=(), onset_day=None, settles_by=None),
        replace(OPEN, state="not_met"),
        replace(MET, kind="exception"),
    ],
)
def test_what_is_no_event_is_not_sent(rule) -> None:
    assert raised(subject(rules=(rule,))) == []


def test_an_open_rule_without_a_day_asks_for_no_sample() -> None:
    assert kinds(raised(subject(rules=(replace(OPEN, settles_by=None),)))) == [("DLT", "P1", False)]


def test_a_late_event_is_a_candidate_only_where_the_study_counts_it() -> None:
    late = subject(late=(MET,))
    counting = build.study(
        dose_limiting=build.study_content()["dose_limiting"] | {"count_late": True}
    )
    assert raised(late) == []
    assert [a.episode for a in raised(late, study=counting)] == ["P1|8|Nausea|late"]


def test_an_episode_is_known_by_onset_and_terms_not_by_its_evidence() -> None:
    first = raised(subject(rules=(MET,)))[0]
    same = raised(subject(rules=(replace(MET, evidence=(LOW, LOWER)),)))[0]
    later = raised(subject(rules=(replace(MET, onset_day=9),)))[0]
    other = raised(subject(rules=(replace(MET, terms=("Vomiting",)),)))[0]
    assert first.alert_id("T1") == same.alert_id("T1")
    assert len({a.alert_id("T1") for a in (first, later, other)}) == 3


def test_the_level_is_the_highest_grade_the_records_may_have() -> None:
    grades = pd.DataFrame({
        "USUBJID": ["S1"] * 3, "MKEY": ["LB|S1|2", "LB|S1|2", "LB|S1|9"],
        "TERM": ["Nausea", "Vomiting", "Nausea"], "NUMPOSS": ["2|3", "4", "4"],
        "POSTFL": ["N"] * 3, "BTOXGR": pd.array([None] * 3, dtype="Int8"), "ADTMIN": [""] * 3,
    })  # fmt: skip
    assert [a.level for a in raised(subject(rules=(MET,)), grades=grades)] == [3]


def test_the_rule_text_is_that_of_the_version_that_applies() -> None:
    content = build.study_content()["dose_limiting"]
    old, new = (content["rules"][0] | c for c in (
        {"text": "old", "effective_until": "2024-03-03"},
        {"text": "new", "effective_from": "2024-03-04"},
    ))  # fmt: skip
    study = build.study(dose_limiting=content | {"rules": [old, new]})
    for day, text in (("2024-03-03", "old"), ("2024-03-04", "new")):
        exposure = pd.DataFrame({"USUBJID": ["S1"], "TRTSDT": [day]})
        alert = raised(subject(rules=(MET,)), study=study, exposure=exposure)[0]
        assert alert.body.split("\n")[1] == f"Rule: {text}"


def test_a_hold_that_wins_and_is_in_force() -> None:
    alert = raised(subject(triggers=(HOLD,)))[0]
    assert (alert.rule, alert.tier, alert.verified) == ("HOLD", "P2", True)
    assert alert.body.split("\n")[0] == "Hold alpha: rule A1"
    assert "Resume: NEUT >= 1.5" in alert.body


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"wins": False}, 0),
        ({"action": "reduce"}, 0),
        ({"action": "discontinue"}, 1),
        ({"until": date(2024, 3, 12)}, 0),  # the day it may resume
        ({"until": date(2024, 3, 13)}, 1),
    ],
)
def test_holds(changes, told) -> None:
    assert len(raised(subject(triggers=(replace(HOLD, **changes),)))) == told


def test_a_hold_is_known_by_rule_drug_and_day_not_by_the_record_it_rests_on() -> None:
    first = raised(subject(triggers=(HOLD,)))
    other = raised(subject(triggers=(replace(HOLD, evidence=(LOWER,)),)))
    both = raised(subject(triggers=(HOLD, replace(HOLD, evidence=(LOWER,)))))
    assert [a.episode for a in (*first, *other, *both)] == ["A1|alpha|hold|2024-03-08"] * 3
    later = raised(subject(triggers=(replace(HOLD, on=date(2024, 3, 9)),)))
    assert [a.episode for a in later] == ["A1|alpha|hold|2024-03-09"]


def test_one_alert_a_deviation() -> None:
    other = replace(MISSED, on=date(2024, 3, 10))
    alerts = raised(subject(deviations=(MISSED, other)))
    assert kinds(alerts) == [("DEVIATION", "P2", True)] * 2
    assert alerts[0].body.split("\n")[:3] == [
        "Deviation, missed hold: alpha on 2024-03-09",
        "Expected by A1: on hold",
        "Actual: 100 mg taken",
    ]


def test_rules_that_expect_something_else_of_one_dose_are_one_alert() -> None:
    other = replace(MISSED, rule="B2", expected="50 mg at most")
    (one,) = raised(subject(deviations=(MISSED, other)))
    assert one.body.split("\n")[:5] == [
        "Deviation, missed hold: alpha on 2024-03-09",
        "Expected by A1: on hold",
        "Actual: 100 mg taken",
        "Expected by B2: 50 mg at most",
        "Actual: 100 mg taken",
    ]


def test_a_pause_concerns_the_study_and_is_told_again_with_one_subject_more() -> None:
    one = raised(pauses=[Pause("STOP", "any H1", "L1", ("S2",))])[0]
    two = raised(pauses=[Pause("STOP", "any H1", "L1", ("S1", "S2"))])[0]
    assert (one.rule, one.tier, one.usubjid) == ("PAUSE", "P1", "")
    assert one.title == "P1 T1: Enrolment pause STOP, dose level L1"
    assert two.body.split("\n") == [
        "Enrolment pause STOP, dose level L1", "Rule: any H1", "Subjects: S1, S2",
    ]  # fmt: skip
    assert one.alert_id("T1") == two.alert_id("T1")
    assert two.worse_than(one.level, one.verified)
    assert not one.worse_than(one.level, one.verified)


RULE = {"id": "STOP-1", "text": "Toxic", "levels": "each", "dlt": True, "n_max": 40,
        "bayesian": {"limit": 0.3, "prior": [0.6, 1.4], "probability": 0.95, "from": 6},
        "citation": "test", "confidence": "L"}  # fmt: skip


def _stopped() -> Study:
    return build.study().model_copy(update={"stopping": [StoppingRule.model_validate(RULE)]})


@pytest.mark.parametrize(
    ("with_event", "told"),
    [
        ("", None),
        ("12345", "5 of 6: stop, the boundary is 5 of 6"),
        ("1234", None),
    ],
)
def test_a_stopping_boundary_that_is_reached_is_told(with_event, told) -> None:
    counted = Monitored("STOP-1", "Toxic", "L1", tuple("123456"), tuple(with_event), (), ())
    found = raised(monitored=[counted], study=_stopped())
    assert [(a.rule, a.tier, a.usubjid, a.level) for a in found] == (
        [("STOPPING", "P1", "", 5)] if told else []
    )
    if told:
        assert found[0].body.split("\n") == [
            f"Stopping boundary STOP-1, dose level L1: {told}",
            "Rule: Toxic",
            "Subjects: 1, 2, 3, 4, 5",
        ]


def test_a_boundary_that_was_crossed_stays_told_when_later_subjects_thin_it_out() -> None:
    counted = Monitored("STOP-1", "Toxic", "L1", tuple("123456789"), tuple("12345"), (), ())
    [fact] = raised(monitored=[counted], study=_stopped())
    assert "5 of 9, crossed at 5 of 6" in fact.title


def test_long_evidence_is_cut_and_says_so() -> None:
    many = tuple(Source("2024-03-08", f"v{n:02}", f"LB|{n}", "lb.csv", n) for n in range(1, 24))
    lines = raised(subject(rules=(replace(MET, evidence=many),)))[0].body.split("\n")
    assert lines[-3:-1] == ["2024-03-08 v20 [lb.csv row 20]", "and 3 more records"]
