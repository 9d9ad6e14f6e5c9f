"""The page of alerts: the inbox, one alert, what people do with it, reports, and how it goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from dashboards import acts, raw
from dashboards.acts import ACTS, Doing
from dashboards.alerts_page import body, clock, forms, inbox, kpi, link, read, reports
from dashboards.components import listing, long
from dashboards.page import by_path
from dashboards.pages.alerts import PAGE
from dashboards.shown import SOURCES
from dashboards.view import ForbiddenError, View
from safety.errors import WrongUseError
from safety.rows import page as rows_page
from safety.rows.asked import Asked
from safety.settings import from_environment
from safety.store import tables
from tests import databases
from tests.alerts import told
from tests.alerts.told import fact
from tests.dashboards import desk
from tests.trail import give_key

pytestmark = pytest.mark.xdist_group("pilot")
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
SUBJECT = "NCT06038461-001-101"


@pytest.fixture
def home(tmp_path, monkeypatch) -> dict[str, str]:
    """A home with an alert of P1 about S1 and one of P3 about S2, told at two in the morning."""
    environ = databases.environment(tmp_path) | {"TOXWATCH_HOME": str(tmp_path)}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(read, "study", lambda _: told.STUDY)
    monkeypatch.setattr(read, "now", lambda: NOON)
    give_key(tmp_path)
    told.snapshot(databases.of(tmp_path), fact(), fact("S2", "P3"))
    return environ


def do(environ: dict[str, str], deed: str, alert_id: str, *roles: str, **values: str) -> str:
    """Do something with an alert as the page does when somebody sends its form."""
    settings = from_environment(environ)
    visit = desk.visit(settings, f"/alerts?study=T1&alert={alert_id}", desk.person(*roles))
    sent = {"reason": "seen at the round", "revision": "1"} | values
    return acts.perform(visit, f"alert-{deed}", alert_id, sent)


ALERT = fact().alert_id("T1")


def test_who_acknowledges_an_alert_is_written_with_the_reason(home):
    said = do(home, "acknowledge", ALERT, "monitor")
    assert said == "P1 T1 S1: DLT rash is acknowledged now; owner: nobody."
    event = told.rows(home["TOXWATCH_DB_URL"], tables.alert_event)[-1]
    assert (event["action"], event["actor"], event["reason"], event["state_after"]) == (
        "acknowledge", "Lee", "seen at the round", "acknowledged",
    )  # fmt: skip
    trail = told.rows(home["TOXWATCH_DB_URL"], tables.audit)
    assert {(e["object_type"], e["actor"]) for e in trail if e["action"] == "acknowledge"} == {
        ("alert", "Lee"), ("alert_event", "Lee"),
    }  # fmt: skip


@pytest.mark.parametrize("role", ["committee", "auditor", "engineer"])
def test_others_look_and_do_not_act(home, role):
    with pytest.raises(ForbiddenError, match="does not do this"):
        do(home, "acknowledge", ALERT, role)
    assert told.known(home["TOXWATCH_DB_URL"])["S1"].state == "open"


def test_an_alert_goes_its_way_and_what_its_state_forbids_is_refused(home):
    assert "is acknowledged now" in do(home, "acknowledge", ALERT, "chair")
    assert "owner: A. Chen" in do(home, "assign", ALERT, "monitor", owner="A. Chen")
    assert "is resolved now" in do(home, "resolve", ALERT, "monitor", outcome="confirmed")
    with pytest.raises(WrongUseError, match="is resolved: suppress is not possible"):
        do(home, "suppress", ALERT, "monitor", until="2026-11-30")


@pytest.mark.parametrize(
    ("deed", "values", "why"),
    [
        ("acknowledge", {"reason": " "}, "the reason"),
        ("acknowledge", {"revision": "0"}, "was told anew"),
        ("acknowledge", {"revision": "newest"}, "which revision"),
        ("suppress", {"until": "soon"}, "until 'soon'"),
        ("assign", {"owner": ""}, "give a name"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_and_nothing_is_written(home, deed, values, why):
    before = told.known(home["TOXWATCH_DB_URL"])
    with pytest.raises(WrongUseError, match=why):
        do(home, deed, ALERT, "monitor", **values)
    assert told.known(home["TOXWATCH_DB_URL"]) == before


def test_a_suppression_ends_at_the_time_of_the_study(home):
    view = desk.view(home, "/alerts?study=T1", "monitor")
    alert_id = fact("S2", "P3").alert_id("T1")
    sent = {"reason": "known", "revision": "1", "until": "2026-11-30"}
    done = forms.perform(Doing(view, alert_id, sent, NOON), "suppress")
    assert (done.state, done.suppressed_until) == ("suppressed", "2026-11-29T16:00:00+00:00")


def test_every_deed_is_an_act_of_monitors_and_the_chair():
    deeds = {name: a.roles for name, a in ACTS.items() if name.startswith(("alert-", "report-"))}
    assert len(deeds) == 7 + 5
    assert set(deeds.values()) == {frozenset({"monitor", "chair"})}


def test_an_overdue_report_of_nobody_is_no_report(home):
    view = desk.view(home, "/alerts?study=T1&part=reports", "monitor")
    assert reports.counted(view) == (0, 0)
    view = desk.view(home, "/alerts?study=T1&part=reports&report=0123456789", "monitor")
    assert "No report of T1 has this id." in desk.said(reports.part(view))


# The link of a message


def followed(environ: dict[str, str], url: str, **who: str) -> str:
    person = desk.person("monitor", **who)
    return link.followed(desk.visit(from_environment(environ), url, person)).address.study


def test_the_link_of_a_message_finds_its_study(home):
    assert followed(home, f"/alerts?alert={ALERT}") == "T1"
    assert followed(home, f"/alerts?alert={ALERT}&study=T2") == "T2"
    assert followed(home, f"/alerts?alert={'0' * 32}") == ""
    assert followed(home, f"/data?alert={ALERT}") == ""


def test_of_a_study_that_is_not_theirs_a_link_says_nothing(home):
    assert followed(home, f"/alerts?alert={ALERT}", study="T9") == ""


# Clocks, in words


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (timedelta(days=1061, hours=3, minutes=59), "1,061 d 3 h"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(0), "0 min"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(gap, said):
    assert clock.span(gap) == said


@pytest.mark.parametrize(
    ("state", "due", "said"),
    [
        ("open", "2026-11-24T06:30:00+00:00", "2 h 30 min left"),
        ("open", "2026-11-24T04:00:00+00:00", "overdue by 0 min"),
        ("open", "2026-11-22T03:00:00+00:00", "overdue by 2 d 1 h"),
        ("open", "", "no clock"),
        ("acknowledged", "", ""),
    ],
)
def test_how_long_an_alert_waits(state, due, said):
    assert clock.waits(state, due, NOON) == said


def test_who_hears_next_if_nobody_acknowledges():
    alert = {"STATE": "open", "DUE_AT": "2026-11-24T06:30:00+00:00", "TIER": "P1", "STEP": 0}
    assert clock.next_step(told.STUDY, alert) == (
        "0 of 3 steps. It is told again to all who hear of P1. The study names nobody as "
        "principal investigator or safety lead or chair."
    )
    assert clock.next_step(told.STUDY, alert | {"STEP": 3}) == "3 of 3 steps: nobody is left"
    assert clock.next_step(told.STUDY, alert | {"TIER": "P3"}) == "it goes to nobody else"
    assert clock.next_step(told.STUDY, alert | {"STATE": "resolved"}) == ""


# Choices

LISTED = pd.DataFrame(
    [
        ("P1", "open", True, ""), ("P2", "open", False, "Lee"), ("P2", "acknowledged", False, ""),
        ("P3", "resolved", False, "Lee"),
    ],
    columns=["TIER", "STATE", "OVERDUE", "OWNER"],
)  # fmt: skip


@pytest.mark.parametrize(
    ("state", "count"),
    [("current", 3), ("overdue", 1), ("open", 2), ("resolved", 1), ("suppressed", 0), ("all", 4)],
)
def test_alerts_are_chosen_by_state(state, count):
    assert len(inbox.in_state(LISTED, state)) == count


def test_alerts_are_chosen_by_tier_and_owner():
    assert inbox.of_tier(LISTED, "P2")["STATE"].tolist() == ["open", "acknowledged"]
    assert len(inbox.of_tier(LISTED, "")) == 4
    assert inbox.owned(LISTED, "mine", "Lee")["TIER"].tolist() == ["P2", "P3"]
    assert inbox.owned(LISTED, "nobody", "Lee")["TIER"].tolist() == ["P1", "P2"]
    assert len(inbox.owned(LISTED, "", "Lee")) == 4


# How it goes


def event(action: str, at: str, actor: str = "toxwatch", after: str = "open") -> dict[str, str]:
    return {"ALERT_ID": "a", "AT": f"2026-11-{at}:00+00:00", "ACTION": action, "ACTOR": actor,
            "TIER": "P1", "STATE_AFTER": after}  # fmt: skip


RAISED = event("raise", "24T02:00")  # to be acknowledged four working hours later, by 06:00


@pytest.mark.parametrize(
    ("later", "now", "answer"),
    [
        ([], "2026-11-24T05:59", "running"),
        ([], "2026-11-24T06:00", "late"),
        ([event("acknowledge", "24T06:00", "Lee", "acknowledged")], "2026-11-25T02:00", "in time"),
        ([event("acknowledge", "24T06:01", "Lee", "acknowledged")], "2026-11-25T02:00", "late"),
        ([event("escalate", "24T06:01")], "2026-11-25T02:00", "late"),
        ([event("assign", "24T03:00", "Lee")], "2026-11-25T02:00", "late"),
        ([event("clear", "24T03:00", after="resolved")], "2026-11-25T02:00", "ended"),
        ([event("clear", "24T07:00", after="resolved")], "2026-11-25T02:00", "late"),
    ],
)
def test_how_the_first_telling_was_answered(later, now, answer):
    found = kpi.answers(
        pd.DataFrame([RAISED, *later]), told.STUDY, datetime.fromisoformat(f"{now}:00+00:00")
    )
    assert found.to_dict() == {"a": answer}


def test_what_nobody_must_acknowledge_is_in_no_share():
    events = pd.DataFrame([RAISED | {"TIER": "P4"}])
    assert kpi.answers(events, told.STUDY, NOON).to_dict() == {"a": "none"}


def test_each_share_has_its_denominator():
    alerts = pd.DataFrame(
        [("a", "P1", "S1", "confirmed"), ("b", "P1", "S2", "not_confirmed"), ("c", "P1", "", ""),
         ("d", "P2", "S1", "duplicate")],
        columns=["ALERT_ID", "TIER", "USUBJID", "OUTCOME"],
    )  # fmt: skip
    answered = pd.Series({"a": "in time", "b": "late", "c": "running", "d": "none"})
    found = kpi.table(alerts, answered, 8.0, ("P1", "P2")).set_index("TIER")
    assert found.loc["P1"].to_dict() == {
        "ALERTS": 3, "SUBJECTS": 2, "RATE": "0.25", "IN TIME": "1 of 2 (50%)", "RUNNING": 1,
        "ENDED": 0, "NONE": 0, "CONFIRMED": "1 of 2 (50%)", "OTHER": 0,
    }  # fmt: skip
    assert found.loc["P2", ["IN TIME", "CONFIRMED", "OTHER"]].tolist() == ["0 of 0", "0 of 0", 1]
    assert found.loc["all", ["ALERTS", "RATE", "NONE"]].tolist() == [4, "0.38", 1]
    assert kpi.table(alerts, answered, 0.0)["RATE"].tolist() == [""] * 5  # no week, no rate


def test_weeks_are_of_treated_subjects_whose_days_are_known():
    exposure = pd.DataFrame(
        [("2024-03-01", 14), ("2024-03-01", None), (None, None)], columns=["TRTSDT", "EXPDAYS"]
    )
    assert kpi.patient_weeks(exposure) == (2.0, 1)


# The page, of a trial


def page_of(trial, url: str, *roles: str) -> tuple[View, object]:
    view = desk.view(trial.environ, url, *roles)
    return view, PAGE.draw(view)


def test_the_inbox_lists_open_alerts_most_severe_first(dose_finding):
    view, page = page_of(dose_finding, "/alerts", "monitor")
    shown = SOURCES["alerts"].make(view)
    assert shown.rows["TIER"].value_counts().to_dict() == {"P2": 23, "P1": 4, "P3": 1}
    assert shown.rows["TIER"].is_monotonic_increasing
    assert shown.note.startswith("28 of 28 alerts of the study, as they stand at ")
    said = desk.said(page)
    assert "Inbox (28 open, 0 overdue)" in said
    assert "P2 (23)" in said


def test_what_is_not_known_is_not_the_same_as_nothing(dose_finding):
    view, _ = page_of(dose_finding, "/alerts?state=suppressed", "monitor")
    found = SOURCES["alerts"].make(view)
    assert (len(found.rows), found.none) == (0, "No alert is in this choice.")


def test_a_long_list_is_a_grid_whose_cells_lead_on(dose_finding):
    view = desk.view(dose_finding.environ, "/alerts", "monitor")
    shown = SOURCES["alerts"].make(view)
    grid = long.drawn("alerts", shown).children
    assert [c["field"] for c in grid.columnDefs] == [c.name for c in shown.columns]
    assert len(grid.rowData) == 28
    first = grid.rowData[0]
    assert first["WHAT"]["href"].endswith(f"alert={shown.rows['ALERT_ID'].iloc[0]}")
    assert first["USUBJID"]["text"] == SUBJECT
    assert not any("NCT06038461-001-" in cell["href"] for row in grid.rowData
                   for cell in row.values() if isinstance(cell, dict))  # fmt: skip


def of_h1(trial, *roles: str) -> tuple[View, object]:
    """The view of the first alert of the trial, and its page."""
    listed = SOURCES["alerts"].make(desk.view(trial.environ, "/alerts", "monitor")).rows
    return page_of(trial, f"/alerts?alert={listed['ALERT_ID'].iloc[0]}", *roles)


def test_an_alert_is_shown_whole_and_its_evidence_leads_to_rows(dose_finding):
    view, page = of_h1(dose_finding, "monitor")
    said = desk.said(page)
    assert "Rule: Neutrophils below 0.5 for 7 days or longer" in said
    assert "An alert of P1 cannot be suppressed" in said
    found = desk.tables(page)
    assert [row[1] for row in found["What happened"]] == ["What", "raised"]
    assert found["Who was told"][0][3] == "To"
    assert not [href for href in desk.hrefs(page) if "NCT06038461-001-" in href]
    rows = [href for href in desk.hrefs(page) if href.startswith("/rows?")]
    assert f"at={view.shot.snapshot_id[:12]}&table=measurement&file=lb.csv&row=62" in rows[0]


def test_evidence_leads_to_the_very_row(dose_finding):
    view, page = of_h1(dose_finding, "monitor")
    href = next(href for href in desk.hrefs(page) if "row=62" in href)
    there = desk.view(dose_finding.environ, href, "monitor")
    with there.connection("measurement") as connection:
        asked = Asked("measurement", there.shot.cut, raw.where(there))
        got = rows_page.page(connection, asked).rows
    assert got[["USUBJID", "PARAMCD", "AVALC", "SRCROW"]].to_numpy().tolist() == [
        [SUBJECT, "NEUT", "0.45", 62]
    ]
    assert view.shot.snapshot_id == there.shot.snapshot_id


def test_forms_are_for_who_acts(dose_finding):
    _, page = of_h1(dose_finding, "monitor")
    acts_of = {i["act"] for i in desk.ids(page) if isinstance(i, dict) and "act" in i}
    assert acts_of == {"alert-acknowledge", "alert-assign"}
    _, seen = of_h1(dose_finding, "committee")
    assert not [i for i in desk.ids(seen) if isinstance(i, dict) and "act" in i]
    assert "your role in this study looks" in desk.said(seen)


def test_an_alert_that_is_not_there_is_a_message(dose_finding):
    _, page = page_of(dose_finding, f"/alerts?alert={'0' * 32}", "monitor")
    assert "has this id, or none that you may see." in desk.said(page)


def test_a_held_row_is_looked_up_where_held_rows_are(dose_finding):
    view = desk.view(dose_finding.environ, "/alerts?level=L9", "monitor")
    text, place = body.line("Source lb.csv row 7", {}, view, "abc"), "table=quarantine&file=lb.csv"
    assert place in text[0].href
    assert "level" not in text[0].href  # a filter must not hide the row
    assert body.line("[mh.csv row 7]", {"mh.csv": "MH"}, view, "abc") == ["[mh.csv row 7]"]
    assert body.line("[lb.csv row 7]", {"lb.csv": "LB"}, view, None) == ["[lb.csv row 7]"]


def test_how_it_goes_is_told_with_its_denominators(dose_finding):
    _, page = page_of(dose_finding, "/alerts?part=course", "auditor")
    *_, last = desk.tables(page)["How the alerting is going"]
    assert last == ["all", "28", "28", "0.87", "0 of 0", "28", "0", "0", "0 of 0", "0"]
    assert "32.1 weeks from first to last recorded dose" in desk.said(page)


def test_where_no_report_is_watched_that_is_said(pilot, dose_finding):
    _, page = page_of(dose_finding, "/alerts?part=reports", "monitor")
    assert "No report is owed." in desk.said(page)
    _, page = page_of(pilot, "/alerts?part=reports", "monitor")
    assert "which does not mean that none is owed" in desk.said(page)


def test_the_page_is_for_all_who_see_data():
    assert by_path((PAGE,))["/alerts"].roles == frozenset(
        {"committee", "chair", "monitor", "engineer", "auditor"}
    )
    assert {"alerts", "obligations", "alert-kpis"} <= set(SOURCES)
    assert listing.LISTINGS["rows-quarantine"].table == "quarantine"
