"""Draft queries to the site: one a subject, check and event or episode. Pure; nothing is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from safety.queries.asked import NOBODY, Asked
from safety.queries.texts import filled, text
from safety.versioning import canonical_json

COLUMNS = ["KEY", "USUBJID", "CHECKID", "TERM", "EPISODE", "SEVERITY", "TOPIC", "TEXT", "EVIDENCE",
           "PLACES"]  # fmt: skip
MAX_SHOWN = 20  # records in one query; the page of the subject has all of them
MAX_SAID = 500  # characters of a line: what a check says may quote what was delivered
SEPARATOR = "#"
CLOSING = "If everything is right as it stands, please confirm it. Thank you."


def draft(asked: Iterable[Asked]) -> pd.DataFrame:
    """Return one row a query, in the order of KEY, with COLUMNS; lists are JSON texts.

    KEY is subject, check and event or episode, and TEXT names no file: both are the same from
    delivery to delivery, whatever rows the records stand in. EVIDENCE tells record, date and text
    of each record, PLACES in the same order its file and row.
    """
    groups: dict[str, list[Asked]] = defaultdict(list)
    for a in asked:
        groups[SEPARATOR.join([a.subject, a.check, a.episode])].append(a)
    rows = [_query(key, _in_order(groups[key])) for key in sorted(groups)]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="object").astype("str")


def _in_order(group: Sequence[Asked]) -> list[Asked]:
    distinct = dict.fromkeys(group)
    return sorted(distinct, key=lambda a: (a.day, a.record, a.text, a.file, a.row))


def _query(key: str, group: Sequence[Asked]) -> dict[str, Any]:
    first, shown = group[0], group[:MAX_SHOWN]
    said = [{"record": a.record, "date": a.day, "text": a.text} for a in shown]
    return {
        "KEY": key, "USUBJID": first.subject, "CHECKID": first.check, "TERM": _term(group),
        "EPISODE": first.episode, "SEVERITY": first.severity, "TOPIC": text(first.check).topic,
        "TEXT": _text(group),
        "EVIDENCE": canonical_json(said),
        "PLACES": canonical_json([{"file": a.file, "row": a.row} for a in shown]),
    }  # fmt: skip


def _term(group: Sequence[Asked]) -> str:
    return ", ".join(dict.fromkeys(a.term for a in group[:MAX_SHOWN] if a.term))


def _text(group: Sequence[Asked]) -> str:
    first, of_check = group[0], text(group[0].check)
    problem = filled(
        of_check.problem,
        subject=first.subject if first.subject != NOBODY else "a subject without id",
        term=_term(group) or "a record",
        records="1 record" if len(group) == 1 else f"{len(group)} records",
        expected=first.expected,
    )
    lines = [_line(a) for a in group[:MAX_SHOWN]]
    if len(group) > MAX_SHOWN:
        lines.append(f"- and {len(group) - MAX_SHOWN} more")
    return "\n".join([problem, *lines, of_check.ask, CLOSING])


def _line(asked: Asked) -> str:
    day = f"{asked.day}: " if asked.day else ""
    return f"- {day}{asked.text[:MAX_SAID]}"
