"""The page "Data": what is held, checks, held rows, queries, and whether rows are accounted for."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashboards import acts, raw
from dashboards.acts import ACTS
from dashboards.components import long
from dashboards.data_page import checks, deliveries, held, item, kinds, surveillance, work
from dashboards.pages.data import PAGE, PARTS
from dashboards.shown import SOURCES, Column, Shown
from dashboards.view import ForbiddenError, View
from safety.alerts import studies
from safety.errors import WrongUseError
from safety.rows import page as rows_page
from safety.rows.asked import Asked
from safety.settings import from_environment
from safety.store.read import Hold, Snapshot
from safety.worklist.items import item_id
from tests import build, databases
from tests.dashboards import desk
from tests.trail import give_key
from tests.worklist.published import QUERY, ROW, publish

pytestmark = pytest.mark.xdist_group("pilot")
ROWS = {"received": 9, "accepted": 7, "quarantined": 1, "duplicates": 1, "superseded": 0,
        "deleted": 0}  # fmt: skip
EVIL = "<img src=x onerror=alert(1)>"


def snapshot(**summary: Any) -> Snapshot:
    texts = ("x",) * 6
    return Snapshot(1, "s1" * 8, "T1", 1, "2024-04-05", *texts, {}, summary | {"rows": ROWS})


def receipts(*rows: tuple[Any, ...]) -> pd.DataFrame:
    columns = ["SEQ", "FEED", "DAY", "RECEIVED_AT", "STATUS", "REASON", "NAME", "DOMAIN",
               "FILE_STATUS"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


AT = "2024-04-05T01:00:00+02:00"
RECEIVED = receipts(
    (3, "edc", "2024-04-04", AT, "held", "", "2024-04-04/ae.csv", "AE", "held"),
    (2, "edc", "2024-04-03", AT, "published", "", "2024-04-03/ae.csv", "AE", "used"),
    (1, "lab", "", AT, "published", "", "lb.csv", "LB", "used"),
)
OF_FILE = Hold("edc", "AE", "2024-04-02", "2024-04-04/ae.csv: too short: 3 of 9 rows")


# What is held now


def test_a_held_file_is_told_with_what_stays_current():
    found = held.held_files([OF_FILE], RECEIVED, "2024-04-05")
    assert found.to_numpy().tolist() == [
        ["edc", "AE", "2024-04-04/ae.csv", "2024-04-02", 3, "too short: 3 of 9 rows",
         "2024-04-03/ae.csv"]
    ]  # fmt: skip


def test_a_held_delivery_leaves_the_one_before_it():
    hold = Hold("lab", "", "2024-04-06", "the feed's folder is a link.")
    found = held.held_files([hold], RECEIVED, "2024-04-05").iloc[0]
    assert found["FILE"] == "whole delivery"
    assert found["CURRENT"] == "delivery 1 of 2024-04-05"
    assert found["DAYS"] is None  # it came after the data that the page shows


def test_where_nothing_can_be_used_that_is_said():
    nothing = "nothing: no earlier file can be used"
    assert held.current(Hold("edc", "VS", "2024-04-02", "x"), RECEIVED) == nothing
    assert held.current(Hold("fhir", "", "2024-04-02", "x"), RECEIVED) == nothing


def test_never_delivered_is_not_nothing_held():
    shot = snapshot(feeds=[{"feed": "diary"}, {"feed": "edc"}])
    late = {"diary": "diary: nothing was ever delivered.", "VS": "VS: the newest file is old."}
    found = held.feed_states(shot, RECEIVED, [OF_FILE], late)
    assert found[["FEED", "STATE", "LAST", "NOTE"]].to_numpy().tolist() == [
        ["edc", "held", "2024-04-04", "1 held"],
        ["diary", "never delivered", "", "diary: nothing was ever delivered."],
        ["VS", "late", "", "VS: the newest file is old."],
        ["lab", "delivered", "2024-04-05", ""],
    ]


def test_late_feeds_are_those_whose_check_fails():
    findings = pd.DataFrame(
        [("IN-004", "edc", "fail", "edc: late."), ("IN-004", "lab", "pass", ""),
         ("IN-001", "edc", "fail", "kept")],
        columns=["CHECKID", "DOMAIN", "STATUS", "NOTE"],
    )  # fmt: skip
    assert held.late_notes(findings) == {"edc": "edc: late."}


# Checks

FINDINGS = pd.DataFrame(
    [("ME-001", "LB", "pass", "critical"), ("ME-002", "LB", "fail", "warning"),
     ("AE-001", "AE", "fail", "warning"), ("ME-003", "LB", "not_evaluable", "critical"),
     ("ME-004", "LB", "fail", "critical"), ("ME-005", "LB", "not_applicable", "info")],
    columns=["CHECKID", "DOMAIN", "STATUS", "SEVERITY"],
).assign(FILE="lb.csv")  # fmt: skip


def test_failing_checks_come_first_and_the_severe_before_others():
    assert checks.in_order(FINDINGS)["CHECKID"].tolist() == [
        "ME-004", "AE-001", "ME-002", "ME-003", "ME-001", "ME-005",
    ]  # fmt: skip


def test_checks_are_counted_by_status():
    assert checks.counted(FINDINGS) == "3 fail, 1 cannot be judged, 1 pass, 1 not applicable"
    assert checks.counted(FINDINGS.iloc[:0]) == "none"


@pytest.mark.parametrize(
    ("failed", "named", "note"),
    [(2, True, "kept"), (0, False, "kept"),
     (1, False, "kept It names no row: it is said of lb.csv as a whole.")],
)  # fmt: skip
def test_a_check_that_names_no_row_says_so(failed, named, note):
    assert checks._note({"NOTE": "kept", "FAILED": failed, "FILE": "lb.csv"}, named) == note


def test_failing_rows_are_as_many_as_their_number_says(dose_finding):
    view = desk.view(dose_finding.environ, "/data?part=checks&level=L9", "engineer")
    shown = SOURCES["checks-open"].make(view)
    failing = next(c for c in shown.columns if c.name == "FAILED")
    first = shown.rows.iloc[0].to_dict()
    assert (first["CHECKID"], first["DOMAIN"], first["FAILED"]) == ("DV-004", "EC", 8)
    there = desk.view(dose_finding.environ, failing.href(first), "engineer")
    with there.connection("finding_row") as connection:
        asked = Asked("finding_row", there.shot.cut, raw.where(there))
        assert rows_page.count(connection, asked) == 8


# Rows


@pytest.mark.parametrize(
    ("received", "said"),
    [(9, "\u2713 adds up"), (12, "\u2717 3 missing"), (8, "\u2717 1 too many")],
)
def test_the_sum_is_marked_in_words(received, said):
    assert deliveries.adds_up(ROWS | {"received": received}) == said


def test_the_sum_of_the_files_in_use_is_a_line():
    assert deliveries.equation(ROWS).children == (
        "Rows of the files in use: received 9 = accepted 7 + held 1 + exact duplicates 1 + "
        "superseded 0 + deleted 0: \u2713 adds up"
    )


def test_rows_are_summed_by_feed_and_in_all():
    frame = pd.DataFrame([{"feed": "lab"} | ROWS, {"feed": "edc"} | ROWS, {"feed": "lab"} | ROWS])
    found = deliveries.summed(frame, "feed")
    assert found[["NAME", "received", "accepted", "SUM"]].to_numpy().tolist() == [
        ["edc", 9, 7, "\u2713 adds up"], ["lab", 18, 14, "\u2713 adds up"],
        ["all", 27, 21, "\u2713 adds up"],
    ]  # fmt: skip
    assert deliveries.summed(frame.iloc[:0], "feed").empty


def test_a_delivery_that_could_not_be_opened_has_no_sum():
    whole = receipts((1, "lab", "", AT, "held", "no file", None, None, None))
    empty = {name.upper(): None for name in ROWS}
    found = deliveries.accounted(whole.assign(FILE_REASON=None, SHA256=pd.NA, **empty)
                                 .astype({"SHA256": "str"})).iloc[0]  # fmt: skip
    assert found[["SUM", "FILE_STATUS", "FILE_REASON", "RECEIVED_AT"]].tolist() == [
        "", "held", "no file", "2024-04-04 23:00:00",
    ]  # fmt: skip


# Held rows and queries

ASKED = QUERY | {"PLACES": '[{"file": "lb.csv", "row": 4}]'}
HELD_ITEM, GONE_ITEM = (
    item_id("T1", "held_row", f"LB|{s}|ALT|1#{n}")[:12]
    for s, n in (("S1", "0123456789ab"), ("S0", "000000000000"))
)
QUERY_ITEM = item_id("T1", "query", QUERY["KEY"])[:12]


@pytest.fixture
def home(tmp_path, monkeypatch) -> dict[str, str]:
    """Two held rows, of which one goes by itself, and a query that begins with a sign."""
    gone = ROW | {"KEY": "LB|S0|ALT|1#000000000000", "USUBJID": "S0"}
    evil = ROW | {"RAW": f'{{"LBORRES": "{EVIL}", "LBORRESU": null}}', "REASON": f"not so: {EVIL}",
                  "CHECKS": "ME-002"}  # fmt: skip
    publish(tmp_path, "a1" * 16, "2024-04-01", held=[evil, gone], queries=[ASKED])
    publish(tmp_path, "b2" * 16, "2024-04-05", held=[evil], queries=[ASKED])
    environ = databases.environment(tmp_path) | {"TOXWATCH_HOME": str(tmp_path)}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(studies, "find", lambda *_: build.study())
    give_key(tmp_path)
    return environ


def at(environ: dict[str, str], url: str, *roles: str) -> View:
    view = desk.view(environ, url, *(roles or ("engineer",)))
    view.shot.summary["rows"] = ROWS
    return view


def do(environ: dict[str, str], act: str, of: str, role: str = "engineer", **values: str) -> str:
    visit = desk.visit(from_environment(environ), "/data?study=T1", desk.person(role))
    return acts.perform(visit, act, of, {"reason": "the site was called"} | values)


def test_held_rows_are_listed_with_their_age_and_chosen_by_state(home):
    found = SOURCES["held-rows"].make(at(home, "/data?study=T1&part=rows"))
    assert found.rows[["USUBJID", "STATE", "AGE", "TIMES SEEN"]].to_numpy().tolist() == [
        ["S1", "held", 4, 2]
    ]
    assert "1 shown of 2 so far, oldest first, as of 2024-04-05" in found.note
    assert "Of 9 rows received 1 are held" in found.note
    gone = SOURCES["held-rows"].make(at(home, "/data?study=T1&part=rows&state=gone"))
    assert gone.rows["USUBJID"].tolist() == ["S0"]
    assert kinds.states("query") == [
        "current", "open", "sent", "answered", "closed", "reopened", "all",
    ]  # fmt: skip


def test_a_row_is_shown_as_received_and_as_text(home):
    view = at(home, f"/data?study=T1&part=rows&item={HELD_ITEM}")
    page = item.part(view, kinds.HELD_ROWS, HELD_ITEM)
    assert desk.tables(page)["Fields of the row"] == [["LBORRES", EVIL], ["LBORRESU", "(nothing)"]]
    said = desk.said(page)
    assert "found by the checks" in said
    assert "cannot be released: nobody may overrule ME-002" in said
    acts_of = {i["act"] for i in desk.ids(page) if isinstance(i, dict) and "act" in i}
    assert acts_of == {"held_row-ask", "held_row-expire", "held_row-assign"}


def test_who_only_looks_has_no_form(home):
    view = at(home, f"/data?study=T1&part=rows&item={HELD_ITEM}", "monitor")
    page = item.part(view, kinds.HELD_ROWS, HELD_ITEM)
    assert not [i for i in desk.ids(page) if isinstance(i, dict) and "act" in i]
    assert "Data engineers settle held rows and queries" in desk.said(page)


def test_an_item_that_is_over_has_its_history_and_one_that_is_not_there_a_message(home):
    view = at(home, f"/data?study=T1&part=rows&item={GONE_ITEM}")
    said = desk.said(item.part(view, kinds.HELD_ROWS, GONE_ITEM))
    assert "The newest snapshot does not have it any more" in said
    assert "the source took the row back or delivers it no more" in said
    assert "T1 has no such item." in desk.said(item.part(view, kinds.QUERIES, "0" * 12))


def test_a_row_that_is_no_object_stands_as_it_is():
    assert item.fields("{not JSON") == [("as received", "{not JSON")]
    assert item.fields("[1]") == [("as received", "[1]")]
    assert item.fields(None) == [("as received", "")]


def test_a_query_is_shown_with_its_evidence(home):
    view = at(home, f"/data?study=T1&part=queries&item={QUERY_ITEM}")
    page = item.part(view, kinds.QUERIES, QUERY_ITEM)
    assert "=Please look at this" in desk.said(page)
    assert desk.tables(page)["Evidence"][1] == ["2024-03-10", "HGB 60 g/L", "lb.csv", "4"]


def test_evidence_without_a_place_is_shown_all_the_same():
    asked = {"EVIDENCE": '[{"record": "A", "date": "", "text": "x"}, {"text": "y"}]',
             "PLACES": '[{"file": "ae.csv", "row": 2}]'}  # fmt: skip
    assert item.evidence(asked) == [
        {"record": "A", "date": "", "text": "x", "file": "ae.csv", "row": 2}, {"text": "y"},
    ]  # fmt: skip


def test_an_engineer_settles_a_row_and_a_query(home):
    assert do(home, "held_row-ask", HELD_ITEM).startswith("It is asked now, owner ")
    assert do(home, "query-send", QUERY_ITEM).startswith("It is sent now, owner ")
    assert do(home, "query-assign", QUERY_ITEM, owner="A. Chen") == (
        "It is sent now, owner A. Chen."
    )
    *_, last = work.found(at(home, "/data?study=T1"), kinds.QUERIES).items["OWNER"]
    assert last == "A. Chen"


def test_what_cannot_be_done_is_refused_with_its_cause(home):
    with pytest.raises(WrongUseError, match="nobody may overrule ME-002"):
        do(home, "held_row-release", HELD_ITEM)
    with pytest.raises(WrongUseError, match="answer is not possible"):
        do(home, "query-answer", QUERY_ITEM)
    with pytest.raises(WrongUseError, match="the reason"):
        do(home, "query-send", QUERY_ITEM, reason="")
    with pytest.raises(ForbiddenError):
        do(home, "query-send", QUERY_ITEM, "chair")


def test_every_act_on_work_is_of_engineers():
    found = {n: a.roles for n, a in ACTS.items() if n.startswith(("held_row-", "query-"))}
    assert len(found) == 5 + 5
    assert set(found.values()) == {frozenset({"engineer"})}


def test_queries_leave_as_a_site_reads_them(home):
    found = SOURCES["queries-for-sites"].make(at(home, "/data?study=T1&part=queries"))
    assert found.rows[["QUERY", "EVIDENCE", "STUDY"]].to_numpy().tolist() == [
        ["=Please look at this", "2024-03-10 HGB 60 g/L", "T1"]
    ]


# Required assessments


def test_windows_are_counted_by_level_and_only_those_that_are_over_are_judged():
    found = pd.DataFrame(
        [("S1", "L2", "CBC", "done"), ("S1", "L2", "CBC", "late"), ("S2", "L2", "CBC", "missing"),
         ("S2", "L2", "CBC", "due"), ("S3", "L1", "CBC", "not_due")],
        columns=["USUBJID", "LEVEL", "ASSESSMENT", "STATUS"],
    )  # fmt: skip
    assert surveillance.by_level(found, ("L1", "L2")).to_numpy().tolist() == [
        ["CBC", "L1", 1, 1, 0, 0, 0, 0, 1, "0 of 0"],
        ["CBC", "L2", 2, 4, 1, 1, 1, 1, 0, "2 of 3 (67%)"],
    ]
    assert surveillance.by_level(found.iloc[:0], ("L1",)).empty


def test_assessments_of_a_trial_lead_to_their_windows(dose_finding):
    view = desk.view(dose_finding.environ, "/data?part=assessments", "committee")
    shown = SOURCES["assessments"].make(view)
    assert shown.rows[["ASSESSMENT", "LEVEL", "WINDOWS", "COMPLETE"]].to_numpy().tolist() == [
        ["BP", "L1", 5, "5 of 5 (100%)"], ["CBC", "L1", 15, "15 of 15 (100%)"],
        ["CBC_NADIR", "L1", 5, "5 of 5 (100%)"], ["CHEM", "L1", 5, "5 of 5 (100%)"],
        ["URINE", "L1", 5, "5 of 5 (100%)"],
    ]  # fmt: skip
    done = next(c for c in shown.columns if c.name == "done")
    there = desk.view(dose_finding.environ, done.href(shown.rows.iloc[1].to_dict()), "committee")
    with there.connection("surveillance") as connection:
        asked = Asked("surveillance", there.shot.cut, raw.where(there))
        assert rows_page.count(connection, asked) == 15


def test_where_nothing_is_required_silence_is_not_called_complete(pilot):
    view = desk.view(pilot.environ, "/data?part=assessments", "engineer")
    said = desk.said(PAGE.draw(view))
    assert "Required assessments (none required)" in said
    assert "nothing here says whether a toxicity was looked for" in said


# The page of a trial


def test_every_part_can_be_opened_and_no_link_has_a_subject(dose_finding):
    for part in PARTS:
        page = PAGE.draw(desk.view(dose_finding.environ, f"/data?part={part}", "engineer"))
        assert not [href for href in desk.hrefs(page) if "NCT06038461-001-" in href]


def test_what_waits_stands_beside_each_part(dose_finding):
    said = desk.said(PAGE.draw(desk.view(dose_finding.environ, "/data", "auditor")))
    for each in ("Now (0 held)", "Checks (10)", "Quarantine (0)", "Queries (4)",
                 "Required assessments (0 missed)", "5 fail, 5 cannot be judged, of 242 checks",
                 "No file is held: the newest delivery of every feed was used.",
                 "received 930 = accepted 930 + held 0"):  # fmt: skip
        assert each in said


def test_grades_and_what_has_none_add_up_and_lead_to_their_rows(dose_finding):
    view = desk.view(dose_finding.environ, "/data?part=grading", "monitor")
    graded, ungraded = SOURCES["grades"].make(view), SOURCES["not-gradable"].make(view)
    assert graded.rows["VALUES"].tolist() == [1174, 2, 8, 1, 4]
    assert ungraded.rows["VALUES"].tolist() == [20, 1]
    assert graded.rows["VALUES"].sum() + ungraded.rows["VALUES"].sum() == 1210
    for shown, row in ((graded, 2), (ungraded, 0)):
        column = next(c for c in shown.columns if c.name == "VALUES")
        wanted = shown.rows.iloc[row].to_dict()
        there = desk.view(dose_finding.environ, column.href(wanted), "monitor")
        with there.connection("grade") as connection:
            asked = Asked("graded_value", there.shot.cut, raw.where(there))
            assert rows_page.count(connection, asked) == wanted["VALUES"]


def test_alerts_and_messages_reconcile(dose_finding):
    view = desk.view(dose_finding.environ, "/data?part=alerts", "engineer")
    found = SOURCES["alerts-reconciled"].make(view)
    assert found.rows["COUNT"].tolist() == [0] * 6
    assert found.rows["RESULT"].unique().tolist() == ["\u2713 none, as it must be"]


# A table that may be long


def test_a_short_table_is_html_and_a_long_one_a_grid_with_the_same_cells():
    columns = (Column("A", "Name", href=lambda row: f"/x?n={row['N']}"), Column("N", "N", "number"))
    rows = pd.DataFrame({"A": [f"row {n}" for n in range(26)], "N": range(26)})
    short, grid = (long.drawn("t", Shown("T", rows.head(n), columns)) for n in (25, 26))
    assert len(desk.tables(short)["T"]) == 26
    assert grid.children.rowData[25] == {"A": {"text": "row 25", "href": "/x?n=25"}, "N": 25}
    assert grid.children.defaultColDef["cellDataType"] is False
