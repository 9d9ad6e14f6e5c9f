"""Reported adverse events against the catalogue: names, codes and grades that CTCAE does not have.

Source of what exists: the catalogue (NCI CTCAE v5.0 and v6.0). Nothing is coded or corrected
here; every problem is a question for the site. A missing value is never a problem here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from safety.ctcae import catalogue, search
from safety.ctcae.catalogue import Term

INPUT = ("TERM", "CODE", "GRADE")
COLUMNS = ("POSITION", "COLUMN", "PROBLEM", "MESSAGE", "SUGGESTIONS")
SUGGESTED = 3  # suggestions a problem
MAX_SEARCHED = (
    1_000  # different unknown names looked for: a column of free text must not take hours
)


class _Problem(NamedTuple):
    column: str
    problem: str
    message: str
    suggestions: str


def check_reported(events: pd.DataFrame, version: str) -> pd.DataFrame:
    """Return one row for each problem of reported events, in the order of the events.

    events: TERM (CTCAE term as reported), CODE (MedDRA code), GRADE; any of them missing.
    Answers COLUMNS: POSITION is the row of `events` counted from 0, COLUMN the column at fault,
    PROBLEM one of term_unknown, code_unknown, code_and_name_disagree, grade_not_in_term;
    SUGGESTIONS are names of terms, "; " between them.
    Raises ValueError for an unknown version, KeyError for a column that is not there.
    """
    catalogue.terms(version)
    given = pd.DataFrame({c: _text(events[c]) for c in INPUT}).reset_index(drop=True)
    different = given.drop_duplicates(ignore_index=True)
    suggested = _suggester(version)
    rows = [
        (at, *problem)
        for at, (term, code, grade) in enumerate(different.itertuples(index=False, name=None))
        for problem in _problems(term, code, grade, version, suggested)
    ]
    found = pd.DataFrame(rows, columns=["AT", *COLUMNS[1:]]).astype(
        {"AT": "int64"} | dict.fromkeys(COLUMNS[1:], "str")
    )
    numbered = different.assign(AT=range(len(different)))
    places = given.merge(numbered, on=list(INPUT), how="left")["AT"]
    hits = places[places.isin(found["AT"])].rename_axis("POSITION").reset_index()
    joined = hits.merge(found, on="AT", how="inner").sort_values("POSITION", kind="stable")
    return joined[list(COLUMNS)].reset_index(drop=True)


def _text(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return values as text, numbers without a needless decimal, missing ones as ""."""
    text = column.astype("str").where(column.notna(), "").str.strip()
    return text.str.replace(r"^(\d+)\.0+$", r"\1", regex=True)


def _problems(
    name: str, code: str, grade: str, version: str, suggested: Callable[[str], list[str]]
) -> Iterator[_Problem]:
    named = catalogue.by_name(name, version) if name else None
    coded = catalogue.by_code(code, version) if code else None
    if name and named is None:
        yield _unknown_term(name, version, suggested(name))
    if code and coded is None:
        message = f"{code} is not the code of a CTCAE {version} term."
        yield _Problem("CODE", "code_unknown", message, named.meddra_code if named else "")
    if named and coded and named != coded:
        yield _Problem(
            "CODE", "code_and_name_disagree",
            f"{code} is {coded.term!r}, but the name says {named.term!r}; the grade was not "
            "compared with either.", f"{named.meddra_code} {named.term}; {code} {coded.term}",
        )  # fmt: skip
        return
    term = named or coded
    if term and grade and not _exists(grade, term):
        yield _Problem("GRADE", "grade_not_in_term", _grade_message(grade, term, version), "")


def _unknown_term(name: str, version: str, suggestions: list[str]) -> _Problem:
    shown = name[: search.MAX_LENGTH]
    others = [v for v in catalogue.versions() if v != version and catalogue.by_name(name, v)]
    if others:
        message = f"{shown!r} is a term of CTCAE {others[0]}, not of {version}."
    elif search.synonyms(name, version):
        message = f"{shown!r} is a usual name, but not a CTCAE {version} term."
    else:
        message = f"{shown!r} is not a CTCAE {version} term."
    return _Problem("TERM", "term_unknown", message, "; ".join(suggestions))


def _exists(grade: str, term: Term) -> bool:
    return grade in {str(g) for g in term.grades}


def _grade_message(grade: str, term: Term, version: str) -> str:
    grades = ", ".join(str(g) for g in term.grades)
    plural = "s" if len(term.grades) > 1 else ""
    return f"{term.term!r} has grade{plural} {grades} only in CTCAE {version}, not {grade}."


def _suggester(version: str) -> Callable[[str], list[str]]:
    searched = 0

    @cache
    def suggested(name: str) -> list[str]:
        nonlocal searched
        searched += 1
        if searched > MAX_SEARCHED:
            return []
        return [s.term.term for s in search.suggest(name, version, SUGGESTED)]

    return suggested
