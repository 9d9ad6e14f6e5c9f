"""The portfolio: a row a study that somebody sees, with what asks for them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from dashboards.pages import portfolio as page
from dashboards.portfolio_page import read
from safety.accounts.account import ACTIVE, Account, Person
from safety.report import portfolio, rhythm
from safety.report.rhythm import Rhythm
from safety.settings import from_environment
from safety.store import tables
from tests import databases
from tests.dashboards import desk
from tests.snapshots.world import World

NOW = datetime(2024, 4, 3, 12, tzinfo=UTC)
EARLIER, LATER = "2024-04-03T11:00:00+00:00", "2024-04-04T11:00:00+00:00"
of_trials = pytest.mark.xdist_group("pilot")


def publish(db_url: str, studyid: str, *, held: bool = False) -> str:
    """A study with one snapshot; held: and a delivery since that cannot be used."""
    made = World(db_url, studyid)
    made.deliver("edc", "2024-04-01", AE="1/ae.csv")
    shot = made.publish("2024-04-01")
    if held:
        made.hold("edc", "2024-04-02")
    made.close()
    return shot.snapshot_id


def add_alert(connection, study: str, number: int, tier: str, state: str, due_at: str) -> None:
    connection.execute(insert(tables.alert).values(
        alert_id=f"{study}{number}", study=study, usubjid="S1", rule="DLT", episode=str(number),
        tier=tier, level=1, verified=1, title="t", body="b", state=state, revision=1,
        created_at=EARLIER, due_at=due_at,
    ))  # fmt: skip


def add_item(connection, study: str, number: int, kind: str, state: str, snapshot_id: str) -> None:
    connection.execute(insert(tables.work_item).values(
        item_id=f"{study}{number}", study=study, kind=kind, key=str(number), usubjid="S1",
        state=state, owner="", first_as_of="2024-04-01", first_snapshot=snapshot_id,
        last_as_of="2024-04-01", last_snapshot=snapshot_id, times_seen=1, fingerprint="f",
        revision=1,
    ))  # fmt: skip


def lines(db_url: str, *studies: str):
    world = World(db_url)
    with world.begin() as connection:
        found = portfolio.lines(connection, studies, NOW)
    world.close()
    return {line.newest.study: line for line in found}


def test_it_counts_what_is_open_of_each_study_apart(db_url) -> None:
    first, second = publish(db_url, "A", held=True), publish(db_url, "B")
    world = World(db_url)
    with world.begin() as connection:
        for number, (tier, state, due) in enumerate([
            ("P1", "open", EARLIER), ("P1", "acknowledged", EARLIER), ("P1", "resolved", EARLIER),
            ("P2", "open", LATER), ("P2", "suppressed", ""),
        ]):  # fmt: skip
            add_alert(connection, "A", number, tier, state, due)
        for number, (kind, state) in enumerate([
            ("query", "open"), ("query", "answered"), ("query", "closed"), ("held_row", "held"),
            ("held_row", "asked"), ("held_row", "released"), ("held_row", "gone"),
        ]):  # fmt: skip
            add_item(connection, "A", number, kind, state, first)
        connection.execute(insert(tables.meeting).values(
            meeting_id="m", study="B", title="DLT meeting", planned_on="2024-04-09",
            state="planned", created_at=EARLIER, created_by="a", revision=1,
        ))  # fmt: skip
    world.close()
    found = lines(db_url, "A", "B")
    a, b = found["A"], found["B"]
    assert a.alerts == {"P1": 2, "P2": 2, "P3": 0, "P4": 0}
    assert (a.overdue, a.queries, a.held_rows, a.held) == (1, 2, 2, ("edc",))
    assert (b.overdue, b.queries, b.held_rows, b.held) == (0, 0, 0, ())
    assert b.meetings == (("planned", "2024-04-09"),)
    assert (a.in_question, a.proposals, b.newest.snapshot_id) == (0, 0, second)


def test_a_study_that_is_not_asked_for_is_not_told(db_url) -> None:
    publish(db_url, "A")
    publish(db_url, "B")
    assert list(lines(db_url, "B")) == ["B"]
    assert not lines(db_url)


# What is late

DAILY = Rhythm(36, {"edc": 1}, "Asia/Shanghai", is_closed=False)


@pytest.mark.parametrize(
    ("created_at", "is_old"),
    [("2024-04-02T00:00:00+00:00", False), ("2024-04-01T23:59:00+00:00", True)],
)
def test_data_are_old_after_the_hours_of_the_study(created_at, is_old) -> None:
    assert rhythm.is_old(DAILY, created_at, NOW) is is_old


def test_closed_data_and_a_study_without_limit_are_never_old() -> None:
    ever = "2020-01-01T00:00:00+00:00"
    assert not rhythm.is_old(Rhythm(36, {}, "UTC", is_closed=True), ever, NOW)
    assert not rhythm.is_old(Rhythm(None, {}, "UTC", is_closed=False), ever, NOW)


@pytest.mark.parametrize(("day", "late"), [("2024-04-01", []), ("2024-03-31", ["edc"])])
def test_a_feed_is_late_when_its_next_day_is_overdue(day, late) -> None:
    assert rhythm.late_feeds(DAILY, "A", {("A", "edc"): day}, NOW) == late


def test_a_feed_that_never_came_or_of_closed_data_is_not_late() -> None:
    assert rhythm.late_feeds(DAILY, "A", {("B", "edc"): "2024-01-01"}, NOW) == []
    closed = Rhythm(36, {"edc": 1}, "UTC", is_closed=True)
    assert rhythm.late_feeds(closed, "A", {("A", "edc"): "2024-01-01"}, NOW) == []


def test_age_is_counted_in_days_of_the_study() -> None:
    evening = datetime(2024, 4, 3, 17, tzinfo=UTC)  # the next day already in Shanghai
    assert rhythm.age(DAILY, "2024-04-03", evening) == 1
    assert rhythm.age(None, "2024-04-03", evening) == 0


def test_the_rhythm_stands_in_the_manifest(db_url) -> None:
    snapshot_id = publish(db_url, "A")
    world = World(db_url, "A")
    with world.begin() as connection:
        found = rhythm.rhythms(connection, [snapshot_id])
    study = world.study
    world.close()
    assert found[snapshot_id].hours == study.alerts.max_data_age_hours
    assert found[snapshot_id].timezone == study.timezone


# The page


@pytest.fixture
def home(tmp_path):
    db_url = databases.fresh("sqlite", tmp_path)
    publish(db_url, "A", held=True)
    publish(db_url, "B")
    return tmp_path


def visit(home, who: Person):
    return desk.visit(from_environment(databases.environment(home)), "/", who)


def test_each_study_has_a_row_whose_numbers_lead_to_its_pages(home) -> None:
    found = page.draw(visit(home, desk.person("committee")))
    _, head, *rows = desk.tables(found)["Your studies"]
    assert [row[0] for row in rows] == ["A", "B"]
    assert dict(zip(head, rows[0], strict=True))["Feeds"].startswith("HELD: edc")
    assert {"/decision?study=A", "/data?study=B"} <= set(desk.hrefs(found))


def test_a_study_in_which_somebody_has_no_role_is_not_there(home) -> None:
    found = page.draw(visit(home, desk.person("monitor", study="B")))
    assert [row[0] for row in desk.tables(found)["Your studies"][2:]] == ["B"]
    assert not [href for href in desk.hrefs(found) if "study=A" in href]


def test_an_admin_sees_no_study_and_is_told_why(home) -> None:
    told = desk.said(page.draw(visit(home, desk.person("admin"))))
    assert told.startswith("An admin manages accounts and sees the data of no study.")


def test_who_has_no_role_is_told_whom_to_ask(home) -> None:
    nobody = Person(Account("x", "x", "X", "", ACTIVE, demo=False), {})
    told = desk.said(page.draw(visit(home, nobody)))
    assert told == "You have no role in any study: ask an admin for one."


def test_a_database_without_tables_says_that_nothing_was_published(tmp_path) -> None:
    settings = from_environment({"TOXWATCH_HOME": str(tmp_path)})
    told = desk.said(page.draw(desk.visit(settings, "/", desk.person("committee"))))
    assert told.startswith("No study of yours has data yet")


@of_trials
def test_a_trial_tells_its_subjects_and_what_its_design_says(dose_finding) -> None:
    settings = from_environment(dose_finding.environ)
    found = page.draw(desk.visit(settings, "/", desk.person("chair")))
    _, head, row = desk.tables(found)["Your studies"]
    told = dict(zip(head, row, strict=True))
    assert [told[name] for name in ("Treated", "DLT", "Pending", "Cannot be judged")] == [
        "5", "2", "0", "1"
    ]  # fmt: skip
    assert told["The design says"] == "No recommendation yet"
    assert (told["P1"], told["P2"], told["P3"]) == ("4", "23", "1")
    href = "/rows?study=NCT06038461&table=verdict&verdict=DLT"
    assert href in desk.hrefs(found)


@of_trials
def test_what_is_not_worked_out_says_so(dose_finding, monkeypatch) -> None:
    monkeypatch.setattr(read, "MOST", 0)
    monkeypatch.setattr(read.advised, "is_known", lambda _key: False)
    settings = from_environment(dose_finding.environ)
    found = page.draw(desk.visit(settings, "/", desk.person("chair")))
    assert "not worked out here: open the page" in desk.said(found)
