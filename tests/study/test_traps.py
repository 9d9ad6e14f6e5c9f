"""Each trap warns where it is, and is silent where it is not."""

from __future__ import annotations

from typing import Any

import pytest

from safety.study.model import Study
from safety.study.traps import Trap, warnings
from tests.study.samples import CBC, modification, row, rule, study, treatment, trial

DEATH = {"death": True}
LONG = {"toxicity": "Neutrophil count decreased", "grade": 4, "lasting": ">=7d"}
RENAL = {"fixed": 200, "renal": [{"below": 50, "lower_by": 1}]}


def _texts(made: Study, place: str) -> list[str]:
    return [t.text for t in warnings(made) if t.place == place]


def _cbc(**changes: Any) -> dict[str, Any]:
    return {"surveillance": [CBC | changes]}


@pytest.mark.parametrize(
    ("missed", "drug", "texts"),
    [
        (">=25%", {}, [("2 of 5 tmz doses missed for toxicity reach >=25%: a hold of 2 days is "
                       "dose-limiting")]),
        (">=20%", {}, [("1 of 5 tmz doses missed for toxicity reach >=20%: a hold of 1 day is "
                       "dose-limiting")]),
        (">20%", {}, [("2 of 5 tmz doses missed for toxicity reach >20%: a hold of 2 days is "
                      "dose-limiting")]),
        (">=25%", {"schedule": {"days": "D1-D14", "frequency": "BID"}},
         ["7 of 28 tmz doses missed for toxicity reach >=25%: a hold of 4 days is dose-limiting"]),
        (">=33%", {"schedule": {"days": "D1-D21", "frequency": "QD"}},
         ["7 of 21 tmz doses missed for toxicity reach >=33%: a hold of 7 days is dose-limiting"]),
        (">=34%", {"schedule": {"days": "D1-D21", "frequency": "QD"}}, []),
    ],
)  # fmt: skip
def test_a_short_hold_that_is_a_dlt(missed, drug, texts) -> None:
    made = study(rule({"dose_missed": missed}), treatment=treatment(**drug))
    assert _texts(made, "rule R1") == texts


NADIR = {"of": "platelets", "day": 26, "earliest": 21, "latest": 40, "citation": "test"}


@pytest.mark.parametrize(
    ("last_day", "presets", "texts"),
    [
        (21, [28, 42], [("closes on day 21, before platelets are lowest under tmz: cycle day 35 "
                        "(range 30-49); a window of 42 days would hold it")]),
        (34, [28], [("closes on day 34, before platelets are lowest under tmz: cycle day 35 "
                    "(range 30-49)")]),
        (35, [42], []),
    ],
)  # fmt: skip
def test_a_window_that_ends_before_the_nadir(last_day, presets, texts) -> None:
    window = {"last_day": last_day, "presets": presets}
    made = study(treatment=treatment(nadirs=[NADIR]), dose_limiting={"window": window})
    assert _texts(made, "dose_limiting.window") == texts


@pytest.mark.parametrize(
    ("when", "assessment", "gap"),
    [
        (LONG, {}, 7),
        (LONG, {"windows": ["C1D2-C1D4", "C1D5-C1D8", "C1D11-C1D13"]}, None),
        (LONG, {"windows": ["C1D2-C1D22"], "at_least": 2}, 10),
        (LONG, {"windows": ["C1D2-C1D22"], "at_least": 4}, None),
        (LONG | {"lasting": ">7d"}, {}, None),
        (LONG | {"lasting": "<=6d"}, {}, 7),
        (LONG | {"lasting": "<=7d"}, {}, None),
        (LONG | {"source": "reported"}, {}, None),
        (LONG, {"tests": ["PLAT"]}, None),
        ({"value": "NEUT < 0.5 10*9/L", "lasting": ">=7d"}, {}, 7),
    ],
)
def test_a_duration_that_required_samples_cannot_settle(when, assessment, gap) -> None:
    found = [t for t in _texts(study(rule(when), dose_limiting=_cbc(**assessment)), "rule R1")
             if "undecided" in t]  # fmt: skip
    lasting = when["lasting"]
    assert found == (
        []
        if gap is None
        else [
            (
                f"a duration {lasting} of NEUT cannot be told from CBC, due once in {gap} days: "
                "seen once, it can stay undecided until samples are closer"
            )
        ]
    )


