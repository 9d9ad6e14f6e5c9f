"""Unit spellings and factors. A unit nobody knows is never guessed."""

from __future__ import annotations

import csv
import itertools
import subprocess
import sys
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.ctcae import units
from safety.ctcae.units import conversion, same_kind, tidy, to_ucum


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("safety.ctcae").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


KINDS = _rows("kinds.csv")
CONVERSIONS = _rows("conversions.csv")


@pytest.mark.parametrize(
    ("spelling", "ucum"),
    [
        ("10^9/L", "10*9/L"),
        ("x10^9/L", "10*9/L"),
        ("10E9/L", "10*9/L"),
        ("K/uL", "10*9/L"),
        ("10^3/uL", "10*9/L"),
        ("THOU/uL", "10*9/L"),
        ("/mm3", "10*6/L"),
        ("G/L", "10*9/L"),  # giga per litre
        ("g/L", "g/L"),
        ("GI/L", "10*9/L"),
        ("TI/L", "10*12/L"),
        ("M/uL", "10*12/L"),
        ("mEq/L", "meq/L"),
        ("MG/DL", "mg/dL"),
        ("mmol/l", "mmol/L"),
        ("µmol/L", "umol/L"),  # micro sign
        ("μmol/L", "umol/L"),  # Greek mu
        ("IU/L", "[IU]/L"),
        ("mIU/L", "m[IU]/L"),
        ("F", "[degF]"),
        ("C", "Cel"),
        ("mmHg", "mm[Hg]"),
        ("LB", "[lb_av]"),
        ("msec", "ms"),
        ("INR", "{INR}"),
        ("ratio", "{ratio}"),
        ("RATIO", "{ratio}"),
        ("pH", "[pH]"),
        ("{plus}", "{plus}"),
        ("°C", "Cel"),
        ("10⁹/L", "10*9/L"),
        ("×10^9/L", "10*9/L"),
        ("µIU/mL", "m[IU]/L"),
        ("  mmol/L ", "mmol/L"),
        ("10*9/L", "10*9/L"),  # a UCUM code is its own spelling
        ("mm[Hg]", "mm[Hg]"),
        ("x10*9/L", "10*9/L"),
        ("10^9/l", "10*9/L"),
        ("×10⁹/L", "10*9/L"),
        ("10^9 /L", "10*9/L"),
        ("*10^9/L", "10*9/L"),
        ("10**9/L", "10*9/L"),
        ("x10(3)/mcL", "10*9/L"),
        ("X10E3/UL", "10*9/L"),
        ("10^9 cells/L", "10*9/L"),
        ("10*6/mL", "10*9/L"),
        ("10⁴/μL", "10*10/L"),
        ("K/mm3", "10*9/L"),
        ("K/µL", "10*9/L"),
        ("k/uL", "10*9/L"),
        ("cells/µL", "10*6/L"),
        ("cells/cu mm", "10*6/L"),
        ("G/l", "10*9/L"),
        ("g/l", "g/L"),  # a litre is l or L; g and G are told apart
        ("G/DL", "g/dL"),
        ("MG/L", "mg/L"),
        ("㎎/㎗", "mg/dL"),  # one character each
        ("mg / dL", "mg/dL"),
        ("mM", "mmol/L"),
        ("µM", "umol/L"),
        ("PG/ML", "ng/L"),  # to UCUM a petagauss per megalitre
        ("ng/ml", "ug/L"),
        ("mcg/dL", "ug/dL"),
        ("IU/l", "[IU]/L"),
        ("sec", "s"),
        ("bpm", "{beats}/min"),
        ("mm Hg", "mm[Hg]"),
        ("℃", "Cel"),
        ("ºC", "Cel"),  # a masculine ordinal for a degree sign
        ("+", "{plus}"),
        ("g/24 h", "g/d"),
        ("g/(24.h)", "g/d"),
        ("mg/24 hours", "mg/d"),
        ("mL/8 hrs", "mL/(8.h)"),
        ("mL/(12.h)", "mL/(12.h)"),
        ("mL/{1.73_m2}/d", "mL/{1.73_m2}/d"),
        ("mL/kg/hr", "mL/kg/h"),
        ("stools/day", "{#}/d"),
        ("{score}", "{score}"),
        ("mL/min/1.73m²", "mL/min/{1.73_m2}"),
        ("mL/min/1.73 m^2", "mL/min/{1.73_m2}"),
        ("kg/m²", "kg/m2"),
        ("mg/g Cr", "mg/g"),
        ("mg/mmol creatinine", "g/mol"),
        ("mg/mg", "mg/mg"),
    ],
)
def test_known_spellings(spelling, ucum) -> None:
    assert to_ucum(spelling) == ucum


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        " ",
        "furlong",
        "10^9",
        "10 9/L",
        "nan",
        "1e9",
        "/L",  # lost its power of ten
        "M",
        "K",
        "m/L",
        "t/l",
        "T/l",
        "µ/L",
        "ng/mL FEU",
        "10^9/L; mg/dL",
        "x" * 10_000,
    ],
)
def test_unknown_spellings(spelling) -> None:
    assert to_ucum(spelling) is None


