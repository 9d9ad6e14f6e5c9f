"""Peak aminotransferase against peak bilirubin of each subject, and Hy's law by time."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from safety.displays.days import gap, study_day
from safety.displays.liver_values import (
    ALP,
    AMINOTRANSFERASES,
    BILIRUBIN,
    passes,
    values,
)
from safety.displays.population import Chosen, Frames

HYS_LAW, TEMPLE = "Hy's law range", "Temple's corollary"
CHOLESTASIS, NORMAL = "cholestasis", "normal or near normal"
MET, NOT_MET, UNKNOWN = "met", "not met", "cannot be judged"
_PEAKS = [
    "USUBJID", "LEVEL", "TEST", "ALT", "ALTDY", "BILI", "BILIDY", "DAYS", "QUADRANT", "HYS",
    "ALTX", "BILIX", "INEXACT", "UNUSED",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class HysLawRule:
    """The limits of a case; those of the study's rule (FDA guidance, 2009) unless told.

    A value must be above a multiple of the ULN, not at it. within: days between the two, either
    first. alp: alkaline phosphatase below this multiple rules out cholestasis.
    """

    aminotransferase: float = 3
    bilirubin: float = 2
    alp: float = 2
    within: int = 14


@dataclass(frozen=True, slots=True, eq=False)
class Edish:
    """Peaks after the first dose.

    peaks: USUBJID, LEVEL, TEST (ALT or AST, whichever is higher), ALT (peak, x ULN), ALTDY, BILI,
    BILIDY (study days of the peaks), DAYS (from ALT to BILI peak), QUADRANT (by the peaks alone),
    HYS (met, not met, cannot be judged: by time and ALP, as the rule has it), ALTX, BILIX (peaks x
    ULN, or x baseline where the baseline was above its ULN), INEXACT (a peak is `<` or `>`), UNUSED
    (values left out). not_evaluable: USUBJID, LEVEL, REASON, of who has no pair of peaks. unused:
    values left out, USUBJID, TEST, REASON.
    """

    peaks: pd.DataFrame
    not_evaluable: pd.DataFrame
    unused: pd.DataFrame
    rule: HysLawRule


def edish(frames: Frames, chosen: Chosen, rule: HysLawRule | None = None) -> Edish:
    """Return peaks and Hy's law of each subject. Frames: measurement, grade.

    HYS is for the eye; the verdict is that of the study's rules, which also know attribution.
    """
    rule = rule or HysLawRule()
    usable, unused = values(frames, chosen)
    own = usable["TEST"].isin(AMINOTRANSFERASES)
    liver, bili = usable[own], usable[usable["TEST"].eq(BILIRUBIN)]
    first, second = _peak(liver), _peak(bili)
    table = chosen.table[["USUBJID", "LEVEL"]].merge(first, on="USUBJID", how="left").merge(
        second.drop(columns="TEST"), on="USUBJID", how="left", suffixes=("", "_B")
    )  # fmt: skip
    has = table["PEAK"].notna() & table["PEAK_B"].notna()
    cases = _doubtful(usable, unused, rule) | _cases(usable, rule)
    lost = table["USUBJID"].map(unused.groupby("USUBJID").size()).fillna(0).astype("int64")
    table = table.assign(
        ALT=table["PEAK"], ALTDY=table["DY"], BILI=table["PEAK_B"], BILIDY=table["DY_B"],
        DAYS=gap(table["ADT"], table["ADT_B"]), ALTX=table["TOPX"], BILIX=table["TOPX_B"],
        QUADRANT=_quadrant(table, rule),
        HYS=table["USUBJID"].map(cases).astype("str").fillna(NOT_MET),
        INEXACT=table["ISBOUND"].eq(True) | table["ISBOUND_B"].eq(True), UNUSED=lost,
    )  # fmt: skip
    without = table[~has]
    why = [_reason(r, unused) for r in without.to_dict("records")]
    reasons = without.assign(REASON=pd.Series(why, index=without.index, dtype="str"))
    return Edish(
        table.loc[has, _PEAKS].reset_index(drop=True),
        reasons.reindex(columns=["USUBJID", "LEVEL", "REASON"]).reset_index(drop=True),
        unused, rule,
    )  # fmt: skip


def _peak(rows: pd.DataFrame) -> pd.DataFrame:
    """The highest multiple of each subject, the first day of it; TOPX is a peak of its own."""
    ordered = rows.sort_values(["USUBJID", "X", "ADT", "TEST"], ascending=[True, False, True, True])
    top = ordered.drop_duplicates("USUBJID")
    table = top[["USUBJID", "TEST", "ADT"]].assign(
        PEAK=top["X"], DY=study_day(top["ADT"], top["TRTSDT"]), ISBOUND=top["INEXACT"],
        TOPX=top["USUBJID"].map(rows.groupby("USUBJID")["XMAX"].max()),
    )  # fmt: skip
    return table.reset_index(drop=True)


def _quadrant(table: pd.DataFrame, rule: HysLawRule) -> pd.Series:
    liver, bili = table["PEAK"].gt(rule.aminotransferase), table["PEAK_B"].gt(rule.bilirubin)
    name = pd.Series(NORMAL, index=table.index, dtype="str")
    return name.mask(liver, TEMPLE).mask(bili, CHOLESTASIS).mask(liver & bili, HYS_LAW)


def _cases(usable: pd.DataFrame, rule: HysLawRule) -> dict[str, str]:
    """Subjects with a pair of values that is, or may be, a case."""
    columns = ["USUBJID", "ADT", "SURE"]
    own = usable["TEST"].isin(AMINOTRANSFERASES)
    liver = _raised(usable[own], rule.aminotransferase)[columns]
    bili = _raised(usable[usable["TEST"].eq(BILIRUBIN)], rule.bilirubin)[columns]
    pairs = liver.merge(bili, on="USUBJID", suffixes=("", "_B"))
    pairs = pairs[gap(pairs["ADT"], pairs["ADT_B"]).abs().le(rule.within).fillna(False)]
    alp = usable[usable["TEST"].eq(ALP)]
    found: dict[str, str] = {}
    for pair in pairs.itertuples(index=False):
        between = alp["ADT"].between(min(pair.ADT, pair.ADT_B), max(pair.ADT, pair.ADT_B))
        own_alp = alp[between & alp["USUBJID"].eq(pair.USUBJID)]
        state = _judged(own_alp, rule, sure=pair.SURE and pair.SURE_B)
        if state != NOT_MET and found.get(pair.USUBJID) != MET:
            found[pair.USUBJID] = state
    return found


def _raised(rows: pd.DataFrame, limit: float) -> pd.DataFrame:
    sure, maybe = passes(rows, limit)
    return rows.assign(SURE=sure)[maybe]


def _judged(alp: pd.DataFrame, rule: HysLawRule, *, sure: bool) -> str:
    """Between the two values the lowest alkaline phosphatase counts; without one nobody knows."""
    if alp["HIGH"].lt(rule.alp).any():
        return MET if sure else UNKNOWN
    return UNKNOWN if alp.empty or alp["LOW"].lt(rule.alp).any() else NOT_MET


def _doubtful(usable: pd.DataFrame, unused: pd.DataFrame, rule: HysLawRule) -> dict[str, str]:
    """Subjects with one test raised and a value of the other that cannot be used."""
    own, lost = usable["TEST"].isin(AMINOTRANSFERASES), unused["TEST"].isin(AMINOTRANSFERASES)
    liver = set(_raised(usable[own], rule.aminotransferase)["USUBJID"])
    bili = set(_raised(usable[usable["TEST"].eq(BILIRUBIN)], rule.bilirubin)["USUBJID"])
    no_liver = set(unused.loc[lost, "USUBJID"])
    no_bili = set(unused.loc[unused["TEST"].eq(BILIRUBIN), "USUBJID"])
    doubtful = (liver & no_bili) | (bili & no_liver)
    return dict.fromkeys(doubtful, UNKNOWN)


def _reason(row: dict[str, object], unused: pd.DataFrame) -> str:
    """Why a subject has no pair of peaks, in words."""
    said = []
    for name, tests, peak in (
        ("ALT or AST", AMINOTRANSFERASES, row["PEAK"]),
        (BILIRUBIN, (BILIRUBIN,), row["PEAK_B"]),
    ):
        if pd.notna(peak):
            continue
        own = unused[unused["USUBJID"].eq(row["USUBJID"]) & unused["TEST"].isin(tests)]
        why = ", ".join(sorted(set(own["REASON"]))) or "no value after the first dose"
        said.append(f"{name}: {why}")
    return "; ".join(said)
