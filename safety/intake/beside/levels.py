"""Amounts beside what levels, ladders and capsules allow (fault 43)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from safety.intake.beside.links import Frames
from safety.intake.texts import nothing, said
from safety.study.model import Study
from safety.study.treatment import DoseRule, Level, Treatment

NEARLY = 1e-9  # what decimals lose as binary fractions


def compared(rows: pd.DataFrame, frames: Frames, study: Study) -> dict[str, pd.Series]:
    """Return OFFLADDER, CAPSULE, ABOVELEVEL and OTHERLEVEL of rows with DRUG, START, ADAY, TAKEN.

    OFFLADDER: mg per intake that neither a level nor a step of the ladder has. CAPSULE: no multiple
    of the smallest one. ABOVELEVEL: with the rows before it, more on its day than the level's dose
    by `overdose_share`. OTHERLEVEL: a first dose that the level does not have.
    """
    treatment = study.treatment
    if treatment is None:
        return {}
    in_mg = rows["DOSE"].gt(0) & rows["DOSU"].str.lower().eq("mg").fillna(False)
    of_level = _by_level(rows, _levels(frames.get("subject"), treatment), treatment)
    share = study.checks.parameters.overdose_share
    return {
        "OFFLADDER": _off_ladder(rows, in_mg, treatment),
        "CAPSULE": _capsule(rows, in_mg, study),
        "ABOVELEVEL": _above(rows, in_mg, of_level, share),
        "OTHERLEVEL": _other(rows, in_mg, of_level),
    }


def _off_ladder(rows: pd.DataFrame, in_mg: pd.Series, treatment: Treatment) -> pd.Series:
    allowed = {drug: _amounts(treatment, drug) for drug in treatment.drugs}
    drugs = {d: rows["DRUG"].eq(d) & ~rows["DOSE"].isin(mg) for d, mg in allowed.items() if mg}
    judged = rows["DRUG"].isin(list(drugs)) & in_mg
    wrong = pd.DataFrame(drugs).any(axis=1) if drugs else judged
    return said(wrong, "no dose of a level or of the ladder", where=judged)


def _amounts(treatment: Treatment, drug: str) -> set[float]:
    """Return every mg per intake that may be given, none where it goes by body surface freely."""
    of_levels = [_amounts_of(level.doses[drug]) for level in treatment.levels]
    if not all(of_levels):
        return set()
    return set(treatment.drugs[drug].steps).union(*of_levels)


def _amounts_of(rule: DoseRule) -> set[float]:
    """Return mg per intake of a rule before renal steps, none where it goes by m2."""
    if rule.fixed is not None:
        return {rule.fixed}
    return {band.mg for band in rule.bsa_bands}


def _capsule(rows: pd.DataFrame, in_mg: pd.Series, study: Study) -> pd.Series:
    size = rows["DRUG"].map(_capsules(study)).astype(np.float64)
    share = rows["DOSE"] / size
    return said(
        (share - share.round()).abs().gt(NEARLY), "no multiple of the smallest capsule",
        where=in_mg & size.notna(),
    )  # fmt: skip


def _capsules(study: Study) -> dict[str, float]:
    """Return mg of the smallest capsule by drug: of the checks, else of the rounding of doses."""
    treatment = study.treatment
    rules = [level.doses for level in treatment.levels] if treatment else []
    rounded = {d: r.round_to for doses in rules for d, r in doses.items() if r.round_to}
    return rounded | study.checks.parameters.capsule_mg


def _levels(subjects: pd.DataFrame | None, treatment: Treatment) -> dict[str, Level]:
    """Return the level each subject was really assigned to, where it is one of the study."""
    if subjects is None:
        return {}
    known = {level.id.upper(): level for level in treatment.levels}
    arm = subjects["ACTARMCD"].fillna(subjects["ARMCD"]).str.strip().str.upper()
    named = zip(subjects["USUBJID"], arm, strict=True)
    return {u: known[a] for u, a in named if isinstance(u, str) and a in known}


def _by_level(
    rows: pd.DataFrame, levels: Mapping[str, Level], treatment: Treatment
) -> pd.DataFrame:
    """Return LEVEL, MOST (mg a day) and LEAST (mg per intake) of the level's dose, by row."""
    pairs = rows[["USUBJID", "DRUG"]].drop_duplicates()
    found = {}
    for subject, drug in pairs.itertuples(index=False):
        level = levels.get(subject)
        allowed = _amounts_of(level.doses[drug]) if level else set()
        if level and allowed:
            daily = max(allowed) * treatment.drugs[drug].schedule.intakes_a_day
            least = np.nan if level.doses[drug].renal else min(allowed)
            found[subject, drug] = (level.id, daily, least)
    keys = zip(rows["USUBJID"], rows["DRUG"], strict=True)
    told = [found.get(k, (None, np.nan, np.nan)) for k in keys]
    return pd.DataFrame(told, columns=["LEVEL", "MOST", "LEAST"], index=rows.index)


def _above(rows: pd.DataFrame, in_mg: pd.Series, of_level: pd.DataFrame, share: float) -> pd.Series:
    mg = (rows["DOSE"] * rows["ADAY"]).where(in_mg & rows["TAKEN"], 0.0)
    total = mg.groupby([rows["USUBJID"], rows["DRUG"], rows["START"]]).cumsum()
    judged = in_mg & rows["TAKEN"] & of_level["MOST"].notna()
    wrong = judged & total.gt(of_level["MOST"] * share + NEARLY)
    text = nothing(rows.index)
    text[judged] = ""
    text[wrong] = [
        f"{t:g} mg on the day, level {level} has {most:g}"
        for t, level, most in zip(
            total[wrong], of_level["LEVEL"][wrong], of_level["MOST"][wrong], strict=True
        )
    ]
    return text


def _other(rows: pd.DataFrame, in_mg: pd.Series, of_level: pd.DataFrame) -> pd.Series:
    """Judge the first dose: later ones may be reduced. A row that says why it differs is right."""
    taken = rows[in_mg & rows["TAKEN"]].sort_values("START", kind="stable")
    first = taken.drop_duplicates(["USUBJID", "DRUG"])
    least, why = of_level["LEAST"].reindex(first.index), first["ADJ"].notna()
    judged = first.index[least.notna() & ~why]
    text = nothing(rows.index)
    text[judged] = ""
    wrong = judged[first["DOSE"].reindex(judged).lt(least.reindex(judged) - NEARLY)]
    text[wrong] = [
        f"first dose of {mg:g} mg, level {level} has {usual:g}"
        for mg, level, usual in zip(
            first["DOSE"][wrong], of_level["LEVEL"][wrong], least[wrong], strict=True
        )
    ]
    return text
