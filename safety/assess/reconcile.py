"""Reported events beside measured grades (faults 30, 31 and 32), as comparisons of records.

A comparison is "" where all is well, what is wrong where it is not, missing where nothing could be
compared yet. Nothing is corrected: the higher grade alerts, the reported one stays.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from safety.assess.grades import highest, lowest, superseded
from safety.ctcae import catalogue
from safety.ctcae.criteria import ladders_by_test
from safety.intake import dates
from safety.study.model import Study

SEVERE = 3
SUPPORTED_WITHIN = 7  # days between a laboratory result and the event reported of it (fault 32)
ENTERED_WITHIN = 7  # days until a site has entered that a grade changed
COMPARED = ["UNREPORTED", "LOWERGRADE", "UNSUPPORTED"]
PLACE = ["KEY", "DOMAIN", "USUBJID", "SRCFILE", "SRCROW"]
SAME = ["USUBJID", "TERM"]
_DAY = np.timedelta64(1, "D")


def reconcile(
    grades: pd.DataFrame, events: pd.DataFrame, measurements: pd.DataFrame, study: Study,
    as_of: date,
) -> pd.DataFrame:  # fmt: skip
    """Return one row a record that was compared: PLACE and COMPARED, index from 1.

    grades: rows of `grade_measurements`; events: of `grade_events`; measurements: the canonical
    records that grades refer to. Events that are not coded by CTCAE cannot be compared.
    """
    terms = _terms(events, study)
    reported, measured = _reported(events, terms, as_of), _measured(grades)
    within = study.dose_limiting.reconcile_within.whole_days
    of_values = _unreported(measured, reported, as_of, within) if terms is not None else {}
    lower = _lower(measured, reported, as_of, within)
    unsupported = _unsupported(measured, reported, as_of, within, study)
    rows = [
        _rows(measurements, UNREPORTED=of_values),
        _rows(events, LOWERGRADE=lower, UNSUPPORTED=unsupported),
    ]
    found = pd.concat(rows, ignore_index=True)
    return found.set_axis(pd.RangeIndex(1, len(found) + 1))


def _rows(records: pd.DataFrame, **texts: dict[str, str]) -> pd.DataFrame:
    keys = set().union(*texts.values())
    rows = records.loc[records["KEY"].isin(keys), PLACE].reset_index(drop=True)
    return rows.assign(**{c: rows["KEY"].map(texts.get(c, {})).astype("str") for c in COMPARED})


def _terms(events: pd.DataFrame, study: Study) -> pd.Series | None:
    """Return the CTCAE term of each event, "" for none; None where the study codes no events."""
    codings = [d.coding for f in study.feeds for d in f.domains.values() if d.coding]
    if not codings:
        return None
    said = events[codings[0].term].fillna(events["AEDECOD"]).fillna(events["AETERM"]).fillna("")
    known = {t: catalogue.by_name(t, study.ctcae) for t in said.unique()}
    return said.map({t: term.term if term else "" for t, term in known.items()}).astype("str")


def _reported(events: pd.DataFrame, terms: pd.Series | None, as_of: date) -> pd.DataFrame:
    """Return the events of a CTCAE term with days, possible grades and the time of their event.

    START and END: the shortest time they surely were; of a row without an end the last day known.
    """
    if terms is None:
        terms = pd.Series("", index=events.index, dtype="str")
    last = np.datetime64(as_of, "D")
    start, end = dates.days(events["STDTMAX"]), dates.days(events["ENDTMIN"])
    end = np.maximum(np.where(np.isnat(end), np.maximum(last, start), end), start)
    rows = pd.DataFrame(
        {
            "KEY": events["KEY"].to_numpy(), "USUBJID": events["USUBJID"].to_numpy(),
            "TERM": terms.to_numpy(), "START": start, "END": end,
            "WORST": highest(events["POSSIBLE"]).to_numpy(),
            "EVENT": events["GRPID"].fillna(events["KEY"]).to_numpy(),
        }
    )  # fmt: skip
    rows = rows[rows["TERM"].ne("") & rows["START"].notna() & rows["START"].le(last)]
    event = rows.groupby([*SAME, "EVENT"])
    return rows.assign(
        BEGAN=event["START"].transform("min"), ENDED=event["END"].transform("max")
    ).reset_index(drop=True)


def _measured(grades: pd.DataFrame) -> pd.DataFrame:
    """Return graded values that count and whose day is known, by subject, term and day."""
    rows = grades[grades["ADTMIN"].eq(grades["ADTMAX"]).fillna(False) & ~superseded(grades)]
    possible = rows["NUMPOSS"].where(rows["NUMPOSS"].fillna("").ne(""), rows["POSSIBLE"])
    found = rows[["MKEY", *SAME, "DIRECTION", "POSTFL", "BTOXGR"]].assign(
        DAY=dates.days(rows["ADTMIN"]), LOW=lowest(possible), HIGH=highest(possible),
        KNOWN=rows["ATOXGR"].notna(), GRADE=rows["ATOXGR"].astype("Int64").fillna(0),
    )  # fmt: skip
    return found.sort_values([*SAME, "DIRECTION", "DAY", "MKEY"], ignore_index=True)


def _unreported(
    measured: pd.DataFrame, reported: pd.DataFrame, as_of: date, within: int
) -> dict[str, str]:
    """Return by record of the first value of a run of grade 3 or more whether it was reported.

    A value without a grade neither begins nor ends a run. What was as bad before treatment is no
    news. Some days are left to the site.
    """
    known = measured[measured["KNOWN"]]
    severe = known["GRADE"].ge(SEVERE)
    before = severe.groupby([known[c] for c in (*SAME, "DIRECTION")]).shift(fill_value=False)
    had = known["BTOXGR"].astype("Int64").fillna(0)
    waited = known["DAY"] + (within + 1) * _DAY <= np.datetime64(as_of, "D")
    first = known[severe & ~before & known["POSTFL"].eq("Y") & known["GRADE"].gt(had) & waited]
    pairs = first.merge(reported[[*SAME, "BEGAN", "ENDED"]], on=SAME)
    near = within * _DAY
    told = pairs[(pairs["BEGAN"] - near <= pairs["DAY"]) & (pairs["DAY"] <= pairs["ENDED"] + near)]
    found = dict.fromkeys(first["MKEY"], "")
    texts: dict[str, list[str]] = {}
    missing = first[~_pairs(first).isin(_pairs(told))]
    for key, term, grade in zip(missing["MKEY"], missing["TERM"], missing["GRADE"], strict=True):
        texts.setdefault(key, []).append(f"{term} grade {grade} without an adverse event")
    return found | {k: "; ".join(t) for k, t in texts.items()}


def _pairs(rows: pd.DataFrame) -> pd.Series:
    return rows["MKEY"] + "\x00" + rows["TERM"]


def _lower(
    measured: pd.DataFrame, reported: pd.DataFrame, as_of: date, within: int
) -> dict[str, str]:
    """Return by record of an event whether a value of its time has a higher grade.

    A value is compared with the worst of the rows of its time; the row nearest to it is asked.
    From the end of a row on, another grade may follow: the site has some days to enter it.
    """
    known = measured.loc[measured["KNOWN"], [*SAME, "MKEY", "DAY", "GRADE"]]
    rows = reported[["KEY", *SAME, "START", "END", "WORST"]]
    pairs = rows.merge(known, on=SAME)
    before = (pairs["START"] - pairs["DAY"]) / _DAY
    after = (pairs["DAY"] - pairs["END"]) / _DAY
    pairs = pairs.assign(AWAY=np.maximum(np.maximum(before, after), 0))
    entered = pairs["DAY"] + ENTERED_WITHIN * _DAY < np.datetime64(as_of, "D")
    pairs = pairs[pairs["AWAY"].le(within) & (pairs["DAY"].lt(pairs["END"]) | entered)]
    of_value = pairs.groupby(["MKEY", "TERM"])
    worst, nearest = of_value["WORST"].transform("max"), of_value["AWAY"].transform("min")
    wrong = pairs[pairs["GRADE"].gt(worst) & pairs["AWAY"].eq(nearest)]
    highest_ = wrong.sort_values("GRADE").drop_duplicates("KEY", keep="last")
    texts = {
        key: f"reported grade {told}, but a value of its time is grade {grade}"
        for key, told, grade in zip(
            highest_["KEY"], highest_["WORST"], highest_["GRADE"], strict=True
        )
    }
    return dict.fromkeys(pairs["KEY"], "") | texts


def _unsupported(
    measured: pd.DataFrame, reported: pd.DataFrame, as_of: date, within: int, study: Study
) -> dict[str, str]:
    """Return by record of an event of a laboratory term whether a result of its time supports it.

    Asked once an event, of its first row. A result that could be of a grade supports it.
    """
    first = reported[reported["TERM"].isin(laboratory_terms(study.ctcae))]
    first = first.sort_values(["START", "KEY"]).drop_duplicates([*SAME, "EVENT"])
    first = first[first["BEGAN"] + within * _DAY < np.datetime64(as_of, "D")]
    near = SUPPORTED_WITHIN * _DAY
    pairs = first.merge(measured.loc[measured["HIGH"].ge(1), [*SAME, "DAY"]], on=SAME)
    supports = (pairs["BEGAN"] - near <= pairs["DAY"]) & (pairs["DAY"] <= pairs["ENDED"] + near)
    lacking = first[~first["KEY"].isin(pairs.loc[supports, "KEY"])]
    text = f"no result within {SUPPORTED_WITHIN} days supports it"
    return dict.fromkeys(first["KEY"], "") | dict.fromkeys(lacking["KEY"], text)


def laboratory_terms(version: str) -> frozenset[str]:
    """Return the CTCAE terms that are graded by laboratory results and by nothing else."""
    ladders = [(spec, x) for (_, spec), of in ladders_by_test(version).items() for x in of]
    others = {x.term for spec, x in ladders if not spec or x.assign != "grade"}
    return frozenset({x.term for _, x in ladders} - others)
