"""The page "Data": what is held, checks, held rows, queries, and whether rows are accounted for."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashboards import data
from dashboards.app import create_app
from dashboards.data_page import checks, deliveries, held, item, views, work
from safety.errors import WrongUseError
from safety.store.read import Hold, Snapshot, Store
from tests import databases
from tests.worklist.published import QUERY, ROW, publish

create_app()  # registers the pages, which a page module needs to be imported

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
    assert held.current(Hold("edc", "VS", "2024-04-02", "x"), RECEIVED) == held.NOTHING_CURRENT
    assert held.current(Hold("fhir", "", "2024-04-02", "x"), RECEIVED) == held.NOTHING_CURRENT


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


def test_a_grid_does_not_guess_what_a_column_is():
    table = held._files(held.held_files([OF_FILE], RECEIVED, "2024-04-05")).children
    assert table.defaultColDef["cellDataType"] is False


# Checks

FINDINGS = pd.DataFrame(
    [("ME-001", "LB", "pass", "critical"), ("ME-002", "LB", "fail", "warning"),
     ("ME-003", "LB", "not_evaluable", "critical"), ("AE-001", "AE", "fail", "warning"),
     ("ME-004", "LB", "fail", "critical"), ("ME-005", "LB", "not_applicable", "info")],
    columns=["CHECKID", "DOMAIN", "STATUS", "SEVERITY"],
).assign(FILE="lb.csv")  # fmt: skip


def test_failing_checks_come_first_and_the_severe_before_others():
    assert checks.in_order(FINDINGS)["CHECKID"].tolist() == [
        "ME-004", "AE-001", "ME-002", "ME-003", "ME-001", "ME-005",
    ]  # fmt: skip


def test_checks_are_counted_by_status():
    assert checks.counted(FINDINGS) == "3 fail, 1 cannot be judged, 1 pass, 1 not applicable"
    assert checks.counted(FINDINGS.iloc[:0]) == "none open"


CHOSEN = {"CHECKID": "ME-002", "DOMAIN": "LB", "TITLE": "Subject is in DM", "NOTE": EVIL,
          "CHECKED": 12, "FILE": "lb.csv"}  # fmt: skip


def test_rows_of_a_check_are_named_with_their_place():
    rows = pd.DataFrame(
        [
            ("S2", "LB|S2", "lb.csv", 7, "{}", ""),
            ("S1", "LB|S1", "lb.csv", 9, '{"AVALC":"9"}', "nobody has it"),
        ],
        columns=["USUBJID", "RECORD", "FILE", "SRCROW", "CELLS", "SAID"],
    )
    shown = checks.rows_of(CHOSEN, rows)
    name, note, count, table = shown.children
    assert (name.children, count.children) == ("ME-002 LB: Subject is in DM", "2 of 12 rows")
    assert note.children == EVIL  # a text: React writes it as one
    assert [r["SRCROW"] for r in table.children.rowData] == [9, 7]
    first = table.children.rowData[0]
    assert (first["CELLS"], first["SAID"]) == ('{"AVALC":"9"}', "nobody has it")


def test_a_check_of_a_file_says_that_it_names_no_row():
    rows = pd.DataFrame(columns=["USUBJID", "RECORD", "FILE", "SRCROW"])
    assert "It names no row: it is said of lb.csv as a whole." in str(checks.rows_of(CHOSEN, rows))


# Deliveries


@pytest.mark.parametrize(
    ("received", "said"),
    [(9, "\u2713 adds up"), (12, "\u2717 3 missing"), (8, "\u2717 1 too many")],
)
def test_the_sum_is_marked_in_words(received, said):
    assert deliveries.mark(ROWS | {"received": received}) == said


def test_the_sum_of_the_files_in_use_is_a_line():
    assert deliveries.sum_of(ROWS) == (
        "Files in use: received 9 = accepted 7 + quarantined 1 + duplicates 1 + superseded 0 + "
        "deleted 0: \u2713 adds up"
    )


def test_a_delivery_that_could_not_be_opened_has_no_sum():
    whole = receipts((1, "lab", "", AT, "held", "no file", None, None, None))
    empty = {name.upper(): None for name in ROWS}
    found = deliveries.accounted(whole.assign(FILE_REASON=None, **empty)).iloc[0]
    assert found[["SUM", "FILE_STATUS", "FILE_REASON", "RECEIVED_AT"]].tolist() == [
        "", "held", "no file", "2024-04-04 23:00:00",
    ]  # fmt: skip


# Held rows and queries

ASKED = QUERY | {"PLACES": '[{"file": "lb.csv", "row": 4}]'}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two held rows, of which one goes by itself, and a query that begins with a sign."""
    folder = tmp_path_factory.mktemp("home")
    gone = ROW | {"KEY": "LB|S0|ALT|1#000000000000", "USUBJID": "S0"}
    evil = ROW | {"RAW": f'{{"LBORRES": "{EVIL}", "LBORRESU": null}}', "REASON": f"not so: {EVIL}"}
    publish(folder, "a1" * 16, "2024-04-01", held=[evil, gone], queries=[ASKED])
    publish(folder, "b2" * 16, "2024-04-05", held=[evil], queries=[ASKED])
    (folder / "trial_one.yaml").write_text("studyid: T1  # of the tests\n")
    return folder


