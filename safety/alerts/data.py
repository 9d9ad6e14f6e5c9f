"""Alerts of the data themselves: failing checks that somebody must hear of, by their tier.

Whether a check alerts, and in which tier, is said by the check. What another alert tells already is
not told again: a held row that alarms, a death, a dose that is a deviation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from safety.alerts import held
from safety.alerts.fact import AlertFact, DataCheck, Results, alert, told
from safety.study.model import Study
from safety.worklist.facts import natural

DATA = "DATA"
OF_STUDY = "P4"  # one alert for the whole study, told again when there are many more
OF_FILES = "file"  # kind of the checks on files and feeds
URGENT = frozenset({"P1", "P2"})
# Of these a subject has many records: one alert a check, of what is urgent one a day.
MANY = frozenset({"measurement", "dose"})
DAY = re.compile(r"\|(\d{4}-\d{2}-\d{2})[^|]*$")  # of a record, at the end of its key
MAX_LINES = 20
DEATH, DOSING = frozenset({40}), frozenset({43, 44})  # numbers of the catalogue of faults


def derive(results: Results, others: Sequence[AlertFact], study: Study) -> Iterator[AlertFact]:
    """Yield the alerts that failing checks call for. others: the alerts told besides."""
    checks = {c.id: c for c in results.checks if c.alert}
    if not checks:
        return
    failed = results.findings[results.findings["STATUS"].eq("fail")]
    wrong = set(failed["CHECKID"])  # not what the study has switched off
    checks = {i: c for i, c in checks.items() if i in wrong}
    yield from _of_files(failed, checks, study)
    rows = _failing(results, checks, _Told(results, others))
    for check_id, of_check in rows.groupby("CHECKID", sort=True):
        check = checks[str(check_id)]
        if check.alert == OF_STUDY:
            yield _alert(check, "", check.id, of_check, study)
        else:
            for (subject, episode), group in of_check.groupby(["USUBJID", "EPISODE"], sort=True):
                yield _alert(check, str(subject), f"{check.id}|{episode}", group, study)


def _of_files(
    failed: pd.DataFrame, checks: dict[str, DataCheck], study: Study
) -> Iterator[AlertFact]:
    """Yield one alert a check and file or feed."""
    of_files = {i for i, c in checks.items() if c.record == OF_FILES}
    for row in failed[failed["CHECKID"].isin(of_files)].to_dict("records"):
        check = checks[row["CHECKID"]]
        episode = f"{check.id}|{row['DOMAIN']}|{row['FILE']}"
        lines = [_title(check), *told(row["NOTE"]).split("\n")[:MAX_LINES]]
        yield alert(study, "", DATA, episode, check.alert, 1, True, lines)


def _failing(results: Results, checks: dict[str, DataCheck], known: _Told) -> pd.DataFrame:
    """Return failing records with EPISODE and SAYS, without those that are told of already."""
    episodes = [c for c in checks.values() if c.says in results.reconciled.columns]
    apart = {c.id for c in episodes} | {c.id for c in checks.values() if c.record == OF_FILES}
    rows = results.failing
    rows = rows[rows["CHECKID"].isin(set(checks) - apart)]
    of_record = [
        _episode(checks[c], r) for c, r in zip(rows["CHECKID"], rows["RECORD"], strict=True)
    ]
    parts = [rows.assign(EPISODE=pd.array(of_record, dtype="str"), SAYS="")]
    for check in episodes:
        wrong = results.reconciled[results.reconciled[check.says].fillna("").ne("")]
        wrong = wrong.assign(CHECKID=check.id, SAYS=wrong[check.says])
        parts.append(wrong.rename(columns={"KEY": "RECORD", "SRCFILE": "FILE"}))
    found = pd.concat(parts, ignore_index=True)
    found = found.assign(USUBJID=found["USUBJID"].fillna("(no subject id)"))
    news = [not known.tells(row, checks[row["CHECKID"]]) for row in found.to_dict("records")]
    return found[news] if news else found


def _episode(check: DataCheck, record: str) -> str:
    """Return what is told once: a record, of many the day, and if it can wait all of a check."""
    if check.record not in MANY:
        return record
    day = DAY.search(record)
    return (day[1] if day else record) if check.alert in URGENT else ""


class _Told:
    """What other alerts tell."""

    def __init__(self, results: Results, others: Sequence[AlertFact]) -> None:
        self._held = {
            (natural(row["KEY"]), row["SRCFILE"], row["SRCROW"]): held.tier(row)
            for row in results.held.to_dict("records")
        }
        self._dead = {a.usubjid for a in others if a.rule == "DEATH"}
        texts = results.deviations.get("EVIDENCE", pd.Series(dtype="str"))
        self._deviating = {e["record"] for text in texts for e in json.loads(text)}

    def tells(self, row: dict[str, Any], check: DataCheck) -> bool:
        """Return whether a failing record is told of; a list for the study names all.

        A held row tells of itself, if its alert is as urgent as the check's.
        """
        if check.alert == OF_STUDY:
            return False
        about = {int(n) for n in re.findall(r"faults? (\d+)", check.citation)}
        if check.record in {"subject", "disposition"} and about & DEATH:
            return row["USUBJID"] in self._dead
        if about & DOSING and row["RECORD"] in self._deviating:
            return True
        tier = self._held.get((row["RECORD"], row["FILE"], row["SRCROW"]))
        return tier is not None and tier <= check.alert


def _alert(
    check: DataCheck, subject: str, episode: str, rows: pd.DataFrame, study: Study
) -> AlertFact:  # fmt: skip
    rows = rows.sort_values(["USUBJID", "RECORD", "FILE", "SRCROW"])
    lines = [_title(check), *(_line(r) for r in rows[:MAX_LINES].to_dict("records"))]
    if len(rows) > MAX_LINES:
        lines.append(f"and {len(rows) - MAX_LINES} more records")
    return alert(study, subject, DATA, episode, check.alert, rung(len(rows)), True, lines)


def _title(check: DataCheck) -> str:
    return f"Data check {check.id} failed: {check.title} ({check.citation})"


def _line(row: dict[str, Any]) -> str:
    said = f": {row['SAYS']}" if row["SAYS"] else ""
    return f"{row['USUBJID']} {row['RECORD']}{said} [{row['FILE']} row {row['SRCROW']}]"


def rung(count: int) -> int:
    """Return 1, 2, 5, 10, 20, 50 and so on, up to count: a list is told again when it has grown."""
    step, found = 1, 1
    while step <= count:
        found = max(x for x in (step, 2 * step, 5 * step) if x <= count)
        step *= 10
    return found
