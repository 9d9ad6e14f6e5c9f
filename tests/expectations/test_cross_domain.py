"""Checks of records beside those of other domains: each fires, and is silent, on literal rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from expectations import runner
from expectations.check import Context, Finding
from safety.ctcae.grading import gradable_tests
from safety.intake.beside import with_beside
from tests import trial
from tests.expectations.cross_pairs import CASES, DIED, DM, STUDIES, Domains, ec, seen, taken

CONTEXT = Context(
    studyid="T1", as_of=date(2024, 6, 1), subjects=frozenset({"S1"}), related=("POSSIBLE",),
    unrelated=("UNLIKELY",), gradable=gradable_tests(),
)  # fmt: skip
STUDY = trial.study()


def found(check_id: str, domains: Domains, **changes: Any) -> Finding:
    """The finding of a check on rows of domains; changes: of the study."""
    study = trial.study(**changes) if changes else STUDY
    rows = {"DM": [DM]} | domains
    intakes = with_beside([trial.intake(d, *r) for d, r in rows.items()], study)
    check = next(c for c in runner.all_checks() if c.id == check_id)
    one = next(i for i in intakes if i.record == check.record)
    findings = runner.run(one.records, check.record, one.domain, "f", CONTEXT, one.absent)
    return next(f for f in findings if f.check_id == check_id)


class Together:
    """One side of all cases, each with a subject of its own, checked at once."""

    def __init__(self, side: int) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.places: dict[tuple[str, str], range] = {}  # of a case, by check and domain
        for check, case in CASES.items():
            if check not in STUDIES:
                self._add(check, {"DM": [DM]} | case[side])
        intakes = with_beside([trial.intake(d, *r) for d, r in self.rows.items()], STUDY)
        subjects = frozenset(r["USUBJID"] for r in self.rows["DM"])
        context = replace(CONTEXT, subjects=subjects)
        self.failing: dict[str, tuple[str, tuple[int, ...]]] = {}
        for one in intakes:
            found_ = runner.run(one.records, one.record, one.domain, "f", context, one.absent)
            self.failing |= {f.check_id: (one.domain, f.rows) for f in found_}

    def _add(self, check: str, domains: Domains) -> None:
        for domain, rows in domains.items():
            first = len(self.rows[domain]) + 1
            own = [r | {"USUBJID": check} if r["USUBJID"] == "S1" else r for r in rows]
            self.rows[domain] += own
            self.places[check, domain] = range(first, first + len(own))

    def named(self, check: str) -> tuple[int, ...]:
        """The rows of a case that its check names, counted from 1."""
        domain, failing = self.failing[check]
        own = self.places[check, domain]
        return tuple(row - own.start + 1 for row in failing if row in own)


@cache
def together(side: int) -> Together:
    return Together(side)


@pytest.mark.parametrize("check", [c for c in CASES if c not in STUDIES])
def test_fires_and_is_silent(check: str) -> None:
    assert together(0).named(check) == CASES[check][1]
    assert together(2).named(check) == ()


@pytest.fixture
def only(request, monkeypatch):
    """Leave one check in its suite: the others cost time and say nothing here."""
    check = next(c for c in runner.all_checks() if c.id == request.param)
    monkeypatch.setitem(runner.SUITES, check.record, [check])
    return check


@pytest.mark.parametrize("only", STUDIES, indirect=True)
def test_fires_and_is_silent_in_a_study_of_its_own(only) -> None:
    fires, rows, silent = CASES[only.id]
    finding = found(only.id, fires, **STUDIES[only.id])
    assert (finding.status, finding.rows) == ("fail", rows)
    assert found(only.id, silent, **STUDIES[only.id]).status == "pass"
    assert found(only.id, fires).status != "fail"


AE = {"AE": [seen(AEACN="DRUG WITHDRAWN", AESDTH="Y")]}
NEEDS = {
    "DM-B04": ({"DM": DIED}, ("adverse_event", "disposition")),
    "EX-B07": ({"EC": taken(1)}, ("disposition",)),
    "AE-028": (AE, ("dose",)),
    "AE-B08": (AE, ("disposition",)),
    "DS-B04": ({"DS": [trial.disposition()]}, ("adverse_event",)),
}


@pytest.mark.parametrize("only", NEEDS, indirect=True)
def test_what_was_not_delivered_cannot_be_compared_with(only) -> None:
    domains, kinds = NEEDS[only.id]
    optional = {n: d | {"optional": False} for n, d in trial.DOMAINS.items()}
    left = {n: d for n, d in optional.items() if d["record"] not in kinds}
    feed = {"id": "sdtm", "kind": "sdtm_folder", "path": "f", "domains": left}
    finding = found(only.id, domains, feeds=[feed])
    assert (finding.status, finding.checked) == ("not_evaluable", 0)
    names = ", ".join(f"{k.replace('_', ' ')} records" for k in kinds)
    assert finding.note == f"not delivered: {names}"


@pytest.mark.parametrize("only", ["EX-B07"], indirect=True)
def test_no_file_of_an_optional_domain_means_no_rows(only) -> None:
    assert found(only.id, {"EC": taken(1)}).status == "not_applicable"


@pytest.mark.parametrize("only", ["EX-B13"], indirect=True)
def test_without_a_column_of_reasons_none_is_missing(only) -> None:
    rows = [{k: v for k, v in ec(d).items() if k != "ECREASOC"} for d in (1, 12)]
    finding = found(only.id, {"EC": rows})
    assert (finding.status, finding.note) == ("not_evaluable", "not delivered: REASON, ADJ")


def test_what_is_not_plausible_may_be_let_in_and_whose_it_is_may_not() -> None:
    checks = runner.all_checks()
    released = {c.id for c in checks if c.releasable}
    plausible = {"ME-016", "ME-019", "ME-020", "ME-021", "ME-022", "ME-027", "ME-036"}
    assert plausible | {"EX-003", "EX-005", "EX-B01", "DM-003", "DM-015"} <= released
    assert not released & {"DM-000", "EX-001", "ME-002", "ME-009", "ME-010", "ME-011", "AE-004"}
    assert {c.handling for c in checks if c.releasable} == {"reject"}


@pytest.mark.parametrize(
    ("tier", "checks"),
    [
        ("P1", {"AE-016", "AE-026", "AE-027", "AE-033", "DM-B04", "DS-B03"}),
        ("P2", {"AE-014", "AE-015", "AE-032", "AE-034", "AE-036", "EX-006", "EX-B03", "EX-B05",
                "EX-B09", "EX-B11", "EX-B12", "IN-002", "IN-003"}),
        ("P3", {"AE-021", "RC-001"}),
    ],
)  # fmt: skip
def test_faults_of_the_catalogue_alert_in_their_tier(tier, checks) -> None:
    assert {c.id for c in runner.all_checks() if c.alert == tier} == checks


def test_keys_identifiers_and_terms_alert_the_data_manager() -> None:
    found_ = {c.id for c in runner.all_checks() if c.alert == "P4" and not c.id.startswith("IN")}
    assert {i for i in found_ if i.startswith(("AE", "ME"))} == {
        "AE-003", "AE-018", "AE-019", "AE-020", "AE-T02", "ME-003", "ME-T02",
    }  # fmt: skip
