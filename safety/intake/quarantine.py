"""Split the rows of a file into accepted and quarantined; every received row is in one place."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from expectations.check import Finding
from safety.errors import ToxwatchError
from safety.intake.records import Intake
from safety.versioning import digest

TABLE = ["KEY", "DOMAIN", "USUBJID", "CHECKS", "REASON", "RAW", "SRCFILE", "SRCROW"]


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


def split(
    intake: Intake, findings: list[Finding]
) -> tuple[pd.DataFrame, pd.DataFrame, list[Accounting]]:
    """Return accepted and quarantined records (with CHECKS, REASON, RAW) and an account a file."""
    reasons: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.handling == "reject":
            for row in finding.rows:
                reasons[row].append(finding)
    held = intake.records.loc[sorted(reasons)]
    raw = intake.raw.loc[held.index].astype("object")
    raws = [
        json.dumps(r, ensure_ascii=False, sort_keys=True)
        for r in raw.where(raw.notna(), None).to_dict("records")
    ]
    held = held.assign(
        CHECKS=_texts(";".join(f.check_id for f in reasons[r]) for r in held.index),
        REASON=_texts(_reason(reasons[r]) for r in held.index),
        RAW=_texts(raws),
        KEY=_texts(_own(f"{k}#{digest(r)[:12]}" for k, r in zip(held["KEY"], raws, strict=True))),
    )
    accepted = intake.records.drop(index=held.index)
    return accepted, held, _accounts(intake, accepted, held)


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
