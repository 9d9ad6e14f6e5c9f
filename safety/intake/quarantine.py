"""Split the rows of a file into accepted and quarantined; every received row is in one place."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from expectations.check import Finding
from safety.errors import ToxwatchError
from safety.intake.records import Intake
from safety.versioning import digest

TABLE = ["KEY", "DOMAIN", "USUBJID", "CHECKS", "REASON", "RAW", "SRCFILE", "SRCROW"]


@dataclass(frozen=True, slots=True)
class Accounting:
    """Rows of one file: received = accepted + quarantined + duplicates, checked when made."""

    file: str
    domain: str
    received: int
    accepted: int
    quarantined: int
    duplicates: int

    def __post_init__(self) -> None:
        if self.received != self.accepted + self.quarantined + self.duplicates:
            raise ToxwatchError(
                f"{self.file}: {self.received} rows received, but {self.accepted} accepted, "
                f"{self.quarantined} quarantined and {self.duplicates} duplicates. Rows were lost."
            )


def split(intake: Intake, findings: list[Finding]) -> tuple[pd.DataFrame, pd.DataFrame, Accounting]:
    """Return accepted records, quarantined records (with CHECKS, REASON, RAW) and the account."""
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
        # rows of one natural key may all be held: the content tells them apart
        KEY=_texts(f"{k}#{digest(r)[:12]}" for k, r in zip(held["KEY"], raws, strict=True)),
    )
    accepted = intake.records.drop(index=held.index)
    account = Accounting(
        intake.file, intake.domain, intake.received, len(accepted), len(held), intake.duplicates
    )
    return accepted, held, account


def _texts(values: Iterable[str]) -> pd.arrays.ArrowStringArray:
    return pd.array(list(values), dtype="str")


def _reason(findings: list[Finding]) -> str:
    return "; ".join(f"not so: {f.title.lower()} ({f.check_id}, {f.citation})" for f in findings)
