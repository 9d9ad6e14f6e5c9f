"""Rows of one event are one; attribution is that of any drug."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.reporting.events import attributed, events
from safety.reporting.facts import facts
from safety.reporting.held import with_held
from tests import build, trial
from tests.reporting.cases import frame, serious, study, told


def _in_group(seq: str, **changes):
    return build.event(seq, **{"AEGRPID": "G1", "AEREL": "NONE"} | changes)


def test_rows_of_a_group_are_one_event_of_the_first_onset() -> None:
    rows = [
        _in_group("2", grade="4", AESTDTC="2024-03-06", AESER="Y", AESLIFE="Y"),
        _in_group("1", grade="2", AESTDTC="2024-03-05"),
        _in_group("3", AEDECOD="Vomiting"),
    ]
    found = told(*rows)
    assert [(e.term, e.episode, len(e.rows)) for e in found] == [
        ("Nausea", "Nausea|2024-03-05", 2), ("Vomiting", "Vomiting|2024-03-05", 1),
    ]  # fmt: skip
    assert found[0].told("AETOXGR") == "2 + 4"
    assert found[0].any("AESLIFE", "Y")


def test_without_term_or_onset_it_is_an_event_all_the_same() -> None:
    (event,) = told(serious(AEDECOD=None, AESTDTC=None))
    assert (event.term, event.episode, event.onset) == ("sick", "sick|not given", ("", ""))


@pytest.mark.parametrize(
    ("whole", "alpha", "beta", "rel"),
    [
        ("UNLIKELY", "UNLIKELY", "POSSIBLE", "Y"),
        ("UNLIKELY", "UNLIKELY", "UNLIKELY", "N"),
        ("UNLIKELY", "UNLIKELY", None, ""),
        (None, "UNLIKELY", "UNLIKELY", "N"),
        ("POSSIBLE", "UNLIKELY", "UNLIKELY", "Y"),  # they contradict each other
        ("UNLIKELY", "PERHAPS", "UNLIKELY", ""),
        ("UNLIKELY", None, None, "N"),
    ],
)
def test_any_drug_counts(whole, alpha, beta, rel) -> None:
    study_ = trial.study()
    names = [d.attribution for d in study_.treatment.drugs.values()]
    rows = [
        trial.supplement(name, value)
        for name, value in zip(names, (alpha, beta), strict=True)
        if value is not None
    ]
    said = trial.records("SUPPAE", *rows) if rows else pd.DataFrame(columns=["RDOMAIN", "QNAM"])
    found = attributed(frame(serious(AEREL=whole), of=study_), said, study_)
    assert found["REL"].tolist() == [rel]
    assert events(found)[0].rows[0]["REL"] == rel


def test_a_drug_that_is_told_twice_counts_if_either_says_related() -> None:
    study_ = trial.study()
    rows = [
        trial.supplement(name, value)
        for name, value in (("AERELA", "POSSIBLE"), ("AERELA", "UNLIKELY"), ("AERELB", "UNLIKELY"))
    ]
    said = trial.records("SUPPAE", *rows)
    found = attributed(frame(serious(AEREL="UNLIKELY"), of=study_), said, study_)
    assert found["REL"].tolist() == ["Y"]


def _with(accepted, *rows, reason="sample date is in the future (AE-003)"):
    held = build.records("AE", *rows).assign(REASON=reason)
    held = held.assign(KEY=held["KEY"] + "#0123456789ab")
    return with_held(frame(*accepted), held, build.exposures(build.exposed()), study())


def test_a_held_event_is_serious_all_the_same_and_unverified() -> None:
    found = _with([build.event("1")], serious("2", AEDECOD="Fall"), build.event("3"))
    (fact,) = facts(found, study())
    assert (fact.episode, fact.level, fact.verified) == ("Fall|2024-03-05", 3, False)
    assert "In doubt: row held: sample date is in the future (AE-003)" in fact.body.splitlines()
    (event, nausea) = events(found)
    assert (event.key, len(nausea.rows)) == ("AE|S1|2", 2)


@pytest.mark.parametrize(
    ("changes", "level", "verified"), [({}, 3, True), ({"AESDTH": "Y"}, 5, False)]
)
def test_a_held_row_of_an_accepted_event_belongs_to_it(changes, level, verified) -> None:
    (fact,) = facts(_with([serious("1")], serious("1", **changes)), study())
    assert (fact.level, fact.verified) == (level, verified)


def test_a_row_without_a_reason_or_a_subject_is_held_all_the_same() -> None:
    (event,) = events(_with([build.event("1")], serious("2", USUBJID=None), reason=""))[:1]
    assert (event.usubjid, event.rows[0]["HELD"]) == ("(no subject id)", "held")
    assert (
        with_held(
            frame(serious()), frame(serious())[:0], build.exposures(build.exposed()), study()
        )["HELD"]
        .eq("")
        .all()
    )
