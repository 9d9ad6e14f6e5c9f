"""Values derived from other values, each named and cited.

Pure functions on numpy arrays that broadcast against each other. Where an input is NaN or
impossible (a heart rate of 0, a negative creatinine, a sex other than M and F) the result is NaN;
nothing is raised, nothing is rounded (D26). `DERIVATIONS` names what each gives; a derived record
carries the name as DTYPE. AVERAGE is CDISC's term, the others are ours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Texts = npt.NDArray[np.str_] | npt.NDArray[np.object_]

ADULT_FROM = 18.0  # youngest age in the populations of both creatinine equations


class Derivation(NamedTuple):
    """What a derived value is; paramcd and unit are "" where they are those of the source."""

    name: str
    paramcd: str
    unit: str
    formula: str
    citation: str


DERIVATIONS = {
    d.name: d
    for d in (
        Derivation(
            "CA_CORRECTED",
            "CACR",
            "mg/dL",
            "Ca + 0.8 x (4.0 - albumin g/dL) mg/dL, or Ca + 0.02 x (40 - albumin g/L) mmol/L",
            "D24; after Payne RB et al., Br Med J 1973;4:643-646",
        ),
        Derivation(
            "ANC",
            "NEUT",
            "",
            "WBC x (neutrophils % + bands %) / 100",
            "definition of a differential count",
        ),
        Derivation(
            "QTCF",
            "QTCFAG",
            "ms",
            "QT / (RR in s)^(1/3)",
            "Fridericia LS, Acta Med Scand 1920;53:469-486",
        ),
        Derivation(
            "QTCB",
            "QTCBAG",
            "ms",
            "QT / (RR in s)^(1/2)",
            "Bazett HC, Heart 1920;7:353-370",
        ),
        Derivation(
            "EGFR_CKDEPI_2021",
            "GFRBSCRT",
            "mL/min/{1.73_m2}",
            "142 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.200 x 0.9938^age x 1.012 [F]; "
            "k 0.7 F, 0.9 M; a -0.241 F, -0.302 M",
            "Inker LA et al., N Engl J Med 2021;385:1737-1749",
        ),
        Derivation(
            "CRCL_CG",
            "CRTCLRE",
            "mL/min",
            "(140 - age) x kg / (72 x Scr mg/dL) x 0.85 [F]",
            "Cockcroft DW, Gault MH, Nephron 1976;16:31-41",
        ),
        Derivation("BMI", "BMI", "kg/m2", "kg / m^2", "definition"),
        Derivation("AVERAGE", "", "", "mean of the replicates that have a value", "D21"),
    )
}


def _positive(values: Numbers) -> Numbers:
    with np.errstate(invalid="ignore"):
        return np.where((values > 0) & np.isfinite(values), values, np.nan)


def corrected_calcium_mg_dl(calcium: Numbers, albumin_g_dl: Numbers) -> Numbers:
    """Return albumin-corrected calcium (mg/dL) from total calcium (mg/dL) and albumin (g/dL)."""
    return _positive(calcium) + 0.8 * (4.0 - _positive(albumin_g_dl))


def corrected_calcium_mmol_l(calcium: Numbers, albumin_g_l: Numbers) -> Numbers:
    """Return albumin-corrected calcium (mmol/L) from total calcium (mmol/L) and albumin (g/L)."""
    return _positive(calcium) + 0.02 * (40.0 - _positive(albumin_g_l))


def neutrophils(wbc: Numbers, percent: Numbers, bands_percent: Numbers | None = None) -> Numbers:
    """Return the absolute neutrophil count, in the unit of `wbc`.

    `percent` is all neutrophils, or the segmented ones where bands are reported beside them. NaN
    bands are bands that were not reported: they add nothing. Percentages below 0 or together
    above 100 give NaN.
    """
    bands = 0.0 if bands_percent is None else np.where(np.isnan(bands_percent), 0.0, bands_percent)
    share = percent + bands
    with np.errstate(invalid="ignore"):
        possible = (percent >= 0) & (bands >= 0) & (share <= 100) & (wbc >= 0)
    return np.where(possible, wbc * share / 100.0, np.nan)


def rr_from_rate(beats_per_minute: Numbers) -> Numbers:
    """Return the RR interval (s) of a heart rate (beats/min)."""
    return 60.0 / _positive(beats_per_minute)


def qtcf(qt_ms: Numbers, rr_s: Numbers) -> Numbers:
    """Return QT (ms) corrected by Fridericia for the RR interval (s)."""
    return _positive(qt_ms) / np.cbrt(_positive(rr_s))


def qtcb(qt_ms: Numbers, rr_s: Numbers) -> Numbers:
    """Return QT (ms) corrected by Bazett for the RR interval (s)."""
    return _positive(qt_ms) / np.sqrt(_positive(rr_s))


def _by_sex(sex: Texts, female: float, male: float) -> Numbers:
    return np.select([sex == "F", sex == "M"], [female, male], np.nan)


def _adult(age: Numbers) -> Numbers:
    with np.errstate(invalid="ignore"):
        return np.where((age >= ADULT_FROM) & np.isfinite(age), age, np.nan)


def egfr_ckdepi_2021(creatinine_mg_dl: Numbers, age_years: Numbers, sex: Texts) -> Numbers:
    """Return eGFR (mL/min/{1.73_m2}) of adults by the race-free CKD-EPI creatinine equation.

    Age in years, NaN below 18; sex as SDTM has it, "F" or "M". Creatinine is IDMS-traceable.
    """
    ratio = _positive(creatinine_mg_dl) / _by_sex(sex, 0.7, 0.9)
    low = np.minimum(ratio, 1.0) ** _by_sex(sex, -0.241, -0.302)
    high = np.maximum(ratio, 1.0) ** -1.200
    return 142.0 * low * high * 0.9938 ** _adult(age_years) * _by_sex(sex, 1.012, 1.0)


def creatinine_clearance_cg(
    creatinine_mg_dl: Numbers, age_years: Numbers, weight_kg: Numbers, sex: Texts
) -> Numbers:
    """Return creatinine clearance (mL/min) of adults by Cockcroft and Gault, with actual weight.

    Not per body surface: it is no eGFR. NaN below 18 and from 140 years.
    """
    years = _positive(140.0 - _adult(age_years))
    clearance = years * _positive(weight_kg) / (72.0 * _positive(creatinine_mg_dl))
    return clearance * _by_sex(sex, 0.85, 1.0)


def body_mass_index(weight_kg: Numbers, height_cm: Numbers) -> Numbers:
    """Return the body mass index (kg/m2) from weight (kg) and height (cm)."""
    return _positive(weight_kg) / (_positive(height_cm) / 100.0) ** 2


def mean_of_replicates(readings: Numbers) -> Numbers:
    """Return the mean over the last axis of the readings that have a value; NaN where none has.

    Readings (..., n) are replicates of one time point: QTc is graded on their mean (D21).
    """
    present = np.count_nonzero(~np.isnan(readings), axis=-1)
    with np.errstate(invalid="ignore"):
        return np.nansum(readings, axis=-1) / np.where(present > 0, present, np.nan)
