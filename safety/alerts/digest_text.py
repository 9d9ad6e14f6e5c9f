"""The daily digest as text, from what the database knows. Pure.

Grouped by subject, the subject with the most severe alert first; within a subject sorted by tier.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from safety.alerts import clocks
from safety.stamp import stamp
from safety.store.read import Hold
from safety.study.model import Study

SOON = timedelta(days=2)  # a suppression that ends by then is told
# A transaction is of the time at which it begins: it may have ended after the digest before.
WRITING = timedelta(minutes=30)
HASH_SHOWN = 12  # characters of a hash
QUIET = "nothing to report"
OF_PEOPLE = ("P1", "P2", "P3")
COLUMNS = (
    "ALERT_ID", "USUBJID", "TIER", "STATE", "CONDITION", "TITLE", "CREATED_AT", "TOLD_AT",
    "DUE_AT", "SUPPRESSED_UNTIL", "CLEARED_AT",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What a digest is made from; times UTC, ISO 8601, "" for never.

    since: of the digest before, "" if there was none. alerts: COLUMNS, a row an alert of tiers P1
    to P3. unsent: messages that wait too long or are given up (TIER, CHANNEL, STATE, MESSAGES).
    audit: number and hash of the newest entry of the trail.
    """

    study: Study
    day: str
    since: str
    now: str
    alerts: pd.DataFrame
    snapshot_id: str
    snapshot_at: str
    as_of: str
    holds: Sequence[Hold]
    unsent: pd.DataFrame
    audit: tuple[int, str]


def subject_line(known: Known) -> str:
    """Return the subject of the message."""
    sections = _sections(known)
    counts = [(len(sections[name]), words) for name, words in _COUNTED.items()]
    overdue = int(_overdue(known, sections["Open and not acknowledged"]).sum())
    told = [f"{n} {words}" for n, words in [*counts, (overdue, "overdue")] if n]
    told += ["held data"] if known.holds else []
    told += ["messages not delivered"] if len(known.unsent) else []
    return f"Daily digest {known.study.studyid} {known.day}: {', '.join(told) or QUIET}"


def text(known: Known) -> str:
    """Return the body of the message."""
    since = clocks.here(known.study, known.since) if known.since else "the beginning"
    lines = [f"{known.study.studyid}, from {since} to {clocks.here(known.study, known.now)}"]
    for name, rows in _sections(known).items():
        if len(rows):
            lines += ["", f"{name} ({len(rows)})", *_by_subject(rows, known)]
    if not _has_news(known):
        lines += ["", f"{QUIET.capitalize()}."]
    lines += ["", *_data(known), *_messages(known.unsent), _audit(known)]
    return "\n".join([*lines, *([known.study.notice] if known.study.notice else [])])


_COUNTED = {
    "New": "new",
    "Told again": "told again",
    "New of tier P3": "new in P3",
    "Open and not acknowledged": "open",
    "Cleared by a change of the data": "cleared",
    "Suppression ends soon": "suppressed until soon",
}


def _sections(known: Known) -> dict[str, pd.DataFrame]:
    """Return the alerts of each section; one may stand in several."""
    rows, since = known.alerts, _beginning(known)
    routine, new = rows["TIER"].eq("P3"), rows["CREATED_AT"].gt(since)
    again = ~new & rows["TOLD_AT"].gt(since) & rows["CONDITION"].ne("cleared")
    soon = stamp(clocks.instant(known.now) + SOON)
    suppressed = rows["STATE"].eq("suppressed") & rows["SUPPRESSED_UNTIL"].le(soon)
    chosen = {
        "New": new & ~routine,
        "Told again": again,
        "New of tier P3": new & routine,
        "Open and not acknowledged": rows["STATE"].eq("open"),
        "Cleared by a change of the data": rows["CLEARED_AT"].gt(since),
        "Suppression ends soon": suppressed,
    }
    return {name: rows[mask] for name, mask in chosen.items()}


def _beginning(known: Known) -> str:
    """Return from when on something is news: told twice rather than never."""
    return stamp(clocks.instant(known.since) - WRITING) if known.since else ""


def _has_news(known: Known) -> bool:
    told = any(len(rows) for rows in _sections(known).values())
    return told or bool(known.holds) or bool(len(known.unsent))


def _overdue(known: Known, rows: pd.DataFrame) -> pd.Series:
    return rows["DUE_AT"].ne("") & rows["DUE_AT"].le(known.now)


def _by_subject(rows: pd.DataFrame, known: Known) -> Iterable[str]:
    worst = rows.groupby("USUBJID")["TIER"].transform("min")
    ordered = rows.assign(WORST=worst).sort_values(["WORST", "USUBJID", "TIER", "CREATED_AT"])
    for usubjid, of_subject in ordered.groupby("USUBJID", sort=False):
        yield f"  {usubjid or 'The study'}"
        yield from (f"    {_line(row, known)}" for row in of_subject.to_dict("records"))


def _line(row: dict[str, str], known: Known) -> str:
    said = [row["TITLE"], row["STATE"].replace("_", " ")]
    if row["CONDITION"] == "cleared":
        said.append("cleared by a change of the data")
    if row["STATE"] == "open" and row["DUE_AT"]:
        word = "overdue since" if row["DUE_AT"] <= known.now else "to acknowledge by"
        said.append(f"{word} {clocks.here(known.study, row['DUE_AT'])}")
    if row["STATE"] == "suppressed":
        said.append(f"until {clocks.here(known.study, row['SUPPRESSED_UNTIL'])}")
    return "; ".join(said)


def _data(known: Known) -> list[str]:
    if not known.snapshot_id:
        return ["No snapshot was made yet.", *_held(known.holds)]
    age = clocks.instant(known.now) - clocks.instant(known.snapshot_at)
    return [
        f"Data as of {known.as_of}, snapshot {known.snapshot_id}, made {_hours(age)} ago.",
        *_held(known.holds),
    ]


def _hours(age: timedelta) -> str:
    hours = age // timedelta(hours=1)
    return "1 hour" if hours == 1 else f"{hours} hours"


def _held(holds: Sequence[Hold]) -> list[str]:
    return [
        f"Held since {h.since}: {' '.join(p for p in (h.feed, h.domain) if p)}: {h.reason}"
        for h in holds
    ]


def _messages(unsent: pd.DataFrame) -> list[str]:
    words = {"dead": "given up", "pending": "not delivered yet"}
    return [
        f"Messages {words[row['STATE']]}: {row['MESSAGES']} of tier {row['TIER']} by "
        f"{row['CHANNEL']}"
        for row in unsent.to_dict("records")
    ]


def _audit(known: Known) -> str:
    number, head = known.audit
    return f"Audit trail: entry {number}, {head[:HASH_SHOWN]}"
