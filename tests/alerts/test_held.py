"""Alerts of held rows: with and without a grade."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.alerts import held
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


def _episode(key: str, term: str = "Nausea") -> str:
    return held.episode({"KEY": key, "TERM": term})


def test_a_held_row_is_told_once_whatever_its_other_cells_say() -> None:
    assert _episode("AE|S1|1#0123456789ab") == "AE|S1|1#Nausea"
    assert _episode("AE|S1|1#ba9876543210#2") == "AE|S1|1#Nausea"
    assert _episode("AE|S1|2#0123456789ab") != "AE|S1|1#Nausea"
    assert _episode("AE|S1|1#0123456789ab", "Vomiting") != "AE|S1|1#Nausea"


@pytest.mark.parametrize("key", ["DM|#0123456789ab", "LB|S1|PLAT|1|#0123456789ab"])
def test_a_row_whose_key_lacks_a_part_is_known_by_its_content(key: str) -> None:
    assert _episode(key) == f"{key}#Nausea"
