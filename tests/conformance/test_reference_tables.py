"""Our data files against the reference tables beside the project, where those are at hand."""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path

import pytest

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference"
if not REFERENCE.is_dir():
    pytest.skip("no folder shared/reference beside the project", allow_module_level=True)

# Units are written our way; the same unit by definition, or none where only percents are compared.
RENAMED = {"/mm3": "10*6/L", "g/(24.h)": "g/d", "10*6/mL": "10*9/L", "as reported": ""}
# What we hold beside the reference; anything else would be an accident.
OWN_SPELLINGS = {
    "°C": "Cel", "°F": "[degF]", "µIU/mL": "m[IU]/L", "×10^9/L": "10*9/L", "10⁹/L": "10*9/L",
    "ng/dL": "ng/dL", "INR": "{INR}", "{INR}": "{INR}", "pH": "[pH]", "[pH]": "[pH]",
    "{plus}": "{plus}", "mL/(24.h)": "mL/(24.h)", "mL/(8.h)": "mL/(8.h)", "1": "1",
    "K/mm3": "10*9/L", "K/mcL": "10*9/L", "Thousand/uL": "10*9/L", "Thousands/uL": "10*9/L",
    "Thou/mm3": "10*9/L", "Tsd/uL": "10*9/L", "Gpt/L": "10*9/L", "10^3/cumm": "10*9/L",
    "10^9 cells/L": "10*9/L", "10^3 cells/uL": "10*9/L", "x10(9)/L": "10*9/L", "10*6/mL": "10*9/L",
    "10^6 cells/mL": "10*9/L", "cells/mcL": "10*6/L", "cells/cumm": "10*6/L",
    "cells/cu mm": "10*6/L", "/cumm": "10*6/L", "/cu mm": "10*6/L", "#/uL": "10*6/L",
    "{cells}/uL": "10*6/L", "Mpt/L": "10*6/L", "10^6 cells/L": "10*6/L", "10^4/uL": "10*10/L",
    "10^4/mm3": "10*10/L", "10*10/L": "10*10/L", "Million/uL": "10*12/L", "Millions/uL": "10*12/L",
    "Mill/mm3": "10*12/L", "Million/mm3": "10*12/L", "10^6/cumm": "10*12/L", "Tpt/L": "10*12/L",
    "g/l": "g/L", "gm/L": "g/L", "G/l": "10*9/L", "gm/dL": "g/dL", "gms/dL": "g/dL", "gm%": "g/dL",
    "g/100 mL": "g/dL", "mg/100 mL": "mg/dL", "mcg/dL": "ug/dL", "ng/100 mL": "ng/dL",
    "mol/L": "mol/L", "eq/L": "eq/L", "IU/mL": "[IU]/mL", "[IU]/mL": "[IU]/mL", "UI/L": "[IU]/L",
    "mUI/L": "m[IU]/L", "uUI/mL": "m[IU]/L", "u[IU]/mL": "m[IU]/L", "units/L": "U/L",
    "milliseconds": "ms", "msecs": "ms", "secs": "s", "seconds": "s", "min": "min",
    "minutes": "min", "mm Hg": "mm[Hg]", "Torr": "mm[Hg]", "deg C": "Cel", "degrees C": "Cel",
    "Celsius": "Cel", "deg F": "[degF]", "degrees F": "[degF]", "Fahrenheit": "[degF]", "kgs": "kg",
    "kilograms": "kg", "g": "g", "grams": "g", "lbs": "[lb_av]", "pounds": "[lb_av]",
    "inches": "[in_i]", "m": "m", "mm": "mm", "percent": "%", "pct": "%", "plus": "{plus}",
    "+": "{plus}", "{score}": "{score}", "score": "{score}", "T-score": "{score}",
    "Z-score": "{score}", "pH units": "[pH]", "{#}/d": "{#}/d", "stools/day": "{#}/d",
    "stools/24h": "{#}/d", "stools per day": "{#}/d", "episodes/day": "{#}/d", "/day": "{#}/d",
    "g/(24.h)": "g/d", "g/24 hours": "g/d", "mg/24h": "mg/d", "mg/(24.h)": "mg/d",
    "mL/24 hours": "mL/d", "L/day": "L/d", "L/24h": "L/d", "mL/8h": "mL/(8.h)",
    "mL/(12.h)": "mL/(12.h)", "mL/12h": "mL/(12.h)", "mL/kg/h": "mL/kg/h", "mL/kg/hr": "mL/kg/h",
    "mL/kg/hour": "mL/kg/h", "mL/{1.73_m2}/d": "mL/{1.73_m2}/d", "mL/1.73 m2/day": "mL/{1.73_m2}/d",
    "mL/1.73 m2/24h": "mL/{1.73_m2}/d", "mL/h": "mL/h", "mL/hr": "mL/h", "mL/hour": "mL/h",
    "mL/minute": "mL/min", "mL/min/1.73": "mL/min/{1.73_m2}", "mL/min/1.73m*2": "mL/min/{1.73_m2}",
    "mL/min/1.73 sqm": "mL/min/{1.73_m2}", "mL/min/1.73_m2": "mL/min/{1.73_m2}", "mg/mg": "mg/mg",
    "g/g": "mg/mg", "mg/g": "mg/g", "ug/mg": "mg/g", "mosm/kg": "mosm/kg", "mOsmol/kg": "mosm/kg",
    "mm/h": "mm/h", "mm/hr": "mm/h", "breaths/min": "{breaths}/min",
    "breaths per minute": "{breaths}/min", "beats/minute": "{beats}/min", "fL": "fL", "pg": "pg",
    "mM": "mmol/L", "uM": "umol/L", "nM": "nmol/L",
}  # fmt: skip
OWN_CONVERSIONS = {
    # a second test code of an analyte of the reference
    ("CACRALB", "mg/dL", "mmol/L"): 0.24951345,
    ("CACR", "meq/L", "mmol/L"): 0.5,
    ("CACRALB", "meq/L", "mmol/L"): 0.5,
    ("CAION", "meq/L", "mmol/L"): 0.5,
    ("BILDIR", "mg/dL", "umol/L"): 17.103578,
    ("ALBCREAT", "mg/mg", "mg/mmol"): 113.12,
    ("DLCOHC", "mL/min/mm[Hg]", "mmol/min/kPa"): 0.33463977,
    ("LIPASE", "U/L", "ukat/L"): 0.016666667,
    ("LIPASE", "[IU]/L", "U/L"): 1,
    ("NA", "meq/L", "mmol/L"): 1,
    ("CL", "meq/L", "mmol/L"): 1,
    ("TROPONI3", "ng/mL", "ng/L"): 1000,
    # numbers without a dimension
    ("INR", "1", "{INR}"): 1,
    ("INR", "{ratio}", "{INR}"): 1,
    ("PH", "1", "[pH]"): 1,
}
# DLCO: the gap above 5 units below LLN, and what lies beyond 8 (docs/ctcae.md)
OWN_ROWS = {"10065906-90", "10065906-91"}
# "and below the level of infarction" is a limit here, not a fact beside one.
FACT_IS_A_LIMIT = {"10007612-01", "10007612-02", "10007613-01", "10007613-02"}
LIMITS = {
    "lower": "lower_value",
    "lower_ref": "lower_ref",
    "lower_incl": "lower_inclusive",
    "upper": "upper_value",
    "upper_ref": "upper_ref",
    "upper_incl": "upper_inclusive",
    "grade": "grade",
    "alternative": "criterion",
    "meddra_code": "meddra_code",
    "term": "ctcae_term",
}


