"""Reported events beside measured grades: literal rows, literal texts."""

from __future__ import annotations

from datetime import date

import pandas as pd

from safety.assess.grades import grade_events
from safety.assess.reconcile import laboratory_terms, reconcile
from tests import trial
from tests.build import event, exposed, exposures, graded_day, graded_days

AS_OF = date(2024, 4, 1)
ALT = "Alanine aminotransferase increased"


def alt(day: str, grade: int | None, **changes: object) -> dict:
    return graded_day(day, grade, **({"TERM": ALT} | changes))


def ae(seq: str, grade: str, start: str, end: str | None, term: str = ALT, **changes) -> dict:
    given = {"AEDECOD": term, "AESTDTC": start, "AEENDTC": end, "AEGRPID": None}
    return event(seq, grade, **(given | changes))


def compared(values: list[dict], events: list[dict], column: str, as_of: date = AS_OF) -> dict:
    """The texts of one comparison by record; records with nothing to compare are left out."""
    rows = trial.records("AE", *(events or [ae("99", "1", "2024-03-05", None, "Rash")]))
    graded = graded_days(*(values or [alt("2024-01-01", 0, MKEY="none")]))
    measured = graded[["MKEY", "USUBJID"]].rename(columns={"MKEY": "KEY"})
    measured = measured.assign(DOMAIN="LB", SRCFILE="lb.csv", SRCROW=1)
    reported = grade_events(rows, exposures(exposed()), trial.study())
    found = reconcile(graded, reported, measured, trial.study(), as_of)
    found = found.dropna(subset=[column])
    return dict(zip(found["KEY"], found[column], strict=True))


def test_the_first_severe_value_without_an_event_is_asked_about() -> None:
    values = [alt("2024-03-10", 2), alt("2024-03-12", 3), alt("2024-03-14", 4)]
    assert compared(values, [], "UNREPORTED") == {
        "LB|S1|ALT|2024-03-12": f"{ALT} grade 3 without an adverse event"
    }


def test_an_event_three_days_away_speaks_for_it_and_one_four_days_away_does_not() -> None:
    values = [alt("2024-03-12", 3)]
    near = compared(values, [ae("1", "3", "2024-03-15", None)], "UNREPORTED")
    far = compared(values, [ae("1", "3", "2024-03-16", None)], "UNREPORTED")
    assert near == {"LB|S1|ALT|2024-03-12": ""}
    assert far == {"LB|S1|ALT|2024-03-12": f"{ALT} grade 3 without an adverse event"}


def test_three_days_are_left_to_the_site() -> None:
    values = [alt("2024-03-12", 3)]
    assert compared(values, [], "UNREPORTED", date(2024, 3, 15)) == {}
    assert len(compared(values, [], "UNREPORTED", date(2024, 3, 16))) == 1


def test_what_was_as_bad_before_treatment_is_no_news() -> None:
    assert compared([alt("2024-03-12", 3, BTOXGR=3)], [], "UNREPORTED") == {}
    assert compared([alt("2024-03-12", 3, POSTFL="")], [], "UNREPORTED") == {}


def test_a_lower_reported_grade_is_asked_about() -> None:
    events = [ae("1", "2", "2024-03-10", "2024-03-14")]
    assert compared([alt("2024-03-17", 3)], events, "LOWERGRADE") == {
        "AE|S1|1": "reported grade 2, but a value of its time is grade 3"
    }
    assert compared([alt("2024-03-18", 3)], events, "LOWERGRADE") == {}
    assert compared([alt("2024-03-17", 2)], events, "LOWERGRADE") == {"AE|S1|1": ""}


def test_days_are_left_to_enter_that_the_grade_changed() -> None:
    values, events = [alt("2024-03-14", 3)], [ae("1", "2", "2024-03-10", "2024-03-14")]
    assert compared(values, events, "LOWERGRADE", date(2024, 3, 21)) == {}
    assert len(compared(values, events, "LOWERGRADE", date(2024, 3, 22))) == 1
    within = [alt("2024-03-13", 3)]
    assert len(compared(within, events, "LOWERGRADE", date(2024, 3, 14))) == 1


def test_rows_of_a_changing_grade_are_read_together() -> None:
    events = [
        ae("1", "1", "2024-03-08", "2024-03-10", AEGRPID="1"),
        ae("2", "3", "2024-03-10", "2024-03-14", AEGRPID="1"),
    ]
    found = compared([alt("2024-03-11", 3)], events, "LOWERGRADE")
    assert found == {"AE|S1|1": "", "AE|S1|2": ""}
    found = compared([alt("2024-03-11", 4)], events, "LOWERGRADE")
    text = "reported grade 3, but a value of its time is grade 4"
    assert found == {"AE|S1|1": "", "AE|S1|2": text}


def test_an_event_of_a_laboratory_term_needs_a_result() -> None:
    events = [ae("1", "1", "2024-03-10", "2024-03-11"), ae("2", "1", "2024-03-10", None, "Nausea")]
    lacking = {"AE|S1|1": "no result within 7 days supports it"}
    assert compared([], events, "UNSUPPORTED") == lacking
    assert compared([alt("2024-03-10", 0)], events, "UNSUPPORTED") == lacking
    assert compared([alt("2024-03-19", 1)], events, "UNSUPPORTED") == lacking
    assert compared([alt("2024-03-18", 1)], events, "UNSUPPORTED") == {"AE|S1|1": ""}
    # a value that may be of a grade is enough
    assert compared([alt("2024-03-10", None)], events, "UNSUPPORTED") == {"AE|S1|1": ""}


def test_an_event_in_the_future_is_not_compared() -> None:
    events = [ae("1", "1", "2027-03-10", None)]
    assert compared([alt("2024-03-12", 2)], events, "LOWERGRADE") == {}
    assert compared([], events, "UNSUPPORTED") == {}


def test_events_that_are_not_coded_are_not_compared() -> None:
    study = trial.study()
    feed = study.feeds[0]
    uncoded = {n: d.model_copy(update={"coding": None}) for n, d in feed.domains.items()}
    study = study.model_copy(update={"feeds": [feed.model_copy(update={"domains": uncoded})]})
    rows = trial.records("AE", ae("1", "1", "2024-03-10", None))
    graded = graded_days(alt("2024-03-12", 4))
    measured = pd.DataFrame({c: pd.array([], "str") for c in
                             ("KEY", "DOMAIN", "USUBJID", "SRCFILE", "SRCROW")})  # fmt: skip
    reported = grade_events(rows, exposures(exposed()), study)
    assert reconcile(graded, reported, measured, study, AS_OF).empty


def test_laboratory_terms() -> None:
    terms = laboratory_terms("5.0")
    assert {"Anemia", "CPK increased", "Proteinuria"} <= terms
    assert not {"Hypertension", "Febrile neutropenia", "Fever", "Nausea"} & terms
