"""A report that is owed, and how it changes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from safety.reporting.clock import Awareness, due
from safety.reporting.events import Event
from safety.reporting.judge import Decisions, Judgement
from safety.reporting.kinds import Clocks
from safety.versioning import digest

OPEN, SUBMITTED, NOT_REQUIRED, REPLACED = "open", "submitted", "not_required", "replaced"
LIVE = frozenset({OPEN, SUBMITTED})
Said = Mapping[str, Any]
# What is kept of a report and not of its event: another report must not take it over.
OF_THE_REPORT = frozenset({"aware_at", "submitted_at", "reference"})


@dataclass(frozen=True, slots=True)
class Obligation:
    """A report that is owed about an event, known by the name that the event had at first.

    said: what the event said when it was last judged (`facts`), and since when that is known
    (aware_at, UTC). warned: percent of its time of which somebody was told. revision: counts its
    changes.
    """

    obligation_id: str
    study: str
    usubjid: str
    event: str
    kind: str
    aware_on: str
    due_at: str
    state: str
    said: Said = field(hash=False)
    warned: int
    first_snapshot: str
    last_snapshot: str
    revision: int

    @property
    def aware(self) -> Awareness:
        return Awareness(self.aware_on, self.said["aware_at"])


@dataclass(frozen=True, slots=True)
class Change:
    """A report as it is now and as it was, None for a new one; what made it so, and who."""

    now: Obligation
    before: Obligation | None
    action: str
    reason: str
    actor: str = "toxwatch"


@dataclass(frozen=True, slots=True)
class Cut:
    """What is known, and since when: the newest snapshot, or what a person says on it."""

    snapshot_id: str
    aware: Awareness


def facts(
    event: Event, told: Judgement, decisions: Decisions, wanted: frozenset[str]
) -> dict[str, Any]:
    """Return what is kept of an event: all that a later judgement is compared with."""
    return {
        "term": event.term, "onset": event.onset_text, "episode": event.episode, "key": event.key,
        "keys": [row["KEY"] for row in event.rows],
        "serious": told.serious, "level": told.level, "suspected": told.suspected,
        "listed": told.listed, "excluded": told.excluded, "doubts": list(told.doubts),
        "decisions": {name: dict(made) for name, made in decisions.items()},
        "owed": sorted(wanted), "content": event.content(), "present": True,
    }  # fmt: skip


def of_event(said: Said) -> dict[str, Any]:
    """Return what is said of the event, without what is kept of one of its reports."""
    return {name: value for name, value in said.items() if name not in OF_THE_REPORT}


def certain(said: Said) -> set[str]:
    """Return what the data or a person say outright, of all that calls for a report."""
    decided = {made["value"] for made in said["decisions"].values()}
    told = {name for name in ("serious", "suspected") if said[name] == "Y"}
    return told | ({"suspected"} if "related" in decided else set()) | (decided & {"unexpected"})


def judged(said: Said) -> Judgement:
    """Return the judgement that was kept."""
    return Judgement(
        said["serious"], said["level"], said["suspected"], said["listed"], said["excluded"],
        tuple(said["doubts"]),
    )  # fmt: skip


def opened(
    place: tuple[str, str, str], kind: str, clocks: Clocks, cut: Cut, said: Said
) -> Obligation:
    """Return a new report. place: study, subject and name of the event."""
    study, usubjid, event = place
    return Obligation(
        digest(*place, kind)[:32], study, usubjid, event, kind, cut.aware.day,
        due(clocks, clocks.kinds[kind], cut.aware), OPEN,
        {**of_event(said), "aware_at": cut.aware.at}, 0, cut.snapshot_id, cut.snapshot_id, 1,
    )  # fmt: skip


def moved(o: Obligation, cut: Cut, said: Said | None = None, **changes: Any) -> Obligation:
    """Return a report after a change of some columns, and of what is said of its event."""
    return replace(
        o, said={**o.said, **(said or {})}, last_snapshot=cut.snapshot_id,
        revision=o.revision + 1, **changes,
    )  # fmt: skip


def reclocked(o: Obligation, clocks: Clocks, cut: Cut, said: Said) -> Obligation:
    """Return a settled report that is owed again, from now on."""
    at = due(clocks, clocks.kinds[o.kind], cut.aware)
    return moved(
        o, cut, {**said, "aware_at": cut.aware.at}, aware_on=cut.aware.day, due_at=at,
        state=OPEN, warned=0,
    )  # fmt: skip
