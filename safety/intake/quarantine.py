"""Split the rows of a file into accepted and quarantined; every received row is in one place."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from expectations.check import Finding
from safety.errors import ToxwatchError
from safety.intake.records import Intake
from safety.manifest import Release
from safety.versioning import digest

TABLE = ["KEY", "DOMAIN", "USUBJID", "CHECKS", "REASON", "RAW", "SRCFILE", "SRCROW", "FINGERPRINT",
         "REFUSED"]  # fmt: skip
PASSED = ["KEY", "USUBJID", "FINGERPRINT"]


@dataclass(frozen=True, slots=True)
class Accounting:
    """Rows of one file, checked when made: every received row is in exactly one of the counts.

    superseded: older versions of rows, and all rows of a file that another has replaced. deleted:
    rows that the source took back. status: used, superseded, late (an older extract that came
    late) or held; the rows of a held file are not counted. reason: why it is not used.
    """

    feed: str
    file: str
    domain: str
    received: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    superseded: int = 0
    deleted: int = 0
    status: str = "used"
    reason: str = ""

    def __post_init__(self) -> None:
        parts = {
            "accepted": self.accepted, "quarantined": self.quarantined,
            "duplicates": self.duplicates, "superseded": self.superseded, "deleted": self.deleted,
        }  # fmt: skip
        if self.received != sum(parts.values()):
            told = ", ".join(f"{n} {name}" for name, n in parts.items())
            raise ToxwatchError(
                f"{self.file}: {self.received} rows received, but {told}. Rows were lost."
            )


class Split(NamedTuple):
    """Where the rows of an intake are.

    accepted: records that count. held: records that wait, with CHECKS, REASON, RAW, FINGERPRINT
    and REFUSED (why a release does not let the row in, "" if there is none). accounts: one a file.
    passed: KEY, USUBJID and FINGERPRINT of accepted rows that a release let in. findings: as they
    were given, with a note on those rows.
    """

    accepted: pd.DataFrame
    held: pd.DataFrame
    accounts: list[Accounting]
    passed: pd.DataFrame
    findings: list[Finding]


def split(
    intake: Intake,
    findings: list[Finding],
    released: Sequence[Release] = (),
    releasable: frozenset[str] = frozenset(),
) -> Split:
    """Return accepted and held records of an intake.

    released: what named users let in; a release holds for this content and for the checks that
    failed then. releasable: ids of the checks that a user may overrule.
    """
    rejecting = [f for f in findings if f.handling == "reject"]
    failing = _failing(intake, rejecting, releasable)
    refused = _refused(failing, {r.key: r for r in released})
    passing = [row for row, why in zip(failing.index, refused, strict=True) if why is None]
    held = failing.assign(REFUSED=_texts(why or "" for why in refused)).drop(index=passing)
    accepted = intake.records.drop(index=held.index)
    told = _told(failing.loc[passing], findings, {r.key: r for r in released})
    return Split(
        accepted,
        held.drop(columns=["CONTENT", "RELEASABLE"]),
        _accounts(intake, accepted, held),
        failing.loc[passing, PASSED],
        told,
    )


def _failing(intake: Intake, rejecting: list[Finding], releasable: frozenset[str]) -> pd.DataFrame:
    """Return the records that a check rejects, with what is told of them and keys of their own.

    CONTENT: the key with a digest of the content, alike for rows that nothing tells apart.
    """
    reasons: dict[int, list[Finding]] = defaultdict(list)
    for finding in rejecting:
        for row in finding.rows:
            reasons[row].append(finding)
    rows = intake.records.loc[sorted(reasons)]
    raws = _raws(intake, rows.index)
    content = [f"{k}#{digest(r)[:12]}" for k, r in zip(rows["KEY"], raws, strict=True)]
    failing = rows.assign(
        CHECKS=_texts(";".join(f.check_id for f in reasons[r]) for r in rows.index),
        REASON=_texts(_reason(reasons[r]) for r in rows.index),
        RAW=_texts(raws),
        CONTENT=_texts(content),
        RELEASABLE=[releasable.issuperset(f.check_id for f in reasons[r]) for r in rows.index],
    )
    prints = _texts(_fingerprints(failing))
    return failing.assign(FINGERPRINT=prints, KEY=_texts(_own(content)))


def _raws(intake: Intake, rows: pd.Index[int]) -> list[str]:
    """Return rows as they were received, as JSON."""
    raw = intake.raw.loc[rows].astype("object")
    records = raw.where(raw.notna(), None).to_dict("records")
    return [json.dumps(r, ensure_ascii=False, sort_keys=True) for r in records]


def _fingerprints(failing: pd.DataFrame) -> Iterator[str]:
    """Yield what holds each row: its checks and, where one of several may be let in, the others.

    A choice between versions of a row does not hold once there is another version.
    """
    rivals = failing.groupby("KEY", sort=False)["CONTENT"].agg(list).to_dict()
    for row in failing.itertuples():
        others = sorted(rivals[row.KEY]) if row.RELEASABLE else []
        yield digest(str(row.CHECKS), *others)[:16]


def _refused(failing: pd.DataFrame, released: Mapping[str, Release]) -> list[str | None]:
    """Return for each row why no release lets it in: "" if there is none, None if one does."""
    alike = failing["CONTENT"].duplicated(keep=False)
    natural = failing["CONTENT"].str.rsplit("#", n=1).str[0]
    chosen = failing["KEY"].isin(set(released))
    rivals = chosen.groupby(natural).transform("sum").gt(1)
    found: list[str | None] = []
    for row, is_alike, has_rival in zip(failing.itertuples(), alike, rivals, strict=True):
        release = released.get(row.KEY)
        if release is None:
            found.append("")
        elif is_alike:
            found.append("other rows look the same: none of them can be let in alone")
        elif not row.RELEASABLE:
            found.append("a check fails that nobody may overrule")
        elif release.fingerprint != row.FINGERPRINT:
            found.append("other checks fail, or other versions came, since it was released")
        else:
            found.append("two versions of one row were released" if has_rival else None)
    return found


def _told(
    passed: pd.DataFrame, findings: list[Finding], released: Mapping[str, Release]
) -> list[Finding]:
    """Return the findings, each with a line on every row of it that was let in, and by whom."""
    lines = {row: _line(key, released[key]) for row, key in passed["KEY"].items()}
    return [_with_lines(f, [lines[r] for r in f.rows if r in lines]) for f in findings]


def _line(key: str, release: Release) -> str:
    return f"{key} was released by {release.by}: {release.reason}"


def _with_lines(finding: Finding, lines: list[str]) -> Finding:
    if finding.handling != "reject" or not lines:
        return finding
    return replace(finding, note="\n".join(x for x in (finding.note, *lines) if x))


def unchanged(intake: Intake, accepted: pd.DataFrame, waiting: Collection[str]) -> list[str]:
    """Return which of the held rows of an earlier snapshot are accepted with the same content.

    waiting: keys of held rows.
    """
    naturals = {key.rsplit("#", 1)[0] for key in waiting}
    rows = accepted[accepted["KEY"].isin(naturals)]
    raws = _raws(intake, rows.index)
    keys = {f"{k}#{digest(r)[:12]}" for k, r in zip(rows["KEY"], raws, strict=True)}
    return sorted(keys.intersection(waiting))


def _accounts(intake: Intake, accepted: pd.DataFrame, held: pd.DataFrame) -> list[Accounting]:
    good, bad = accepted["SRCFILE"].value_counts(), held["SRCFILE"].value_counts()
    return [
        Accounting(
            intake.feed, a.file, intake.domain, a.received, int(good.get(a.file, 0)),
            int(bad.get(a.file, 0)), a.duplicates, a.superseded, a.deleted,
        )
        for a in intake.accounts
    ]  # fmt: skip


def _own(keys: Iterable[str]) -> Iterator[str]:
    """Return a key of its own for every row, `#2` and so on added in the order of the file.

    Rows of one natural key may all be held: the content tells them apart, unless they differed
    only in what was masked. A digest of what was masked would tell a phone number to who tries all.
    """
    seen: Counter[str] = Counter()
    for key in keys:
        seen[key] += 1
        yield key if seen[key] == 1 else f"{key}#{seen[key]}"


def _texts(values: Iterable[str]) -> pd.arrays.ArrowStringArray:
    return pd.array(list(values), dtype="str")


def _reason(findings: list[Finding]) -> str:
    return "; ".join(f"not so: {f.title.lower()} ({f.check_id}, {f.citation})" for f in findings)
