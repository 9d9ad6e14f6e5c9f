"""What can still change a verdict that is made: held rows that alarm, and open queries. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from safety.escalation.subjects import OUTCOMES, Outcome

Row = Mapping[str, Any]
HELD_ALARM = "HELD4"  # rule of alerts about held rows
DOSES = "dose"  # kind of record in the episode of an alarm about held doses
ASKED = ("RE-", "RC-", "DLT")  # checks that compare what is told twice, and questions of verdicts
UNTIL_ANSWERED = frozenset({"open", "sent", "reopened"})


def held(
    alerts: Iterable[Row], rows: Iterable[Row], window: Mapping[str, str], as_of: str
) -> Doubts:
    """Return by subject why held rows put a verdict in doubt, and what it could become.

    alerts: with USUBJID, RULE, EPISODE, CONDITION, TITLE as they stood. rows: of the quarantine.
    window: by subject the last day (ISO 8601) of the DLT window. A row that is dated after it does
    not count; one without a date does, and one dated after as_of, which nobody believes.
    """
    days = {_record(row["KEY"]): _day(row, as_of) for row in rows}
    found = Doubts()
    for alert in alerts:
        usubjid = alert["USUBJID"]
        if (alert["RULE"], alert["CONDITION"]) != (HELD_ALARM, "holds") or usubjid not in window:
            continue
        record = str(alert["EPISODE"]).rpartition("#")[0]
        if days.get(record, "") <= window[usubjid]:
            can_be = OUTCOMES if record.startswith(f"{DOSES}|") else ("DLT",)
            found.add(usubjid, can_be, f"held: {_said(alert['TITLE'])}")
    return found


def asked(
    queries: Iterable[Row], states: Mapping[str, str], window: Mapping[str, str],
    met: Mapping[str, frozenset[str]],
) -> Doubts:  # fmt: skip
    """Return by subject why open queries put a verdict in doubt, and what it could become.

    queries: with KEY, USUBJID, CHECKID, TERM, TOPIC, EVIDENCE. states: of the work items by key.
    met: terms of the DLT rules that are met, by subject: an answer about one may take it back.
    """
    found = Doubts()
    for query in queries:
        usubjid = query["USUBJID"]
        if usubjid not in window or not str(query["CHECKID"]).startswith(ASKED):
            continue
        if states.get(query["KEY"], "open") not in UNTIL_ANSWERED:
            continue
        days = [str(e.get("date") or "")[:10] for e in json.loads(query["EVIDENCE"] or "[]")]
        if not days or min(days) <= window[usubjid]:
            takes_back = query["TERM"] in met.get(usubjid, frozenset())
            can_be: tuple[Outcome, ...] = OUTCOMES if takes_back else ("DLT",)
            why = f"query: {query['TOPIC']}, {query['TERM']}".rstrip(", ")
            found.add(usubjid, can_be, why, takes_back=takes_back)
    return found


class Doubts:
    """By subject: what else a verdict could become, and why."""

    def __init__(self) -> None:
        self.can_be: dict[str, set[Outcome]] = defaultdict(set)
        self.why: dict[str, list[str]] = defaultdict(list)
        self.takes_back: dict[str, bool] = defaultdict(bool)

    def add(
        self, usubjid: str, can_be: Iterable[Outcome], why: str, *, takes_back: bool = False
    ) -> None:
        """Put one more doubt. takes_back: it is about the event that a DLT rests on."""
        self.can_be[usubjid].update(can_be)
        self.takes_back[usubjid] |= takes_back
        if why not in self.why[usubjid]:
            self.why[usubjid].append(why)

    def of(self, usubjid: str, stands: Outcome) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
        """Return what a settled outcome could be, and why; itself and nothing without a doubt.

        A DLT is not taken back by more data, only by an answer about the event it rests on; then
        the subject may have no DLT, or not be evaluable.
        """
        others = self.can_be.get(usubjid, set())
        if stands == "DLT" and not self.takes_back[usubjid]:
            others = set()
        if not others - {stands}:
            return (stands,), ()
        return tuple(o for o in OUTCOMES if o in others | {stands}), tuple(self.why[usubjid])

    def joined(self, other: Doubts) -> Doubts:
        """Return the doubts of both."""
        both = Doubts()
        for each in (self, other):
            for usubjid, why in each.why.items():
                for text in why:
                    can_be, back = each.can_be[usubjid], each.takes_back[usubjid]
                    both.add(usubjid, can_be, text, takes_back=back)
        return both


def _record(key: str) -> str:
    return key.rpartition("#")[0]


def _day(row: Row, as_of: str) -> str:
    """Return the day of a held row as it was received, "" if it has none that can be believed."""
    raw, domain = json.loads(row["RAW"] or "{}"), row["DOMAIN"]
    told = str(raw.get(f"{domain}STDTC") or raw.get(f"{domain}DTC") or "")[:10]
    is_day = len(told) == 10 and told[4] == told[7] == "-"
    return told if is_day and told <= as_of else ""


def _said(title: str) -> str:
    """Return an alert's title without tier, study and subject."""
    return title.rpartition(": ")[2] if title.count(": ") < 2 else title.split(": ", 1)[1]
