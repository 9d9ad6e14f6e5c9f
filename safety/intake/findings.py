"""Findings as tables: one row a check, and one a failing record; findings of whole files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from expectations.check import Finding, Handling, Severity
from safety.intake import deliveries, history
from safety.intake.evidence import Landed
from safety.intake.fitness import SHRUNK
from safety.intake.history import Standing
from safety.intake.records import Intake
from safety.study.feeds import Feed

MAX_NAMES = 20
NOT_READ, LOST, LATE, OLD, NEW_COLUMN, VERSIONS, STRANGE, SHIFTED = (
    f"IN-00{n}" for n in range(2, 10)
)
REPLACED = "IN-010"
TITLES: dict[str, tuple[str, str, Severity, Handling]] = {
    NOT_READ: ("Every delivered file can be used", "fault 51", "critical", "warn"),
    LOST: ("No file has far fewer rows or subjects than before", "fault 52", "critical", "warn"),
    LATE: ("A daily feed delivers in time", "fault 53", "critical", "warn"),
    OLD: ("No extract comes after a newer one", "section 2, out of order", "info", "warn"),
    NEW_COLUMN: ("No file has a column that is new", "fault 51", "warning", "warn"),
    VERSIONS: ("An extract has one version of a row", "fault 3", "warning", "query"),
    STRANGE: ("Every name among the deliveries is a day", "fault 51", "warning", "warn"),
    REPLACED: (
        "A file keeps its content once it was used",
        "section 2, out of order",
        "warning",
        "warn",
    ),
    SHIFTED: ("Times are those of the site's clocks", "fault 16", "info", "warn"),
}


def unknown_files(files: list[Landed], feed: str) -> Finding:
    """Say which delivered files the study does not use; nothing is dropped in silence."""
    names = _listed([f.name for f in files], ", ")
    return Finding(
        "IN-001", feed, names, "fail" if files else "pass", "warning", "warn",
        "Every delivered file is one the study uses or ignores on purpose", "fault 51",
        len(files), tuple(range(1, len(files) + 1)), f"kept, not used: {names}" if files else "",
    )  # fmt: skip


def of_files(
    feed: Feed,
    standings: Mapping[str, Sequence[Standing]],
    days: Sequence[str],
    strange: Sequence[str],
    as_of: date,
) -> list[Finding]:
    """Return what is to be said of the files and days of a daily feed.

    days: of its deliveries, oldest first; strange: names among them that are none, and files that
    took the place of others.
    """
    found = [
        *(f for name, s in standings.items() for f in _of_domain(feed, name, s)),
        *_late(feed, standings, days, as_of),
    ]
    replaced = [s for s in strange if s.endswith(deliveries.REPLACED)]
    others = [s for s in strange if s not in replaced]
    if others:
        names = _listed(others)
        found.append(_finding(STRANGE, feed.id, names, f"not used: {names}"))
    if replaced:
        names = _listed([s.removesuffix(deliveries.REPLACED) for s in replaced])
        note = f"{names} was used with other bytes before it was overwritten."
        found.append(_finding(REPLACED, feed.id, names, note))
    failed = {f.check_id for f in found}
    passed = [
        i for i in (NOT_READ, LOST, LATE, OLD, NEW_COLUMN, STRANGE, REPLACED) if i not in failed
    ]
    return [*found, *(_finding(i, feed.id, "") for i in passed)]


def _listed(names: Sequence[str], between: str = "; ") -> str:
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return between.join(names[:MAX_NAMES]) + more


def _of_domain(feed: Feed, name: str, standings: Sequence[Standing]) -> list[Finding]:
    found = []
    for held in history.open_(standings, feed, "held"):
        if held.fault is not None:
            check = LOST if held.fault.citation == SHRUNK else NOT_READ
            note = f"{held.name} is held: {held.fault.reason}. {_instead(standings)}"
            found.append(_finding(check, name, held.name, note, held.fault.citation))
    found += [_of_late(name, late) for late in history.open_(standings, feed, "late")]
    current = history.used(standings)
    if current and current[-1].added:
        added = ", ".join(current[-1].added[:MAX_NAMES])
        note = f"{current[-1].name} has {added} besides; no field is read from a new column."
        found.append(_finding(NEW_COLUMN, name, current[-1].name, note))
    return found


def _of_late(name: str, late: Standing) -> Finding:
    told = "its bytes came before" if late.known else f"it is of {late.receipt.moment}"
    note = f"{late.name} is kept and not used: {told}; {late.superseded_by} is newer."
    if not late.returns:
        return _finding(OLD, name, late.name, note)
    again = f" Rows may have been restored: if so, write {late.name} under `released`."
    back = _finding(OLD, name, late.name, note.replace("came before", "were in use before") + again)
    return dataclasses.replace(back, severity="critical")


def _instead(standings: Sequence[Standing]) -> str:
    current = history.used(standings)
    return f"{current[-1].name} stays in use." if current else "No earlier file can be used."


def _late(
    feed: Feed, standings: Mapping[str, Sequence[Standing]], days: Sequence[str], as_of: date
) -> list[Finding]:
    """Say that a feed stopped to deliver, or a domain of one that delivers whole extracts."""
    if not days or _is_late(feed, days[-1], as_of):
        last = f"the newest delivery is of {days[-1]}" if days else "nothing was ever delivered"
        return [_finding(LATE, feed.id, days[-1] if days else "", f"{feed.id}: {last}.")]
    if feed.delivers == "changes":
        return []
    newest = {name: max(s, key=lambda x: x.receipt.day) for name, s in standings.items()}
    return [
        _finding(LATE, name, s.name, f"{name}: the newest file is {s.name}; others came since.")
        for name, s in newest.items()
        if _is_late(feed, s.receipt.day, as_of)
    ]


def _is_late(feed: Feed, day: str, as_of: date) -> bool:
    return (as_of - date.fromisoformat(day)).days > feed.late_after.whole_days


def of_rows(intake: Intake) -> list[tuple[Finding, Intake]]:
    """Return what is to be said of rows before they are checked: older versions, other clocks."""
    found = []
    if intake.revised:
        note = (
            f"{len(intake.revised)} rows have an older version in the same file; the newest is used"
        )
        found.append(_finding(VERSIONS, intake.domain, intake.file, note, rows=intake.revised))
    if intake.shifted:
        note = f"{intake.shifted} times have an offset; they were told in the study's time zone"
        logged = _finding(SHIFTED, intake.domain, intake.file)
        found.append(dataclasses.replace(logged, note=note, checked=intake.shifted))
    return [(f, intake) for f in found]


def _finding(
    check: str,
    domain: str,
    file: str,
    note: str = "",
    citation: str = "",
    rows: tuple[int, ...] = (1,),
) -> Finding:
    title, usual, severity, handling = TITLES[check]
    return Finding(
        check, domain, file, "fail" if note else "pass", severity, handling, title,
        citation or usual, 1, rows if note else (), note,
    )  # fmt: skip


def summary(findings: list[Finding]) -> pd.DataFrame:
    """Return one row a check and domain, of checks of files one a file."""
    return pd.DataFrame(
        {
            "KEY": "#".join([f.check_id, f.domain, *([f.file] if _is_of_file(f) else [])]),
            "CHECKID": f.check_id, "DOMAIN": f.domain,
            "FILE": f.file, "STATUS": f.status, "SEVERITY": f.severity, "HANDLING": f.handling,
            "TITLE": f.title, "CITATION": f.citation, "CHECKED": f.checked,
            "FAILED": len(f.rows), "NOTE": f.note,
        }
        for f in findings
    )  # fmt: skip


def _is_of_file(finding: Finding) -> bool:
    return finding.check_id in {NOT_READ, LOST, OLD} and bool(finding.file)


def rows(findings: list[tuple[Finding, Intake]]) -> pd.DataFrame:
    """Return one row a failing record, known by its natural key and its place in its file."""
    columns = ["KEY", "CHECKID", "DOMAIN", "USUBJID", "RECORD", "FILE", "SRCROW"]
    parts = [pd.DataFrame({c: pd.array([], dtype="str") for c in columns})]
    for finding, intake in findings:
        if not finding.rows:
            continue
        failing = intake.records.loc[list(finding.rows), ["KEY", "USUBJID", "SRCFILE", "SRCROW"]]
        parts.append(
            failing.assign(
                CHECKID=finding.check_id, DOMAIN=finding.domain, FILE=failing["SRCFILE"],
                RECORD=failing["KEY"],
                KEY=finding.check_id + "#" + failing["KEY"] + "#"
                + failing.groupby("KEY").cumcount().astype("str"),
            ).drop(columns="SRCFILE")
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)
