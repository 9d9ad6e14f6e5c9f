"""Settings that can only be wrong: what could never hold, or would never be looked at.

What may be meant and only surprises is a trap, see `safety.study.traps`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from safety.study.conditions import DoseMissed, Toxicity, Value
from safety.study.language import WHOLE, DurationTest, Share
from safety.study.places import Fault, Path, Placed, placed

if TYPE_CHECKING:
    from safety.study.model import Study


def senseless(study: Study) -> list[Fault]:
    """Return every setting that can only be wrong, in the order of the file."""
    found = [*_of_feeds(study), *_of_window(study), *_of_assessments(study), *_of_gates(study)]
    found += _of_escalation(study)
    found += [fault for place in placed(study) for fault in _of_condition(place)]
    return [*found, *_of_stopping(study)]


def _of_feeds(study: Study) -> Iterator[Fault]:
    subjects = [n for f in study.feeds for n, d in f.domains.items() if d.record == "subject"]
    if len(subjects) != 1:
        path: Path = ("feeds", 0, "domains") if len(study.feeds) == 1 else ("feeds",)
        feeds = "feed " if len(study.feeds) == 1 else "feeds "
        names = ", ".join(feed.id for feed in study.feeds)
        named = ", ".join(subjects) or "none"
        text = f"{feeds}{names}: exactly one domain has the record subject (DM); here: {named}"
        yield Fault(path, text)


def _of_window(study: Study) -> Iterator[Fault]:
    if study.treatment is None and study.dose_limiting.window.extends_to_day is not None:
        yield Fault(
            ("dose_limiting", "window", "extends_to_day"),
            "window: extends_to_day needs a treatment: without cycles none can be delayed",
        )


def _of_assessments(study: Study) -> Iterator[Fault]:
    for number, assessment in enumerate(study.dose_limiting.surveillance):
        path: Path = ("dose_limiting", "surveillance", number)
        for window in assessment.windows:
            if assessment.at_least > window.days:
                yield Fault(
                    (*path, "at_least"),
                    f"assessment {assessment.id}: {window} has {window.days} days, so at_least "
                    f"{assessment.at_least} can never be done; write {window.days} or fewer",
                )


def _of_gates(study: Study) -> Iterator[Fault]:
    if study.modification is None or study.treatment is None:
        return
    for number, gate in enumerate(study.modification.gates):
        if gate.samples is None or gate.before != "course":
            continue
        for name in set(gate.drugs) & set(study.treatment.drugs):
            schedule = study.treatment.drugs[name].schedule
            latest = max(schedule.days.first, schedule.latest_start or 1)
            if gate.samples.first > latest:
                yield Fault(
                    ("modification", "gates", number, "samples"),
                    f"gate {gate.id}: samples of {gate.samples} come after the course of {name}, "
                    f"which begins on day {latest} at the latest",
                )


def _of_escalation(study: Study) -> Iterator[Fault]:
    if study.escalation is None:
        return
    if study.treatment is None:
        yield Fault(("escalation",), "escalation: needs a treatment with levels to go through")
        return
    levels = len(study.treatment.levels)
    for name in ("skeleton", "doses"):
        given = getattr(study.escalation, name)
        if given and len(given) != levels:
            yield Fault(
                ("escalation", name),
                f"escalation: {name} has {len(given)} values for {levels} levels; write one for "
                "each, from the lowest level to the highest",
            )


def _of_stopping(study: Study) -> Iterator[Fault]:
    names = [monitor.id for monitor in study.stopping]
    for number, monitor in enumerate(study.stopping):
        if monitor.id in names[:number]:
            yield Fault(("stopping", number, "id"), f"stopping {monitor.id} stands twice")
        if monitor.dlt and study.dose_limiting.evaluability is None:
            yield Fault(
                ("stopping", number, "dlt"),
                f"stopping {monitor.id}: without dose_limiting.evaluability nobody is known to "
                "count who had no DLT; define it",
            )


def _of_condition(place: Placed) -> Iterator[Fault]:
    part, path, name = place.condition, place.path, place.name
    if isinstance(part, Toxicity | Value) and _is_no_length(part.lasting):
        text = f"{name}: lasting {part.lasting} says nothing; write 1h or more, or leave it out"
        yield Fault((*path, "lasting"), text)
    if isinstance(part, Toxicity):
        if part.grade.low == 0:
            high = f"1-{part.grade.high}" if part.grade.high < 5 else ">=1"
            text = f"{name}: grade {part.grade} holds where there is no toxicity; write {high}"
            yield Fault((*path, "grade"), text)
        if part.resolving is not None and part.resolving.within.hours == 0:
            yield Fault((*path, "resolving", "within"), f"{name}: nothing resolves within 0 hours")
    if isinstance(part, DoseMissed):
        yield from _of_share(part.dose_missed, place)


def _is_no_length(lasting: DurationTest | None) -> bool:
    return lasting is not None and lasting.limit.hours == 0


def _of_share(share: Share, place: Placed) -> Iterator[Fault]:
    where = (*place.path, "dose_missed")
    if share.sign in {"<", "<="} or share == Share(">=", 0):
        text = (
            f"{place.name}: dose_missed {share} holds where nothing was missed; write it as >=25%"
        )
        yield Fault(where, text)
    elif share == Share(">", WHOLE):
        text = f"{place.name}: no more than 100% of the doses can be missed; write it as >=25%"
        yield Fault(where, text)
