"""A recommendation and its fan, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from safety.escalation.fan import Branch, Fan, Range, Square
from safety.escalation.subjects import Subject
from safety.nextdose.live import Trial
from safety.nextdose.recommend import Recommendation, Said
from safety.nextdose.signals import Watched

ACTIONS = {
    "escalate": "escalate to {}", "stay": "stay at {}", "de-escalate": "de-escalate to {}",
    "complete": "end the trial of doses: the MTD is {}", "stop": "stop: no level is safe",
    "end": "end the trial of doses: no MTD was found",
}  # fmt: skip
SHORT = {
    "escalate": "up",
    "stay": "stay",
    "de-escalate": "down",
    "complete": "MTD",
    "stop": "stop",
    "end": "end",
}
NOTHING = {
    "waiting": "NO RECOMMENDATION YET",
    "paused": "NO RECOMMENDATION WHILE PAUSED",
    "stopped": "STOPPED",
}
MOST_COLUMNS, WIDTH = 6, 20
MOST = 12  # open subjects that are listed; the JSON has them all


def verb(action: str, level: str) -> str:
    """Return an action in words: "escalate to L2"."""
    return ACTIONS[action].format(level)


def content(trial: Trial, found: Recommendation) -> dict[str, Any]:
    """Return a recommendation as JSON has it, bound to its snapshot and rules."""
    return bound(trial) | {
        "design": found.primary.design,
        "status": found.status,
        "action": found.action,
        "level": found.level,
        "why": found.why,
        "not_above": found.not_above,
        "current_level": found.current,
        "current_level_because": trial.why_at,
        "not_before": trial.not_before.isoformat() if trial.not_before else None,
        "levels": [
            {"level": each.name, **asdict(each.tally), "posterior_mean": each.mean,
             "interval_90": [each.low, each.high], "above_target": each.above_target,
             "closed": each.is_closed, "dlt_with_late": each.cumulative}
            for each in found.levels
        ],
        "counted_only": asdict(found.primary),
        "alongside": [asdict(each) for each in found.alongside],
        "disagree": found.disagree,
        "late_toxicity": found.late,
        "mtd_lacks": list(found.lacks),
        "paused": list(trial.pauses),
        "stopped": trial.stopped,
        "stopping": [
            {"id": each.id, "level": each.level, "undecided": each.undecided,
             "waiting": each.waiting, "says": each.stands.text, **asdict(each.stands)}
            for each in trial.watched
        ],
        "unplaced": list(trial.unplaced),
    }  # fmt: skip


def bound(trial: Trial) -> dict[str, Any]:
    """Return what a recommendation is bound to."""
    shot, escalation = trial.shot, trial.study.escalation
    return {
        "study": shot.study, "as_of": shot.as_of, "snapshot_id": shot.snapshot_id,
        "rule_set": shot.rule_set, "code_version": shot.code_version,
        "target": escalation.target if escalation else None,
    }  # fmt: skip


def fan_content(trial: Trial, fan: Fan) -> dict[str, Any]:
    """Return a fan as JSON has it."""
    names = trial.levels
    return bound(trial) | {
        "current_level": names[trial.at],
        "robust": fan.robust,
        "ways": fan.ways,
        "today": {"action": fan.today.action, "level": _name(names, fan.today.level),
                  "why": fan.today.why},
        "branches": [
            {"action": b.action, "level": _name(names, b.level), "ways": b.ways,
             "example": {"dlt": b.example, "why": b.why},
             "when": [{"level": names[r.level], "open": r.open, "dlt": list(r.dlt),
                       "excluded": list(r.excluded)} for r in b.when]}
            for b in fan.branches
        ],
        "grid": [
            {"dlt": s.dlt, "excluded": s.excluded,
             "advice": [{"action": a, "level": _name(names, level)} for a, level in s.turns]}
            for s in fan.grid
        ],
        "open": [
            {"usubjid": s.usubjid, "level": names[s.level], "verdict": s.verdict,
             "can_be": list(s.can_be), "why": list(s.open_for),
             "settles": s.settles.isoformat() if s.settles else None,
             "matters": s.level in fan.mattering}
            for s in fan.open
        ],
        "settles": fan.settles.isoformat() if fan.settles else None,
        "taken_as_it_stands": list(fan.left_out),
    }  # fmt: skip


def lines(trial: Trial, found: Recommendation) -> Iterator[str]:
    """Yield a recommendation as a person reads it, after the table of levels."""
    yield from _header(trial)
    if found.action is None:
        yield f"{NOTHING[found.status]}: {found.why}."
    if found.status == "waiting" and not found.fan.left_out:
        ceiling = f"not above {found.not_above}" if found.not_above else verb("stop", "")
        yield f"Whatever comes: {ceiling}. `toxwatch escalate fan` tells every way."
    if found.action is not None:
        yield f"RECOMMENDED ({found.status}): {verb(found.action, found.level)}."
        yield f"  {found.why}"
    yield f"As verdicts stand, by {found.primary.design}: {_said(found.primary)}"
    for other in found.alongside:
        differs = (other.action, other.level) != (found.primary.action, found.primary.level)
        yield f"{'DISAGREES' if differs else 'agrees'}: {other.design}: {_said(other)}"
    if found.late:
        yield f"LATE TOXICITY: {found.late}"
    for lack in found.lacks:
        yield f"To be the phase II dose it lacks {lack}."
    for each in trial.watched:
        if each.stands.n or each.undecided or each.waiting:
            yield _watched(each)
    yield "The design advises. The committee decides and signs."


def fan_lines(trial: Trial, fan: Fan) -> Iterator[str]:
    """Yield a fan as a person reads it."""
    yield from _header(trial)
    if not fan.open:
        yield f"Nobody is open: {verb(fan.today.action, _name(trial.levels, fan.today.level))}."
        return
    yield f"Open: {len(fan.open)}. Ways in which they can turn out: {fan.ways:,}."
    for branch in fan.branches:
        said = verb(branch.action, _name(trial.levels, branch.level))
        yield f"  {said + ':':<45}{_when(trial, branch)}"
    yield from _grid(trial, fan)
    if fan.robust:
        yield "ROBUST: every way leads there."
    else:
        yield f"NOT ROBUST: {_settling(trial, fan)}"
    if fan.left_out:
        yield f"Too many ways: taken as it stands is the verdict of {', '.join(fan.left_out)}."
    for subject in fan.open[:MOST]:
        yield f"  {_open(trial, subject, matters=subject.level in fan.mattering)}"
    if len(fan.open) > MOST:
        yield f"  and {len(fan.open) - MOST} more: see --json"


def _grid(trial: Trial, fan: Fan) -> Iterator[str]:
    """Yield a table of the current level: DLTs downwards, not evaluable ones to the right."""
    columns = sorted({square.excluded for square in fan.grid})
    if len(fan.branches) == 1 or not 1 < len(columns) + 1 <= MOST_COLUMNS:
        return
    here = trial.levels[trial.at]
    yield f"Of those open at {here}, with DLT (down) and not evaluable (across):"
    yield f"{'':>5}" + "".join(f"{n:<{WIDTH}}" for n in columns)
    for dlt in sorted({square.dlt for square in fan.grid}):
        cells = {s.excluded: s for s in fan.grid if s.dlt == dlt}
        told = (_square(trial.levels, cells[n]) if n in cells else "" for n in columns)
        yield f"{dlt:>3}  " + "".join(f"{text:<{WIDTH}}" for text in told).rstrip()


def _square(names: tuple[str, ...], square: Square) -> str:
    turns = [f"{SHORT[action]} {_name(names, level)}".strip() for action, level in square.turns]
    return " / ".join(turns) if len(turns) <= 2 else f"one of {len(turns)}"


def _header(trial: Trial) -> Iterator[str]:
    shot = trial.shot
    if shot.header.get("notice"):
        yield str(shot.header["notice"])
    yield (
        f"{shot.study} as of {shot.as_of}, snapshot {shot.snapshot_id[:12]}, rules {shot.rule_set}"
    )
    yield f"The next subject would be treated at {trial.levels[trial.at]}: {trial.why_at}."
    if trial.not_before is not None:
        yield f"One subject was treated there; the second is not before {trial.not_before}."
    for pause in trial.pauses:
        yield f"ENROLMENT IS PAUSED until the committee signs. {pause}"
    if trial.stopped:
        yield f"THE COMMITTEE HAS STOPPED IT: {trial.stopped}"
    if trial.unplaced:
        who = ", ".join(trial.unplaced)
        yield f"Treated, and counted nowhere (level or first dose not known): {who}"


def _watched(each: Watched) -> str:
    where = f" at {each.level}" if each.level else ""
    still = [f"{n} {what}" for n, what in ((each.undecided, "cannot be judged"),
                                           (each.waiting, "too early")) if n]  # fmt: skip
    more = f" ({', '.join(still)})" if still else ""
    stop = each.stands.stops or each.stands.crossed is not None
    return (
        f"{'STOP' if stop else 'stopping'} {each.id}{where}, {each.text}: {each.stands.text}{more}"
    )


def _said(each: Said) -> str:
    return f"{verb(each.action, each.level)} ({each.why})"


def _when(trial: Trial, branch: Branch) -> str:
    told = "; ".join(_range(trial.levels, each) for each in branch.when)
    return f"{branch.ways:>5,} {'way' if branch.ways == 1 else 'ways'}: {told}"


def _range(names: tuple[str, ...], each: Range) -> str:
    of = f"of {each.open} open at {names[each.level]}"
    return f"{_span(each.dlt)} with DLT and {_span(each.excluded)} not evaluable {of}"


def _span(numbers: tuple[int, int]) -> str:
    low, high = numbers
    return str(low) if low == high else f"{low}-{high}"


def _settling(trial: Trial, fan: Fan) -> str:
    names = ", ".join(trial.levels[level] for level in fan.mattering)
    who = f"who is open at {names} can change it"
    if fan.settles is None:
        return f"{who}; some of it has no date: it waits for an answer"
    return f"{who}, until {fan.settles} at the latest"


def _open(trial: Trial, subject: Subject, *, matters: bool) -> str:
    day = f"by {subject.settles}" if subject.settles else "no date"
    can = " or ".join(subject.can_be)
    why = "; ".join(subject.open_for)
    weight = "" if matters else " (cannot change the advice)"
    return f"{subject.usubjid} {trial.levels[subject.level]}: {can}, {day}: {why}{weight}"


def _name(names: tuple[str, ...], level: int | None) -> str:
    return "" if level is None else names[level]
