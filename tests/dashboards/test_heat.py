"""Subjects by terms: what each cell says, that it leads to its rows, and what is left out."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboards.heat_page import cells, found, grid, many
from dashboards.pages import heat
from tests.dashboards import desk
from tests.e2e.trials import Pilot

pytestmark = pytest.mark.xdist_group("pilot")
WHO = "NCT06038461-001-101"


def cell(**changed: object) -> dict[str, object]:
    return {
        "TERM": "Anemia", "USUBJID": "S1", "LEVEL": "L1", "STATE": "graded", "TEXT": "2", "LOW": 2,
        "HIGH": 2, "SOURCE": "measured", "RELATED": False, "SERIOUS": False, "DLT": False,
        "UNGRADED": 0, "MAYBE": pd.NA,
    } | changed  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "2"),
        ({"TEXT": "3 or 4", "HIGH": 4}, "3 or 4"),
        ({"DLT": True}, "2 D"),
        ({"SERIOUS": True}, "2 S"),
        ({"DLT": True, "SERIOUS": True}, "2 D S"),
        ({"MAYBE": 4, "UNGRADED": 1}, "2 (4?)"),
        ({"STATE": "not worse than baseline", "TEXT": "2b", "HIGH": pd.NA}, "2b"),
        ({"STATE": "not gradable", "TEXT": "", "HIGH": pd.NA}, "n.g."),
        ({"STATE": "no data", "TEXT": "", "HIGH": pd.NA}, "n.d."),
        ({"STATE": "not reported", "TEXT": "", "HIGH": pd.NA}, "."),
        ({"TEXT": "0", "HIGH": 0}, "0"),
    ],
)
def test_every_state_has_its_own_text(changed, text) -> None:
    assert cells.text(cell(**changed)) == text


def test_zero_no_data_and_not_gradable_look_different() -> None:
    zero, empty, ungradable, dlt = (
        cells.kind(cell(TEXT="0", HIGH=0)),
        cells.kind(cell(STATE="no data", HIGH=pd.NA)),
        cells.kind(cell(STATE="not gradable", HIGH=pd.NA)),
        cells.kind(cell(DLT=True)),
    )
    assert (zero, empty, ungradable) == ("toxwatch-zero", "toxwatch-nd", "toxwatch-ng")
    assert dlt == "toxwatch-g2 toxwatch-dlt"


def test_a_cell_says_in_words_what_it_means() -> None:
    assert cells.said(cell(DLT=True, UNGRADED=2, MAYBE=4)) == (
        "Anemia, S1, grade 2, measured, DLT, 2 values without a grade, one of them may be grade 4"
    )


def test_what_is_drawn_is_what_is_exported(dose_finding: Pilot) -> None:
    view = desk.view(dose_finding.environ, "/subjects")
    [drawn] = desk.tables(heat.draw(view)).values()
    [row] = [r for r in drawn if r[0].startswith("Neutrophil")]
    assert row == ["Neutrophil count decreasedeventsvalues", "2", "4 Dm", "4", "0", "0", "0"]
    exported = grid.table(view).rows
    assert exported[["TERM", "SUBJECTS", WHO]].to_numpy().tolist() == [
        ["Neutrophil count decreased", 2, "4 D"], ["Diarrhea", 1, "."],
        ["White blood cell decreased", 2, "2"], ["Proteinuria", 1, "0"],
    ]  # fmt: skip


def test_each_cell_leads_to_its_rows_and_no_address_has_a_subject(dose_finding: Pilot) -> None:
    view = desk.view(dose_finding.environ, "/subjects?grade=3")
    links = desk.hrefs(heat.draw(view))
    handle = view.handle(WHO)
    events = f"/events?who=term&term=Neutrophil+count+decreased&subject={handle}"
    values = f"/rows?grade=3&table=graded_value&term=Neutrophil+count+decreased&subject={handle}"
    assert events in links  # of whatever grade, as the cell is
    assert values in links
    assert not [link for link in links if "001-10" in link]


def test_one_source_at_a_time(dose_finding: Pilot) -> None:
    reported = desk.view(dose_finding.environ, "/subjects?source=reported")
    assert list(found.found(reported).terms["TERM"]) == [
        "Neutrophil count decreased", "Diarrhea", "Proteinuria",
    ]  # fmt: skip
    measured = desk.view(dose_finding.environ, "/subjects?source=measured")
    assert "Diarrhea" not in set(found.found(measured).terms["TERM"])
    assert found.source(desk.view(dose_finding.environ, "/subjects?source=x")) == ""


def test_it_says_what_is_not_shown(dose_finding: Pilot) -> None:
    told = desk.said(heat.draw(desk.view(dose_finding.environ, "/subjects?related=1")))
    assert "5 of 5 treated subjects." in told
    assert "29 other terms were looked at: nobody has such a grade." in told
    assert "1 subjects have a DLT of a term that is not shown." in told
    assert "measured grades are shown whatever their cause" in told


def test_nobody_has_such_a_grade(dose_finding: Pilot) -> None:
    told = desk.said(heat.draw(desk.view(dose_finding.environ, "/subjects?grade=5")))
    assert "Nobody has a grade of this choice." in told


def test_many_subjects_are_counted_by_level(pilot: Pilot) -> None:
    view = desk.view(pilot.environ, "/subjects")
    page = heat.draw(view)
    assert "254 subjects are more than the 60 that have a column each" in desk.said(page)
    drawn = desk.tables(page)["Worst grade by term and level"]
    assert drawn[2][:4] == ["MYOCARDIAL INFARCTION", "CARDIAC DISORDERS", "10", "1"]
    assert len(drawn) == 2 + 100  # of 261 terms: the others are on other pages
    assert len(many.counts(view).rows) == 261


def test_a_count_is_that_of_the_subjects_it_leads_to(pilot: Pilot) -> None:
    rows = many.counts(desk.view(pilot.environ, "/subjects")).rows.set_index("TERM")
    assert int(rows.loc["PRURITUS", "0|2"]) == 1
    url = "/subjects?who=PRURITUS&of=Placebo&label=2"
    behind = many.behind(desk.view(pilot.environ, url)).rows
    assert len(behind) == 1
    assert set(behind["EVENTS"]) == {"events"}
