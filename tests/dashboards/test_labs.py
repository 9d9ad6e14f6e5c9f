"""Labs and vitals: lines, shifts and livers of real runs, and what is said where nothing is."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboards.labs_page import analyte
from dashboards.labs_page.common import Common, common, ladders
from dashboards.pages import labs
from dashboards.shown import SOURCES
from safety.ctcae.bands import Band
from safety.errors import WrongUseError
from tests.dashboards.desk import hrefs, said, tables, view

pytestmark = pytest.mark.xdist_group("pilot")
SUBJECT = "NCT06038461-001-101"


@pytest.fixture
def look(dose_finding):
    """The view of the page with something asked, e.g. `show=shift`."""
    return lambda asked="": view(dose_finding.environ, f"/labs?study=NCT06038461&{asked}")


def test_the_worst_term_comes_first_with_its_counts(look):
    label = next(iter(analyte.options(look()).values()))
    assert label == (
        "Neutrophil count decreased (NEUT): worst grade 4; "
        "grade 3 or more in 2, any in 2 of 5 subjects"
    )


def test_each_line_is_named_and_leads_to_its_rows(look):
    here = look()
    page = labs.draw(here)
    lines = tables(page)["Who each line is"]
    assert lines[1][:9] == ["1", SUBJECT, "L1", "14", "-3", "43", "4", "0.45", "15"]
    assert len(lines) == 6
    handle = here.handle(SUBJECT)
    assert f"/rows?study=NCT06038461&table=measurement&param=NEUT&subject={handle}" in hrefs(page)
    assert "Bands of grades hold for all 5 drawn subjects." in said(page)


def test_no_address_names_a_subject(look):
    for asked in ("", "show=shift", "show=edish", "axis=cycle", "as=uln"):
        assert not [href for href in hrefs(labs.draw(look(asked))) if "001-1" in href]


def test_one_subject_is_shown_with_file_and_row(look):
    handle = look().handle(SUBJECT)
    rows = tables(labs.draw(look(f"subject={handle}")))
    values = rows[f"{SUBJECT}: Neutrophil count decreased (NEUT)"]
    assert values[0][9:] == ["Grade", "Grade may be", "Because", "Criterion", "File", "Row"]
    worst = [r for r in values[1:] if r[0] == "15"]
    assert [(r[4], r[9], r[13]) for r in worst] == [("0.45", "4", "lb.csv")]


def test_a_subject_term_or_test_that_is_none_is_refused(look):
    for asked in ("subject=abc", "term=Nonsense", "param=XYZ"):
        with pytest.raises(WrongUseError):
            labs.draw(look(asked))


def test_shifts_add_up_and_lead_to_their_subjects(look):
    page = labs.draw(look("show=shift"))
    title = "Baseline to worst grade: Neutrophil count decreased"
    assert tables(page)[title][2:] == [
        ["Neutrophil count decreased", "all", "0", "3", "0", "0", "0", "2", "0", "0", "5"],
        ["Neutrophil count decreased", "all", "all", "3", "0", "0", "0", "2", "0", "0", "5"],
    ]
    cell = "show=shift&of=Neutrophil+count+decreased&base=0&worst=4"
    assert any(href.endswith(cell) for href in hrefs(page))
    found = tables(labs.draw(look(cell)))["Subjects counted: Neutrophil count decreased"]
    assert [row[0] for row in found[1:]] == [SUBJECT, "NCT06038461-001-102"]


def test_both_directions_of_a_test_are_shown(look):
    page = labs.draw(look("show=shift&term=Hypokalemia"))
    assert "Other direction of the same test: Hyperkalemia" in tables(page)


def test_livers_are_counted_by_quadrant(look):
    page = labs.draw(look("show=edish"))
    assert [row[:2] for row in tables(page)["Quadrants"][1:]] == [
        ["Hy's law range", "0"], ["cholestasis", "0"], ["Temple's corollary", "0"],
        ["normal or near normal", "5"],
    ]  # fmt: skip
    assert "within 14 days of each other, with an ALP below 2 x ULN" in said(page)
    other = said(labs.draw(look("show=edish&window=any&alp=any&of_base=1&quadrant=normal&hys=2")))
    assert "at any time of each other, with any ALP value" in other
    assert "Subjects: normal or near normal" in other


def test_who_has_no_peaks_is_listed_with_the_reason(pilot):
    here = view(pilot.environ, "/labs?study=CDISCPILOT01&show=edish")
    rows = SOURCES["labs-liver-none"].make(here)
    points = SOURCES["labs-edish"].make(here)
    assert len(rows.rows) + len(points.rows) == len(here.population()) == 254
    assert set(rows.rows["REASON"]) == {
        "ALT or AST: no value after the first dose; BILI: no value after the first dose"
    }


def test_only_some_lines_are_drawn_and_that_is_said(pilot):
    here = view(pilot.environ, "/labs?study=CDISCPILOT01&term=Hypokalemia")
    found = SOURCES["labs-lines"].make(here)
    assert len(found.rows) == 50
    assert "are not drawn; the median is of all" in SOURCES["labs-values"].make(here).note


def test_required_samples_are_told_only_of_tests_that_are_required(look):
    free = SOURCES["labs-missing"].make(look("term=Hypokalemia"))
    assert free.rows.empty
    assert "requires no samples of this test" in free.none
    required = SOURCES["labs-missing"].make(look())
    assert set(required.rows["ASSESSMENT"]) <= {"CBC", "CBC_NADIR"}
    assert "requires no samples of this test" not in required.none


@pytest.mark.parametrize(
    "name",
    [
        "labs-values",
        "labs-lines",
        "labs-missing",
        "labs-absent",
        "labs-shift",
        "labs-edish",
        "labs-quadrants",
        "labs-liver",
    ],
)
def test_an_export_has_every_column_that_is_shown(look, name):
    shown = SOURCES[name].make(look())
    assert {c.name for c in shown.columns} <= set(shown.rows.columns)


PLATELETS = "Platelet count decreased"


def values(*limits: tuple[str, float, float]) -> pd.DataFrame:
    rows = [
        {"USUBJID": who, "GUNIT": "10*9/L", "UCUM": "10*9/L", "ANRLO": low, "ANRHI": high,
         "BASE": 200.0, "BASESTATE": 1}
        for who, low, high in limits
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_bands_are_common_where_limits_are():
    ways = ladders("5.0", "PLAT", ["BLOOD"], [PLATELETS])
    found = common(values(("A", 130, 400), ("B", 130, 400)), ways, "10*9/L", multiple=False)
    assert found == Common(
        (Band(0.0, 25.0, 4), Band(25.0, 50.0, 3), Band(50.0, 75.0, 2), Band(75.0, 130.0, 1)), 2, 0
    )


def test_bands_that_differ_are_those_of_most_and_the_others_are_counted():
    ways = ladders("5.0", "PLAT", ["BLOOD"], [PLATELETS])
    three = values(("A", 130, 400), ("B", 130, 400), ("C", 150, 400), ("D", 130, 400),
                   ("D", 150, 400))  # fmt: skip
    found = common(three, ways, "10*9/L", multiple=False)
    assert (found.subjects, found.others) == (2, 2)
    assert not found.holds_for_all


def test_values_of_several_specimens_have_no_bands():
    assert ladders("5.0", "PLAT", ["BLOOD", "URINE"], [PLATELETS]) == []
