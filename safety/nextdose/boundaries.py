"""The stopping rules of a study before anybody is treated: boundaries, and how often they stop."""

from __future__ import annotations

from typing import Any

from safety.errors import WrongUseError
from safety.escalation.stopping.boundary import crossing
from safety.escalation.stopping.configured import rule_of
from safety.study.model import Study
from safety.study.stopping import StoppingRule

RATES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)  # true rates at which it is told what a rule does


def of_study(study: Study) -> list[dict[str, Any]]:
    """Return every stopping rule; raises WrongUseError for a study without one."""
    if not study.stopping:
        raise WrongUseError(f"{study.studyid} has no stopping rule: its file has no `stopping`.")
    return [_of(rule) for rule in study.stopping]


def _of(said: StoppingRule) -> dict[str, Any]:
    boundary = rule_of(said).boundary(said.n_max)
    figures = {rate: crossing(boundary, rate, said.n_max) for rate in RATES}
    return {
        "id": said.id, "text": said.text, "n_max": said.n_max, "citation": said.citation,
        "rows": [{"n": n, "stop_if_ge": stop} for n, stop in boundary.rows],
        "stops": [
            {"rate": rate, "probability": found.probability, "mean_n": found.expected_n}
            for rate, found in figures.items()
        ],
    }  # fmt: skip


def lines(found: list[dict[str, Any]]) -> list[str]:
    """Return the rules as a person reads them: of the boundary only where it moves."""
    told = []
    for rule in found:
        told += ["", f"{rule['id']}: {rule['text']} ({rule['citation']})"]
        told.append(f"  stops at {', '.join(_steps(rule['rows'])) or 'no number'}")
        for each in rule["stops"]:
            told.append(
                f"  true rate {each['rate']:.2f}: stops in {each['probability']:.1%} of trials of "
                f"{rule['n_max']}, after {each['mean_n']:.1f} subjects on average"
            )
    return told[1:]


def _steps(rows: list[dict[str, Any]]) -> list[str]:
    """Return e.g. `5 of 6-8`: one text for each number of events."""
    spans: dict[int, list[int]] = {}
    for row in rows:
        if row["stop_if_ge"] is not None:
            spans.setdefault(row["stop_if_ge"], []).append(row["n"])
    return [
        f"{stop} of {ns[0]}" if len(ns) == 1 else f"{stop} of {ns[0]}-{ns[-1]}"
        for stop, ns in spans.items()
    ]
