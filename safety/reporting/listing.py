"""Reports that are owed, as tables for people: what is due when, and what cannot be judged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from safety.reporting import ledger
from safety.reporting.acts import find
from safety.reporting.clock import moment
from safety.reporting.judge import LEVELS
from safety.reporting.kinds import Clocks, clocks
from safety.reporting.obligation import OPEN, Obligation
from safety.reporting.remind import kind_of
from safety.store import tables
from safety.store.engine import reader
from safety.study.model import Study

COLUMNS = ["OBLIGATION", "USUBJID", "TERM", "ONSET", "LEVEL", "REPORT", "KIND", "RECIPIENT",
           "STATE", "DAY 0", "DUE", "LEFT", "DOUBTS"]  # fmt: skip
SHORT = [c for c in COLUMNS if c not in {"KIND", "RECIPIENT"}]
NOT_JUDGED = "cannot be judged"
ACTS = {
    "open": ["submit", "not-required", "aware", "causality", "expectedness"],
    "not_required": ["submit", "causality", "expectedness"],
}
EVENT = ("AT", "ACTION", "ACTOR", "REASON", "STATE_BEFORE", "STATE_AFTER", "DUE_AT", "SNAPSHOT_ID")


@dataclass(frozen=True, slots=True)
class History:
    """A report, what happened to it in that order, and what may be done with it now."""

    report: dict[str, Any]
    events: pd.DataFrame
    possible: list[str]


def listing(db_url: str, study: Study, now: datetime, *, settled: bool = False) -> pd.DataFrame:
    """Return reports by due time, then events whose seriousness nobody told.

    DUE is in the zone of the clocks, LEFT in days and hours (a minus: overdue). settled: also
    those that nobody has to send any more.
    """
    engine, rules = reader(db_url), clocks(study)
    try:
        with engine.connect() as connection:
            known = ledger.obligations(connection, study.studyid)
            unjudged = _unjudged(connection, study, known)
    finally:
        engine.dispose()
    shown = sorted((o for o in known if settled or o.state == OPEN), key=lambda o: o.due_at)
    rows = [_line(o, rules, now) for o in shown]
    return pd.DataFrame([*rows, *unjudged], columns=COLUMNS)


def history(db_url: str, study: Study, key: str) -> History:
    """Return what there is of a report; raise WrongUseError for none."""
    engine, table = reader(db_url), tables.obligation_event
    try:
        with engine.connect() as connection:
            o = find(ledger.obligations(connection, study.studyid), key)
            query = select(*(table.c[name.lower()] for name in EVENT))
            query = query.where(table.c.obligation_id == o.obligation_id).order_by(table.c.id)
            events = pd.read_sql_query(query, connection).rename(columns=str.upper)
    finally:
        engine.dispose()
    return History(asdict(o), events, ACTS.get(o.state, ["causality", "expectedness"]))


def left(due_at: str, now: datetime) -> str:
    """Return the time that is left, e.g. `3 d 4 h`; `-1 d 0 h`: overdue since a day."""
    gap = moment(due_at) - now
    sign, gap = ("-", -gap) if gap < timedelta(0) else ("", gap)
    return f"{sign}{gap.days} d {gap.seconds // 3600} h"


def _line(o: Obligation, rules: Clocks, now: datetime) -> dict[str, Any]:
    kind, said = kind_of(o, rules), o.said
    doubts = [*said["doubts"], *([] if said["present"] else ["no such event in the newest data"])]
    return {
        "OBLIGATION": o.obligation_id[:12], "USUBJID": o.usubjid, "TERM": said["term"],
        "ONSET": said["onset"], "LEVEL": LEVELS[said["level"]], "REPORT": kind.text,
        "KIND": o.kind, "RECIPIENT": kind.recipient, "STATE": o.state, "DAY 0": o.aware_on,
        "DUE": f"{moment(o.due_at).astimezone(rules.zone):%Y-%m-%d %H:%M}",
        "LEFT": left(o.due_at, now) if o.state == OPEN else "", "DOUBTS": "; ".join(doubts),
    }  # fmt: skip


def _unjudged(
    connection: Connection, study: Study, known: list[Obligation]
) -> list[dict[str, Any]]:
    """Return events of the newest data of which nobody says whether they are serious."""
    if study.reporting is None:
        return []
    table, judged = tables.BITEMPORAL["adverse_event"], _keys(known)
    query = select(table).where(table.c.study == study.studyid, table.c.tx_to == tables.FOREVER)
    rows = connection.execute(query.order_by(table.c.usubjid, table.c.key)).mappings()
    return [
        dict.fromkeys(COLUMNS, "")
        | {"USUBJID": r["usubjid"], "TERM": r["aedecod"] or r["aeterm"], "STATE": NOT_JUDGED,
           "ONSET": r["stdtc"] or "not given", "DOUBTS": f"seriousness {r['aeser'] or 'not told'}"}
        for r in rows
        if r["aeser"] not in {"Y", "N"} and r["key"] not in judged
    ]  # fmt: skip


def _keys(known: list[Obligation]) -> set[str]:
    serious = (o.said for o in known if o.said["level"] and o.said["present"])
    return {key for said in serious for key in said["keys"]}
