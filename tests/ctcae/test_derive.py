"""Derived values against published calculators and sums that can be done by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.ctcae import derive

NAN = float("nan")

F, M = np.array(["F"]), np.array(["M"])


def _one(value: float) -> np.ndarray:
    return np.array([value])


@pytest.mark.parametrize(
    ("calcium", "albumin", "expected"),
    [
        (8.0, 2.5, 9.2),  # 8.0 + 0.8 x 1.5
        (8.0, 4.0, 8.0),
        (10.0, 5.0, 9.2),  # above 4 it takes away
        (NAN, 4.0, NAN),
        (8.0, NAN, NAN),
        (8.0, 0.0, NAN),
        (-8.0, 4.0, NAN),
    ],
)
def test_corrected_calcium_mg_dl(calcium, albumin, expected) -> None:
    found = derive.corrected_calcium_mg_dl(_one(calcium), _one(albumin))
    assert found == pytest.approx([expected], rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("calcium", "albumin", "expected"),
    [(2.0, 25.0, 2.3), (2.4, 40.0, 2.4), (2.0, NAN, NAN), (2.0, -1.0, NAN)],  # 2.0 + 0.02 x 15
)
def test_corrected_calcium_mmol_l(calcium, albumin, expected) -> None:
    found = derive.corrected_calcium_mmol_l(_one(calcium), _one(albumin))
    assert found == pytest.approx([expected], rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("wbc", "percent", "bands", "expected"),
    [
        (2.0, 40.0, 5.0, 0.9),  # 2.0 x 45 / 100
        (2.0, 40.0, NAN, 0.8),
        (2.0, 0.0, 0.0, 0.0),
        (0.0, 40.0, 0.0, 0.0),
        (2.0, 60.0, 45.0, NAN),  # more than all
        (2.0, 101.0, NAN, NAN),
        (2.0, -1.0, 5.0, NAN),
        (2.0, 40.0, -1.0, NAN),
        (-1.0, 40.0, 0.0, NAN),
        (NAN, 40.0, 0.0, NAN),
        (2.0, NAN, 5.0, NAN),
    ],
)
def test_neutrophils(wbc, percent, bands, expected) -> None:
    found = derive.neutrophils(_one(wbc), _one(percent), _one(bands))
    assert found == pytest.approx([expected], rel=1e-12, nan_ok=True)


def test_neutrophils_without_bands() -> None:
    assert derive.neutrophils(_one(3.2), _one(50.0)) == pytest.approx([1.6])


@pytest.mark.parametrize(
    ("qt", "rr", "fridericia", "bazett"),
    [
        (400.0, 1.0, 400.0, 400.0),
        (400.0, 0.512, 500.0, 559.0169943749474),  # 0.512 = 0.8^3; 400 / sqrt(0.512)
        (360.0, 0.64, 417.74299502515, 450.0),  # 0.64 = 0.8^2; 0.64^(1/3) = 0.861774
        (400.0, 0.0, NAN, NAN),
        (400.0, -1.0, NAN, NAN),
        (0.0, 1.0, NAN, NAN),
        (NAN, 1.0, NAN, NAN),
        (400.0, NAN, NAN, NAN),
    ],
)
def test_qtc(qt, rr, fridericia, bazett) -> None:
    found = derive.qtcf(_one(qt), _one(rr)), derive.qtcb(_one(qt), _one(rr))
    assert found[0] == pytest.approx([fridericia], rel=1e-12, nan_ok=True)
    assert found[1] == pytest.approx([bazett], rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(("rate", "rr"), [(60.0, 1.0), (75.0, 0.8), (0.0, NAN), (NAN, NAN)])
def test_rr_from_rate(rate, rr) -> None:
    assert derive.rr_from_rate(_one(rate)) == pytest.approx([rr], nan_ok=True)


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "expected", "within"),
    [
        # National Kidney Foundation's calculator, as quoted in the tests of pharmaverse admiral
        (1.09, 55.0, M, 80.0, 0.5),
        (85 / 88.42, 65.0, F, 66.0, 0.5),
        # 142 x 1.012 x 0.9938^50: both powers are 1 at 0.7 mg/dL; 0.9938^50 = 0.732711
        (0.7, 50.0, F, 105.2977, 1e-3),
        # 142 x 0.9938^50
        (0.9, 50.0, M, 104.0490, 1e-3),
        # 142 x (1/2)^-0.302 x 0.9938^18 = 142 x 1.232852 x 0.894091
        (0.45, 18.0, M, 156.5242, 1e-2),
        # 142 x 2^-1.2 x 0.9938^70 x 1.012 = 142 x 0.435275 x 0.647028 x 1.012
        (1.4, 70.0, F, 40.4717, 1e-2),
    ],
)
def test_egfr(creatinine, age, sex, expected, within) -> None:
    found = derive.egfr_ckdepi_2021(_one(creatinine), _one(age), sex)
    assert found == pytest.approx([expected], abs=within)


@pytest.mark.parametrize(
    ("creatinine", "age", "sex"),
    [
        (0.0, 50.0, "F"),
        (-1.0, 50.0, "F"),
        (NAN, 50.0, "F"),
        (1.0, NAN, "F"),
        (1.0, 17.0, "F"),
        (1.0, 50.0, "U"),
        (1.0, 50.0, ""),
    ],
)
def test_no_egfr_and_no_clearance(creatinine, age, sex) -> None:
    arrays = _one(creatinine), _one(age)
    assert np.isnan(derive.egfr_ckdepi_2021(*arrays, np.array([sex])))
    assert np.isnan(derive.creatinine_clearance_cg(*arrays, _one(70.0), np.array([sex])))


@pytest.mark.parametrize(
    ("creatinine", "age", "weight", "sex", "expected", "within"),
    [
        # National Kidney Foundation's calculator, as quoted in the tests of pharmaverse admiral
        (1.09, 55.0, 90.0, M, 97.0, 0.5),
        (85 / 88.42, 65.0, 60.0, F, 55.0, 0.5),
        (1.0, 60.0, 72.0, M, 80.0, 1e-9),  # 80 x 72 / 72
        (1.2, 50.0, 60.0, F, 53.125, 1e-9),  # 90 x 60 / 86.4 x 0.85
        (1.0, 60.0, 0.0, M, NAN, 0),
        (1.0, 140.0, 72.0, M, NAN, 0),
    ],
)
def test_creatinine_clearance(creatinine, age, weight, sex, expected, within) -> None:
    found = derive.creatinine_clearance_cg(_one(creatinine), _one(age), _one(weight), sex)
    assert found == pytest.approx([expected], abs=within, nan_ok=True)


@pytest.mark.parametrize(
    ("weight", "height", "expected"), [(81.0, 180.0, 25.0), (81.0, 0.0, NAN), (NAN, 180.0, NAN)]
)
def test_body_mass_index(weight, height, expected) -> None:
    found = derive.body_mass_index(_one(weight), _one(height))
    assert found == pytest.approx([expected], nan_ok=True)


def test_mean_of_replicates() -> None:
    readings = np.array([[480.0, 490.0, 500.0], [480.0, NAN, 490.0], [NAN, NAN, NAN]])
    assert derive.mean_of_replicates(readings) == pytest.approx([490, 485, NAN], nan_ok=True)


def test_arrays_go_row_by_row() -> None:
    found = derive.egfr_ckdepi_2021(
        np.array([0.7, 0.9, 1.0]), np.array([50.0, 50.0, 50.0]), np.array(["F", "M", "X"])
    )
    assert found == pytest.approx([105.2977, 104.0490, NAN], abs=1e-3, nan_ok=True)


def test_the_registry_names_everything() -> None:
    codes = {d.name: (d.paramcd, d.unit) for d in derive.DERIVATIONS.values()}
    assert codes == {
        "CA_CORRECTED": ("CACR", "mg/dL"),
        "ANC": ("NEUT", ""),
        "QTCF": ("QTCFAG", "ms"),
        "QTCB": ("QTCBAG", "ms"),
        "EGFR_CKDEPI_2021": ("GFRBSCRT", "mL/min/{1.73_m2}"),
        "CRCL_CG": ("CRTCLRE", "mL/min"),
        "BMI": ("BMI", "kg/m2"),
        "AVERAGE": ("", ""),
    }
    assert all(d.formula and d.citation for d in derive.DERIVATIONS.values())
    assert all(name == d.name for name, d in derive.DERIVATIONS.items())


positive = st.floats(0.01, 100)


@pytest.mark.property
@given(positive, positive, st.floats(18, 110), st.sampled_from([F, M]))
def test_more_creatinine_is_less_filtration(one, other, age, sex) -> None:
    low, high = sorted((one, other))
    less = derive.egfr_ckdepi_2021(_one(high), _one(age), sex)
    more = derive.egfr_ckdepi_2021(_one(low), _one(age), sex)
    assert less <= more * (1 + 1e-12)


@pytest.mark.property
@given(st.floats(200, 600), st.floats(0.2, 3))
def test_both_corrections_leave_one_second_alone_and_go_the_same_way(qt, rr) -> None:
    fridericia, bazett = derive.qtcf(_one(qt), _one(rr))[0], derive.qtcb(_one(qt), _one(rr))[0]
    assert (bazett >= fridericia * (1 - 1e-12)) == (rr <= 1) or rr == pytest.approx(1)


@pytest.mark.property
@given(positive, st.floats(0, 100))
def test_neutrophils_are_no_more_than_all_cells(wbc, percent) -> None:
    found = derive.neutrophils(_one(wbc), _one(percent))[0]
    assert 0 <= found <= wbc * (1 + 1e-12)


@pytest.mark.property
@given(st.floats(2, 20), st.floats(0.5, 8))
def test_both_forms_of_corrected_calcium_correct_alike(calcium, albumin) -> None:
    # 0.8 mg/dL for 1 g/dL is 0.02 mmol/L for 1 g/L, to the rounding of 0.8 / 4
    added_mg = derive.corrected_calcium_mg_dl(_one(calcium), _one(albumin)) - calcium
    added_mmol = derive.corrected_calcium_mmol_l(_one(calcium), _one(albumin * 10)) - calcium
    assert added_mmol == pytest.approx(added_mg / 4, abs=1e-9)
