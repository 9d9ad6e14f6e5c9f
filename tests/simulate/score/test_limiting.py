"""Candidates, open rules and late toxicity, day by day: literal counts."""

import pytest

from safety.simulate.score import limiting
from safety.simulate.score.read import Published
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import DAYS, WHO, fault, held, march, rule, said, truth


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
    assert part.tallies == (Tally("H1", 1, 1, false=1, early=1), Tally("N1", false=1))
    assert [x.kind for x in part.lines] == ["early", "false", "false"]
    assert part.lines[0].reason == "said 2 days before the data show it"
    assert part.lines[1].reason == "said on 2 days: toxwatch says met (Neutrophil count decreased)"


def test_met_while_it_was_still_open_is_early_and_not_false():
    true = truth(rules=[true_rule("open", 5, 8), true_rule(first=8)])
    part = limiting.candidates(true, said(rule_result=[rule(6)]))
    assert part.tallies == (Tally("H1", 1, 1, early=1),)
    assert part.lines[0].reason == "said 2 days before the data show it"


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
        ({"STATE": "met"}, Tally("H1", 1, 1)),
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


def test_a_candidate_that_was_dropped_is_a_miss_that_says_for_how_long():
    told = said(rule_result=[rule(5, 6), rule(6, STATE="not_met", TERMS="[]")])
    part = limiting.candidates(truth(rules=[true_rule()]), told)
    assert part.tallies == (Tally("H1", 1, missed=1),)
    assert [(x.kind, x.what, x.day) for x in part.lines] == [("miss", "rule H1", march(6))]
    assert part.lines[0].reason == "dropped on 8 of 9 days: toxwatch says not_met"


def test_a_candidate_that_was_late_and_dropped_is_both():
    told = said(rule_result=[rule(6, 8), rule(10)])
    part = limiting.candidates(truth(rules=[true_rule()]), told)
    assert part.tallies == (Tally("H1", 1, missed=1, delays=(1,)),)
    assert [(x.kind, x.day) for x in part.lines] == [("miss", march(8)), ("late", march(5))]
    assert part.lines[0].reason == "dropped on 2 of 9 days: toxwatch says nothing of it"


def test_a_candidate_that_stands_although_it_was_withdrawn_is_false():
    part = limiting.candidates(truth(rules=[true_rule(last=6)]), said(rule_result=[rule(5)]))
    assert part.tallies == (Tally("H1", 1, 1, false=1),)
    assert [(x.kind, x.day) for x in part.lines] == [("false", march(6))]
    assert part.lines[0].reason.startswith("stands 8 days too long: toxwatch says met")


def test_a_candidate_that_comes_and_goes_is_one_false_one():
    told = said(rule_result=[rule(5, 6), rule(7, 8), rule(11)])
    part = limiting.candidates(truth(), told)
    assert part.tallies == (Tally("H1", false=1),)
    assert part.lines[0].reason.startswith("said on 5 days: ")


def test_a_candidate_that_was_taken_back_with_its_truth_is_right():
    true = truth(rules=[true_rule(last=7)])
    part = limiting.candidates(true, said(rule_result=[rule(5, 7)]))
    assert part.tallies == (Tally("H1", 1, 1),)
    assert part.lines == ()


def test_another_event_of_the_rule_is_a_miss_and_a_false_one():
    true = truth(rules=[true_rule(RULE="N1", TERM="Diarrhea")])
    told = said(rule_result=[rule(5, RULE="N1", TERMS='["Fatigue"]')])
    part = limiting.candidates(true, told)
    assert part.tallies == (Tally("N1", 1, missed=1, false=1),)
    assert [(x.kind, x.what) for x in part.lines] == [
        ("miss", "rule N1 (Diarrhea)"), ("false", "rule N1 (Fatigue)"),
    ]  # fmt: skip
    assert part.lines[0].reason == "toxwatch says met (Fatigue)"


def test_each_event_of_a_result_is_compared():
    true = truth(rules=[true_rule(RULE="T2", TERM="s1"), true_rule(RULE="T2", TERM="surufatinib")])
    told = said(rule_result=[rule(5, RULE="T2", TERMS='["s1 missed", "surufatinib missed"]')])
    assert limiting.candidates(true, told).tallies == (Tally("T2", 2, 2),)


def test_who_publishes_nothing_misses_everything_that_was_driven():
    true = truth(rules=[true_rule(), true_rule(first=20, TERM="Anemia")])
    nothing = Published((), {}, driven=DAYS)
    assert limiting.candidates(true, nothing).tallies == (Tally("H1", 1, missed=1),)
    assert limiting.candidates(true, Published((), {})).tallies == ()


def test_a_published_day_counts_also_where_nobody_says_that_it_was_run():
    told = Published((march(4), march(5)), {"rule_result": [rule(5)]}, driven=(march(4),))
    assert limiting.candidates(truth(), told).tallies == (Tally("H1", false=1),)
    assert limiting.candidates(truth(rules=[true_rule()]), told).tallies == (Tally("H1", 1, 1),)


def test_what_was_said_stands_on_days_on_which_nothing_was_published():
    told = Published((march(4), march(5)), {"rule_result": [rule(5)]}, driven=DAYS)
    assert limiting.candidates(truth(rules=[true_rule()]), told).tallies == (Tally("H1", 1, 1),)
    true = truth(rules=[true_rule(last=9)])
    assert limiting.candidates(true, told).lines[0].reason.startswith("stands 5 days too long")


def test_a_planted_fault_explains_a_miss_and_does_not_excuse_it():
    planted = fault(24, "R", CORRECTED=march(8))
    part = limiting.candidates(
        truth(rules=[true_rule(last=9)], faults=[planted]), said(rule_result=[rule(8)])
    )
    assert part.tallies == (Tally("H1", 1, 1, false=1, delays=(3,)),)
    assert part.lines[0].reason == (
        f"3 days late: toxwatch says nothing of it (planted fault 24 on LB|{WHO}|S5|NEUT)"
    )
    assert "planted" not in part.lines[1].reason  # corrected before


def test_an_open_rule_that_was_dropped_or_stands_too_long():
    true = truth(rules=[true_rule("open", 5, 9)])
    open_ = {"STATE": "not_evaluable"}
    dropped = limiting.open_ones(true, said(rule_result=[rule(5, 7, **open_)]))
    assert dropped.tallies == (Tally("H1", 1, missed=1),)
    assert dropped.lines[0].reason.startswith("dropped on 2 of 4 days")
    stands = limiting.open_ones(true, said(rule_result=[rule(5, **open_)]))
    assert stands.tallies == (Tally("H1", 1, 1, false=1),)
    assert stands.lines[0].reason.startswith("stands 5 days too long")


def test_an_open_rule_that_became_met_is_no_dropped_one():
    true = truth(rules=[true_rule("open", 5, 9), true_rule(first=9)])
    told = said(rule_result=[rule(5, 8, STATE="not_evaluable"), rule(8)])
    assert limiting.open_ones(true, told).tallies == (Tally("H1", 1, 1),)


def test_candidates_come_first():
    titles = [p.title for p in limiting.parts(truth(), said())]
    assert titles == [
        "DLT candidates by rule", "Pending warnings (open rules with an event)",
        "Late toxicity by rule", "Onset of candidates", "Verdicts at the end",
        "Evaluable at the end", "True verdict, free of gaps", "Hidden",
    ]  # fmt: skip
