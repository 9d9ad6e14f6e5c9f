"""Which analyte is looked at: a CTCAE term, and the test whose values are drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from dash import html

from dashboards import raw
from dashboards.components import choose
from dashboards.components.grades import NOT_GRADABLE_MARK
from dashboards.i18n import t
from dashboards.kept import Kept
from dashboards.view import View
from safety.errors import WrongUseError
from safety.study.looked_at import tests_by_term

MOST_CODES = 3  # codes named beside a term
KEPT: Kept[pd.DataFrame] = Kept(32)
OF_ONE = frozenset({"param", "base", "worst", "of", "dose"})  # asked of one analyte only


@dataclass(frozen=True, slots=True)
class Analyte:
    """A term and a test of it. codes: tests by which the term was graded; terms: of the test."""

    term: str
    code: str
    codes: tuple[str, ...]
    terms: tuple[str, ...]


def ranked(view: View) -> pd.DataFrame:
    """Return TERM, WORST (<NA>: nothing graded), SEVERE, ANY, MEASURED, UNGRADED.

    Counts of chosen subjects after the first dose, worst first; UNGRADED counts values.
    """
    worst = view.frame("worst_grade")  # each who looks is noted as having read it, kept or not
    key = (view.settings.db_url, view.shot.snapshot_id, view.address.scope)
    return KEPT.get(key, lambda: _ranked(view.population().of(worst)))


def _ranked(rows: pd.DataFrame) -> pd.DataFrame:
    grade = rows["WORSTGR"].astype("Int64")
    flagged = rows.assign(GRADE=grade, IS3=grade.ge(3).fillna(False), IS1=grade.ge(1).fillna(False))
    found = flagged.groupby("TERM", as_index=False).agg(
        WORST=("GRADE", "max"), SEVERE=("IS3", "sum"), ANY=("IS1", "sum"),
        MEASURED=("USUBJID", "nunique"), UNGRADED=("UNGRADED", "sum"),
    )  # fmt: skip
    order = found.assign(RANK=found["WORST"].fillna(-1))
    order = order.sort_values(["RANK", "SEVERE", "ANY", "TERM"],
                              ascending=[False, False, False, True])  # fmt: skip
    return order.drop(columns="RANK").reset_index(drop=True)


def label(row: dict[str, Any], size: int, codes: tuple[str, ...]) -> str:
    """Return a term as the list has it: its tests, worst grade and counts of subjects."""
    worst = NOT_GRADABLE_MARK if pd.isna(row["WORST"]) else str(row["WORST"])
    named = f" ({', '.join(codes)})" if 0 < len(codes) <= MOST_CODES else ""
    said = t("worst grade {worst}; grade 3 or more in {severe}, any in {any} of {n} subjects",
             worst=worst, severe=row["SEVERE"], any=row["ANY"], n=size)  # fmt: skip
    doubt = t("; {n:,} values not gradable", n=int(row["UNGRADED"])) if row["UNGRADED"] else ""
    return f"{row['TERM']}{named}: {said}{doubt}"


def options(view: View) -> dict[str, str]:
    """Return the terms that the chosen subjects have values for, with their labels, worst first."""
    tests, size = tests_by_term(view.shot.ctcae), len(view.population())
    return {
        row["TERM"]: label(row, size, tests.get(row["TERM"], ()))
        for row in ranked(view).to_dict("records")
    }


def chosen(view: View) -> Analyte | None:
    """Return what the address asks for, else the worst; None where nothing was graded.

    Raises WrongUseError for a term or a test that was not.
    """
    known = list(ranked(view)["TERM"])
    term = view.address.get("term") or next(iter(known), "")
    if not term:
        return None
    graded = view.frame("grade", term=term)
    codes = tuple(graded["PARAMCD"].value_counts().index)
    if not codes:
        raise WrongUseError(f"no value was graded for the term {term!r}: choose one of the list.")
    code = view.address.get("param") or codes[0]
    if code not in codes:
        raise WrongUseError(f"{term} was not graded by {code!r}: give {', '.join(codes)}.")
    terms = view.frame("grade", paramcd=code)["TERM"].drop_duplicates()
    others = tuple(sorted(str(x) for x in terms if x != term))
    return Analyte(term, code, codes, (term, *others))


def picker(view: View, analyte: Analyte) -> Any:
    """Return the list of terms, other tests of the term, and other terms of the test."""
    here = _plain(view).address.here
    links = [
        choose.chip(code, here(term=analyte.term, param=code), on=code == analyte.code)
        for code in analyte.codes
    ]
    others = [
        choose.chip(term, here(term=term, param=analyte.code), on=term == analyte.term)
        for term in analyte.terms
    ]
    return html.Div(
        [
            choose.choice(_plain(view), "term", t("CTCAE term"), options(view), analyte.term),
            choose.group(t("Test"), links) if len(links) > 1 else None,
            choose.group(t("Terms of this test"), others) if len(others) > 1 else None,
            html.A(t("Values that no criteria grade"), href=raw.href(view, "measurement")),
        ],
        className="toxwatch-group",
    )  # fmt: skip


def _plain(view: View) -> View:
    """Return the view without what belongs to one analyte: another one is asked for afresh."""
    kept = {name: value for name, value in view.address.asked.items() if name not in OF_ONE}
    return replace(view, address=replace(view.address, asked=kept))
