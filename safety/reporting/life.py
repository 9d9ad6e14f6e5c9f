"""The life of a report that is owed: what a snapshot opens, moves and notes. Pure.

    open -> submitted | not_required | replaced; open again by an upgrade or by news

Nothing but a person ends one: what becomes less severe, or is gone from the data, is noted and
stays owed. An open report is never due later than it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from safety.reporting.events import Event
from safety.reporting.identity import matched
from safety.reporting.judge import LEVELS, Decisions, Judgement, judge, owed
from safety.reporting.kinds import FOLLOWUP_15D, SUSAR_7D, SUSAR_15D, Clocks, clocks
from safety.reporting.obligation import (
    LIVE,
    OPEN,
    REPLACED,
    SUBMITTED,
    Change,
    Cut,
    Obligation,
    Said,
    certain,
    facts,
    judged,
    moved,
    of_event,
    opened,
    reclocked,
)
from safety.study.model import Study
from safety.study.reporting import BY_TERM

Own = Mapping[str, Obligation]  # the reports of an event, by kind


def advance(
    known: Iterable[Obligation], events: Iterable[Event], study: Study, cut: Cut
) -> list[Change]:
    """Return what a snapshot changes; the same one a second time changes nothing."""
    left: dict[tuple[str, str], dict[str, Obligation]] = {}
    for o in known:
        left.setdefault((o.usubjid, o.event), {})[o.kind] = o
    changes: list[Change] = []
    for event, name in matched(events, {place: _dated(own) for place, own in left.items()}):
        own = left.pop((event.usubjid, name), {})
        place = (study.studyid, event.usubjid, name)
        changes += _Case(place, own, clocks(study), cut, *_judged(event, own, study)).changes()
    return [*changes, *(c for own in left.values() for c in _gone(own, cut))]


def decided(own: Own, decisions: Decisions, study: Study, cut: Cut) -> list[Change]:
    """Return what follows from decisions of people on an event; they may only add reports."""
    first, said, rules = next(iter(own.values())), _said(own), clocks(study)
    told = judged(said)
    wanted = owed(said["term"], told, decisions, rules)
    now = {**said, "decisions": decisions, "owed": sorted(wanted)}
    place = (first.study, first.usubjid, first.event)
    return _Case(place, own, rules, cut, told, now).changes()


def reinstated(own: Own, study: Study, cut: Cut) -> Iterator[Change]:
    """Yield what follows once nobody has to send the report of 7 days: the one of 15 is owed.

    own: as it was before. It is due as if there had never been one of 7 days.
    """
    why, rules = "the report of 7 days is not required", clocks(study)
    seven, other = own[SUSAR_7D], own.get(SUSAR_15D)
    if other is None and SUSAR_15D in rules.kinds:
        since = Cut(cut.snapshot_id, seven.aware)
        place = (seven.study, seven.usubjid, seven.event)
        yield Change(opened(place, SUSAR_15D, rules, since, seven.said), None, "open", why)
    elif other is not None and other.state == REPLACED:
        yield Change(moved(other, cut, state=OPEN), other, "reopen", why)


def _said(own: Own) -> Said:
    """Return what was last said of an event: the same in all its reports."""
    return next((of_event(o.said) for o in own.values()), {})


def _dated(own: Own) -> Said:
    """Return what was last said of an event, and since when reports of it are known."""
    return {**_said(own), "known_on": min(o.aware_on for o in own.values())}


def _judged(event: Event, own: Own, study: Study) -> tuple[Judgement, dict[str, Any]]:
    decisions: Decisions = _said(own).get("decisions", {})
    told = judge(event, study)
    wanted = owed(event.term, told, decisions, clocks(study))
    return told, facts(event, told, decisions, wanted)


def _gone(own: Own, cut: Cut) -> Iterator[Change]:
    """Yield what is noted of reports whose event is in the data no more."""
    for o in own.values():
        if o.said["present"]:
            why = "cleared by data change: the newest data have no such event; it stays owed"
            yield Change(moved(o, cut, {"present": False}), o, "clear", why)


@dataclass(frozen=True, slots=True)
class _Case:
    """One event: its reports so far, and what is told of it now."""

    place: tuple[str, str, str]
    own: Own
    rules: Clocks
    cut: Cut
    told: Judgement
    now: Said

    def changes(self) -> list[Change]:
        made = [c for kind in self._wanted() if (c := self._owing(kind)) is not None]
        done = {c.now.kind for c in made}
        rest = [o for kind, o in self.own.items() if kind not in done]
        return [*made, *(c for o in rest if (c := self._noted(o, done)) is not None)]

    def _wanted(self) -> list[str]:
        """Return the kinds that must be owed now; of 15 days none beside a report of 7."""
        wanted = set(self.now["owed"])
        if SUSAR_7D in self.own and self.own[SUSAR_7D].state in LIVE:
            wanted.discard(SUSAR_15D)
        if self._is_news() and not self._is_upgrade() and FOLLOWUP_15D in self.rules.kinds:
            wanted.add(FOLLOWUP_15D)
        return sorted(wanted)

    def _is_upgrade(self) -> bool:
        return bool(self.own) and self.told.level > _said(self.own)["level"]

    def _is_news(self) -> bool:
        """Return whether something is new about an event of which a SUSAR report is known."""
        reported = any(k in self.own and self.own[k].state in LIVE for k in (SUSAR_7D, SUSAR_15D))
        return reported and _said(self.own)["content"] != self.now["content"]

    def _owing(self, kind: str) -> Change | None:
        """Return the change that makes a report owed; None if it is, or was settled for good."""
        old = self.own.get(kind)
        if old is None:
            new = opened(self.place, kind, self.rules, self.cut, self.now)
            return Change(self._not_put_off(new), None, "open", self._why(kind))
        if old.state == OPEN or not self._is_owed_again(old):
            return None
        again = reclocked(old, self.rules, self.cut, self.now)
        return Change(self._not_put_off(again), old, "reopen", self._why(kind))

    def _is_owed_again(self, old: Obligation) -> bool:
        """Return whether news, an upgrade or a new reason ask for what was settled."""
        if old.kind == FOLLOWUP_15D or self._is_upgrade():
            return True
        is_new = old.kind not in old.said["owed"] or self._is_surer(old)
        return old.state != SUBMITTED and is_new

    def _is_surer(self, old: Obligation) -> bool:
        """Return whether a doubt is gone on which somebody may have settled a report."""
        if old.kind in BY_TERM:  # owed whatever is in doubt
            return False
        resolved = set(old.said["doubts"]) - set(self.now["doubts"])
        return bool(resolved or certain(self.now) - certain(old.said))

    def _not_put_off(self, new: Obligation) -> Obligation:
        """Return a report due no later than the open one of 15 days whose place it takes."""
        other = self.own.get(SUSAR_15D)
        if new.kind != SUSAR_7D or other is None or other.state != OPEN:
            return new
        return replace(new, due_at=min(new.due_at, other.due_at))

    def _noted(self, o: Obligation, done: set[str]) -> Change | None:
        """Return the change of a report that stays as it is owed, None if nothing is to be told."""
        if o.kind == SUSAR_15D and SUSAR_7D in done and o.state == OPEN:
            why = (
                f"the event is {LEVELS[self.told.level]} now: the report of 7 days takes its place"
            )
            return Change(moved(o, self.cut, self.now, state=REPLACED), o, "replace", why)
        differs = [name for name, value in self.now.items() if o.said.get(name) != value]
        if not differs:
            return None
        now = {name: self.now[name] for name in differs}
        return Change(moved(o, self.cut, now), o, *self._note(o, differs))

    def _note(self, o: Obligation, differs: list[str]) -> tuple[str, str]:
        """Return action and reason of what changes neither state nor due time."""
        if not o.said["present"]:
            return "return", "the event is in the data again"
        if self.told.level < o.said["level"] or (
            o.kind in o.said["owed"] and o.kind not in self.now["owed"] and not self._is_upgrade()
        ):
            now = f"{LEVELS[self.told.level]}, suspected {self.told.suspected}"
            return "downgrade", f"the data say less now ({now}); it is owed until it is settled"
        if {"key", "keys"}.issuperset(differs):
            return "renumber", "the source gave the event another number"
        return "inform", f"changed: {', '.join(self._columns(o) or differs)}"

    def _columns(self, o: Obligation) -> list[str]:
        now = self.now["content"]
        return [name for name in now if o.said["content"].get(name) != now[name]]

    def _why(self, kind: str) -> str:
        if kind == FOLLOWUP_15D:
            return f"new information: {', '.join(self._columns(next(iter(self.own.values()))))}"
        upgrade = ", upgraded" if self._is_upgrade() else ""
        doubts = "".join(f"; {d}" for d in self.told.doubts)
        old = self.own.get(kind)
        surer = ", surer than before" if old is not None and self._is_surer(old) else ""
        return f"{self.rules.kinds[kind].text}: {LEVELS[self.told.level]}{upgrade}{surer}{doubts}"
