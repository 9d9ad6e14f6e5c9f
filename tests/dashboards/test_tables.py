"""The table of events: each subject once a term at the worst grade, and once a class."""

from __future__ import annotations

import pandas as pd

from dashboards.app import create_app

create_app()  # registers the pages, which a page module needs to be imported

from dashboards.pages.adverse_events import events_table  # noqa: E402

WORST = pd.DataFrame(
    [
        # usubjid, soc, term, worst, min, max, related, serious
        ("S1", "Skin", "Rash", "2", 2, 2, "Y", ""),
        ("S1", "Skin", "Itch", "1", 1, 1, "", "Y"),
        ("S2", "Skin", "Rash", "3|4", 3, 4, "", ""),
        ("S2", "Heart", "Syncope", "1", 1, 1, "Y", ""),
    ],
    columns=["USUBJID", "SOC", "TERM", "WORST", "MINGR", "MAXGR", "RELATED", "SERIOUS"],
)


def test_subjects_are_counted_once_a_row():
    table = events_table(WORST, ["1", "2", "3|4"], 4)
    shown = table[["SOC", "TERM", "SUBJECTS", "1", "2", "3|4", "RELATED", "SERIOUS", "PERCENT"]]
    assert shown.to_numpy().tolist() == [
        # S1 counts in "any" at grade 2, its worst; related and serious by any of its events
        ["Skin", "any", 2, 0, 1, 1, 1, 1, 50.0],
        ["Skin", "Rash", 2, 0, 1, 1, 1, 0, 50.0],
        ["Skin", "Itch", 1, 1, 0, 0, 0, 1, 25.0],
        ["Heart", "any", 1, 1, 0, 0, 1, 0, 25.0],
        ["Heart", "Syncope", 1, 1, 0, 0, 1, 0, 25.0],
    ]
