"""Findings as tables: one row a check, and one a failing record; findings of whole files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from expectations import file as file_checks
from expectations import runner
from expectations.check import Context, Finding
from safety.ctcae.results import PLUS
from safety.intake import deliveries, history
from safety.intake.fitness import SHRUNK
from safety.intake.history import Standing
from safety.intake.records import DERIVED, Intake
from safety.manifest import Landed
from safety.study.feeds import Feed
from safety.versioning import canonical_json

MAX_NAMES = 20
MAX_CODE = 40  # characters of a code in a note
UNKNOWN, NOT_READ, LOST, LATE, OLD, NEW_COLUMN, VERSIONS, STRANGE, SHIFTED = (
    f"IN-00{n}" for n in range(1, 10)
)
REPLACED, UNMAPPED, CONVERTED = "IN-010", "IN-011", "IN-012"
COPIES, CORRECTED, DELETED, DIPSTICKS, UNITS = (f"IN-01{n}" for n in range(3, 8))
CHECKS = {c.id: c for c in file_checks.CHECKS}
# Whole files are judged by what was told of them, not by who is in the study.
NO_CONTEXT = Context(date.min, "", frozenset(), (), (), frozenset())


def unknown_files(files: list[Landed], feed: str) -> Finding:
    """Say which delivered files the study does not use; nothing is dropped in silence."""
    names = _listed([f.name for f in files], ", ")
    told = _finding(UNKNOWN, feed, names, f"kept, not used: {names}" if files else "")
    rows = tuple(range(1, len(files) + 1))
    return _judged([dataclasses.replace(told, checked=len(files), rows=rows)])[0]


def _judged(told: list[Finding]) -> list[Finding]:
    """Return what is told as the checks of files judge it: a row each, its note in a column."""
    frame = pd.DataFrame(
        {
            file_checks.column(check): [t.note if t.check_id == check else "" for t in told]
            for check in CHECKS
        },
        index=range(len(told)),
        dtype="str",
    )
    found = runner.run(frame, "file", "", "", NO_CONTEXT)
    failing = {(f.check_id, row) for f in found for row in f.rows}
    return [
        dataclasses.replace(t, status="fail" if (t.check_id, n) in failing else "pass")
        for n, t in enumerate(told)
    ]


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
    return [*_judged(found), *(_finding(i, feed.id, "") for i in passed)]


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
    """Return what is to be said of rows before they are checked: versions, codes, what was done."""
    return [(f, intake) for f in [*_judged(list(_asked(intake))), *_logged(intake)]]


def _asked(intake: Intake) -> Iterator[Finding]:
    """Yield which codes a declared map lacks, and which rows have older versions beside them."""
    if intake.unmapped is not None:
        told = [f"{u.field} {u.value[:MAX_CODE]!r} ({len(u.rows)})" for u in intake.unmapped]
        note = f"no map has: {_listed(told, ', ')}; kept as received." if told else ""
        rows = tuple(sorted({row for u in intake.unmapped for row in u.rows}))
        yield _finding(UNMAPPED, intake.domain, intake.file, note, rows=rows)
    if intake.revised:
        note = (
            f"{len(intake.revised)} rows have an older version in the same file; the newest is used"
        )
        yield _finding(VERSIONS, intake.domain, intake.file, note, rows=intake.revised)


def _logged(intake: Intake) -> Iterator[Finding]:
    """Yield what was done to rows by a rule, with how many: nothing is wrong with them."""
    accounts = intake.accounts
    for check, count, text in (
        (SHIFTED, intake.shifted, "times have an offset; they were told in the study's time zone"),
        (CONVERTED, intake.converted, "dates, times and numbers were told by the form of the feed"),
        (COPIES, intake.duplicates, "exact copies of rows were set aside"),
        (CORRECTED, sum(a.superseded for a in accounts), "older versions of rows were set aside"),
        (DELETED, sum(a.deleted for a in accounts), "rows were taken back by the source"),
        (DIPSTICKS, *_dipsticks(intake.records)),
        (UNITS, *_units(intake.records)),
    ):
        if count:
            found = _finding(check, intake.domain, intake.file)
            yield dataclasses.replace(found, note=f"{count} {text}", checked=count)


def _dipsticks(records: pd.DataFrame) -> tuple[int, str]:
    """Return how many results are plusses, and what is to be said of them."""
    if "UCUM" not in records:
        return 0, ""
    return int(records["UCUM"].eq(PLUS).sum()), f"dipstick results were read as {PLUS}"


def _units(records: pd.DataFrame) -> tuple[int, str]:
    """Return how many units are spelled otherwise than in UCUM, and which."""
    if "UCUM" not in records:
        return 0, ""
    told = records[["AVALU", "UCUM"]][records["UCUM"].ne("") & ~records["UCUM"].eq(PLUS)].dropna()
    other = told[told["AVALU"].ne(told["UCUM"])].value_counts()
    spelled = sorted(f"{given[:MAX_CODE]} is {ucum}" for given, ucum in other.index)
    return int(other.sum()), f"units were spelled in another way: {_listed(spelled)}"


def _finding(
    check: str,
    domain: str,
    file: str,
    note: str = "",
    citation: str = "",
    rows: tuple[int, ...] = (1,),
) -> Finding:
    by = CHECKS[check]
    return Finding(
        check, domain, file, "fail" if note else "pass", by.severity, by.handling, by.title,
        citation or by.citation, 1, rows if note else (), note,
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
    """Return one row a failing record: its natural key, its place in its file, the cells at fault.

    CELLS: a JSON object of the fields the check looked at, as received. SAID: what it says of the
    row, "" where its title is all there is to say.
    """
    columns = ["KEY", "CHECKID", "DOMAIN", "USUBJID", "RECORD", "FILE", "SRCROW", "CELLS", "SAID"]
    empty = pd.DataFrame({c: pd.array([], dtype="str") for c in columns})
    parts = [empty.astype({"SRCROW": "int64"})]
    for finding, intake in findings:
        if not finding.rows:
            continue
        records = intake.records.loc[list(finding.rows)]
        failing = records[["KEY", "USUBJID", "SRCFILE", "SRCROW"]]
        parts.append(
            failing.assign(
                CELLS=_cells(records, finding), SAID=_said(records, finding),
                CHECKID=finding.check_id, DOMAIN=finding.domain, FILE=failing["SRCFILE"],
                RECORD=failing["KEY"],
                KEY=finding.check_id + "#" + failing["KEY"] + "#"
                + failing.groupby("KEY").cumcount().astype("str"),
            ).drop(columns="SRCFILE")
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _cells(records: pd.DataFrame, finding: Finding) -> pd.arrays.ArrowStringArray:
    """Return the fields a check looked at, those it is derived from in place of what is derived."""
    sources = (DERIVED.get(c, c) for c in finding.columns if c != finding.says)
    fields = [c for c in dict.fromkeys(sources) if c in records]
    cells = records[fields].astype("object").where(records[fields].notna(), None)
    return _texts(canonical_json(row) for row in cells.to_dict("records"))


def _said(records: pd.DataFrame, finding: Finding) -> pd.Series | str:
    return records[finding.says].fillna("").astype("str") if finding.says in records else ""


def _texts(values: Iterable[str]) -> pd.arrays.ArrowStringArray:
    return pd.array(list(values), dtype="str")
