"""Reported events beside CTCAE: what each row's term, code and grade are, and what to ask about.

Nothing is corrected or rejected: the texts become findings, and the event stays as reported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from safety.ctcae.reported import check_reported
from safety.intake.records import Intake
from safety.intake.texts import nothing
from safety.study.feeds import Coding

# Column of a query -> the problem it tells of.
QUERIES = {
    "TERMQUERY": "term_unknown",
    "CODEQUERY": "code_unknown",
    "PAIRQUERY": "code_and_name_disagree",
    "GRADEQUERY": "grade_not_in_term",
}
GRADE = "AETOXGR"


def with_queries(intake: Intake, coding: Coding | None, version: str) -> Intake:
    """Return adverse events with CTCAETERM, CTCAECODE, CTCAEGR and the columns of QUERIES.

    A query is "" where the row was compared and all is well, missing where there was nothing to
    compare; without `coding` everything is missing. Other kinds of record are returned unchanged.
    """
    if intake.record != "adverse_event":
        return intake
    frame = intake.records
    if coding is None:
        made = ("CTCAETERM", "CTCAECODE", "CTCAEGR", *QUERIES)
        columns = dict.fromkeys(made, nothing(frame.index))
        return replace(intake, records=frame.assign(**columns))
    cells = frame.assign(
        CTCAETERM=frame[coding.term],
        CTCAECODE=frame[coding.code] if coding.code else nothing(frame.index),
        CTCAEGR=frame["AETOXGRN"],  # what cannot be read as a grade has a check of its own
    )
    return replace(
        intake,
        records=cells.assign(**_queries(cells, coding, version)),
        absent=intake.absent | _absent(intake.absent, coding),
    )


def _queries(frame: pd.DataFrame, coding: Coding, version: str) -> dict[str, pd.Series[Any]]:
    asked = frame[["CTCAETERM", "CTCAECODE", "CTCAEGR"]].set_axis(["TERM", "CODE", "GRADE"], axis=1)
    found = check_reported(asked, version)
    field = found["COLUMN"].map({"TERM": coding.term, "CODE": coding.code or "", "GRADE": GRADE})
    hints = (". Perhaps: " + found["SUGGESTIONS"]).where(found["SUGGESTIONS"].ne(""), "")
    found["TEXT"] = field + ": " + found["MESSAGE"].str.removesuffix(".") + hints + "."
    texts = {
        query: _at(found[found["PROBLEM"].eq(problem)], frame.index)
        for query, problem in QUERIES.items()
    }
    has_term, has_code = frame["CTCAETERM"].notna(), frame["CTCAECODE"].notna()
    named = has_term & texts["TERMQUERY"].eq("")
    coded = has_code & texts["CODEQUERY"].eq("")
    one_term = (named | coded) & texts["PAIRQUERY"].eq("")
    compared = {
        "TERMQUERY": has_term,
        "CODEQUERY": has_code,
        "PAIRQUERY": named & coded,
        "GRADEQUERY": one_term & frame["CTCAEGR"].notna(),
    }
    return {query: text.where(compared[query]) for query, text in texts.items()}


def _at(found: pd.DataFrame, index: pd.Index[Any]) -> pd.Series[Any]:
    """Return the texts of one problem by row, "" for rows that do not have it."""
    by_row = found.set_index("POSITION")["TEXT"].reindex(range(len(index)))
    return by_row.fillna("").astype("str").set_axis(index)


def _absent(absent: frozenset[str], coding: Coding) -> frozenset[str]:
    """Return the columns made here from a field that was not delivered."""
    no_term = coding.term in absent
    no_code = coding.code in absent
    lost = {
        "CTCAETERM": no_term,
        "CTCAECODE": no_code,
        "CTCAEGR": GRADE in absent,
        "GRADEQUERY": no_term and (no_code or coding.code is None),
    }
    return frozenset(column for column, is_lost in lost.items() if is_lost)
