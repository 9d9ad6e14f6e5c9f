"""Reported events against CTCAE, through the pipeline: asked about, never held or regraded."""

from __future__ import annotations

import pytest
import yaml

from tests import build, databases, delivery, prepared

pytestmark = pytest.mark.xdist_group("coding")  # what they share is made once

IDS = ("AE-018", "AE-019", "AE-020", "AE-021")


def coded(home):
    """Settings with the small study, which says where the CTCAE term and code stand."""
    settings = delivery.settings(home)
    content = build.study_content()
    content["feeds"][0]["domains"]["AE"]["coding"] = {"term": "AEDECOD", "code": "AELLTCD"}
    (settings.studies / "t1.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return settings


@pytest.fixture
def used(tmp_path):
    return coded(tmp_path)


def findings(used) -> dict[str, dict]:
    store, shot = delivery.snapshot(used)
    return {i: store.frame("finding", shot.cut, checkid=i).iloc[0].to_dict() for i in IDS}


def failing(used) -> dict[str, list[str]]:
    """Records of the failing rows, by check."""
    store, shot = delivery.snapshot(used)
    frame = store.frame("finding_row", shot.cut)
    return {i: sorted(frame.loc[frame["CHECKID"].eq(i), "RECORD"]) for i in IDS}


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory):
    """Settings and summary of a run of events that CTCAE does not have. Only to be read."""
    home = tmp_path_factory.mktemp("doubtful")
    events = [
        build.event("1", "3", AEDECOD="Alopecia"),
        build.event("2", "4", AEDECOD="Nausea", AELLTCD="10028813"),
        build.event("3", "2", AEDECOD="Anaemia"),
        build.event("4", "3", AEDECOD="Neutropenia"),
        build.event("5", "1", AEDECOD="Nausea", AELLTCD="10002272"),
        build.event("6", "1", AEDECOD="Fever", AELLTCD="10037660"),
        build.event("7", "3", AEDECOD="Fatigue"),
    ]
    alone = [build.event("1", "4", AEDECOD="Nausea")]
    cases = {"S1": delivery.rows(ae=events), "S2": delivery.rows(ae=alone)}
    used = coded(home)
    delivery.write(home, prepared.together(cases))
    yield used, delivery.run(used)
    databases.forget(home)


def test_events_that_ctcae_does_not_have_are_asked_about_and_graded_as_reported(doubtful):
    used, summary = doubtful
    assert summary["by_domain"]["AE"]["accepted"] == 8
    assert summary["rows"]["quarantined"] == 0
    assert summary["event_grades"] == {"1": 2, "2": 1, "3": 3, "4": 2}
    assert failing(used) == {
        "AE-018": ["AE|S1|3", "AE|S1|4"],
        "AE-019": ["AE|S1|6"],
        "AE-020": ["AE|S1|5"],
        "AE-021": ["AE|S1|1", "AE|S1|2", "AE|S2|1"],
    }
    found = findings(used)
    assert {(f["STATUS"], f["SEVERITY"], f["HANDLING"]) for f in found.values()} == {
        ("fail", "warning", "query")
    }
    assert {i: (f["CITATION"], f["CHECKED"]) for i, f in found.items()} == {
        "AE-018": ("fault 36", 8),
        "AE-019": ("fault 36", 3),
        "AE-020": ("fault 36", 2),
        "AE-021": ("fault 33", 5),  # not where the term is unknown or in doubt
    }
    assert found["AE-018"]["NOTE"].splitlines() == [
        "AEDECOD: 'Anaemia' is not a CTCAE 5.0 term. Perhaps: Anemia. (1 row)",
        (
            "AEDECOD: 'Neutropenia' is a usual name, but not a CTCAE 5.0 term. "
            "Perhaps: Neutrophil count decreased; Febrile neutropenia; Typhlitis. (1 row)"
        ),
    ]
    assert found["AE-019"]["NOTE"] == (
        "AELLTCD: 10037660 is not the code of a CTCAE 5.0 term. Perhaps: 10016558. (1 row)"
    )
    assert "10002272 is 'Anemia', but the name says 'Nausea'" in found["AE-020"]["NOTE"]
    assert found["AE-021"]["NOTE"].splitlines() == [
        "AETOXGR: 'Nausea' has grades 1, 2, 3 only in CTCAE 5.0, not 4. (2 rows)",
        "AETOXGR: 'Alopecia' has grades 1, 2 only in CTCAE 5.0, not 3. (1 row)",
    ]


def test_a_grade_4_that_the_term_does_not_have_still_alarms(doubtful):
    alerts = delivery.snapshot(doubtful[0])[0].alerts("T1")
    assert sorted(alerts.loc[alerts["USUBJID"].eq("S2"), "RULE"]) == ["DATA", "DLT", "GRADE4"]


def test_a_clean_delivery_is_silent(used, tmp_path):
    events = [build.event("1", AELLTCD="10028813"), build.event("2", "5", AEDECOD="Sepsis",
              AESDTH="Y", AEOUT="FATAL", AESER="Y")]  # fmt: skip
    delivery.write(tmp_path, delivery.rows(ae=events))
    delivery.run(used)
    assert {(f["STATUS"], f["NOTE"]) for f in findings(used).values()} == {("pass", "")}
    assert failing(used) == {i: [] for i in IDS}


def test_a_study_that_declares_no_coding_is_not_asked(tmp_path):
    settings = delivery.settings(tmp_path)
    delivery.write(tmp_path, delivery.rows(ae=[build.event("1", "4", AEDECOD="Neutropenia")]))
    delivery.run(settings)
    assert {(f["STATUS"], f["NOTE"]) for f in findings(settings).values()} == {
        ("not_applicable", "")
    }


def test_a_declared_column_that_was_not_delivered_is_said(used, tmp_path):
    delivery.write(tmp_path, delivery.rows(ae=[build.event("1", "2")]))
    delivery.run(used)
    found = {i: (f["STATUS"], f["NOTE"]) for i, f in findings(used).items()}
    assert found == {
        "AE-018": ("pass", ""),
        "AE-019": ("not_evaluable", "not delivered: CTCAECODE"),
        "AE-020": ("not_evaluable", "not delivered: CTCAECODE"),
        "AE-021": ("pass", ""),
    }
