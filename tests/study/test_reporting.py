"""The section `reporting` of a study file."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from safety.reporting.kinds import clocks, usual
from safety.study import load
from safety.study.reporting import BY_TERM, KindName, Reporting
from safety.study.show import show
from tests import build

TRIAL = Path(__file__).parents[2] / "studies" / "nct06038461.yaml"


def test_every_kind_has_a_clock() -> None:
    assert set(usual()) == set(KindName.__args__)
    assert set(usual()) >= BY_TERM
    assert all((kind.hours is None) != (kind.days is None) for kind in usual().values())


def test_no_section_no_clocks_and_an_empty_one_the_usual() -> None:
    assert build.study().reporting is None
    said = build.study(reporting={}).reporting
    assert (said.warn_at, said.expectedness, said.confirmed_by) == ([50, 80, 100], [], "")


def test_due_is_always_told() -> None:
    assert Reporting(warn_at=[90, 25]).warn_at == [25, 90, 100]


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"zone": "Asia/Peking"}, "'Asia/Peking' is not a time zone"),
        ({"kinds": {"sae": {"hours": 24, "days": 1}}}, "hours and days are both given"),
        ({"kinds": {"sae": {"terms": ["Nausea"]}}}, "sae: terms are only for aesi"),
        ({"kinds": {"aesi": {"hours": 24}}}, "aesi: name the terms that call for it"),
        ({"kinds": {"susar": {}}}, "Input should be 'sae'"),
        ({"warn_at": [0]}, "greater than or equal to 1"),
        ({"expectedness": [{"version": "1", "effective_from": "2024-01-01"}] * 2},
         "two versions are effective from 2024-01-01"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(section, message) -> None:
    with pytest.raises(ValidationError, match=message):
        Reporting.model_validate(section)


def test_versions_stand_in_order() -> None:
    versions = [{"version": v, "effective_from": f"2024-0{v}-01"} for v in "21"]
    said = Reporting.model_validate({"expectedness": versions})
    assert [v.version for v in said.expectedness] == ["1", "2"]


def test_the_trial_has_the_usual_clocks_and_nobody_has_confirmed_them() -> None:
    study = load.load(TRIAL)
    rules = clocks(study)
    assert rules.zone.key == "Asia/Shanghai"
    assert {n: (k.hours, rules.days(k)) for n, k in rules.kinds.items()} == {
        "sae": (24, None), "susar_7d": (None, 7), "followup_8d": (None, 15),
        "susar_15d": (None, 15), "followup_15d": (None, 15),
    }  # fmt: skip
    assert (study.reporting.confirmed_by, study.reporting.expectedness) == ("", [])


def test_in_words() -> None:
    study = build.study(reporting={
        "kinds": {"aesi": {"terms": ["Hypertension"]}, "susar_15d": {"applies": False}},
        "expectedness": [{"version": "2", "effective_from": "2024-01-01",
                          "terms": [{"term": "Nausea"}, {"term": "Anemia", "up_to": "fatal"}]}],
        "progression_terms": ["Progression"],
    })  # fmt: skip
    lines = show(study).partition("## Reports about serious adverse events")[2].splitlines()
    assert lines[2] == (
        "NOT CONFIRMED. Day 0 is the day of awareness in Asia/Shanghai; every day counts."
    )
    assert lines[3] == (
        "- **sae** serious adverse event: within 24 hours of awareness, to sponsor."
    )
    assert (
        "- **followup_8d** complete report of a fatal or life-threatening SUSAR: by the end of day "
        "15 (8 after susar_7d), to authority and ethics committee."
    ) in lines
    assert "  Terms: Hypertension." in lines
    assert "- Expected by version 2, from 2024-01-01: Nausea, Anemia up to fatal." in lines
    assert "- Left out if no drug is suspected, as progression: Progression." in lines
    assert not [line for line in lines if "susar_15d" in line]
    signed = build.study(reporting={"confirmed_by": "Dr. C, 2024-01-05"})
    assert "Confirmed by Dr. C, 2024-01-05. Day 0" in show(signed)
    assert "- Nothing is expected." in show(signed).splitlines()
