"""Alerts about runs that fail: once, to the data engineers, without data; gone when it works."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from safety.alerts import failures
from safety.alerts.failures import Step
from safety.errors import HeldDeliveryError, StudyError, WrongUseError
from safety.store import tables
from tests import databases
from tests.alerts import clockwork as c
from tests.alerts.clockwork import at

PULL, GRADE = Step("safety_daily__t1", "pull", "run_1"), Step("safety_daily__t1", "grade", "run_1")
NOW, LATER = at("2024-03-04 10:00"), at("2024-03-05 09:00")


def with_study(home):
    found = c.settings(home)
    found.studies.mkdir(parents=True)
    content = c.study().model_dump(mode="json")
    (found.studies / "t1.yaml").write_text(json.dumps(content), encoding="utf-8")
    return found


@pytest.fixture
def used(tmp_path):
    return with_study(tmp_path)


@pytest.fixture
def new(tmp_path):
    """A home whose database has no table yet."""
    home = tmp_path / "new"
    databases.blank(databases.CHOSEN, home)
    return with_study(home)


def alerts(used):
    return sorted(
        (r["episode"], r["level"], r["condition"], r["state"]) for r in c.rows(used, tables.alert)
    )


def test_a_failed_step(used):
    failures.failed(used, "t1", PULL, ConnectionRefusedError(111, "Connection refused"), NOW)
    title = "P4 T1: pull of safety_daily__t1 failed"
    assert c.told(used) == [("Mon 10:00", "raise", "data", "", title)]
    (told,) = c.rows(used, tables.outbox)
    assert told["body"].splitlines()[:4] == [
        "pull of safety_daily__t1 failed",
        "safety_daily__t1, task pull, run run_1: ConnectionRefusedError: Connection refused",
        "It fails since 2024-03-04 10:00 Asia/Shanghai.",
        "What was published before stays current.",
    ]
    (alert,) = c.rows(used, tables.alert)
    assert (alert["rule"], alert["usubjid"], alert["first_snapshot"]) == ("RUN", "", None)


def test_it_is_told_once_until_it_works(used):
    failures.failed(used, "t1", PULL, None, NOW)
    failures.failed(used, "t1", GRADE, None, NOW)
    failures.failed(used, "t1", Step(PULL.dag, "pull", "run_2"), None, LATER)
    assert len(c.told(used)) == 2
    failures.succeeded(used, "t1", PULL, LATER)
    assert alerts(used) == [
        ("safety_daily__t1|grade", 1, "holds", "open"),
        ("safety_daily__t1|pull", 1, "cleared", "resolved"),
    ]
    failures.failed(used, "t1", PULL, None, LATER)
    assert [m[1] for m in c.told(used)] == ["raise", "raise", "return"]


def test_what_goes_on_failing_is_told_again_after_1_2_5_and_10_days(used):
    hour, end = NOW, at("2024-03-15 10:00")
    while hour < end:
        failures.failed(used, "t1", PULL, None, hour)
        hour += timedelta(hours=12)
    assert [m[:2] for m in c.told(used)] == [
        ("Mon 10:00", "raise"), ("Tue 10:00", "worsen"), ("Wed 10:00", "worsen"),
        ("Sat 10:00", "worsen"), ("Thu 10:00", "worsen"),
    ]  # fmt: skip
    assert (
        "It fails since 2024-03-04 10:00 Asia/Shanghai." in c.rows(used, tables.outbox)[-1]["body"]
    )


def test_the_days_count_from_when_it_failed_again(used):
    failures.failed(used, "t1", PULL, None, NOW)
    failures.succeeded(used, "t1", PULL, LATER)
    failures.failed(used, "t1", PULL, None, at("2024-03-24 10:00"))
    failures.failed(used, "t1", PULL, None, at("2024-03-25 09:00"))
    assert [m[1] for m in c.told(used)] == ["raise", "return"]
    failures.failed(used, "t1", PULL, None, at("2024-03-25 10:00"))
    assert [m[1] for m in c.told(used)][2:] == ["worsen"]


def test_a_failure_told_by_a_clock_that_was_ahead_is_told_again(used):
    failures.failed(used, "t1", PULL, None, at("2025-03-04 10:00"))
    failures.failed(used, "t1", PULL, None, NOW)
    failures.failed(used, "t1", PULL, None, LATER)
    assert [m[1] for m in c.told(used)] == ["raise", "worsen"]


def test_what_was_called_resolved_and_fails_again_is_told_again(used):
    failures.failed(used, "t1", PULL, None, NOW)
    (alert,) = c.rows(used, tables.alert)
    about = c.fact("", "P4", "RUN")
    known = type(about)("", "RUN", alert["episode"], "P4", 1, True, "", "")
    c.act(used, c.study(), known, "acknowledge", NOW)
    c.act(used, c.study(), known, "resolve", NOW, outcome="other")
    failures.failed(used, "t1", PULL, None, LATER)
    assert [m[1] for m in c.told(used)] == ["raise", "worsen"]
    assert alerts(used) == [("safety_daily__t1|pull", 2, "holds", "open")]


def test_success_needs_no_database(new):
    failures.succeeded(new, "t1", PULL, NOW)
    assert databases.sizes(new.db_url) == {}


def test_the_first_failure_makes_the_database(new):
    failures.failed(new, "t1", PULL, None, NOW)
    assert len(c.told(new)) == 1


def test_a_study_file_that_cannot_be_read_is_told_to_those_its_snapshot_names(used):
    path = used.studies / "t1.yaml"
    path.write_text("studyid: T1\nthis: [is not\n", encoding="utf-8")
    c.snapshot(used, c.study(), NOW)
    failures.failed(used, "t1", PULL, StudyError("t1.yaml", ["not YAML: line 2"]), NOW)
    assert "t1.yaml: not YAML: line 2" in c.rows(used, tables.outbox)[0]["body"]


class TaskError(Exception):
    """What a task raises in place of the error it had."""


def _instead_of(error):
    made = TaskError("words")
    made.__cause__ = error
    return made


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (WrongUseError("give a name\nor two"), "give a name"),
        (HeldDeliveryError("lb.csv", "no header.", "Ask."), "lb.csv: no header. Ask."),
        (_instead_of(WrongUseError("give a name")), "give a name"),
        (ValueError("could not convert S1 47.11"), "ValueError"),
        (_instead_of(ValueError("S1")), "TaskError"),
        (FileNotFoundError(2, "No such file or directory", "S1.csv"),
         "FileNotFoundError: No such file or directory"),
        (OperationalError("INSERT S1", {}, Exception("S1")), "OperationalError of the database"),
        ("timed_out", "timed_out"),
        (None, "no error was given"),
        (WrongUseError("x" * 400), "x" * 300),
    ],
)  # fmt: skip
def test_an_error_is_told_without_data(error, said):
    assert failures.fault(error) == said


def test_a_file_that_does_not_even_name_its_study_is_an_error(used):
    (used.studies / "t2.yaml").write_text("this: [is not", encoding="utf-8")
    with pytest.raises(StudyError, match="not YAML"):
        failures.failed(used, "t2", PULL, None, NOW)
    with pytest.raises(WrongUseError, match="no study 't3'"):
        failures.failed(used, "t3", PULL, None, NOW)


def test_a_callback_never_fails_whoever_calls_it(caplog):
    def broken():
        raise FileNotFoundError(2, "No such file or directory", "S1.csv")

    failures.quietly(broken)
    assert caplog.messages == [
        "an alert of operations could not be written: FileNotFoundError: No such file or directory"
    ]
