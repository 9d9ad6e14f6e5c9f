"""The tables of checks: what is listed, in which order, and how it is told."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml
from rich.console import Console

from expectations import runner
from safety.errors import WrongUseError
from safety.report import checks
from safety.study.load import load
from tests import build, delivery

PAGE = Path(build.__file__).resolve().parents[1] / "docs" / "checks.md"


def _row(check: str, status: str, severity: str = "warning", **changes):
    return {
        "CHECKID": check, "DOMAIN": "LB", "TITLE": f"title of {check}", "SEVERITY": severity,
        "HANDLING": "query", "STATUS": status, "CHECKED": 4000, "FAILED": 0, "FILE": "lb.csv",
        "CITATION": "fault 6", "NOTE": "",
    } | changes  # fmt: skip


ROWS = pd.DataFrame([
    _row("A", "pass"),
    _row("B", "not_applicable", NOTE="switched off by the study file: not here"),
    _row("C", "fail", "info", FAILED=12, NOTE="SECRET text of a row"),
    _row("D", "not_evaluable", CHECKED=0, NOTE="not delivered: ANRHI"),
    _row("E", "fail", "critical", FAILED=1),
    _row("F", "pass", "critical"),
])  # fmt: skip


def _printed(findings: pd.DataFrame, *, everything: bool = False) -> list[list[str]]:
    out = io.StringIO()
    checks.print_found(findings, Console(file=out, width=160), everything=everything)
    return [line.split() for line in out.getvalue().splitlines()]


def test_fails_come_first_then_what_could_not_be_judged_the_severe_before_others() -> None:
    assert checks.in_order(ROWS)["CHECKID"].tolist() == ["E", "C", "D", "F", "A", "B"]


def test_a_run_lists_what_is_open_and_sums_up_the_rest() -> None:
    lines = _printed(checks.in_order(ROWS))
    assert [line[0] for line in lines] == ["Check", "E", "C", "D", "Checks:"]
    assert lines[2][-3:] == ["fail", "4,000", "12"]
    assert " ".join(lines[3]) == (
        "D LB title of D warning query not evaluable (not delivered: ANRHI) 0 0"
    )
    assert " ".join(lines[4]) == (
        "Checks: 2 fail, 1 not evaluable, 2 pass, 1 not applicable (--checks all lists every one)"
    )
    assert "SECRET" not in str(lines)


def test_all_checks_are_listed_on_demand() -> None:
    lines = _printed(checks.in_order(ROWS), everything=True)
    assert [line[0] for line in lines[1:]] == ["E", "C", "D", "F", "A", "B", "Checks:"]
    assert "not applicable (switched off by the study file: not here)" in " ".join(lines[6])
    assert "lists" not in lines[-1]


def test_nothing_open_is_one_line() -> None:
    (line,) = _printed(ROWS[ROWS["STATUS"].eq("pass")])
    assert " ".join(line).startswith("Checks: 0 fail, 0 not evaluable, 2 pass, 0 not applicable")


def _study(tmp_path, **said):
    used = delivery.settings(tmp_path)
    path = used.studies / "own.yaml"
    path.write_text(yaml.safe_dump(build.study_content() | {"checks": said}, sort_keys=False))
    return used, load(path)


def test_the_register_says_what_a_study_switched_changed_and_added(tmp_path) -> None:
    own = {"id": "ZZ-001", "record": "dose", "title": "t", "field": "TRT", "present": True,
           "severity": "info", "handling": "warn", "citation": "protocol 5"}  # fmt: skip
    used, _ = _study(
        tmp_path, off=[{"id": "ME-014", "reason": "no limits"}], added=[own],
        changed=[{"id": "AE-010", "severity": "info", "handling": "warn", "reason": "late"}],
    )  # fmt: skip
    found = checks.registered(used, "own").set_index("CHECKID")
    assert found.loc["ME-014", "STATE"] == "off: no limits"
    assert found.loc["AE-010", "STATE"] == "info and warn: late"
    assert found.loc["ZZ-001", ["RECORD", "STATE", "CITATION"]].tolist() == [
        "dose", "added", "protocol 5",
    ]  # fmt: skip
    assert found.loc["ME-000", ["STATE", "FAULTS"]].tolist() == ["on", "1"]
    plain = checks.registered(used)
    assert plain["CHECKID"].tolist() == [c.id for c in runner.all_checks()]
    assert set(plain["STATE"]) == {"on"}


def test_a_study_that_never_ran_has_no_findings(tmp_path) -> None:
    used, study = _study(tmp_path)
    with pytest.raises(WrongUseError, match=f"{study.studyid} has no snapshot: run `toxwatch run"):
        checks.found(used, "own")
    with pytest.raises(WrongUseError, match="has no snapshot as of 2024-03-01 or before"):
        checks.found(used, "own", date(2024, 3, 1))


def test_the_tables_of_the_page_are_those_of_the_register() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert checks.as_markdown() in page, "write them anew: toxwatch checks list --markdown"
