"""Candidates, open rules, late toxicity, verdicts, evaluability: literal counts."""

import pytest

from safety.simulate.score import limiting
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import WHO, held, march, rule, said, truth, verdict


def true_rule(state: str = "met", first: int = 5, last: int | None = None, **changes: str):
    return {
        "USUBJID": WHO, "RULE": "H1", "TERM": "Neutrophil count decreased", "STATE": state,
        "FROM": march(first), "TO": march(last) if last else "",
    } | changes  # fmt: skip


def test_a_candidate_that_was_found_on_its_day():
    part = limiting.candidates(truth(rules=[true_rule()]), said(rule_result=[rule(5)]))
    assert part.tallies == (Tally("H1", 1, 1),)
    assert part.lines == ()


def test_a_candidate_found_two_days_late_is_a_hit_with_its_reason():
    before = rule(5, 7, STATE="not_evaluable", MISSING='["a count after day 5"]')
    part = limiting.candidates(truth(rules=[true_rule()]), said(rule_result=[before, rule(7)]))
    assert part.tallies == (Tally("H1", 1, 1, delays=(2,)),)
    assert [(x.kind, x.day) for x in part.lines] == [("late", march(5))]
    assert "2 days late" in part.lines[0].reason
    assert "a count after day 5" in part.lines[0].reason


def test_a_rule_that_stays_open_is_a_miss_and_says_what_was_missing_and_held():
    row = rule(4, STATE="not_evaluable", MISSING='["the next count"]')
    store = said(rule_result=[row], quarantine=[held(f"LB|{WHO}|S5|NEUT")])
    part = limiting.candidates(truth(rules=[true_rule()]), store)
    assert part.tallies == (Tally("H1", 1, missed=1),)
    assert part.lines[0].kind == "miss"
    assert "not_evaluable" in part.lines[0].reason
    assert "the next count" in part.lines[0].reason
    assert f"LB|{WHO}|S5|NEUT" in part.lines[0].reason


def test_a_rule_nobody_mentions_is_a_miss():
    part = limiting.candidates(truth(rules=[true_rule()]), said())
    assert part.tallies == (Tally("H1", 1, missed=1),)
    assert part.lines[0].reason == "toxwatch says nothing of it"


def test_a_false_candidate_and_one_too_early():
    true = truth(rules=[true_rule(first=8)])
    told = said(rule_result=[rule(6), rule(9, RULE="N1")])
    part = limiting.candidates(true, told)
    assert part.tallies == (Tally("H1", 1, 1, early=1), Tally("N1", false=1))
    assert [x.kind for x in part.lines] == ["early", "false"]


def test_met_where_truth_is_open_is_a_false_candidate():
    part = limiting.candidates(truth(rules=[true_rule("open")]), said(rule_result=[rule(5)]))
    assert part.tallies == (Tally("H1", false=1),)


def test_rules_that_truth_does_not_judge_and_exceptions_are_left_out():
    told = [rule(5, RULE="O1"), rule(5, RULE="N1", KIND="exception"), rule(5, LATE="Y")]
    assert limiting.candidates(truth(), said(rule_result=told)).tallies == ()


def test_what_comes_after_the_last_run_is_not_expected():
    part = limiting.candidates(truth(rules=[true_rule(first=20)]), said())
    assert part.tallies == ()


def test_versions_of_one_result_are_one_candidate():
    part = limiting.candidates(
        truth(rules=[true_rule()]), said(rule_result=[rule(5, 7), rule(7, 9), rule(9)])
    )
    assert part.tallies == (Tally("H1", 1, 1),)


@pytest.mark.parametrize(
    ("changes", "tally"),
    [
        ({}, Tally("H1", 1, 1)),
        ({"TERMS": "[]"}, Tally("H1", 1, missed=1)),
        ({"TERMS": "[]", "EVIDENCE": '[{"record": "AE"}]'}, Tally("H1", 1, 1)),
        ({"STATE": "not_met"}, Tally("H1", 1, missed=1)),
        ({"STATE": "met"}, Tally("H1", 1, missed=1)),
    ],
)
def test_an_open_rule_needs_an_event(changes, tally):
    told = rule(5, **({"STATE": "not_evaluable"} | changes))
    part = limiting.open_ones(truth(rules=[true_rule("open")]), said(rule_result=[told]))
    assert part.tallies == (tally,)


def test_open_where_truth_is_met_is_no_false_warning():
    told = said(rule_result=[rule(5, STATE="not_evaluable")])
    assert limiting.open_ones(truth(rules=[true_rule("met")]), told).tallies == ()
    assert limiting.open_ones(truth(), told).tallies == (Tally("H1", false=1),)


def test_late_toxicity_is_compared_apart():
    true = truth(rules=[true_rule("late")])
    assert limiting.late(true, said(rule_result=[rule(5, LATE="Y")])).tallies == (
        Tally("H1", 1, 1),
    )
    assert limiting.late(true, said(rule_result=[rule(5)])).tallies == (Tally("H1", 1, missed=1),)


def subject(right: str, **changes: str) -> dict[str, str]:
    return {"USUBJID": WHO, "VERDICT": right, "EVALUABLE": "Y"} | changes


def test_indeterminate_counts_where_truth_says_so():
    part = limiting.verdicts(
        truth(subjects=[subject("INDETERMINATE")]), said(verdict=[verdict(VERDICT="INDETERMINATE")])
    )
    assert part.tallies == (Tally("INDETERMINATE", 1, 1),)


def test_indeterminate_does_not_count_for_a_dlt():
    told = verdict(VERDICT="INDETERMINATE", REASON="a count is missing")
    part = limiting.verdicts(truth(subjects=[subject("DLT")]), said(verdict=[told]))
    assert part.tallies == (Tally("DLT", 1, missed=1), Tally("INDETERMINATE", false=1))
    assert part.lines[0].reason == "toxwatch says INDETERMINATE: a count is missing"


def test_only_the_last_verdict_counts():
    told = [verdict(4, 9, VERDICT="PENDING"), verdict(9, VERDICT="DLT")]
    part = limiting.verdicts(truth(subjects=[subject("DLT")]), said(verdict=told))
    assert part.tallies == (Tally("DLT", 1, 1),)


def test_evaluability_and_subjects_that_were_never_judged():
    subjects = [subject("NO_DLT", EVALUABLE="N"), subject("", USUBJID="SIM-T1-001-002")]
    part = limiting.evaluability(truth(subjects=subjects), said(verdict=[verdict()]))
    assert part.tallies == (Tally("N", 1, missed=1), Tally("Y", false=1))


def test_a_subject_without_a_verdict_is_a_miss_of_one():
    part = limiting.verdicts(truth(subjects=[subject("DLT")]), said())
    assert part.tallies == (Tally("DLT", 1, missed=1),)


def test_hidden_ones_are_counted_apart():
    one = subject("NO_DLT", HIDDEN="Y", TRUE_VERDICT="DLT", TRUE_RULES="N1", NOTE="never entered")
    part = limiting.hidden(truth(subjects=[one]), said(verdict=[verdict()]))
    assert part.tallies == (Tally("hidden DLT", 1, 0, 1),)
    assert part.lines[0].reason == "not in what was recorded: never entered"