@pytest.mark.parametrize(
    ("testcd", "source", "target", "value", "expected"),
    [
        ("GLUC", "mg/dL", "mmol/L", 100, 5.5507449),
        ("CREAT", "mg/dL", "umol/L", 1, 88.401697),
        ("CREAT", "umol/L", "mg/dL", 88.401697, 1),
        ("BILI", "mg/dL", "umol/L", 1, 17.103578),
        ("CA", "mg/dL", "mmol/L", 10, 2.4951345),
        ("CAION", "mmol/L", "mg/dL", 1, 4.0078),  # D23: not 4
        ("MG", "meq/L", "mmol/L", 2, 1),  # divalent
        ("K", "meq/L", "mmol/L", 5.5, 5.5),
        ("SODIUM", "meq/L", "mmol/L", 129, 129),
        ("NA", "meq/L", "mmol/L", 129, 129),
        ("INR", "{ratio}", "{INR}", 3, 3),
        ("PH", "1", "[pH]", 7.2, 7.2),
        ("TROPONI3", "ng/mL", "ng/L", 0.05, 50),
        ("LIPASE", "U/L", "ukat/L", 60, 1),
        ("TEMP", "[degF]", "Cel", 212, 100),
        ("TEMP", "Cel", "[degF]", 37, 98.6),
        ("WEIGHT", "[lb_av]", "kg", 100, 45.359237),
        ("HGB", "g/dL", "g/L", 12, 120),
        ("HGB", "g/dL", "mmol/L", 10, 6.2055912),
        ("PLAT", "10*6/L", "10*9/L", 75_000, 75),
        ("PLAT", "10*12/L", "10*9/L", 0.075, 75),
        ("QTCFAG", "s", "ms", 0.48, 480),
        ("ALT", "U/L", "ukat/L", 60, 1),
        ("ANY", "g/L", "g/L", 7, 7),
        ("GLUC", "g/L", "mmol/L", 1, 5.5507449),  # a power of ten, then the molar mass
        ("GLUC", "umol/L", "mg/dL", 5550.7449, 100),
        ("CREAT", "mg/L", "mmol/L", 10, 0.088401697),
        ("CRP", "mg/dL", "mg/L", 1, 10),
        ("HCT", "%", "1", 45, 0.45),
        ("PROTCRT", "mg/g", "mg/mg", 500, 0.5),
        ("PROTCRT", "mg/mmol", "mg/mg", 56.56, 0.5),
        ("PROTCRT", "g/mol", "mg/g", 56.56, 500),
        ("ALT", "ukat/L", "[IU]/L", 1, 60),
        ("ALT", "nkat/L", "U/L", 1000, 60),
        ("PO2", "kPa", "mm[Hg]", 8, 60.004926),
        ("CREATCLR", "mL/s", "mL/min", 1.5, 90),
        ("GFRBSCRT", "mL/s/{1.73_m2}", "mL/min/{1.73_m2}", 1, 60),
        ("CA", "meq/L", "mmol/L", 5, 2.5),
        ("CACR", "meq/L", "umol/L", 5, 2500),
        ("BICARB", "mmol/L", "meq/L", 24, 24),
        ("DLCOHC", "mL/min/mm[Hg]", "mmol/min/kPa", 20, 6.6927954),
        ("TEMP", "[degF]", "Cel", 100.4, 38),
    ],
)
def test_conversions(testcd, source, target, value, expected) -> None:
    found = conversion(testcd, source, target)
    assert found is not None
    assert value * found.factor + found.offset == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("testcd", "source", "target"),
    [
        ("PLAT", "mmol/L", "10*9/L"),
        ("MG", "meq/L", "mg/dL"),  # two rows of the table
        ("GLUC", "meq/L", "mmol/L"),  # no valence
        ("INR", "%", "{INR}"),  # a Quick value is no ratio
        ("PH", "%", "[pH]"),
        ("TSH", "mU/L", "ukat/L"),  # no enzyme
        ("VOLUME", "mL/(8.h)", "mL/(24.h)"),  # eight hours are not a day
        ("VOLUME", "mL/h", "mL/(24.h)"),
        ("CREATCLR", "mL/min", "mL/min/{1.73_m2}"),  # needs the body surface
        ("PROT", "{plus}", "g/d"),
        ("NOSUCH", "mg/dL", "mmol/L"),  # the molar mass is not known
        ("NEUT", "%", "10*9/L"),
        ("K", "", "mmol/L"),
        ("K", "mmol/L", ""),
    ],
)
def test_no_factor_is_invented(testcd, source, target) -> None:
    assert conversion(testcd, source, target) is None


