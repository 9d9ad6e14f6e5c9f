"""Which results raise an alert: each rule fires in one case and stays silent in its neighbour."""

from __future__ import annotations

import pytest

from tests import build, delivery, trial


@pytest.fixture
def alerts(tmp_path):
    """Run a delivery; return its alerts, but those of the data: (rule, tier, verified, line)."""

    def raised(**domains):
        used = delivery.settings(tmp_path)
        delivery.write(tmp_path, delivery.rows(**domains))
        delivery.run(used)
        table = delivery.snapshot(used)[0].alerts("T1")
        return [
            (a.RULE, a.TIER, bool(a.VERIFIED), a.BODY.split("\n")[0])
            for a in table[table["RULE"].ne("DATA")].itertuples(index=False)
        ]

    return raised


def platelets(value: str, day: str = "2024-04-01", **changes: str):
    """A count after the 21-day window, so that no DLT rule meets it."""
    return build.measurement(
        "PLAT", value, "10^9/L", day, LBORNRLO="125", LBORNRHI="350", VISITNUM=day, **changes
    )


def test_grade_4_alarms(alerts):
    assert alerts(lb=[platelets("24.9")]) == [
        ("GRADE4", "P2", True, "Platelet count decreased: grade 4")
    ]


def test_grade_3_is_silent(alerts):
    assert alerts(lb=[platelets("25")]) == []


def test_grade_4_before_the_first_dose_is_silent(alerts):
    assert alerts(lb=[platelets("20", "2024-02-20")]) == []


def test_grade_4_that_was_there_at_baseline_is_not_new(alerts):
    assert alerts(lb=[platelets("20", "2024-02-20"), platelets("19")]) == []


def test_each_episode_alarms_once(alerts):
    days = [("2024-03-25", "20"), ("2024-03-27", "15"), ("2024-03-29", "200"), ("2024-03-31", "24")]
    raised = alerts(lb=[platelets(value, day) for day, value in days])
    assert [a[0] for a in raised] == ["GRADE4", "GRADE4"]


def test_a_bound_that_allows_grade_4_alarms_unverified(alerts):
    assert alerts(lb=[platelets("<50")]) == [
        ("GRADE4", "P2", False, "Platelet count decreased: possibly grade 3 or 4")
    ]


def test_a_bound_that_does_not_is_silent(alerts):
    assert alerts(lb=[platelets(">50")]) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"AETOXGR": "5", "AEOUT": "FATAL"}, [("GRADE4", "P1", True, "RASH: grade 5")]),
        ({"AETOXGR": "4"}, [("GRADE4", "P1", True, "RASH: grade 4")]),
        ({"AETOXGR": "3"}, []),
        ({"AETOXGR": None, "AESEV": "SEVERE"},
         [("GRADE4", "P2", False, "RASH: possibly grade 3 or 4")]),
        ({"AETOXGR": None, "AESEV": "MODERATE"}, []),
        ({"AETOXGR": None, "AESEV": None},
         [("GRADE4", "P2", False, "RASH: possibly grade 1 or 2 or 3 or 4 or 5")]),
        ({"AETOXGR": "4", "AESTDTC": "2024-02-01"}, []),  # before the first dose
    ],
)  # fmt: skip
def test_reported_events(alerts, changes, expected):
    late = {"AESTDTC": "2024-03-28", "AEDECOD": "RASH", "AESEV": None, "AEOUT": None}
    assert alerts(ae=[build.event(**late | changes)]) == expected


def test_a_candidate_in_the_window_alarms(alerts):
    event = build.event(AEDECOD="RASH", AETOXGR="3", AESTDTC="2024-03-21", AEREL="POSSIBLE")
    assert alerts(ae=[event]) == [("DLT", "P1", True, "DLT candidate P1: RASH")]


def test_an_unrelated_event_is_no_candidate(alerts):
    event = build.event(AEDECOD="RASH", AETOXGR="3", AESTDTC="2024-03-21", AEREL="NONE")
    assert alerts(ae=[event]) == []


def test_missing_attribution_counts_as_related(alerts):
    event = build.event(AEDECOD="RASH", AETOXGR="3", AESTDTC="2024-03-21", AEREL=None)
    assert alerts(ae=[event])[0][:3] == ("DLT", "P1", True)


def test_an_onset_that_may_be_in_the_window_alarms_unverified(alerts):
    event = build.event(
        AEDECOD="RASH", AETOXGR="3", AESTDTC="2024-03", AEENDTC=None, AEREL="POSSIBLE"
    )
    assert alerts(ae=[event]) == [
        ("DLT", "P1", False, "DLT candidate P1: RASH (cannot be judged yet)")
    ]


def test_a_held_event_of_grade_4_alarms(alerts):
    event = build.event(USUBJID="NOBODY", AEDECOD="RASH", AETOXGR="4")
    assert alerts(ae=[event]) == [("HELD4", "P2", False, "RASH: possibly grade 4 in a held row")]


def test_no_name_or_birth_date_is_in_an_alert(alerts, tmp_path):
    subject = build.subject(BRTHDTC="1960-05-17", SUBJNAM="Jane Roe")
    alerts(dm=[subject], lb=[platelets("20")])
    sent = "".join(p.read_text() for p in (tmp_path / "alerts").glob("*.eml"))
    assert "S1" in sent
    assert "1960" not in sent
    assert "Roe" not in sent


