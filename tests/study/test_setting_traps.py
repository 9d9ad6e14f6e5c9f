"""Settings that are allowed and surprise: each is warned of where it is, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from safety.study.model import Study
from safety.study.traps import warnings
from tests import build
from tests.study.samples import CBC, modification, row, rule, study, treatment, trial

DEATH = {"death": True}
NO_TREATMENT = "asks for doses of a cycle, but the study has no treatment"
STANDING = "asks only for what was so before treatment: no toxicity"


def _texts(made: Study, place: str) -> list[str]:
    return [t.text for t in warnings(made) if t.place == place]


def _feed(**domains: dict[str, Any] | None) -> dict[str, Any]:
    content = build.study_content()["feeds"][0]
    content["domains"] = {k: v for k, v in (content["domains"] | domains).items() if v}
    return {"feeds": [content]}


def test_doses_of_two_domains_count_twice() -> None:
    ec = {"record": "dose", "key": ["USUBJID", "ECSEQ"]}
    assert _texts(study(**_feed(EC=ec)), "feed sdtm") == [
        "EX and EC are both doses: a dose that stands in both counts twice"
    ]
    assert _texts(study(**_feed(EX=None)), "feed sdtm") == [
        "no domain is of doses (EC or EX): no first dose but that of the subject's record"
    ]
    assert _texts(study(), "feed sdtm") == []


@pytest.mark.parametrize(
    ("when", "treated", "texts"),
    [
        ({"cycle_delay": ">14d"}, False, [NO_TREATMENT]),
        ({"dose_missed": ">=50%"}, False, [NO_TREATMENT]),
        ({"cycle_delay": ">14d"}, True, []),
        ({"cycle_delay": ">14d", "cycle": 3}, True,
         ["asks for cycle 3, of which nothing lies in the window"]),
        ({"dose_missed": ">=100%", "cycle": 2}, True,
         ["asks for cycle 2, of which nothing lies in the window"]),
        ({"history": "HEPATITIS"}, False, [STANDING]),
        ({"all": [{"history": "HEPATITIS"}, {"at_baseline": "ALT >= 1 x ULN"}]}, False,
         [STANDING]),
        ({"all": [{"history": "HEPATITIS"}, DEATH]}, False, []),
    ],
)  # fmt: skip
def test_a_rule_that_looks_at_the_wrong_time(when, treated, texts) -> None:
    made = study(rule(when), treatment=treatment() if treated else None)
    found = [t for t in _texts(made, "rule R1") if "a hold of" not in t and "no domain" not in t]
    assert found == texts


@pytest.mark.parametrize(
    ("changes", "texts"),
    [
        ({}, []),
        ({"grace": "6d", "windows": ["C1D2-C1D7"]}, []),
        ({"grace": "7d", "windows": ["C1D2-C1D7"]},
         ["the grace of 7d is longer than C1D2-C1D7 itself"]),
        ({"windows": ["C2D8-C2D10"]},
         ["C2D8-C2D10 is never due: the study has no treatment, so no cycle 2"]),
    ],
)  # fmt: skip
def test_an_assessment_that_comes_late_or_never(changes, texts) -> None:
    made = study(dose_limiting={"surveillance": [CBC | changes]})
    assert _texts(made, "assessment CBC") == texts


@pytest.mark.parametrize(
    ("changes", "texts"),
    [
        ({"samples": "D8-D10"}, []),
        ({"samples": "D8-D11"},
         [("samples of D8-D11 may come after the course of tmz, which begins on day 10 at the "
           "latest")]),
        ({"look_back": "0d"}, ["look_back 0: only a sample of the very day of the dose opens it"]),
        ({"look_back": "0d", "samples": "D8-D10"}, []),
    ],
)  # fmt: skip
def test_a_gate_that_looks_at_the_wrong_days(changes, texts) -> None:
    gate = {"id": "G1", "text": "a gate", "before": "course", "drugs": ["tmz"],
            "requires": [{"text": "x", "values": ["NEUT >= 1.5 10*9/L"]}],
            "otherwise": "omit", "citation": "test"} | changes  # fmt: skip
    made = study(treatment=treatment(), modification=modification(row(DEATH), gates=[gate]))
    assert _texts(made, "gate G1") == texts


def test_the_trial_has_none_of_these() -> None:
    places = {t.place for t in warnings(trial())}
    assert "feed sdtm" not in places
    assert not any(p.startswith(("gate", "assessment")) for p in places)
