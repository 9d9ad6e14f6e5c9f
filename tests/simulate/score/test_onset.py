"""The first day of candidates, at the end."""

from safety.simulate.score import onset
from safety.simulate.score.tally import Tally
from tests.simulate.score.made import WHO, march, rule, said, truth


def known(*days: int):
    rules = [{"USUBJID": WHO, "RULE": "N1", "TERM": str(d), "ONSET": march(d), "STATE": "met",
              "FROM": march(5)} for d in days]  # fmt: skip
    return truth(rules=rules, subjects=[{"USUBJID": WHO, "FIRSTDOSE": march(3)}])


def told(number: int | str, **changes: str):
    return said(rule_result=[rule(5, RULE="N1", ONSETDY=number, **changes)])


def test_the_earliest_day_of_several_events():
    part = onset.part(known(7, 6), told(4))
    assert part.tallies == (Tally("N1", 1, 1),)
    assert part.lines == ()


def test_another_day():
    part = onset.part(known(6), told(5))
    assert part.tallies == (Tally("N1", 1, wrong=1),)
    assert [(x.kind, x.day, x.reason) for x in part.lines] == [
        ("wrong", march(6), f"toxwatch dates it {march(7)}")
    ]


def test_there_is_no_day_0():
    assert onset.part(known(2), told(-1)).tallies == (Tally("N1", 1, 1),)
    assert onset.part(known(3), told(1)).tallies == (Tally("N1", 1, 1),)


def test_a_candidate_without_a_day():
    part = onset.part(known(6), told(""))
    assert [x.reason for x in part.lines] == ["toxwatch dates it no day"]


def test_what_only_one_side_says_is_told_elsewhere():
    assert onset.part(known(), told(4)).tallies == ()
    assert onset.part(known(6), told(4, STATE="not_met")).tallies == ()
    assert onset.part(known(6), told(4, LATE="Y")).tallies == ()
