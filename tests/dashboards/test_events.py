"""Adverse events: the numbers of each table, that each leads to whom it counts, and review."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboards import acts, reviewing
from dashboards.components import listing, reviewed
from dashboards.events_page import behind, by_term, every, folding, measured, onset, summary
from dashboards.pages import events
from dashboards.view import ForbiddenError
from safety.errors import WrongUseError
from tests.dashboards import desk
from tests.e2e.trials import Pilot

pytestmark = pytest.mark.xdist_group("pilot")
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def _counts(shown: Any, *columns: str) -> list[list[Any]]:
    return shown.rows[list(columns)].to_numpy().tolist()


def test_overview(dose_finding: Pilot) -> None:
    found = summary.summary(desk.view(dose_finding.environ, "/events"))
    assert _counts(found, "WHAT", "S0", "M0")[:7] == [
        ["Any event", 3, 0], ["Related, or attribution not told", 3, 0], ["Grade 3 or more", 2, 0],
        ["Related, grade 3 or more", 2, 0], ["Serious", 0, 0], ["Fatal", 0, 0],
        ["Leading to interruption", 2, 0],
    ]  # fmt: skip
    assert found.note.startswith("5 of 5 treated subjects.")


def test_a_number_of_the_overview_leads_to_its_events(dose_finding: Pilot) -> None:
    url = "/events?who=kind&kind=grade+3+or+more&of=L1"
    found = behind.behind(desk.view(dose_finding.environ, url))
    assert _counts(found, "TERM", "LABEL", "SRCFILE", "SRCROW") == [
        ["Neutrophil count decreased", "4", "ae.csv", 1], ["Diarrhea", "3", "ae.csv", 2],
    ]  # fmt: skip
    none = behind.behind(desk.view(dose_finding.environ, "/events?who=kind&kind=serious&of=all"))
    assert none.rows.empty


def test_of_the_serious_only_the_serious_events_are_listed(pilot: Pilot) -> None:
    url = "/events?who=kind&kind=serious&of=all"
    found = behind.behind(desk.view(pilot.environ, url)).rows
    assert found["USUBJID"].nunique() == 3
    assert set(found["SERIOUS"]) == {"yes"}


def test_terms_by_class(dose_finding: Pilot) -> None:
    found = by_term.by_term(desk.view(dose_finding.environ, "/events"))
    assert _counts(found, "TERM", "SUBJECTS", "PERCENT", "EVENTS", "L1|2", "L1|3", "L1|4") == [
        ["any", 3, 60.0, 3, 1, 1, 1], ["Diarrhea", 1, 20.0, 1, 0, 1, 0],
        ["Neutrophil count decreased", 1, 20.0, 1, 0, 0, 1], ["Proteinuria", 1, 20.0, 1, 1, 0, 0],
    ]  # fmt: skip


def test_every_count_of_the_terms_is_that_of_whom_it_leads_to(pilot: Pilot) -> None:
    view = desk.view(pilot.environ, "/events")
    found = by_term.by_term(view)
    row = found.rows[found.rows["TERM"].eq("PRURITUS")].iloc[0].to_dict()
    checked = 0
    for column in found.columns:
        if column.kind != "count" or not row[column.name] or column.href is None:
            continue
        there = behind.behind(desk.view(pilot.environ, column.href(row))).rows
        counted = len(there) if column.name == "EVENTS" else there["USUBJID"].nunique()
        assert counted == row[column.name], column.name
        checked += 1
    assert checked >= 8


def test_a_long_table_is_folded_into_its_classes(pilot: Pilot) -> None:
    view = desk.view(pilot.environ, "/events")
    drawn = desk.tables(by_term.part(view))["By system organ class and term"]
    assert {row[1] for row in drawn[2:]} == {"any"}
    assert len(by_term.by_term(view).rows) == 253
    one = desk.view(pilot.environ, "/events?class=CARDIAC+DISORDERS")
    assert "MYOCARDIAL INFARCTION" in desk.said(by_term.part(one))


def test_rare_terms_are_cut_off_when_asked(pilot: Pilot) -> None:
    found = by_term.by_term(desk.view(pilot.environ, "/events?cut=10"))
    terms = found.rows[found.rows["TERM"].ne("any")]
    assert terms["PERCENT"].min() >= 10
    assert "of fewer than 10 % of subjects are not shown" in found.note


def test_measured_worse_than_baseline(dose_finding: Pilot) -> None:
    found = measured.measured(desk.view(dose_finding.environ, "/events"))
    assert _counts(found, "TERM", "MEASURED", "UNKNOWN", "0|1", "0|2", "0|3", "0|4")[:3] == [
        ["Neutrophil count decreased", 5, 0, 0, 0, 0, 2],
        ["White blood cell decreased", 5, 0, 0, 2, 0, 0], ["Proteinuria", 5, 0, 0, 1, 0, 0],
    ]  # fmt: skip
    url = "/events?who=measured&term=Neutrophil+count+decreased&direction=low&of=L1&label=4"
    there = measured.behind(desk.view(dose_finding.environ, url))
    assert _counts(there, "USUBJID", "WORST") == [
        ["NCT06038461-001-101", "4"], ["NCT06038461-001-102", "4"],
    ]  # fmt: skip
    with pytest.raises(WrongUseError, match="'7' is no grade"):
        measured.behind(desk.view(dose_finding.environ, url.replace("label=4", "label=7")))


def test_onset_and_duration(dose_finding: Pilot) -> None:
    view = desk.view(dose_finding.environ, "/events?show=onset")
    assert _counts(onset.began(view), "TERM", "ONSET", "DURATION", "END") == [
        ["Neutrophil count decreased", "15", "10", "dated"], ["Diarrhea", "10", "3", "dated"],
    ]  # fmt: skip
    assert _counts(onset.first(view), "LEVEL", "DAY", "ATRISK", "EVENTS", "PERCENT")[:4] == [
        ["All", 0, 5, 0, 0.0], ["All", 10, 5, 1, 20.0], ["All", 15, 4, 1, 40.0],
        ["All", 45, 3, 0, 40.0],
    ]  # fmt: skip
    assert onset.least(desk.view(dose_finding.environ, "/events?first=2&grade=4")) == 4


@pytest.mark.parametrize("show", ["", "measured", "onset", "rows"])
def test_no_address_of_the_page_has_a_subject(dose_finding: Pilot, show) -> None:
    page = events.draw(desk.view(dose_finding.environ, f"/events?show={show}"))
    assert not [link for link in desk.hrefs(page) if "001-10" in link]


def test_an_address_that_names_no_number_is_refused(dose_finding: Pilot) -> None:
    with pytest.raises(WrongUseError, match="names no number"):
        events.draw(desk.view(dose_finding.environ, "/events?who=x"))


@pytest.mark.parametrize(
    ("grade", "texts"),
    [(0, ()), (1, ()), (2, ("1",)), (3, ("1", "2", "1|2"))],
)
def test_what_is_below_a_grade(grade, texts) -> None:
    assert every.below(grade) == texts


@pytest.mark.parametrize("query", ["", "grade=3", "related=1", "serious=1", "emergent=0"])
def test_the_listing_has_the_events_that_the_tables_count(pilot: Pilot, query) -> None:
    view = desk.view(pilot.environ, f"/events?{query}")
    counted = by_term.by_term(view).rows
    of_class = counted[counted["TERM"].eq("any")]
    assert len(listing.whole(view, every.NAME)[1]) == of_class["EVENTS"].sum()


def test_pages_of_a_long_table(dose_finding: Pilot) -> None:
    view = desk.view(dose_finding.environ, "/events?page=3")
    assert folding.size(50) == 60
    assert folding.first(view, 125, 50) == 120
    assert folding.first(view, 120, 50) == 0  # there is no third page
    assert folding.pages(view, 60, 50) is None
    assert "Rows 121 to 125 of 125 are drawn" in desk.said(folding.pages(view, 125, 50))


def _perform(view: Any, act: str, **values: str) -> str:
    return acts.ACTS[act].do(acts.Doing(view, every.NAME, values, NOW))


def test_review_is_told_marked_and_taken_back(dose_finding: Pilot) -> None:
    view = desk.view(dose_finding.environ, "/events?show=rows", "monitor")
    asked = listing.asked(listing.LISTINGS[every.NAME], view)
    rows = reviewed.judged(view, asked).to_dict("records")[:1]
    said = _perform(view, reviewing.SELECTED, rows=reviewing.selected(rows), to="reviewed")
    assert said == "1 rows are marked as reviewed."
    told = listing.whole(view, every.NAME)[1]["Review"].tolist()
    assert told == ["reviewed by Lee, 2026-01-05 09:00 UTC", "not reviewed", "not reviewed"]
    assert "1 of 3 rows reviewed" in desk.said(events.draw(view))
    open_ = desk.view(dose_finding.environ, "/events?show=rows&review=open", "monitor")
    request = {"startRow": 0, "endRow": 100, "sortModel": [{"colId": "REVIEW", "sort": "asc"}]}
    assert listing.answer(open_, every.NAME, request)["rowCount"] == 2
    _perform(view, reviewing.SELECTED, rows=reviewing.selected(rows), to="unreviewed")
    assert set(listing.whole(view, every.NAME)[1]["Review"]) == {"not reviewed"}


def test_all_that_is_listed_is_marked_only_as_it_was_seen(dose_finding: Pilot) -> None:
    view = desk.view(dose_finding.environ, "/events?show=rows&grade=3", "chair")
    seen = view.shot.snapshot_id
    for values in ({"snapshot": "x", "rows": "2"}, {"snapshot": seen, "rows": "3"}):
        with pytest.raises(WrongUseError, match="Nothing was marked"):
            _perform(view, reviewing.LISTED, **values)
    said = _perform(view, reviewing.LISTED, snapshot=seen, rows="2")
    assert said == "2 rows are marked as reviewed."
    every_row = desk.view(dose_finding.environ, "/events?show=rows", "chair")
    assert "2 of 3 rows reviewed" in desk.said(events.draw(every_row))
    rows = listing.asked(listing.LISTINGS[every.NAME], view)
    pairs = reviewing.selected(reviewed.judged(view, rows).to_dict("records"))
    _perform(view, reviewing.SELECTED, rows=pairs, to="unreviewed")


def test_who_may_not_mark_is_shown_no_way_to(dose_finding: Pilot) -> None:
    page = events.draw(desk.view(dose_finding.environ, "/events?show=rows", "engineer"))
    assert "Mark the selected rows" not in desk.said(page)
    assert "0 of 3 rows reviewed" in desk.said(page)
    url = "/events?show=rows"
    visit = desk.view(dose_finding.environ, url, "engineer")
    with pytest.raises(ForbiddenError, match="does not do this"):
        acts.perform(visit, reviewing.SELECTED, every.NAME, {"rows": "[]"})


@pytest.mark.parametrize("rows", [None, [], [{}], [{"KEY": 1, "ROW_HASH": "a"}], "x"])
def test_what_is_no_selection_is_refused(rows) -> None:
    with pytest.raises(WrongUseError, match="select"):
        reviewing.selected(rows)


def test_a_selection_is_keys_and_hashes() -> None:
    rows = [{"KEY": "k", "ROW_HASH": "h", "USUBJID": "S1"}]
    assert json.loads(reviewing.selected(rows)) == [["k", "h"]]


def test_a_listing_without_review_cannot_be_marked(dose_finding: Pilot) -> None:
    view = desk.view(dose_finding.environ, "/rows?table=event", "monitor")
    with pytest.raises(WrongUseError, match="no state of review"):
        acts.ACTS[reviewing.LISTED].do(acts.Doing(view, "rows-event", {}, NOW))
