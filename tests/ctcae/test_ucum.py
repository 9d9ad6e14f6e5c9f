"""UCUM beyond our tables. Valid UCUM that no laboratory means is no unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.ctcae.ucum import LONGEST, ratio, recognise, signature
from safety.ctcae.units import conversion, to_ucum


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("g.L-1", "g/L"),
        ("mmol.L-1", "mmol/L"),
        ("mmol·L⁻¹", "mmol/L"),
        ("10*3.uL-1", "10*9/L"),
        ("10⁹·L⁻¹", "10*9/L"),
        ("10*4.uL-1", "10*10/L"),
        ("mg.dL-1", "mg/dL"),
        ("10*3{cells}/uL", "10*9/L"),
        ("mg/g{creat}", "mg/g"),
        ("[iU]/L", "[IU]/L"),
        # other units of a laboratory stay as they are
        ("kU/L", "kU/L"),
        ("g/mL", "g/mL"),
        ("umol/dL", "umol/dL"),
        ("pg/dL", "pg/dL"),
        ("mg", "mg"),
        ("mmol/mol", "mmol/mol"),
        ("ng/mL{FEU}", "ng/mL{FEU}"),
    ],
)
def test_ucum_is_read(text, code) -> None:
    assert to_ucum(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "C",  # coulomb
        "F",  # farad
        "K",  # kelvin
        "G/L",  # gauss per litre
        "t/L",  # tonne per litre
        "m/L",
        "Mg/dL",  # megagram
        "cd",  # candela
        "a",  # year
        "10*9",  # no litre
        "/L",  # no power of ten
        "10*3/L",
        "/mL",
        "{foo}",
        "mg/dL/dL",
        "g//L",
        "((((",
        "IU/L",
        "1e9",
        "10*99.10*99.10*99.10*99/L",
        "",
        "g" + "/L" * LONGEST,
    ],
)
def test_what_no_laboratory_means(text) -> None:
    assert recognise(text, ()) is None


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("kU/L", "U/L", 1000.0),
        ("g/mL", "g/L", 1000.0),
        ("pg/dL", "ng/L", 0.01),
        ("mkat/L", "ukat/L", 1000.0),
        ("g.L-1", "mg.dL-1", 100.0),
        ("meq/dL", "meq/L", 10.0),
    ],
)
def test_ratio(source, target, expected) -> None:
    assert ratio(source, target) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("g/mL", "mol/L"),
        ("meq/L", "mmol/L"),  # a matter of valence
        ("mosm/L", "mmol/L"),
        ("k[IU]/L", "kU/L"),  # by convention only, which is for the table
        ("m[IU]/L", "/L"),
        ("kU/L", "ukat/L"),  # only of an enzyme
        ("ng/mL{FEU}", "ng/mL"),
        ("mL/min", "mL/min/{1.73_m2}"),
        ("uL/h", "mL/d"),  # a flow is not what a day collected
        ("mmol/mol", "mg/g"),
        ("furlong", "m2"),
    ],
)
def test_kinds_stay_apart(source, target) -> None:
    assert ratio(source, target) is None


@pytest.mark.parametrize(
    ("testcd", "source", "target", "expected"),
    [
        ("ALT", "kU/L", "ukat/L", 1000 / 60),
        ("CA", "meq/dL", "mmol/L", 5.0),
        ("GLUC", "g/mL", "mmol/L", 5550.744909966918),
        ("K", "kmol/m3", "mmol/L", 1000.0),
    ],
)
def test_read_units_convert(testcd, source, target, expected) -> None:
    found = conversion(testcd, source, target)
    assert found is not None
    assert found.factor == pytest.approx(expected, rel=1e-12)
    assert found.offset == 0.0


def test_read_units_do_not_convert_across_kinds() -> None:
    assert conversion("GLUC", "kU/L", "mmol/L") is None
    assert conversion("PROT", "mg/mL", "{plus}") is None


@pytest.mark.property
@given(st.text("gmolLUkatsPahdcun10*^/.{}[]()IU-23", max_size=LONGEST))
def test_a_signature_or_none_and_never_an_error(text) -> None:
    found = signature(text)
    assert found is None or ratio(text, text) in {1.0, None}
