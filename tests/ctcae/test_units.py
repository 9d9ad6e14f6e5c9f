"""Unit spellings and factors. A unit nobody knows is never guessed."""

from __future__ import annotations

import pytest

from safety.ctcae.units import conversion, to_ucum


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
        "g/l",  # could be g/L or G/L: not guessed
        "10^9",
        "nan",
        "mg",
        "1e9",
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
        ("GLUC", "mg/dL", "umol/L"),  # only the way the table has
        ("NOSUCH", "mg/dL", "mmol/L"),  # the molar mass is not known
        ("NEUT", "%", "10*9/L"),
        ("K", "", "mmol/L"),
        ("K", "mmol/L", ""),
    ],
)
def test_no_factor_is_invented(testcd, source, target) -> None:
    assert conversion(testcd, source, target) is None
