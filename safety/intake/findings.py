"""Findings as tables: one row a check, and one a failing record."""

from __future__ import annotations

import pandas as pd

from expectations.check import Finding
from safety.intake.evidence import Landed
from safety.intake.records import Intake


def unknown_files(files: list[Landed], feed: str) -> Finding:
    """Say which delivered files the study does not use; nothing is dropped in silence."""
    names = ", ".join(f.name for f in files)
    return Finding(
        "IN-001", feed, names, "fail" if files else "pass", "warning", "warn",
        "Every delivered file is one the study uses or ignores on purpose", "fault 51",
        len(files), tuple(range(1, len(files) + 1)), f"kept, not used: {names}" if files else "",
    )  # fmt: skip


def summary(findings: list[Finding]) -> pd.DataFrame:
    """Return one row a check and domain."""
    return pd.DataFrame(
        {
            "KEY": f"{f.check_id}#{f.domain}", "CHECKID": f.check_id, "DOMAIN": f.domain,
            "FILE": f.file, "STATUS": f.status, "SEVERITY": f.severity, "HANDLING": f.handling,
            "TITLE": f.title, "CITATION": f.citation, "CHECKED": f.checked,
            "FAILED": len(f.rows), "NOTE": f.note,
        }
        for f in findings
    )  # fmt: skip


def rows(findings: list[tuple[Finding, Intake]]) -> pd.DataFrame:
    """Return one row a failing record, known by its natural key and its place in the file."""
    columns = ["KEY", "CHECKID", "DOMAIN", "USUBJID", "RECORD", "FILE", "SRCROW"]
    parts = [pd.DataFrame({c: pd.array([], dtype="str") for c in columns})]
    for finding, intake in findings:
        if not finding.rows:
            continue
        failing = intake.records.loc[list(finding.rows), ["KEY", "USUBJID", "SRCROW"]]
        parts.append(
            failing.assign(
                CHECKID=finding.check_id, DOMAIN=finding.domain, FILE=finding.file,
                RECORD=failing["KEY"],
                KEY=finding.check_id + "#" + failing["KEY"] + "#"
                + failing.groupby("KEY").cumcount().astype("str"),
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)
