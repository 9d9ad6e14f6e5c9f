"""What a snapshot holds, in numbers. Nothing in it depends on a clock."""

from __future__ import annotations

from typing import Any

import pandas as pd

from safety.ctcae.grading import gradable_tests
from safety.study.model import Study
from safety.workspace import Workspace

NO_LEVELS = "does not apply: the study file has no dose levels"
ROWS = ("received", "accepted", "quarantined", "duplicates", "superseded", "deleted")


def build(space: Workspace, results: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Return the counts of a run.

    study, as_of: what was judged, and with what was known when
    subjects, treated: in DM; with a first dose
    rows, by_domain: of files in use; received = accepted + quarantined + duplicates + superseded
        + deleted
    feeds: of each daily feed its newest delivery, and files that are held, since when and why
    measurements, derived: by coverage; by derivation
    grades, not_gradable, event_grades, episodes: by grade, by reasons, by possible grades
    escalation: "applies", or why it does not
    verdicts: treated subjects by verdict; verdicts_by_level: the same by dose level, {} without
    evaluable: treated subjects by Y, N and "" (open)
    candidates: subjects and DLT rules that are met or not_evaluable with an event behind them
    rules: every subject and DLT rule by state; late: those met after the window
    triggers: modification rules and gates that fired by state; deviations: by kind
    pauses: immediate-pause rules that fired
    checks: by status
    """
    accounts = [a for a in space.read_json("accounts") if a["status"] == "used"]
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
        "by_domain": {
            domain: {name: sum(a[name] for a in accounts if a["domain"] == domain) for name in ROWS}
            for domain in dict.fromkeys(a["domain"] for a in accounts)
        },
        "feeds": space.read_json("files"),
        "measurements": _coverage(measured, grades, space),
        "derived": _counts(stored.loc[derived, "DTYPE"]),
        "grades": _counts(grades.loc[graded, "atoxgr"].astype(int).astype("str")),
        "not_gradable": _counts(grades.loc[~graded, "reasons"]),
        "event_grades": _counts(results["event_grade"]["possible"]),
        **_assessments(results, space.manifest().study),
        "checks": _counts(findings["status"]),
        "episodes": len(results["episode"]),
    }


def _assessments(results: dict[str, pd.DataFrame], study: Study) -> dict[str, Any]:
    has_levels = study.treatment is not None
    verdicts = results["verdict"]
    treated = verdicts[verdicts["closes"].notna()]
    by_level = treated.groupby("doselvl")["verdict"] if has_levels else []
    rules = results["rule_result"]
    limiting = rules[rules["kind"].eq("dose_limiting")]
    is_late = limiting["late"].eq("Y")
    on_time = limiting[~is_late]
    event = on_time["terms"].ne("[]") | on_time["evidence"].ne("[]")
    return {
        "escalation": "applies" if has_levels else NO_LEVELS,
        "verdicts": _counts(treated["verdict"]),
        "verdicts_by_level": {str(level): _counts(v) for level, v in by_level},
        "evaluable": _counts(treated["evaluable"]),
        "candidates": _counts(on_time.loc[event & on_time["state"].ne("not_met"), "state"]),
        "rules": _counts(on_time["state"]),
        "late": int((is_late & limiting["state"].eq("met")).sum()),
        "triggers": _counts(results["trigger"]["state"]),
        "deviations": _counts(results["deviation"]["kind"]),
        "pauses": len(results["pause"]),
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
