"""What a snapshot holds, in numbers. Nothing in it depends on a clock."""

from __future__ import annotations

from typing import Any

import pandas as pd

from safety.ctcae.grading import gradable_tests
from safety.workspace import Workspace

ROWS = ("received", "accepted", "quarantined", "duplicates")


def build(space: Workspace, results: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Return the counts of a run: rows, measurements, grades, findings, candidates."""
    accounts = space.read_json("accounts")
    grades, stored = results["grade"], space.read("measurement")
    derived = stored["DTYPE"].ne("")
    measured = stored[~derived]
    graded = grades["atoxgr"].notna()
    findings = results["finding"]
    return {
        "study": space.manifest().study.studyid,
        "as_of": space.manifest().as_of,
        "subjects": len(space.read("subject")),
        "treated": int(results["exposure"]["trtsdt"].notna().sum()),
        "rows": {name: sum(a[name] for a in accounts) for name in ROWS},
        "by_domain": {a["domain"]: {name: a[name] for name in ROWS} for a in accounts},
        "measurements": _coverage(measured, grades, space),
        "derived": _counts(stored.loc[derived, "DTYPE"]),
        "grades": _counts(grades.loc[graded, "atoxgr"].astype(int).astype("str")),
        "not_gradable": _counts(grades.loc[~graded, "reasons"]),
        "event_grades": _counts(results["event_grade"]["possible"]),
        "candidates": _counts(results["candidate"]["state"]),
        "checks": _counts(findings["status"]),
        "episodes": len(results["episode"]),
    }


def _coverage(measured: pd.DataFrame, grades: pd.DataFrame, space: Workspace) -> dict[str, int]:
    """Every measurement is in exactly one of: graded terms, without criteria, not done."""
    version = space.manifest().study.ctcae
    pairs = measured["PARAMCD"].fillna("") + "/" + measured["SPEC"]
    known = pairs.isin({f"{code}/{spec}" for code, spec in gradable_tests(version)})
    not_done = measured["VALUESTATE"].eq("not_done")
    return {
        "all": len(measured),
        "with_criteria": int((known & ~not_done).sum()),
        "without_criteria": int((~known & ~not_done).sum()),
        "not_done": int(not_done.sum()),
        "terms_evaluated": len(grades),
    }


def _counts(values: pd.Series) -> dict[str, int]:
    return {str(k): int(v) for k, v in values.value_counts().sort_index().items()}
