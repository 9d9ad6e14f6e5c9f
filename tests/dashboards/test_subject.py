"""The page of one subject: who, the argument down to file and row, and what is still open."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from dashboards import raw
from dashboards.pages.rows import draw as draw_rows
from dashboards.pages.subject import draw
from dashboards.shown import SOURCES
from dashboards.subject_page import doses, evidence, whose
from dashboards.view import View
from safety.errors import WrongUseError
from safety.rows import page as rows
from safety.rows.asked import Asked
from tests.dashboards import desk
from tests.e2e.trials import dose_finding, pilot

__all__ = ["dose_finding", "pilot"]
pytestmark = pytest.mark.xdist_group("pilot")
LIMITED, UNDECIDED, EXCEPTED, CLEAR = (f"NCT06038461-001-{n}" for n in ("101", "102", "103", "104"))
SCREENED = "01-701-1057"  # a screen failure of the pilot


def of(trial, usubjid: str = "", *roles: str) -> View:
    plain = desk.view(trial.environ, "/subject", *roles)
    if not usubjid:
        return plain
    return desk.view(trial.environ, f"/subject?subject={plain.handle(usubjid)}", *roles)


def counted(there: View, table: str) -> int:
    with there.connection(table) as connection:
        return rows.count(connection, Asked(table, there.shot.cut, raw.where(there)))


@pytest.fixture(scope="module")
def limited(dose_finding) -> View:
    return of(dose_finding, LIMITED)


@pytest.fixture(scope="module")
def drawn(limited):
    return draw(limited)


def test_without_an_address_the_most_urgent_subject_is_shown(dose_finding):
    view = of(dose_finding)
    listed = whose.by_urgency(view)
    assert list(listed["VERDICT"]) == ["DLT", "DLT", "INDETERMINATE", "NO_DLT", "NO_DLT"]
    assert whose.subject(view) == LIMITED


def test_a_handle_of_nobody_is_refused(dose_finding):
    with pytest.raises(WrongUseError, match="none of this study"):
        whose.subject(desk.view(dose_finding.environ, "/subject?subject=aaaaaaaaaaaaaaaa"))


def test_who_the_subject_is(drawn):
    said = desk.said(drawn)
    for part in ("Dose level L1", "First dose 2024-03-04", "Study day 45 on 2024-04-17",
                 "Cycle 2 day 17 of it, begun 2024-04-01", "Death none recorded",
                 "no end recorded", "56, M"):  # fmt: skip
        assert part in said


def test_the_argument_names_every_rule_and_leads_to_its_rows(limited, drawn):
    said = desk.said(drawn)
    assert "1 met or left undecided by an event, of 25 rules" in said
    assert "NEUT 0.45 10^9/L (grade 4) ( lb.csv, row 62 )" in said
    assert "Not met (24): H2, H3," in said
    of_rows = raw.href_row(limited, "graded_value", LIMITED, f"LB|{LIMITED}|62", by="value")
    assert of_rows in desk.hrefs(drawn)


def test_what_cannot_be_judged_says_what_is_missing(dose_finding):
    said = desk.said(draw(of(dose_finding, UNDECIDED)))
    assert "Missing: it lasted 1 to 7 days, the rule asks for >=7d" in said
    pending = SOURCES["subject-pending"].make(of(dose_finding, UNDECIDED)).rows
    rule = pending[pending["KIND"].eq("question of a rule")].iloc[0]
    assert (rule["RULES"], rule["STATE"]) == ("H1", "undecided: no date settles it")


def test_no_event_speaks_for_a_rule_where_none_does(dose_finding):
    said = desk.said(draw(of(dose_finding, CLEAR)))
    assert "0 met or left undecided by an event, of 25 rules No event speaks for a rule." in said


def test_an_exception_that_is_met_says_that_its_event_does_not_count(dose_finding):
    said = desk.said(draw(of(dose_finding, EXCEPTED)))
    assert "within 72 hours of supportive care; an exception: its event does not count" in said


def test_a_line_of_evidence_leads_to_exactly_its_row(dose_finding, limited):
    href = evidence.records(limited, LIMITED).href(f"AE|{LIMITED}|1")
    there = desk.view(dose_finding.environ, href)
    assert counted(there, "event") == 1
    assert "Adverse events as reported" in desk.said(draw_rows(there))


def test_a_record_that_the_snapshot_does_not_have_leads_nowhere(limited):
    assert evidence.records(limited, LIMITED).href("AE|nobody|1") == ""


def test_no_address_has_the_id_of_the_subject(limited, drawn):
    assert len(desk.hrefs(drawn)) > 50
    assert [href for href in desk.hrefs(drawn) if LIMITED in href] == []


def test_addresses_of_rows_are_read_as_they_were_written(dose_finding, drawn):
    asked = [parse_qs(urlsplit(h).query) for h in desk.hrefs(drawn) if h.startswith("/rows")]
    assert {q["table"][0] for q in asked} <= set(raw.RAW)
    keyed = {h for h in desk.hrefs(drawn) if "key=" in h or "value=" in h}
    for href in sorted(keyed)[:5]:
        there = desk.view(dose_finding.environ, href)
        assert counted(there, there.address.get("table")) >= 1


def test_surveillance_and_exposure(limited, drawn):
    tables = desk.tables(drawn)
    assert tables["Surveillance"][1] == ["CBC", "C1D2-C1D7", "done", "2024-03-10", "2024-03-07"]
    assert (
        SOURCES[doses.SURVEILLANCE]
        .make(limited)
        .note.startswith("was it looked for? 7 of 7 required assessments")
    )
    assert tables["Exposure"][1] == [
        "1", "s1", "over", "28", "28", "1,680", "1,680", "100%", "", "0"
    ]  # fmt: skip


def test_rules_of_dose_modification_and_what_was_done_against_them(drawn):
    tables = desk.tables(drawn)
    assert tables["Dose modification"][1] == [
        "2024-03-18", "surufatinib", "S15-G4", "Platelets or neutrophils of grade 4", "hold",
        "yes", "PLAT >= 75 10*9/L and NEUT >= 1 10*9/L", "200 mg", "2024-03-30",
        "lb.csv, row 62 and 4 more",
    ]  # fmt: skip
    assert tables["Deviations"][1][:4] == ["2024-03-19", "surufatinib", "missed hold", "S15-G4"]


def test_the_profile_has_doses_events_and_values(limited):
    table = SOURCES["subject-profile"].make(limited).rows
    told = table[["TRACK", "NAME", "FROM", "TO", "GRADE"]].to_numpy().tolist()
    assert ["milestone", "DLT", "15", "15", ""] in told
    assert ["adverse event", "Neutrophil count decreased", "15", "24", "4"] in told
    assert ["dosing", "S-1", "22", "28", ""] in told
    assert ["laboratory and vital signs", "NEUT", "15", "15", "4"] in told


def test_the_worst_analytes_come_first(drawn):
    names = [name for name in desk.tables(drawn) if "worst grade" in name]
    assert names == [
        "NEUT: Neutrophil count decreased, worst grade 4",
        "WBC: White blood cell decreased, worst grade 2",
    ]


def test_nobody_has_adjudicated_and_only_the_committee_is_led_to_it(dose_finding, drawn):
    assert "Nobody has adjudicated this subject" in desk.said(drawn)
    assert any(href.startswith("/meeting?about=adjudication") for href in desk.hrefs(drawn))
    monitor = draw(of(dose_finding, LIMITED, "monitor"))
    assert not any(href.startswith("/meeting") for href in desk.hrefs(monitor))
    assert "Members of the committee adjudicate." in desk.said(monitor)


def test_alerts_lead_to_their_page(limited, drawn):
    table = SOURCES["subject-alerts"].make(limited)
    assert table.note == "as they stand now; 10 open of 10"
    assert list(table.rows["TIER"][:2]) == ["P1", "P1"]
    alert = str(table.rows["ALERT_ID"].iloc[0])
    assert f"/alerts?alert={alert}" in desk.hrefs(drawn)


@pytest.mark.parametrize("name", sorted(n for n in SOURCES if n.startswith("subject-")))
def test_every_table_is_drawn_and_exported_by_the_same_function(limited, drawn, name):
    table = SOURCES[name].make(limited)
    shown = {c.name for c in table.columns}
    assert table.rows.empty or shown <= set(table.rows.columns)
    if len(table.rows):
        assert len(desk.tables(drawn)[table.title]) == len(table.rows) + 1  # and the head
    assert LIMITED not in "".join(str(h) for h in desk.hrefs(drawn))


def test_who_was_never_treated_is_not_shown_as_clear(pilot):
    said = desk.said(draw(of(pilot, SCREENED)))
    assert "not treated: no study days" in said
    assert "No rule was asked of this subject" in said
    assert "No first dose is recorded: there are no study days to draw." in said
    assert "No value after a first dose was graded" in said


def test_a_study_without_levels_says_so(pilot):
    view = of(pilot)
    said = desk.said(draw(view))
    assert "arm " in said
    assert "the study file has no cycles" in said
    assert "The study file has no drugs or dose levels." in said
    assert "The study file has no clocks of reports" in said