@pytest.fixture
def shot(home, monkeypatch) -> Snapshot:
    monkeypatch.setenv("TOXWATCH_STUDIES", str(home))
    for name, value in databases.environment(home).items():
        monkeypatch.setenv(name, value)
    found = Store(databases.of(home)).latest("T1")
    assert found is not None
    found.summary["rows"] = ROWS
    return found


def listed(part: Any) -> list[dict[str, Any]]:
    """Return the rows of the grid in a part of the page."""
    return next(c for c in part.children if "Div" in type(c).__name__).children.rowData


def test_held_rows_are_listed_with_their_age(shot):
    part = work.part(views.VIEWS["held-rows"], shot)
    assert [(r["USUBJID"], r["STATE"], r["AGE"], r["TIMES SEEN"]) for r in listed(part)] == [
        ("S1", "held", 4, 2)
    ]
    assert "1 of 9 rows received are held; they still alarm; as of 2024-04-05, snapshot b2b2" in (
        str(part)
    )
    assert "gone (1)" in str(part)


def test_items_are_chosen_by_state(shot):
    items = data.worklist(shot, "held_row").items
    states = views.states("held_row")
    assert states == ["current", "held", "asked", "released", "expired", "gone", "all"]
    assert [len(views.in_state(items, s)) for s in states] == [1, 1, 0, 0, 0, 1, 2]
    assert views.states("query")[1:6] == ["open", "sent", "answered", "closed", "reopened"]


def test_a_row_is_shown_as_received_and_as_text(shot):
    shown = str(item.item_in_full(shot, "held_row", "quarantine", ROW["KEY"]))
    assert f"LBORRES = {EVIL}\\nLBORRESU = " in shown
    assert "found by the checks" in shown
    assert "toxwatch quarantine release trial_one " in shown
    assert "Markdown" not in shown  # which would read HTML


def test_an_item_that_is_over_has_its_history(shot):
    shown = str(item.item_in_full(shot, "held_row", "quarantine", "LB|S0|ALT|1#000000000000"))
    assert item.OVER in shown
    assert "LB, lb.csv row 3: not so: sample date is not in the future (ME-005, fault 7)" in shown
    assert "the source took the row back or delivers it no more" in shown


def test_an_item_that_is_not_there_is_a_message(shot):
    shown = item.item_in_full(shot, "query", "queries", "RE-999#S9")
    assert "names no query of T1" in shown.children


def test_a_row_that_is_no_object_stands_as_it_is():
    assert item.fields("{not JSON") == "{not JSON"
    assert item.fields("[1]") == "[1]"
    assert item.fields(None) == ""


def test_a_query_is_shown_with_its_evidence(shot):
    shown = str(item.item_in_full(shot, "query", "queries", QUERY["KEY"]))
    assert "=Please look at this" in shown
    assert "'text': 'HGB 60 g/L', 'record': 'LB|1', 'file': 'lb.csv', 'row': 4" in shown
    assert "toxwatch queries send trial_one " in shown


@pytest.mark.parametrize(("shown", "begins"), [
    ("queries", '"S1","\'=Please look at this","2024-03-10 HGB 60 g/L","open",'),
    ("held-rows", None),
])  # fmt: skip
def test_a_download_is_safe_and_says_of_which_data_it_is(shot, shown, begins):
    found = data.worklist(shot, views.VIEWS[shown].kind)
    header, *rows = work.csv(views.VIEWS[shown], found, "all").decode("utf-8-sig").splitlines()
    assert header.endswith(',"STUDY","SNAPSHOT","AS OF"')
    assert all(r.endswith(f'"T1","{found.snapshot_id[:12]}","{found.as_of}"') for r in rows)
    assert len(rows) == len(found.items) > 0
    assert begins is None or rows[0].startswith(begins)


def test_evidence_without_a_place_is_shown_all_the_same():
    asked = {"EVIDENCE": '[{"record": "A", "date": "", "text": "x"}, {"text": "y"}]',
             "PLACES": '[{"file": "ae.csv", "row": 2}]'}  # fmt: skip
    assert item.evidence(asked) == [
        {"record": "A", "date": "", "text": "x", "file": "ae.csv", "row": 2}, {"text": "y"},
    ]  # fmt: skip


def test_a_command_names_the_file_of_the_study(shot):
    assert data.command_name("T1") == "trial_one"
    assert data.command_name("T2") == "STUDY"
    assert data.command_name("T.") == "STUDY"  # an id is no pattern


def test_a_study_without_a_snapshot_has_no_list(home, monkeypatch):
    monkeypatch.setenv("TOXWATCH_DB_URL", databases.of(home))
    with pytest.raises(WrongUseError, match="T9 has no snapshot yet"):
        data.worklist(Snapshot(1, "s", "T9", 1, "2024-04-05", *("x",) * 6, {}, {}), "query")