def _reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _ours(name: str) -> list[dict[str, str]]:
    text = resources.files("safety.ctcae").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


THEIRS = {r["row_id"]: r for r in _reference("ctcae_v5_numeric.csv")}
OURS = {r["row_id"]: r for r in _ours("criteria_5_0.csv")}


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _unit(row: dict[str, str]) -> str:
    refs = {row["lower_ref"], row["upper_ref"]} - {""}
    if refs and refs <= {"PCTINC", "PCTDEC"}:
        return ""
    return RENAMED.get(row["unit"], row["unit"])


def test_no_row_is_missing_or_added() -> None:
    assert set(OURS) == set(THEIRS) | OWN_ROWS


@pytest.mark.parametrize("row_id", THEIRS)
def test_limits_are_those_of_the_reference(row_id) -> None:
    ours, theirs = OURS[row_id], THEIRS[row_id]
    for mine, other in LIMITS.items():
        assert _number(ours[mine]) == _number(theirs[other]), mine


@pytest.mark.parametrize("row_id", THEIRS)
def test_tests_units_and_roles_are_those_of_the_reference(row_id) -> None:
    ours, theirs = OURS[row_id], THEIRS[row_id]
    codes = [theirs["testcd"], *theirs["alt_testcds"].replace(";", " ").split()]
    assert set(ours["testcds"].split()) == {c for c in codes if c}
    if theirs["lower_ref"] or theirs["upper_ref"]:
        assert ours["unit"] == _unit(theirs)
        assert ours["combine"] == theirs["combine"]
    if row_id in FACT_IS_A_LIMIT:
        assert (ours["fact_role"], theirs["qualifier_role"]) == ("", "and")
        assert "xMI_CUTOFF" in {ours["lower_ref"], ours["upper_ref"]}
    else:
        assert ours["fact_role"] == theirs["qualifier_role"]


def test_conversions_are_those_of_the_reference() -> None:
    ours = {(r["testcd"], r["from_ucum"], r["to_ucum"]): r for r in _ours("conversions.csv")}
    theirs = {
        (testcd, RENAMED.get(r["from_ucum"], r["from_ucum"]), r["to_ucum"]): r
        for r in _reference("lab_units.csv")
        for testcd in r["testcd"].split("; ")
    }
    # a unit into itself needs no factor; sperm counts are renamed to the unit they would lead to
    needed = {k: (float(r["factor"]), float(r["offset"] or 0))
              for k, r in theirs.items() if k[1] != k[2]}  # fmt: skip
    own = {key: (factor, 0.0) for key, factor in OWN_CONVERSIONS.items()}
    expected = needed | own
    assert set(ours) == set(expected)
    for key, row in ours.items():  # the reference rounds to eight digits
        assert (float(row["factor"]), float(row["offset"])) == pytest.approx(expected[key], 1e-7)


def test_spellings_are_those_of_the_reference() -> None:
    theirs = {
        r["synonym"]: RENAMED.get(r["ucum"], r["ucum"]) for r in _reference("lab_unit_synonyms.csv")
    }
    assert set(theirs).isdisjoint(OWN_SPELLINGS)
    assert {r["spelling"]: r["ucum"] for r in _ours("units.csv")} == theirs | OWN_SPELLINGS