def test_a_recovery_that_required_samples_cannot_settle() -> None:
    when = {"toxicity": "Neutrophil count decreased", "grade": 3,
            "resolving": {"to": "<=1", "within": "72h"}}  # fmt: skip
    exception = rule(when, "E1", kind="exception")
    made = study(rule(DEATH, unless=["E1"]), exception, dose_limiting=_cbc())
    assert _texts(made, "rule E1") == [
        (
            "recovery within 72h of NEUT cannot be told from CBC, due once in 7 days: seen once, "
            "it can stay undecided until samples are closer"
        )
    ]


@pytest.mark.parametrize(
    ("when", "texts"),
    [
        ({"value": "TEMP > 38.3 Cel"},
         ["no required assessment includes TEMP: it may never be looked at"]),
        ({"value": "NEUT|WBC < 1.0 10*9/L"},
         ["no required assessment includes WBC: it may never be looked at"]),
        ({"value": "NEUT < 1.0 10*9/L"}, []),
        ({"toxicity": "Proteinuria", "grade": 3},
         ["no required assessment includes PROT/URINE or PROTEXR/URINE, which Proteinuria needs"]),
        ({"toxicity": "Platelet count decreased", "grade": 3}, []),
        ({"toxicity": "Nausea", "grade": 3}, []),  # no test tells of it
        ({"toxicity": "any", "grade": 3}, []),
    ],
)  # fmt: skip
def test_a_test_that_nobody_must_do(when, texts) -> None:
    assert _texts(study(rule(when), dose_limiting=_cbc()), "rule R1") == texts


def test_an_assessment_of_a_later_cycle_does_not_look_at_the_window() -> None:
    made = study(rule(LONG), dose_limiting=_cbc(windows=["C2D8-C2D10"]))
    text = "no required assessment includes NEUT, which Neutrophil count decreased needs"
    assert _texts(made, "rule R1") == [text]


def test_no_required_assessment_at_all() -> None:
    text = "no assessment is required: silence cannot be told from nobody having looked"
    assert _texts(study(), "dose_limiting.surveillance") == [text]
    assert _texts(study(dose_limiting=_cbc()), "dose_limiting.surveillance") == []


def test_an_exception_that_no_rule_heeds() -> None:
    exception = rule({"toxicity": "Alopecia"}, "E2", kind="exception")
    text = "no rule names this exception under `unless`: it excepts nothing"
    assert _texts(study(rule(DEATH), exception), "rule E2") == [text]
    assert _texts(study(rule(DEATH, unless=["E2"]), exception), "rule E2") == []


@pytest.mark.parametrize(
    ("dose", "texts"),
    [
        ({"fixed": 200}, []),
        ({"fixed": 275}, ["tmz 275 mg is no step of its ladder (300, 250, 200, 150)"]),
        ({"fixed": 100}, ["tmz 100 mg is below the floor of its ladder (300, 250, 200, 150)"]),
        ({"bsa_bands": [{"below": 1.5, "mg": 140}, {"mg": 200}]},
         ["tmz 140 mg is below the floor of its ladder (300, 250, 200, 150)"]),
        ({"per_m2": 140}, []),
        ({"fixed": 150, "renal": [{"below": 50, "lower_by": 1}]},
         [("tmz 150 mg, lowered by 1 for a clearance below 50 mL/min, leaves the ladder: it is not "
          "given")]),
        ({"fixed": 150, "renal": [{"below": 30, "not_given": True}]}, []),
        ({"fixed": 200, "renal": [{"below": 50, "lower_by": 1}]}, []),
    ],
)  # fmt: skip
def test_a_dose_off_the_ladder(dose, texts) -> None:
    assert _texts(study(treatment=treatment(dose)), "level L1") == texts


@pytest.mark.parametrize(
    ("dose", "changes", "warned"),
    [
        (RENAL, {}, True),
        (RENAL, {"action": "hold"}, False),
        (RENAL, {"active": False}, False),
        (RENAL, {"when": {"value": "NEUT < 1 10*9/L"}}, False),
        ({"fixed": 200}, {}, False),
    ],
)
def test_a_clearance_that_counts_twice(dose, changes, warned) -> None:
    ladder = modification(row({"value": "CRTCLRE < 50 mL/min"}) | changes)
    made = study(treatment=treatment(dose), modification=ladder)
    text = (
        "the levels lower tmz for the clearance as well: a subject who begins with a low clearance "
        "is lowered at the start, and again if this rule fires"
    )
    assert _texts(made, "modification rule M1") == ([text] if warned else [])


def test_a_drug_without_attribution() -> None:
    text = (
        "no attribution names its causality (a QNAM of SUPPAE): every event counts as related to it"
    )
    assert _texts(study(treatment=treatment(attribution=None)), "drug tmz") == [text]
    assert _texts(study(treatment=treatment()), "drug tmz") == []


