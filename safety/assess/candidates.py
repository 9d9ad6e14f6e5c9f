"""DLT candidates: what the engine proposes under the study's rules, never a verdict.

Every rule answers met, not_met or not_evaluable for each event; the last names what is missing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.assess.grades import highest, lowest
from safety.study.model import CandidateRule, Study, Window

COLUMNS = ["USUBJID", "RULE", "TERM", "DIRECTION", "STATE", "ONSETDT", "ONSETDY", "GRADES",
           "EVIDENCE", "MISSING"]  # fmt: skip


def find(measured: pd.DataFrame, events: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return one row a subject, rule and term that is met or cannot be judged.

    measured: rows of `grade_measurements`; events: of `grade_events`. EVIDENCE is `;`-joined
    record keys, earliest first.
    """
    parts = [
        _from_events(events, rule, study.dose_limiting.window)
        if rule.source == "adverse_event"
        else _from_measurements(measured, rule, study.dose_limiting.window)
        for rule in study.dose_limiting.rules
    ]
    table = pd.concat([p for p in parts if not p.empty] or [_nothing()])
    return table.sort_values(["USUBJID", "RULE", "TERM", "DIRECTION"]).reset_index(drop=True)


def _nothing() -> pd.DataFrame:
    texts = {c: pd.array([], dtype="str") for c in COLUMNS}
    return pd.DataFrame(texts | {"ONSETDY": pd.array([], dtype="Int32")})


def _grade_truth(possible: pd.Series, rule: CandidateRule) -> tuple[np.ndarray, np.ndarray]:
    """(certainly at or above the rule's grade, certainly below)."""
    met = lowest(possible).ge(rule.min_grade).to_numpy()
    not_met = highest(possible).lt(rule.min_grade).to_numpy()
    return met, not_met


def _in_window(first: pd.Series, last: pd.Series, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """(certainly in the window, certainly out of it) of days known to lie in [first, last]."""
    inside = first.ge(window.first_day) & last.le(window.last_day)
    outside = first.gt(window.last_day) | last.lt(window.first_day)
    return inside.fillna(False).to_numpy(bool), outside.fillna(False).to_numpy(bool)


def _from_events(events: pd.DataFrame, rule: CandidateRule, window: Window) -> pd.DataFrame:
    grade_met, grade_not = _grade_truth(events["POSSIBLE"], rule)
    inside, outside = _in_window(events["ASTDYMIN"], events["ASTDYMAX"], window)
    treated = events["TRTEMFL"].ne("N").to_numpy()
    term = events["AEDECOD"].fillna(events["AETERM"])
    excepted = term.isin(rule.except_terms).to_numpy()
    unrelated = events["REL"].eq("N").to_numpy() if rule.related else np.zeros(len(events), bool)
    not_met = grade_not | outside | ~treated | excepted | unrelated
    met = grade_met & inside & ~not_met
    rows = events.assign(
        TERM=term,
        DIRECTION="",
        STATE=np.select([met, not_met], ["met", "not_met"], "not_evaluable"),
        DAY=events["ASTDY"],
        ADT=events["STDTMIN"],
        GRADES=events["POSSIBLE"],
        MISSING=_missing_of_events(events, grade_met, inside, rule),
    )
    return _collapse(rows, rule)


def _missing_of_events(
    events: pd.DataFrame, grade_met: np.ndarray, inside: np.ndarray, rule: CandidateRule
) -> list[str]:
    """What would settle the rule, and what was taken the conservative way."""
    no_attribution = events["REL"].eq("").to_numpy() & rule.related
    unclear = _unclear_date(events["STDTMIN"], events["STDTMAX"], "onset date")
    facts = zip(grade_met, inside, unclear, no_attribution, strict=True)
    return [
        ";".join(
            name
            for name, lacking in (
                ("grade", not graded),
                (date, not dated),
                ("attribution (taken as related)", unattributed),
            )
            if lacking
        )
        for graded, dated, date, unattributed in facts
    ]


def _unclear_date(first: pd.Series, last: pd.Series, name: str) -> np.ndarray:
    """Which date keeps a day from being placed: its own, or that of the first dose."""
    return np.where(first.eq(last), "first-dose date", name)


def _from_measurements(measured: pd.DataFrame, rule: CandidateRule, window: Window) -> pd.DataFrame:
    low, high = measured["ADYMIN"], measured["ADYMAX"]
    inside, outside = _in_window(low, high, window)
    rows = measured[~outside & measured["TRTEMFL"].eq("Y").to_numpy()]
    dated = inside[~outside & measured["TRTEMFL"].eq("Y").to_numpy()]
    met, not_met = _grade_truth(rows["NUMPOSS"], rule)
    if rule.worsened:
        base = rows["BTOXGR"].fillna(0).astype(np.int64)
        met = met & lowest(rows["NUMPOSS"]).gt(base).to_numpy()
        not_met = not_met | highest(rows["NUMPOSS"]).le(base).to_numpy()
    not_met = not_met | rows["TERM"].isin(rule.except_terms).to_numpy()
    unclear = _unclear_date(rows["ADTMIN"], rows["ADTMAX"], "sample date")
    rows = rows.assign(
        KEY=rows["MKEY"],
        STATE=np.select([met & dated & ~not_met, not_met], ["met", "not_met"], "not_evaluable"),
        DAY=rows["ADY"],
        ADT=rows["ADTMIN"],
        GRADES=rows["NUMPOSS"],
        MISSING=np.where(met, np.where(dated, "", unclear), rows["REASONS"].to_numpy(object)),
    )
    return _collapse(rows, rule)


def _collapse(rows: pd.DataFrame, rule: CandidateRule) -> pd.DataFrame:
    """One row a subject and term: the first onset among the rows of its strongest state."""
    rows = rows[rows["STATE"].ne("not_met")]
    if rows.empty:
        return _nothing()
    keys = ["USUBJID", "TERM", "DIRECTION"]
    ordered = rows.sort_values([*keys, "STATE", "ADT", "KEY"])  # "met" before "not_evaluable"
    table = ordered.groupby(keys).agg(
        STATE=("STATE", "first"), ONSETDT=("ADT", "first"), ONSETDY=("DAY", "first"),
        GRADES=("GRADES", "first"), EVIDENCE=("KEY", ";".join), MISSING=("MISSING", "first"),
    )  # fmt: skip
    return table.reset_index().assign(RULE=rule.id)[COLUMNS]
