"""Alerts of held rows: with and without a grade."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.alerts.test_assessed import raised


@pytest.mark.parametrize(
    ("term", "grades", "expected"),
    [
        ("Nausea", "3|4", ("P2", 4, "Nausea: possibly grade 3 or 4 in a held row")),
        ("Death", "5", ("P1", 5, "Death: possibly grade 5 in a held row")),
        ("(no term)", "1|2|3|4|5",
         ("P2", 5, "(no term): possibly grade 1 or 2 or 3 or 4 or 5 in a held row")),
        ("Doses of alpha, which DLT rules read", "",
         ("P2", 0, "Doses of alpha, which DLT rules read in a held row")),
    ],
)  # fmt: skip
def test_a_held_row(term: str, grades: str, expected: tuple[str, int, str]) -> None:
    row = {"KEY": "X#1", "USUBJID": "NOBODY", "TERM": term, "GRADES": grades, "VALUE": "v",
           "REASON": "not so", "SRCFILE": "x.csv", "SRCROW": 3}  # fmt: skip
    (alert,) = raised(held=pd.DataFrame([row]))
    assert (alert.tier, alert.level, alert.body.split("\n")[0]) == expected
    assert (alert.rule, alert.usubjid, alert.verified) == ("HELD4", "NOBODY", False)
