"""What must hold for every patient, whatever the rules' numbers are."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.assess.facts import Source
from safety.assess.result import SubjectAssessment
from tests.rules import engine, sdtm
from tests.rules.case_files import LAST_DAY, all_cases, told_of
from tests.rules.patient import STUDYID, Patient, date_of

SETTLED = {"DLT", "NO_DLT"}
GRADES = {  # terms with every grade from 1 to 4, and some of a rule of their own
    "Mucositis oral": 4, "Diarrhea": 4, "Vomiting": 4, "Nausea": 3, "Fatigue": 3, "Anorexia": 4,
    "Hypertension": 4, "Epistaxis": 4, "Lung infection": 4, "Hypokalemia": 4, "Fever": 4,
    "Neutrophil count decreased": 4, "Platelet count decreased": 4, "Anemia": 4,
    "Lymphocyte count decreased": 4, "Serum amylase increased": 4, "Rash maculo-papular": 3,
}  # fmt: skip
NEVER_CLOSED = "O1"  # the committee may declare a toxicity at any time
few = settings(max_examples=3)  # each reads a folder of many patients

of_the_cases = pytest.mark.xdist_group("rules")  # as test_cases: what they share is made once

days = st.integers(2, 34)
single_cases = st.sampled_from([c.id for c in all_cases().values() if not c.patients])


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """An adverse event of a grade its term has."""
    term = draw(st.sampled_from(sorted(GRADES)))
    start = draw(days)
    rel = draw(st.sampled_from(["related", "related", "missing", "unrelated"]))
    return {
        "term": term,
        "grade": draw(st.integers(1, GRADES[term])),
        "start": start,
        "end": draw(st.none() | st.integers(start, start + 12)),
        "rel": rel,
        "cause": "OTHER CAUSE" if rel == "unrelated" else "",
        "symptomatic": draw(st.sampled_from(["", "Y", "N"])),
    }


@st.composite
def counts(draw: st.DrawFn, test: str, low: float, high: float) -> dict[int, float]:
    """Some values of one test, on some days."""
    found = draw(st.dictionaries(days, st.floats(low, high), max_size=4))
    return {day: round(value, 2) for day, value in found.items()}


@st.composite
def patients(draw: st.DrawFn) -> dict[str, Any]:
    """A patient with a few events, values and missed doses."""
    first = draw(st.integers(2, 20))
    return {
        "ae": draw(st.lists(events(), max_size=3)),
        "labs": {
            "NEUT": draw(counts("NEUT", 0.2, 3)),
            "PLAT": draw(counts("PLAT", 15, 200)),
            "ALT": draw(counts("ALT", 20, 900)),
        },
        "missed": draw(
            st.just([])
            | st.just(
                [{
                    "drug": "SURUFATINIB", "from": first, "to": min(first + 5, 21),
                    "reason": draw(st.sampled_from(["ADVERSE EVENT", "HOLIDAY", ""])),
                }]
            )
        ),
    }  # fmt: skip


batches = st.lists(patients(), min_size=6, max_size=6)


def _assessed(told: list[dict[str, Any]], day: int = LAST_DAY) -> list[SubjectAssessment]:
    made = [Patient.model_validate(one | {"id": f"{i:03d}"}) for i, one in enumerate(told)]
    facts = engine.facts_of(made)
    return [engine.assess(facts[p.usubjid], day) for p in made]


@of_the_cases
@given(single_cases, st.tuples(st.integers(1, LAST_DAY), st.integers(1, LAST_DAY)))
@settings(max_examples=30)
def test_later_never_undecides(case_id: str, when: tuple[int, int]) -> None:
    facts = next(iter(engine.facts_of_case(all_cases()[case_id]).values()))
    earlier, later = (engine.assess(facts, day) for day in sorted(when))
    said = f"{case_id}, days {sorted(when)}"
    if earlier.verdict in SETTLED:
        assert later.verdict == earlier.verdict, said
    states = {r.id: r.state for r in later.rules}
    for rule in earlier.rules:
        if rule.state != "not_evaluable" and rule.id != NEVER_CLOSED:
            assert states[rule.id] == rule.state, f"{said}: {rule.id}"


@given(batches, st.integers(0, 2))
@few
def test_worse_grade_never_turns_dlt_into_no_dlt(told: list[dict[str, Any]], which: int) -> None:
    worse = [_with_worse_event(one, which) for one in told]
    found = _assessed([*told, *worse])
    for before, after, one in zip(found, found[len(told) :], worse, strict=False):
        if before.verdict == "DLT":
            assert after.verdict != "NO_DLT", one


def _with_worse_event(told: dict[str, Any], which: int) -> dict[str, Any]:
    raised = [
        event | {"grade": min(event["grade"] + (i == which), GRADES[event["term"]])}
        for i, event in enumerate(told["ae"])
    ]
    return told | {"ae": raised}


@given(batches, st.floats(0.3, 0.95))
@few
def test_lower_count_never_turns_dlt_into_no_dlt(told: list[dict[str, Any]], factor: float) -> None:
    worse = [one | {"labs": one["labs"] | _lower(one["labs"], factor)} for one in told]
    found = _assessed([*told, *worse])
    for before, after, one in zip(found, found[len(told) :], worse, strict=False):
        if before.verdict == "DLT":
            assert after.verdict != "NO_DLT", one


def _lower(labs: dict[str, dict[int, float]], factor: float) -> dict[str, dict[int, float]]:
    return {t: {d: round(v * factor, 3) for d, v in labs[t].items()} for t in ("NEUT", "PLAT")}


UNEVENTFUL: dict[str, dict[str, Any]] = {
    "uneventful": {},
    "holiday": {"missed": [{"drug": "SURUFATINIB", "from": 8, "to": 13, "reason": "HOLIDAY"}]},
    "lost": {"until": 18, "stop": 16, "ds": {"LOST TO FOLLOW-UP": 18}},
    "few counts": {"drop": [{"tests": ["CBC"], "days": [15, 22, 29, 31, 36, 43]}]},
    "open duration": {"labs": {"NEUT": {15: 0.4, 22: 1.1}}},
    "mild events": {"ae": [{"term": "Fatigue", "grade": 2, "start": 8, "end": 12}]},
}
REMOVABLE = ["sv", "ec", "lb", "vs", "ae", "suppae", "ds"]


@given(st.sampled_from(sorted(UNEVENTFUL)), st.randoms(use_true_random=False))
@few
def test_less_data_never_makes_no_dlt_more_certain(name: str, random: Random) -> None:
    whole = sdtm.tables([Patient.model_validate(UNEVENTFUL[name] | {"id": "000"})])
    rows = [(d, i) for d in REMOVABLE for i, r in enumerate(whole[d]) if not _is_evidence(r)]
    removed = random.sample(rows, min(6, len(rows)))
    found = _assessed_tables([whole, *(_without(whole, *place) for place in removed)])
    before = found[0]
    for after, (domain, i) in zip(found[1:], removed, strict=True):
        said = f"{name} without {domain} {whole[domain][i]}"
        assert (before.evaluable, after.evaluable) != (False, True), said
        if before.verdict != "NO_DLT":
            assert after.verdict != "NO_DLT", said


def _is_evidence(row: dict[str, Any]) -> bool:
    """The low count itself; without it there is nothing left to judge."""
    return row.get("LBTESTCD") in {"NEUT", "WBC"} and row["LBORRES"] in {"0.4", "2.4"}


def _without(tables: sdtm.Tables, domain: str, row: int) -> sdtm.Tables:
    return tables | {domain: [r for i, r in enumerate(tables[domain]) if i != row]}


def _assessed_tables(variants: list[sdtm.Tables]) -> list[SubjectAssessment]:
    """Each variant of one subject as a subject of its own, in one folder."""
    together: sdtm.Tables = {name: [] for name in variants[0]}
    for i, tables in enumerate(variants):
        for name, rows in tables.items():
            together[name] += [row | {"USUBJID": f"{STUDYID}-001-{i:03d}"} for row in rows]
    facts = _read(together)
    return [engine.assess(facts[u], LAST_DAY) for u in sorted(facts)]


def _read(tables: sdtm.Tables) -> dict[str, Any]:
    with TemporaryDirectory() as place:
        for name, rows in tables.items():
            if rows:
                sdtm.write(Path(place) / f"{name}.csv", rows)
        return engine.read(Path(place))


@given(st.lists(single_cases, min_size=4, max_size=6, unique=True), st.randoms())
@few
def test_order_changes_nothing(case_ids: list[str], random: Random) -> None:
    made = [
        Patient.model_validate(told_of(all_cases()[c]) | {"id": f"{i:03d}"})
        for i, c in enumerate(case_ids)
    ]
    tables = sdtm.tables(made)
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in tables.items()}
    one, other = _read(tables), _read(shuffled)
    for subject in sorted(one):
        told = [_plain(engine.assess(f[subject], LAST_DAY)) for f in (one, other)]
        assert told[0] == told[1], case_ids


def _plain(value: Any) -> Any:
    """A result without the places of rows in their files; evidence in no order."""
    if isinstance(value, Source):
        return (value.day, value.text, value.record)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {f.name: _plain(getattr(value, f.name)) for f in fields}
    if isinstance(value, tuple):
        plain = [_plain(v) for v in value]
        return sorted(plain) if value and isinstance(value[0], Source) else plain
    return value


@of_the_cases
def test_what_settles_it_lies_ahead() -> None:
    """A rule that still waits says by when, and that day has not passed."""
    waiting = engine.result_of("n3-dipstick-waiting")
    dates = [r.settles_by for r in waiting.rules if r.state == "not_evaluable" and r.settles_by]
    assert dates
    assert all(d >= date_of(18) for d in dates)
