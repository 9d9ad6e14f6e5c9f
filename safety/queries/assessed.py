"""Queries of the assessment of dose-limiting toxicity, in the form of all queries."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from safety.ctcae import catalogue, search
from safety.queries.drafting import CLOSING, COLUMNS, MAX_SHOWN, SEPARATOR
from safety.queries.texts import filled, text
from safety.versioning import digest

CHECK = "DLT"
CODING = "AE-018"  # asks for the CTCAE term of an event, which may be one that a value is graded by
# What another query asks already: the words of the assessment, and the checks that ask the same.
ASKED_BY: Mapping[str, tuple[str, ...]] = {
    "no adverse event": ("RC-001", CODING),
    "reported grade": ("RC-002",),
    "attribution missing": ("AE-012", "AE-025", "SU-006"),
    "is no CTCAE term": ("AE-018",),
    "does not exist for": ("AE-021",),
    "has no grade": ("AE-010",),
    "is none of 1 to 5": ("AE-011",),
    "is not a complete date": ("AE-008",),
    "has no start date": ("AE-007",),
}
# Numbers, dates and names of records apart: what changes while the question stays the same.
CHANGING = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+)?|(?<![\w|])[<>]?\d+(?:\.\d+)?(?![\w|])")


def draft(verdicts: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return one row a subject and kind of question, with the columns of `drafting.draft`.

    verdicts: with USUBJID and QUERIES; others: drafted queries, whose questions are not repeated.
    """
    known = _known(others)
    rows = [
        _query(subject, name, texts)
        for subject, listed in zip(verdicts["USUBJID"], verdicts["QUERIES"], strict=True)
        for name, texts in sorted(_kinds(_open(json.loads(listed), known[subject])).items())
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="object").astype("str")


def _known(others: pd.DataFrame) -> Mapping[str, list[tuple[str, str]]]:
    """Return check and what it names (records and terms) of the other queries by subject."""
    known: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in others.to_dict("records"):
        records = [e["record"] for e in json.loads(row["EVIDENCE"])]
        meant = _meant(row["TERM"]) if row["CHECKID"] == CODING else ()
        for named in (row["TERM"], *records, *meant):
            if named:
                known[row["USUBJID"]].append((row["CHECKID"], named))
    return known


def _meant(name: str) -> set[str]:
    """Return the CTCAE terms, of any version, that a usual name may mean."""
    return {t.term for v in catalogue.versions() for t in search.same_name(name, v)}


def _open(texts: Sequence[str], known: Sequence[tuple[str, str]]) -> Iterator[str]:
    for said in texts:
        checks = {c for words, ids in ASKED_BY.items() if words in said for c in ids}
        if not any(check in checks and _names(said, named) for check, named in known):
            yield said


def _names(said: str, named: str) -> bool:
    """Return whether a text speaks of a record or a term, and not of one that begins like it."""
    return re.search(rf"(?<![\w|]){re.escape(named)}(?![\w|])", said) is not None


def _kinds(texts: Iterator[str]) -> dict[str, list[str]]:
    """Return texts by what they ask, apart from dates and values."""
    found: dict[str, list[str]] = defaultdict(list)
    for said in texts:
        found[digest(CHANGING.sub("", said))[:12]].append(said)
    return found


def _query(subject: str, name: str, texts: Sequence[str]) -> dict[str, str]:
    of_check = text(CHECK)
    lines = [f"- {said}" for said in texts[:MAX_SHOWN]]
    more = [f"- and {len(texts) - MAX_SHOWN} more"] if len(texts) > MAX_SHOWN else []
    problem = filled(of_check.problem, subject=subject, term="", records="", expected="")
    return {
        "KEY": SEPARATOR.join([subject, CHECK, name]), "USUBJID": subject, "CHECKID": CHECK,
        "TERM": "", "EPISODE": name, "SEVERITY": "warning", "TOPIC": of_check.topic,
        "TEXT": "\n".join([problem, *lines, *more, of_check.ask, CLOSING]),
        "EVIDENCE": "[]", "PLACES": "[]",  # the texts name their records
    }  # fmt: skip
