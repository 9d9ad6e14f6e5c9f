"""Occurrences: when, in one subject, a condition held or may have held, and what says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from safety.assess.facts import Source
from safety.assess.moments import Moment
from safety.assess.truth import Truth


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A time at which a condition is met, or cannot be judged. What is not met does not occur.

    known_until: the last moment it was surely on; end: when it was seen to be over, None if that
    was not seen; until: the last moment it may have been on, `end` unless told. standing: it is
    true of the subject as a whole (history, baseline) and goes with everything. low, high: the
    least and the most its worst grade can be, 0 where none is asked for. related: by drug; MET
    also where nothing is said (principle 4), and then `unattributed`.
    open: later data may still decide it; settles_by: the last day on which a record would.
    """

    truth: Truth
    onset: Moment
    known_until: Moment
    end: Moment | None
    until: Moment | None = None
    standing: bool = False
    terms: tuple[str, ...] = ()
    socs: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    related: Mapping[str, Truth] = field(default_factory=dict)
    unattributed: bool = False
    reported: bool = False
    evidence: tuple[Source, ...] = ()
    missing: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    settles_by: date | None = None
    open: bool = False
    waiting: bool = False  # for another condition, of which there is no sign
    duration: str = ""
    predose_cycle: int | None = None  # its first value was taken before this cycle's first dose

    @property
    def latest(self) -> Moment:
        """The last moment it may have been on."""
        return self.until or self.end or self.known_until

    def doubted(
        self, *missing: str, settles_by: date | None = None, is_open: bool = False
    ) -> Occurrence:
        """Return it as one that cannot be judged, with what else is missing."""
        dates = [d for d in (self.settles_by, settles_by) if d is not None]
        return replace(
            self,
            truth=Truth.UNKNOWN,
            missing=tuple(dict.fromkeys([*self.missing, *missing])),
            settles_by=max(dates) if dates else None,
            open=self.open or is_open,
        )


def merged_evidence(*parts: tuple[Source, ...]) -> tuple[Source, ...]:
    """Return sources without repetition, in order of time."""
    return tuple(sorted({s for part in parts for s in part}))