def test_a_term_set_that_no_rule_uses() -> None:
    terms = {"gut": {"terms": ["Nausea"]}}
    assert _texts(study(terms=terms), "terms.gut") == ["no rule uses this term set"]
    for when in (
        {"toxicity": "gut"},
        {"toxicity": "any", "except": ["gut"]},
        {"toxicity": "Fever", "without": [{"toxicity": ["gut"]}]},
    ):
        assert _texts(study(rule(when), terms=terms), "terms.gut") == []
    blame = modification(row(DEATH), default_attribution=[{"toxicity": "gut", "drugs": ["tmz"]}])
    made = study(terms=terms, treatment=treatment(), modification=blame)
    assert _texts(made, "terms.gut") == []


def test_a_draft() -> None:
    version = {"version": "1.0", "effective_from": "2024-01-01", "author": "A"}
    text = "version 1.0 is a draft: approved_by is empty"
    assert _texts(study(protocol=version), "protocol") == [text]
    signed = version | {"approved_by": "Dr. C, 2024-01-05"}
    assert _texts(study(protocol=signed), "protocol") == []
    assert _texts(study(), "protocol") == []


def test_clocks_of_reports_that_nobody_confirmed() -> None:
    text = "recipients and clocks are not confirmed by the sponsor: confirmed_by is empty"
    assert _texts(study(reporting={}), "reporting") == [text]
    assert _texts(study(reporting={"confirmed_by": "Dr. C, 2024-01-05"}), "reporting") == []
    assert _texts(study(), "reporting") == []


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ({"procedure": "X"}, "asks for a procedure, but no domain of the feed is one"),
        ({"medication": "X"}, "asks for a medication, but no domain of the feed is one"),
        ({"all": [{"history": "X"}, DEATH]},
         "asks for a history, but no domain of the feed is one"),
        ({"declared": True}, "asks for a declaration, but no domain of the feed is one"),
        ({"toxicity": "Hypertension", "treated_with": "X"},
         "asks for a medication, but no domain of the feed is one"),
        ({"toxicity": "Nausea", "symptomatic": "no"},
         "asks for symptoms, but supplements.symptomatic names no QNAM that tells of them"),
    ],
)  # fmt: skip
def test_records_that_are_never_delivered(when, text) -> None:
    assert _texts(study(rule(when)), "rule R1") == [text]
    feed = trial().model_dump(mode="json")["feeds"]
    made = study(rule(when), feeds=feed, supplements={"symptomatic": "AESYMP"})
    assert _texts(made, "rule R1") == []


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("NEUT < 1 10*9/L", []),
        ("NEUT < 1 /uL", []),
        ("ALT > 3 x ULN", []),
        ("PROT/URINE >= 2 {plus}", []),
        ("CRTCLRE < 30 mL/min", []),  # what a derivation gives
        ("CRTCLRE < 30 mg/dL", ["CRTCLRE in mg/dL does not convert to mL/min/{1.73_m2} or mL/min"]),
        ("PLTA < 25 10*9/L",
         ["PLTA is no test that CTCAE grades or the study requires; did you mean PLAT?"]),
    ],
)  # fmt: skip
def test_a_test_or_unit_that_no_data_have(value, texts) -> None:
    made = study(rule({"value": value}))
    assert _texts(made, "rule R1") == texts


def test_what_is_said_of_several_places_is_said_once() -> None:
    made = study(rule({"procedure": "X"}, "R1"), rule({"procedure": "Y"}, "R2"))
    text = "asks for a procedure, but no domain of the feed is one"
    assert Trap("rule R1, rule R2", text) in warnings(made)


def test_the_traps_of_the_trial() -> None:
    """The design hazards that the reference names, and nothing about names."""
    found = warnings(trial())
    assert [t.place for t in found] == [
        "rule T2", "rule T2", "rule T2", "level L-1, level L1, level L2, level L3",
        "modification rule F5", "dose_limiting.window", "dose_limiting.window",
        "rule H1", "rule H2", "rule E6", "rule E7", "rule L1", "rule L2", "protocol", "reporting",
    ]  # fmt: skip
    assert found[1].text == (
        "2 of 5 temozolomide doses missed for toxicity reach >=25%: a hold of 2 days is "
        "dose-limiting"
    )
    assert [t.text for t in found if t.place == "dose_limiting.window"] == [
        (
            "closes on day 21, before platelets are lowest under temozolomide: cycle day 35 "
            "(range 30-49); a window of 42 days would hold it"
        ),
        (
            "closes on day 21, before neutrophils are lowest under temozolomide: cycle day 37 "
            "(range 10-53); a window of 42 days would hold it"
        ),
    ]
