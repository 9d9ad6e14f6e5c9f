"""Planted faults beside a disagreement: whose, when, and in which order."""

from safety.simulate.score import planted
from tests.simulate.score.made import WHO, fault, march, truth


def test_only_those_of_the_subject_and_of_the_days():
    known = truth(faults=[
        fault(1, "R", "LB|1", CORRECTED=march(7)),
        fault(2, "R", "LB|2", DAY=march(9)),
        fault(3, "R", "LB|3", USUBJID="SIM-T1-001-002"),
    ])  # fmt: skip
    assert planted.beside(known, WHO, [march(6)]) == ["planted fault 1 on LB|1"]
    assert planted.beside(known, WHO, [march(7), march(8)]) == []
    assert planted.beside(known, WHO, [march(8), march(9)]) == ["planted fault 2 on LB|2"]


def test_first_those_of_the_rows_that_were_judged_then_the_latest():
    known = truth(faults=[
        fault(1, "R", "LB|1"), fault(2, "R", "LB|2", DAY=march(6)), fault(3, "R", "LB|3"),
    ])  # fmt: skip
    assert planted.beside(known, WHO, [march(8)], {"LB|3"}) == [
        "planted fault 3 on LB|3", "planted fault 2 on LB|2", "planted fault 1 on LB|1",
    ]  # fmt: skip


def test_a_file_where_no_row_is_named():
    known = truth(faults=[fault(51, "H", "")])
    assert planted.beside(known, WHO, [march(5)]) == ["planted fault 51 on lb.csv"]


def test_the_note():
    assert planted.note([]) == ""
    assert planted.note(["a"]) == " (a)"
    assert planted.note(["a", "b", "c", "d"]) == " (a, b and 2 more)"