def test_the_strongest_value_of_an_episode_speaks_for_it(alerts):
    days = [("2024-03-27", "60"), ("2024-03-28", "<50"), ("2024-03-30", "10")]
    assert alerts(lb=[platelets(value, day) for day, value in days]) == [
        ("GRADE4", "P2", True, "Platelet count decreased: grade 4")
    ]


@pytest.mark.parametrize("text", [".3", "0.2 L", "< .5", "0,2"])
def test_a_result_that_is_hard_to_read_is_never_silent(alerts, text):
    neutrophils = build.measurement("NEUT", text, "10^9/L", "2024-04-01", LBORNRLO="1.8")
    assert len(alerts(lb=[neutrophils])) == 1


def test_a_held_event_that_may_be_dose_limiting_alarms(alerts):
    event = build.event(AEDECOD="RASH", AETOXGR="3", AESTDTC="2024-13-05", AEREL="POSSIBLE")
    assert alerts(ae=[event]) == [("HELD4", "P2", False, "RASH: possibly grade 3 in a held row")]


def test_a_doubtful_dose_does_not_move_the_first_dose(alerts):
    doses = [build.dose(EXDOSE="10 mg"), build.dose(start="2024-03-22")]
    neutrophils = build.measurement("NEUT", "0.3", "10^9/L", LBORNRLO="1.8")  # on 03-10
    assert [a[0] for a in alerts(ex=doses, lb=[neutrophils])] == ["DLT", "GRADE4"]


def test_a_death_that_only_dm_tells_alarms(alerts):
    dead = build.subject(DTHFL="Y", DTHDTC="2024-03-15")
    assert alerts(dm=[dead]) == [("DEATH", "P1", True, "Death without a fatal adverse event")]


def test_a_death_that_only_ds_tells_alarms(tmp_path):
    used = delivery.trial_settings(tmp_path)
    rows = delivery.trial_rows(ds=[trial.disposition()])
    delivery.write(tmp_path, rows)
    delivery.run(used)
    table = delivery.snapshot(used)[0].alerts("T1")
    bodies = table.loc[table["RULE"].eq("DEATH"), "BODY"].tolist()
    assert [b.split("\n")[0] for b in bodies] == ["Death without a fatal adverse event"]


def test_a_death_that_an_event_tells_alarms_once(alerts):
    dead = build.subject(DTHFL="Y", DTHDTC="2024-03-28")
    event = build.event(AEDECOD="SEPSIS", AETOXGR="5", AEOUT="FATAL", AESTDTC="2024-03-28")
    assert [a[0] for a in alerts(dm=[dead], ae=[event])] == ["GRADE4"]


LATE = {"AEDECOD": "RASH", "AESTDTC": "2024-03-28"}


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        # unverified, then certain and worse; then the same again
        ({"AETOXGR": None, "AESEV": "SEVERE"}, {"AETOXGR": "5", "AEOUT": "FATAL"}, 2),
        ({"AETOXGR": "4"}, {"AETOXGR": "5", "AEOUT": "FATAL"}, 2),
        ({"AETOXGR": "4"}, {"AETOXGR": "4", "AEACN": "DRUG WITHDRAWN"}, 1),
        ({"AETOXGR": "5", "AEOUT": "FATAL"}, {"AETOXGR": "4"}, 1),
    ],
)
def test_a_known_alert_that_gets_worse_is_told_again(tmp_path, before, after, messages):
    used = delivery.settings(tmp_path)
    for changes in (before, after):
        delivery.write(tmp_path, delivery.rows(ae=[build.event(**LATE | changes)]))
        delivery.run(used)
    table = delivery.snapshot(used)[0].alerts("T1")
    table = table[table["RULE"].ne("DATA")]  # a fatal event of a subject who did not die
    assert len(table) == 1
    assert table["MESSAGES"].item() == table["SENT"].item() == messages
    sent = [p.read_text() for p in (tmp_path / "alerts").glob("*.eml")]
    assert sum("Data check" not in text for text in sent) == messages
    if messages == 2:
        assert (table["TIER"].item(), table["VERIFIED"].item()) == ("P1", 1)
        assert table["BODY"].item().startswith("RASH: grade 5")


def test_events_numbered_anew_are_not_taken_for_the_old_ones(tmp_path):
    used = delivery.settings(tmp_path)
    nausea = build.event("1", AETOXGR="4", AESTDTC="2024-03-28", AEDECOD="VOMITING")
    delivery.write(tmp_path, delivery.rows(ae=[nausea]))
    delivery.run(used)
    shock = build.event("1", AETOXGR="4", AESTDTC="2024-03-28", AEDECOD="ANAPHYLAXIS")
    delivery.write(tmp_path, delivery.rows(ae=[shock, nausea | {"AESEQ": "2"}]))
    delivery.run(used)
    bodies = delivery.snapshot(used)[0].alerts("T1")["BODY"]
    assert any(b.startswith("ANAPHYLAXIS: grade 4") for b in bodies)
