"""Alerts against those that truth expects, by kind: told at all, how late, and false alarms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import ALWAYS, days_between
from safety.simulate.score.tally import Line, Part, tallied
from safety.simulate.score.triggers import family

KINDS = ("DLT", "GRADE4", "DEATH", "HOLD", "PAUSE")
FATAL = 5
Topic = tuple[str, str, str]  # kind, subject ("" for a pause), rule or term
NOTE = (
    "By kind, subject and rule or term. An alert that was told before and covers a later event of "
    "its kind, subject and rule or term is a hit. Alerts of other kinds are not judged."
)


def part(truth: Truth, said: Published) -> Part:
    """Return the table of alerts by kind."""
    last = said.days[-1] if said.days else ""
    wanted: dict[Topic, list[Row]] = defaultdict(list)
    for row in truth.rows("alerts"):
        if row["FROM"] <= last:
            wanted[_topic(row)].append(row)
    lines: list[Line] = []
    delays, expected = [], []
    opened = _opened(truth)
    for topic, rows in sorted(wanted.items()):
        expected += [topic[0]] * len(rows)
        told = sorted(a["DAY"] for a in said.alerts if _is_of(a, topic))
        for true, day in _pairs(rows, told):
            days = days_between(true["FROM"], day) if day else 0
            if days < 0 and day >= opened.get(topic, ALWAYS):
                days = 0  # told while the rule was open, as unverified
            lines += _lines(topic, true, day, days)
            delays += [(topic[0], days)] if days > 0 else []
    lines += _false(truth, said, list(wanted))
    return Part("Alerts by kind", tallied(KINDS, expected, lines, delays), tuple(lines), NOTE)


def _opened(truth: Truth) -> dict[Topic, str]:
    """Return the first day on which truth has a rule open or met, by topic."""
    found: dict[Topic, str] = {}
    for row in truth.rows("rules"):
        topic = "DLT", row["USUBJID"], row["RULE"]
        found[topic] = min(row["FROM"], found.get(topic, ALWAYS))
    return found


def _topic(row: Row) -> Topic:
    return row["KIND"], "" if row["KIND"] == "PAUSE" else row["USUBJID"], row["WHAT"]


def _is_of(alert: Row, topic: Topic) -> bool:
    kind, usubjid, what = topic
    if alert["USUBJID"] != usubjid:
        return False
    if kind == "DEATH":  # a fatal adverse event is told as such, in place of DM's flag
        return alert["RULE"] == kind or (alert["RULE"] == "GRADE4" and alert["LEVEL"] == FATAL)
    if alert["RULE"] != kind:
        return False
    names = {n.strip().casefold() for n in re.split(r"[|#]", alert["EPISODE"])}
    return what.casefold() in {family(n, (what.casefold(),)) for n in names}


def _pairs(rows: Sequence[Row], told: Sequence[str]) -> Iterator[tuple[Row, str]]:
    """Yield each true alert with the day it was told, "" for never.

    That is the first free day before the next true one; else it was told before (of the first
    true one: too early), or late.
    """
    free, ordered = list(told), sorted(rows, key=lambda r: r["FROM"])
    ends = [*(r["FROM"] for r in ordered[1:]), ALWAYS]
    for number, (row, end) in enumerate(zip(ordered, ends, strict=True)):
        first = row["FROM"]
        # one alert may tell of two that became known together: both drugs, both subjects
        before = [d for d in told if d < first or (d == first and d not in free)]
        after = [d for d in free if d >= first]
        day = next((d for d in after if d < end), "")
        if not day and before:
            day = first if number else max(before)
        elif not day:
            day = min(after, default="")
        if day in free:
            free.remove(day)
        yield row, day


def _lines(topic: Topic, true: Row, day: str, days: int) -> Iterator[Line]:
    kind, usubjid, what = topic
    if not day:
        yield Line("miss", kind, usubjid, what, true["FROM"], "no alert of it")
    elif days > 0:
        yield Line("late", kind, usubjid, what, true["FROM"], f"{days} days late")
    elif days < 0:
        text = f"said {-days} days before the data show it"
        yield Line("early", kind, usubjid, what, true["FROM"], text)


def _false(truth: Truth, said: Published, topics: Sequence[Topic]) -> Iterator[Line]:
    """Yield alerts that no truth asks for; an open rule may be told, unverified, as it is."""
    may = [*topics, *(("DLT", r["USUBJID"], r["RULE"]) for r in truth.rows("rules"))]
    # a reduction below the last step of the ladder is a stop, which truth does not count out
    may += [("HOLD", r["USUBJID"], r["RULE"]) for r in truth.rows("triggers")]
    by_subject: dict[str, list[Topic]] = defaultdict(list)
    for topic in may:
        by_subject[topic[1]].append(topic)
    judged = {
        "DLT": set(truth.judged("judged_rules")),
        "HOLD": set(truth.judged("judged_triggers")),
    }
    for alert in said.alerts:
        kind = alert["RULE"]
        names = set(re.split(r"[|#]", alert["EPISODE"]))
        known = kind in KINDS and (kind not in judged or names & judged[kind])
        if known and not any(_is_of(alert, t) for t in by_subject[alert["USUBJID"]]):
            yield Line("false", kind, alert["USUBJID"], alert["TITLE"], alert["DAY"])
