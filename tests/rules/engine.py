"""Runs the assessment on made-up patients, in process. All cases share one folder: reading and
grading cost once, and a subject must not depend on its neighbours anyway.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from safety import folder
from safety.assess import pause
from safety.assess.facts import Facts
from safety.assess.result import SubjectAssessment
from safety.assess.subject import assess_subject
from safety.study.load import load
from safety.study.model import Study
from tests.rules import sdtm
from tests.rules.case_files import Case, all_cases, patients_of
from tests.rules.patient import Patient, date_of

STUDY_FILE = Path(__file__).parents[2] / "studies" / "nct06038461.yaml"


@cache
def study() -> Study:
    """The study whose rules are under test."""
    return load(STUDY_FILE)


def facts_of(patients: Iterable[Patient]) -> dict[str, Facts]:
    """Facts by subject, through SDTM files on disk."""
    with tempfile.TemporaryDirectory() as place:
        return read(sdtm.folder(patients, Path(place)))


def read(place: Path) -> dict[str, Facts]:
    """Facts by subject of a folder."""
    return folder.facts(folder.read(place, study()), study())


def assess(facts: Facts, day: int) -> SubjectAssessment:
    """The assessment of a subject as of a study day."""
    return assess_subject(facts, study(), date_of(day))


@cache
def _patients() -> dict[str, list[Patient]]:
    return {case.id: patients_of(case, n) for n, case in enumerate(all_cases().values())}


@cache
def _facts() -> dict[str, Facts]:
    return facts_of(p for patients in _patients().values() for p in patients)


def facts_of_case(case: Case) -> dict[str, Facts]:
    """The facts of a case's patients."""
    return {p.usubjid: _facts()[p.usubjid] for p in _patients()[case.id]}


@cache
def result_of(case_id: str) -> SubjectAssessment:
    """The assessment of a case's first patient."""
    case = all_cases()[case_id]
    return assess(next(iter(facts_of_case(case).values())), case.as_of)


def pauses_of(case: Case) -> set[str]:
    """The pause rules that fire over a case's patients."""
    facts = facts_of_case(case)
    found = [assess(facts[u], case.as_of) for u in sorted(facts)]
    return {p.rule for p in pause.pauses(found, facts, study(), date_of(case.as_of))}


def drug_named(name: str) -> str:
    """The study's id of a drug that the data call `name`."""
    treatment = study().treatment
    found = treatment.drug_named(name) if treatment is not None else None
    assert found is not None, f"{name} is no drug of {STUDY_FILE.name}"
    return found
