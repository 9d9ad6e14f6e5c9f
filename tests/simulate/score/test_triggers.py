"""Triggers: pairs by day, then in order."""

from safety.simulate.score import triggers
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import WHO, march, said, spell, truth


def true_one(on: int = 5, first: int = 5, last: int | None = None) -> dict[str, str]:
    return {
        "USUBJID": WHO, "RULE": "A1", "DRUG": "alpha", "ACTION": "hold", "ON": march(on),
        "FROM": march(first), "TO": march(last) if last else "",
    }  # fmt: skip


def got(on: int = 5, first: int = 5, last: int | None = None, **changes):
    return {
        "USUBJID": WHO, "RULE": "A1", "DRUG": "alpha", "ACTION": "hold", "ONDT": march(on),
        "STATE": "met", "MISSING": "[]", "UNTILDT": "", "SPAN": spell(first, last),
    } | changes  # fmt: skip


def tally_of(true, told):
    part = triggers.part(truth(triggers=true), said(trigger=told))
    return part.tallies, [x.kind for x in part.lines]


def test_a_trigger_on_its_day():
    assert tally_of([true_one()], [got()]) == ((Tally("A1", 1, 1),), [])


def test_two_days_late():
    assert tally_of([true_one()], [got(first=7)]) == ((Tally("A1", 1, 1, delays=(2,)),), ["late"])


def test_too_early():
    assert tally_of([true_one(first=7)], [got()]) == ((Tally("A1", 1, 1, early=1),), ["early"])


def test_versions_of_one_trigger_are_one():
    told = [got(first=5, last=8), got(first=8)]
    assert tally_of([true_one()], told) == ((Tally("A1", 1, 1),), [])


def test_another_drug_is_a_miss_and_a_false_one():
    told = [got(DRUG="beta")]
    assert tally_of([true_one()], told) == ((Tally("A1", 1, 0, 1, false=1),), ["miss", "false"])


def test_each_is_paired_once():
    told = [got(on=6, first=6, UNTILDT=march(7))]
    true = [true_one(), true_one(on=8, first=8)]
    assert tally_of(true, told) == (
        (Tally("A1", 2, 1, 1, delays=(1,)),),
        ["late", "miss"],
    )


def test_another_action_is_wrong():
    assert tally_of([true_one()], [got(ACTION="continue")]) == (
        (Tally("A1", 1, 0, wrong=1),), ["wrong"],
    )  # fmt: skip


def test_a_hold_in_force_covers_one_that_begins_meanwhile_and_no_other():
    true = [true_one(), true_one(on=8, first=8)]
    assert tally_of(true, [got()]) == ((Tally("A1", 2, 2),), [])
    assert tally_of(true, [got(UNTILDT=march(7))]) == ((Tally("A1", 2, 1, 1),), ["miss"])
    reduced = [r | {"ACTION": "reduce"} for r in true]
    assert tally_of(reduced, [got(ACTION="reduce")]) == ((Tally("A1", 2, 1, 1),), ["miss"])


def test_the_stop_after_a_hold_that_did_not_end_is_not_judged():
    stop = got(first=13, ACTION="discontinue")
    assert tally_of([true_one()], [got(), stop | {"ONDT": "2024-04-03"}]) == (
        (Tally("A1", 1, 1),), [],
    )  # fmt: skip
    assert tally_of([true_one()], [got(), stop | {"ONDT": "2024-04-02"}]) == (
        (Tally("A1", 1, 1, false=1),), ["false"],
    )  # fmt: skip


def test_one_that_refines_a_rule_is_not_folded_into_it():
    assert tally_of([true_one()], [got(RULE="A1-LOWER")]) == ((Tally("A1", 1, 0, 1),), ["miss"])


def test_dates_more_than_a_week_apart_are_two_events():
    assert tally_of([true_one()], [got(on=12)]) == ((Tally("A1", 1, 1),), [])
    assert tally_of([true_one()], [got(on=13)]) == (
        (Tally("A1", 1, 0, 1, false=1),), ["miss", "false"],
    )  # fmt: skip


def test_one_that_stood_at_another_time_is_another_one():
    told = [got(on=9, first=9)]
    assert tally_of([true_one(first=5, last=7)], told) == (
        (Tally("A1", 1, 0, 1, false=1),), ["miss", "false"],
    )  # fmt: skip


def test_what_cannot_be_judged_is_a_miss_and_says_why():
    told = [got(STATE="not_evaluable", MISSING='["the next count"]')]
    part = triggers.part(truth(triggers=[true_one()]), said(trigger=told))
    assert part.tallies == (Tally("A1", 1, 0, 1),)
    assert part.lines[0].reason == "toxwatch cannot judge it (on 2024-03-05): the next count"


def test_rules_that_truth_does_not_judge_are_left_out():
    assert tally_of([], [got(RULE="S1")]) == ((), [])
