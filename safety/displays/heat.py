"""Worst grade by subject and term: what was reported and what was measured, side by side."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pandas as pd

from safety.displays.heat_cells import CELL, cells
from safety.displays.population import Chosen, Frames, Scope
from safety.displays.reported import reported


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """Worst grades.

    terms: TERM, SOC, WORST (highest possible grade), SUBJECTS (with grade 1 or more), the worst and
    most frequent first. columns: USUBJID, LEVEL, VERDICT, by level. cells: one row a shown term and
    subject: TERM, USUBJID, LEVEL, STATE, TEXT, LOW, HIGH, SOURCE, RELATED, SERIOUS, DLT, UNGRADED,
    MAYBE. not_shown: terms with a grade of the scope beyond the number asked for. undecided: terms
    that are not shown for want of such a grade, but of which values could not be graded. quiet: the
    other terms without such a grade. dlt_elsewhere: subjects with a DLT of a term that is not
    shown. left_out: events by reason.

    STATE: graded (TEXT `3`, `3 or 4`, `0`); not worse than baseline (TEXT `2b`: grade 2, no worse
    than its own baseline); not gradable (values, none with a grade); no data (no value of a
    measured term); not reported (a term that is only reported). SOURCE: reported, measured, both
    or "". UNGRADED: values without a grade; MAYBE: the higher grade one of them still allows, <NA>
    for none. RELATED and SERIOUS are those of events.
    """

    terms: pd.DataFrame
    columns: pd.DataFrame
    cells: pd.DataFrame
    not_shown: int
    undecided: int
    quiet: int
    dlt_elsewhere: tuple[str, ...]
    left_out: dict[str, int]


def heat(frames: Frames, chosen: Chosen, scope: Scope, most: int = 40) -> Heat:
    """Return the grades. Frames: adverse_event, event_grade, worst_grade, verdict, rule_result.

    Nobody attributes a value: with scope.related measured grades stay, with scope.serious only
    events are left. least_grade chooses terms, by their worst cell; cells are shown as they are.
    """
    found = reported(frames, chosen, replace(scope, least_grade=0))
    seen = chosen.of(frames["worst_grade"])
    every = cells(chosen, found.rows, seen[:0] if scope.serious else seen, emergent=scope.emergent)
    dlt = _dlts(frames, chosen)
    every = every.merge(dlt.assign(DLT="Y"), on=CELL, how="left", validate="one_to_one")
    every = every.assign(DLT=every["DLT"].eq("Y"))
    terms = _terms(every, max(scope.least_grade, 1))
    shown = terms.head(most)
    kept = _ordered(every, shown)
    silent = every[~every["NAME"].isin(terms["NAME"])]
    undecided = silent.loc[silent["UNGRADED"].gt(0), "NAME"].nunique()
    hidden = set(dlt["USUBJID"]) - set(kept.loc[kept["DLT"], "USUBJID"])
    return Heat(
        shown.drop(columns="NAME").reset_index(drop=True),
        _columns(frames["verdict"], chosen),
        kept.drop(columns=["PLACE", "NAME", "SOC"]),
        len(terms) - len(shown),
        undecided,
        silent["NAME"].nunique() - undecided,
        tuple(sorted(hidden)),
        found.left_out,
    )


def _terms(every: pd.DataFrame, least: int) -> pd.DataFrame:
    terms = every.assign(GRADED=every["HIGH"].ge(1).fillna(False).astype("int64")).groupby(
        "NAME", as_index=False
    ).agg(
        TERM=("TERM", "first"), SOC=("SOC", "first"), WORST=("HIGH", "max"),
        MAYBE=("MAYBE", "max"), SUBJECTS=("GRADED", "sum"),
    )  # fmt: skip
    worst, maybe = (terms[c].astype("Int64").fillna(0) for c in ("WORST", "MAYBE"))
    kept = terms.assign(WORST=worst)[worst.ge(least) | maybe.ge(least)]
    return kept.drop(columns="MAYBE").sort_values(
        ["WORST", "SUBJECTS", "TERM"], ascending=[False, False, True]
    )


def _ordered(every: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    rank = {name: i for i, name in enumerate(shown["NAME"])}
    kept = every[every["NAME"].isin(shown["NAME"])]
    order = kept.assign(RANK=[rank[name] for name in kept["NAME"]])
    return order.sort_values(["RANK", "PLACE"]).drop(columns="RANK").reset_index(drop=True)


def _columns(verdicts: pd.DataFrame, chosen: Chosen) -> pd.DataFrame:
    own = verdicts[["USUBJID", "VERDICT"]].astype("str")
    table = chosen.table[["USUBJID", "LEVEL"]].merge(own, on="USUBJID", how="left")
    return table.assign(VERDICT=table["VERDICT"].astype("str").fillna(""))


def _dlts(frames: Frames, chosen: Chosen) -> pd.DataFrame:
    """Subjects and names of the terms by which a rule proposes a DLT."""
    verdicts = frames["verdict"]
    with_dlt = set(verdicts.loc[verdicts["VERDICT"].eq("DLT"), "USUBJID"])
    rules = chosen.of(frames["rule_result"])
    met = rules[rules["STATE"].eq("met") & rules["KIND"].eq("dose_limiting")]
    met = met[met["LATE"].fillna("").eq("") & met["USUBJID"].isin(with_dlt)]
    rows = [
        (who, str(term).casefold())
        for who, terms in zip(met["USUBJID"], met["TERMS"], strict=True)
        for term in json.loads(terms or "[]")
    ]
    return pd.DataFrame(rows, columns=CELL, dtype="str").drop_duplicates()
