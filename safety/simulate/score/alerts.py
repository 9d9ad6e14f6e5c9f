"""Alerts against those that truth expects, by kind: told at all, how late, and false alarms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from safety.simulate.score.episodes import (
    DEATH,
    DLT,
    GRADE,
    HELD,
    HOLD,
    PAUSE,
    Episodes,
    Topic,
    topic,
)
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import ALWAYS, days_between
from safety.simulate.score.tally import Line, Part, tallied

KINDS = (DLT, GRADE, DEATH, HOLD, PAUSE, HELD)
NOTE = (
    "By kind, subject and rule or term. An alert counts once it was sent. One that was told before "
    "covers a later event only of its own episode: begun within a day or, of a value, truly "
    "abnormal all the time between. HELD4: rows that a planted fault holds and that truly are of "
    "grade 4, told on the day they came. HOLD: rules that the table of triggers judges, but S3, of "
    "which truth does not know when its hold ends. An alert is false if truth has nothing of its "
    "kind, subject and rule or term. SAMPLE and DEVIATION are not judged, nor whether a HELD4 is "
    "one too many."
)


def part(truth: Truth, said: Published) -> Part:
    """Return the table of alerts by kind."""
    wanted: dict[Topic, list[Row]] = defaultdict(list)
    for row in truth.rows("alerts"):
        if row["FROM"] <= said.last:
            wanted[topic(row)].append(row)
    judge = _Judge(truth)
    lines: list[Line] = []
    delays, expected = [], []
    for of, rows in sorted(wanted.items()):
        expected += [of[0]] * len(rows)
        told = [a for a in said.alerts if judge.episodes.is_of(a, of)]
        for true, days in judge.days(rows, [a for a in told if a["SENT"]]):
            unsent = any(not a["SENT"] and judge.is_same(a, true) for a in told)
            lines += _lines(of, true, days, unsent=unsent)
            delays += [(of[0], days)] if days is not None and days > 0 else []
    lines += _false(truth, said, list(wanted), judge.episodes)
    return Part("Alerts by kind", tallied(KINDS, expected, lines, delays), tuple(lines), NOTE)


class _Judge:
    """Pairs true alerts of one topic with those that were told."""

    def __init__(self, truth: Truth) -> None:
        self.episodes = Episodes(truth)
        self._opened: dict[Topic, list[tuple[str, str]]] = defaultdict(list)
        for row in truth.rows("rules"):
            self._opened[DLT, row["USUBJID"], row["RULE"]].append((row["ONSET"], row["FROM"]))
        self._abnormal = {
            (v["USUBJID"], v["TERM"], v["DATE"])
            for v in truth.rows("values")
            if v["GRADE"] not in {"", "0"}
        }

    def days(self, rows: Sequence[Row], told: Sequence[Row]) -> Iterator[tuple[Row, int | None]]:
        """Yield each true alert with the days by which it was told late, None for never.

        Less than 0: told before the data could show it.
        """
        used: set[tuple[int, str]] = set()  # alerts, with the term of which each told
        later = []
        for true in sorted(rows, key=lambda r: (r["FROM"], r["ON"])):
            same = [a for a in told if self.is_same(a, true)]
            alert = _best(true, same)
            if alert is None:
                later.append(true)
                continue
            again = any(number == id(alert) for number, _ in used)
            used.add((id(alert), self.episodes.term(alert, true)))
            yield true, self._delay(true, alert, covered=again)
        for true in later:
            free = [a for a in told if self._may_tell(a, true)
                    and (id(a), self.episodes.term(a, true)) not in used]  # fmt: skip
            alert = min(free, key=lambda a: a["DAY"], default=None)
            if alert is not None:
                used.add((id(alert), self.episodes.term(alert, true)))
            yield true, None if alert is None else self._delay(true, alert, covered=True)

    def _may_tell(self, alert: Row, true: Row) -> bool:
        """Return whether an alert of another onset is of it: no other tells, and it came after.

        One that names several terms tells of each of them.
        """
        named = true["KIND"] != HELD and self.episodes.term(alert, true)
        several = true["KIND"] == DLT and "," in alert["EPISODE"].split("|", 1)[1]
        return bool(named) and (several or alert["DAY"] >= true["FROM"])

    def is_same(self, alert: Row, true: Row) -> bool:
        """Return whether an alert is of the true episode; a value's lasts while it is abnormal."""
        if self.episodes.is_same(alert, true):
            return True
        onset = self.episodes.onset(alert)
        of_value = true["KIND"] == GRADE and not alert["EPISODE"].startswith("AE|")
        if not of_value or len(onset) < len(true["ON"]) or onset > true["ON"]:
            return False
        return all(
            (true["USUBJID"], true["WHAT"], _after(onset, n)) in self._abnormal
            for n in range(days_between(onset, true["ON"]) + 1)
        )

    def _delay(self, true: Row, alert: Row, *, covered: bool) -> int:
        days = days_between(true["FROM"], alert["DAY"])
        if days >= 0:
            return days
        opened = min((first for onset, first in self._opened[topic(true)]
                      if abs(days_between(onset, true["ON"])) <= 1), default=ALWAYS)  # fmt: skip
        joined = true["KIND"] == PAUSE and alert["REVISION"] > 1  # told again, with this subject
        return 0 if covered or joined or alert["DAY"] >= opened else days


def _best(true: Row, same: Sequence[Row]) -> Row | None:
    """Return the alert of the day, else the last one before, else the first one after."""
    before = [a for a in same if a["DAY"] <= true["FROM"]]
    if before:
        return max(before, key=lambda a: a["DAY"])
    return min(same, key=lambda a: a["DAY"], default=None)


def _after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _lines(of: Topic, true: Row, days: int | None, *, unsent: bool) -> Iterator[Line]:
    kind, usubjid, what = of
    if days is None:
        reason = "not sent" if unsent else "no alert of it"
        yield Line("miss", kind, usubjid, what, true["FROM"], f"{reason} (began {true['ON']})")
    elif days > 0:
        yield Line("late", kind, usubjid, what, true["FROM"], f"{days} days late")
    elif days < 0:
        text = f"said {-days} days before the data show it"
        yield Line("early", kind, usubjid, what, true["FROM"], text)


def _false(
    truth: Truth, said: Published, topics: Sequence[Topic], episodes: Episodes
) -> Iterator[Line]:
    """Yield alerts that no truth asks for; an open rule may be told, unverified, as it is."""
    may = [*topics, *((DLT, r["USUBJID"], r["RULE"]) for r in truth.rows("rules"))]
    may += [(HOLD, r["USUBJID"], r["RULE"]) for r in truth.rows("triggers")]
    by_subject: dict[str, list[Topic]] = defaultdict(list)
    for of in may:
        by_subject[of[1]].append(of)
    judged = {
        DLT: set(truth.judged("judged_rules")),
        HOLD: set(truth.judged("judged_triggers")),
    }
    for alert in said.alerts:
        kind = alert["RULE"]
        names = set(re.split(r"[|#]", alert["EPISODE"]))
        known = kind in KINDS and kind != HELD and (kind not in judged or names & judged[kind])
        if known and not any(episodes.is_of(alert, t) for t in by_subject[alert["USUBJID"]]):
            yield Line("false", kind, alert["USUBJID"], alert["TITLE"], alert["DAY"])
