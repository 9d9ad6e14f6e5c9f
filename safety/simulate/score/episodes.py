"""Of what an alert tells, and of which episode: read from its rule, EPISODE and text alone.

EPISODE is, by kind: `rule|study day|terms` of a DLT, `term|direction|day` or `row|term|day` of a
grade, `subject#rule#drug#day#row|action` of a hold, `row#term` of a held row.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from safety.simulate.score.faults import delivered_as
from safety.simulate.score.read import Row, Truth
from safety.simulate.score.spans import days_between

DLT, GRADE, DEATH, HOLD, PAUSE, HELD = "DLT", "GRADE4", "DEATH", "HOLD", "PAUSE", "HELD4"
FATAL = 5
MANY = frozenset({"N1", "N2", "T2"})  # rules that several terms, or drugs, meet each by itself
DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
Topic = tuple[str, str, str]  # kind, subject ("" for a pause), rule or term


def topic(row: Row) -> Topic:
    """Return the topic of an alert of truth."""
    return row["KIND"], "" if row["KIND"] == PAUSE else row["USUBJID"], row["WHAT"]


class Episodes:
    """The episodes of alerts, with what truth must be asked to read them."""

    def __init__(self, truth: Truth) -> None:
        self._first = {s["USUBJID"]: s["FIRSTDOSE"] for s in truth.rows("subjects")}
        self._terms: dict[tuple[str, str, str], set[str]] = {}
        for row in truth.rows("rules"):
            key = row["USUBJID"], row["RULE"], row["ONSET"]
            self._terms.setdefault(key, set()).add(row["TERM"].casefold())
        self._held = [f for f in truth.rows("faults") if "R" in f["RIGHT"].split(";")]

    def is_of(self, alert: Row, wanted: Topic) -> bool:
        """Return whether an alert is of the kind, subject and rule or term."""
        kind, usubjid, what = wanted
        if kind == HELD:
            return self._of_held(alert, usubjid, what)
        if alert["USUBJID"] != usubjid:
            return False
        if kind == DEATH:  # a fatal adverse event is told as such, in place of DM's flag
            return alert["RULE"] == kind or (alert["RULE"] == GRADE and alert["LEVEL"] == FATAL)
        names = {n.strip().casefold() for n in re.split(r"[|#]", alert["EPISODE"])}
        return alert["RULE"] == kind and what.casefold() in names

    def _of_held(self, alert: Row, usubjid: str, term: str) -> bool:
        """A held row is told by its key: the fault may be in the subject."""
        if alert["RULE"] == GRADE:
            return self.is_of(alert, (GRADE, usubjid, term))
        named = term.casefold() in alert["TITLE"].casefold()
        return bool(alert["RULE"] == HELD and named) and any(
            _row(alert) in delivered_as(f) for f in self._faults(usubjid)
        )

    def _faults(self, usubjid: str) -> list[dict[str, str]]:
        """Return the faults that hold a row of a subject."""
        return [f for f in self._held if f["USUBJID"] == usubjid]

    def is_same(self, alert: Row, true: Row) -> bool:
        """Return whether an alert of the topic is of the episode: begun the same day or the next.

        A subject dies once; a pause names its subjects; a held row is told by its key.
        """
        if true["KIND"] == PAUSE:
            return true["USUBJID"] in alert["BODY"]
        if alert["RULE"] == HELD:
            row, mine = _row(alert), self._faults(true["USUBJID"])
            return any(f["DAY"] == true["FROM"] and row in delivered_as(f) for f in mine)
        if true["KIND"] == DEATH:
            return True
        onset = self.onset(alert)
        if len(onset) < len(true["ON"]):
            return bool(onset) and true["ON"].startswith(onset)
        return abs(days_between(onset, true["ON"])) <= 1

    def onset(self, alert: Row) -> str:
        """Return the first day of an alert's episode, as much of it as is told."""
        text = alert["EPISODE"]
        if alert["RULE"] == DLT:
            return self._of_study_day(alert["USUBJID"], text.split("|")[1])
        found = DAY.match(text.rsplit("|", 1)[-1])
        return found.group() if found else ""

    def _of_study_day(self, usubjid: str, told: str) -> str:
        first = self._first.get(usubjid, "")
        if not first or not re.fullmatch(r"-?\d+", told):
            return ""
        day = int(told)
        return (date.fromisoformat(first) + timedelta(days=day - (day > 0))).isoformat()

    def term(self, alert: Row, true: Row) -> str:
        """Return what of a true episode an alert names: one that names two tells of both.

        "" if it names nothing of it.
        """
        if true["KIND"] != DLT:
            return str(true["WHAT"])
        terms = self._terms.get((true["USUBJID"], true["WHAT"], true["ON"]), set())
        said = alert["EPISODE"].casefold()
        named = next((t for t in sorted(terms) if t in said), "")
        return named or ("" if true["WHAT"] in MANY else str(true["WHAT"]))


def _row(alert: Row) -> str:
    return str(alert["EPISODE"]).rsplit("#", 1)[0]
