"""Deaths and ends of the study, as several domains tell them, and subject ids beside each other."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.intake.beside import with_beside
from tests import trial
from tests.build import event, subject

STUDY = trial.study()
DM = subject(RFICDTC="2024-02-20")
DEATH = trial.disposition("2024-03-20")


def beside(domain: str, **domains: list[dict]) -> pd.DataFrame:
    rows = {"DM": [DM]} | domains
    found = with_beside([trial.intake(d, *r) for d, r in rows.items()], STUDY)
    return next(i.records for i in found if i.domain == domain)


def said(frame: pd.DataFrame, column: str) -> list[str | None]:
    return [None if pd.isna(x) else x for x in frame[column]]


def test_a_death_that_only_the_disposition_tells_ends_what_comes_after() -> None:
    doses = [trial.given(day, day, ECSEQ=day) for day in ("2024-03-20", "2024-03-21")]
    frame = beside("EC", EC=doses, DS=[DEATH])
    assert said(frame, "AFTERDEATH") == ["", "after the death that DS tells"]


def test_the_death_that_dm_tells_counts_before_that_of_the_disposition() -> None:
    doses = [trial.given("2024-03-21", "2024-03-21")]
    frame = beside("EC", EC=doses, DS=[DEATH], DM=[DM | {"DTHDTC": "2024-03-22"}])
    assert said(frame, "AFTERDEATH") == [""]


def test_who_left_the_study_has_no_later_records_but_medications() -> None:
    left = [trial.disposition("2024-03", DSDECOD="Lost to follow-up")]
    doses = [trial.given(day, day, ECSEQ=day) for day in ("2024-03-31", "2024-04-01")]
    text = "after the subject left the study: LOST TO FOLLOW-UP"
    assert said(beside("EC", EC=doses, DS=left), "AFTERSTUDY") == ["", text]
    assert "AFTERSTUDY" not in beside("CM", CM=[trial.medication("2024-04-01")], DS=left)


def test_the_end_of_treatment_is_not_the_end_of_the_study() -> None:
    ends = [trial.disposition("2024-03-15", DSDECOD="Progressive disease")]
    assert said(beside("EC", EC=[trial.given("2024-03-20")], DS=ends), "AFTERSTUDY") == [None]
    assert said(beside("EC", EC=[trial.given("2024-03-20")], DS=ends), "AFTERSTOP") == [
        "taken after the end of treatment: PROGRESSIVE DISEASE"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("dm", "ds", "ae", "expected"),
    [
        ("2024-03-20", "2024-03-20", "2024-03-20", ""),
        ("2024-03-20", "2024-03", None, ""),
        (
            "2024-03-20", "2024-04", None,
            "death on 2024-03-20 by DM, from 2024-04-01 to 2024-04-30 by DS",
        ),
        ("2024-03-20", None, "2024-03-21", "death on 2024-03-20 by DM, on 2024-03-21 by AE"),
        (None, "2024-03-20", "2024-03-21", "death on 2024-03-20 by DS, on 2024-03-21 by AE"),
        ("2024-03-20", None, None, None),  # told once: there is nothing to compare
    ],
)  # fmt: skip
def test_days_of_one_death(dm, ds, ae, expected) -> None:
    domains = {"DM": [DM | {"DTHDTC": dm}]}
    if ds:
        domains["DS"] = [trial.disposition(ds)]
    if ae:
        domains["AE"] = [event(grade="5", AEOUT="FATAL", AEENDTC=ae)]
    assert said(beside("DM", **domains), "DEATHDATES") == [expected]


def test_two_deaths_of_the_disposition_differ() -> None:
    twice = [DEATH, trial.disposition("2024-03-22", DSSEQ="2")]
    text = "death on 2024-03-20 by DS, on 2024-03-22 by DS"
    assert said(beside("DM", DS=twice), "DEATHDATES") == [text]


SHORT = "its number has fewer than the {} digits of the others: leading zeros lost?"


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["001", "002", "7"], ["", "", SHORT.format(3)]),
        (["8", "9", "10", "11"], ["", "", "", ""]),  # plain numbers
        (["01-001", "01-002", "02-1"], ["", "", None]),  # another site writes otherwise
        (["01-001", "01-2", "01-3"], ["", "", ""]),  # which of the two is right nobody can say
        (["S1", "T1"], [None, None]),
        (["anna", "bert"], [None, None]),
    ],
)
def test_ids_that_lost_their_zeros(ids, expected) -> None:
    assert said(beside("DM", DM=[subject(i) for i in ids]), "LOSTZEROS") == expected