def test_fahrenheit_and_the_minute_are_exact() -> None:
    fever = conversion("TEMP", "[degF]", "Cel")
    assert fever is not None
    assert 100.4 * fever.factor + fever.offset == pytest.approx(38.0, rel=1e-13)
    assert conversion("ALT", "U/L", "ukat/L") == (1 / 60, 0.0)
    assert conversion("PO2", "mm[Hg]", "kPa") == (0.133322387415, 0.0)
    assert conversion("GLUC", "mg/dL", "mmol/L") == (pytest.approx(10 / 180.156, rel=1e-15), 0.0)


def test_same_kind_needs_no_analyte() -> None:
    assert same_kind("mg/dL", "g/L")
    assert not same_kind("mg/dL", "mmol/L")


def test_every_code_of_the_data_is_understood() -> None:
    codes = {r["ucum"] for r in KINDS} | {r["ucum"] for r in _rows("units.csv")}
    codes |= {r[side] for r in CONVERSIONS for side in ("from_ucum", "to_ucum")}
    codes |= {r["unit"] for r in _rows("criteria_5_0.csv")} - {""}
    assert [code for code in codes if to_ucum(code) is None] == []


def test_typography_merges_no_two_units() -> None:
    found: dict[str, set[str]] = {}
    for row in _rows("units.csv"):
        found.setdefault(tidy(row["spelling"]), set()).add(row["ucum"])
    assert {k: v for k, v in found.items() if len(v) > 1} == {}


def test_only_these_spellings_differ_by_case() -> None:
    spellings = {tidy(r["spelling"]): r["ucum"] for r in _rows("units.csv")}
    pairs = itertools.combinations(spellings, 2)
    clash = {a.casefold() for a, b in pairs
             if a.casefold() == b.casefold() and spellings[a] != spellings[b]}  # fmt: skip
    assert clash == {"g/l", "mm"}


def test_the_tables_need_no_parser() -> None:
    code = (
        "import sys; from safety.ctcae.units import conversion, to_ucum; to_ucum('K/uL');"
        "to_ucum('furlong'); conversion('GLUC', 'g/L', 'mmol/L'); conversion('K', '', 'mmol/L');"
        "sys.exit('pint' in sys.modules or 'ucumvert' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


KNOWN = st.sampled_from([r["ucum"] for r in KINDS])
TESTCDS = st.sampled_from(sorted({r["testcd"] for r in CONVERSIONS}))


@pytest.mark.property
@given(TESTCDS, KNOWN, KNOWN, st.floats(1e-6, 1e6))
def test_there_and_back(testcd, source, target, value) -> None:
    there, back = conversion(testcd, source, target), conversion(testcd, target, source)
    assert (there is None) == (back is None)
    if there is None or back is None:
        return
    converted = value * there.factor + there.offset
    again = converted * back.factor + back.offset
    assert again == pytest.approx(value, rel=1e-12, abs=1e-12 * abs(back.offset))


@pytest.mark.property
@given(TESTCDS, KNOWN, KNOWN)
def test_a_way_through_the_table_is_the_product_of_its_steps(testcd, source, target) -> None:
    found = conversion(testcd, source, target)
    kinds = {r["ucum"]: r["kind"] for r in KINDS}
    if found is None or kinds[source] == kinds[target]:
        return
    row = next(
        r for r in CONVERSIONS
        if r["testcd"] == testcd
        and {kinds[r["from_ucum"]], kinds[r["to_ucum"]]} == {kinds[source], kinds[target]}
    )  # fmt: skip
    ends = (row["from_ucum"], row["to_ucum"])
    start, end = ends if kinds[ends[0]] == kinds[source] else ends[::-1]
    steps = [
        conversion(testcd, source, start),
        conversion(testcd, start, end),
        conversion(testcd, end, target),
    ]
    product = 1.0
    for step in steps:
        assert step is not None
        product *= step.factor
    assert found.factor == pytest.approx(product, rel=1e-14)


@pytest.mark.property
@given(st.text(max_size=60) | st.text("gmolLUkatdc10*^/.{}[]()IU%µ ²⁹-", max_size=45))
def test_any_text_is_a_unit_or_none(text) -> None:
    found = to_ucum(text)
    assert found is None or to_ucum(found) == found
    assert units.to_ucum(text) == found
