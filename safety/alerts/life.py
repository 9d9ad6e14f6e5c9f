"""The life of an alert: what new facts change, and what a person may do in which state.

Pure: the alerts that are known and the facts of now go in, changes come out.

    state:     open -> acknowledged -> in_review -> resolved | suppressed
    condition: holds -> cleared (the data do not support it any more) | over (its time has passed)

An alert of P1 or P2 becomes open only when it is told, and leaves that state only by a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from safety.alerts import wording
from safety.alerts.fact import AlertFact
from safety.alerts.states import (
    CLEARED,
    CRITICAL,
    HOLDS,
    LEAST_URGENT,
    OPEN,
    OVER,
    RESOLVED,
    SUPPRESSED,
    URGENT,
    Alert,
    Change,
)

COUNTING, SUBJECTS = frozenset({"PAUSE", "STOPPING"}), "Subjects: "  # line that names them
GONE = "condition_gone"  # outcome of what the machine resolves
# Rules of what toxwatch watches of itself: no snapshot says that such an alert is gone.
OPERATIONS = frozenset({"RUN", "WATCHDOG", "OUTBOX"})
# Rules whose end is no news: it was asked for, and nothing was withdrawn.
NATURAL_ENDS: Mapping[str, str] = {
    "SAMPLE": "the record that it asked for has come, or the rule is decided without it",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from. owns: rules of which an alert without a fact is gone, None: all."""

    study: str
    snapshot_id: str | None
    at: str
    owns: frozenset[str] | None = None

    def has(self, rule: str) -> bool:
        """Return whether the source says all there is to say of a rule."""
        return rule not in OPERATIONS if self.owns is None else rule in self.owns


def advance(known: Iterable[Alert], facts: Iterable[AlertFact], source: Source) -> list[Change]:
    """Return what the facts change; the same facts a second time change nothing."""
    alerts, now = {a.alert_id: a for a in known}, _worst(facts, source.study)
    found = [_seen(alerts.get(i), fact, i, source) for i, fact in now.items()]
    changes = [c for c in found if c is not None]
    gone = [a for i, a in alerts.items() if i not in now and _may_go(a)]
    instead = _told_anew(changes)
    return [*changes, *(_gone(a, instead[a.usubjid, a.rule], source)
                        for a in gone if source.has(a.rule))]  # fmt: skip


def _may_go(alert: Alert) -> bool:
    """Return whether there is something to withdraw: what was told, also if its time has passed."""
    withdrawn = alert.condition == OVER and alert.rule not in NATURAL_ENDS
    return alert.condition == HOLDS or withdrawn


def _worst(facts: Iterable[AlertFact], study: str) -> dict[str, AlertFact]:
    """Return the facts by the id of their alert; of two the one that holds, then the worse."""
    worst: dict[str, AlertFact] = {}
    for fact in facts:
        alert_id = fact.alert_id(study)
        other = worst.get(alert_id)
        if other is None or (not fact.over and (other.over or _is_worse(fact, other))):
            worst[alert_id] = fact
    return worst


def _is_worse(fact: AlertFact, known: Alert | AlertFact) -> bool:
    """Return whether a fact is of a higher grade, certain where that was not, or more urgent."""
    return fact.worse_than(known.level, bool(known.verified)) or fact.tier < known.tier


def _told_anew(changes: Iterable[Change]) -> defaultdict[tuple[str, str], list[str]]:
    """Return ids of alerts that begin now, by subject and rule."""
    found = defaultdict[tuple[str, str], list[str]](list)
    for change in changes:
        if change.action in {"raise", "return"}:
            found[change.alert.usubjid, change.alert.rule].append(change.alert.alert_id)
    return found


def _seen(alert: Alert | None, fact: AlertFact, alert_id: str, source: Source) -> Change | None:
    """Return what a fact changes."""
    if alert is None:
        return None if fact.over else _raised(fact, alert_id, source)
    now = _with(alert, fact, source)
    if fact.over:
        passed = alert.condition != OVER
        return _over(alert, now, "its time has passed") if passed else None
    if alert.condition != HOLDS:
        return _tell(alert, now, "return", f"it was {alert.condition} and holds again")
    if worse := _why_worse(alert, fact):
        return _tell(alert, now, "worsen", worse)
    if (now.tier, now.level, now.verified) != (alert.tier, alert.level, alert.verified):
        lowered = _tell(alert, now, "lower", "less severe or less certain than what was told")
        return lowered if alert.tier in URGENT else _updated(alert, now)
    return _updated(alert, now) if _says(now) != _says(alert) else None


def _why_worse(alert: Alert, fact: AlertFact) -> str:
    """Return why a fact is worse than what is known, "" if it is not.

    A pause is worse that rests on a subject it was not told of, however many there are now.
    """
    if _is_worse(fact, alert):
        return "worse than what was told before"
    new = fact.rule in COUNTING and not _subjects(fact.body) <= _subjects(alert.body)
    return "it concerns another subject than what was told before" if new else ""


def _subjects(body: str) -> set[str]:
    lines = [line for line in body.split("\n") if line.startswith(SUBJECTS)]
    return {who for line in lines for who in line.removeprefix(SUBJECTS).split(", ") if who}


def _says(alert: Alert) -> tuple[str, str]:
    return alert.title, wording.without_places(alert.body)


def _with(alert: Alert, fact: AlertFact, source: Source) -> Alert:
    """Return an alert that says what a fact says."""
    return replace(
        _of(source, alert), level=fact.level, verified=int(fact.verified), title=fact.title,
        tier=min(fact.tier, LEAST_URGENT) if alert.tier in URGENT else fact.tier,
        body=fact.body, condition=OVER if fact.over else HOLDS,
    )  # fmt: skip


def _of(source: Source, alert: Alert) -> Alert:
    last = source.snapshot_id or alert.last_snapshot
    return replace(alert, last_snapshot=last, told_at=source.at)


def _raised(fact: AlertFact, alert_id: str, source: Source) -> Change:
    alert = Alert(
        alert_id, source.study, fact.usubjid, fact.rule, fact.episode, fact.tier, fact.level,
        int(fact.verified), fact.title, fact.body, OPEN, HOLDS, 1, source.snapshot_id,
        source.snapshot_id, source.at, source.at,
    )  # fmt: skip
    return Change(alert, None, "raise", "a rule is met", fact.tier)


def _tell(alert: Alert, now: Alert, action: str, reason: str) -> Change:
    """Open an alert again and tell it in the more urgent of its tiers; not what is suppressed.

    What is suppressed is told if it got worse or came back, and of P1 also if it was cleared.
    """
    tier, revision = min(alert.tier, now.tier), alert.revision + 1
    silent = action == "lower" or (action == "clear" and tier != CRITICAL)
    if alert.state == SUPPRESSED and silent:
        return Change(_untold(alert, now, revision=revision), alert, action, reason)
    opened = replace(
        now, state=OPEN, revision=revision, step=0, due_at="", outcome="", suppressed_until=""
    )
    return Change(opened, alert, action, reason, tier)


def _updated(alert: Alert, now: Alert) -> Change:
    reason = "what it says has changed, and is not worse"
    return Change(_untold(alert, now), alert, "update", reason)


def _untold(alert: Alert, now: Alert, revision: int | None = None) -> Alert:
    return replace(now, told_at=alert.told_at, revision=revision or alert.revision)


def _over(alert: Alert, now: Alert, reason: str) -> Change:
    """End an alert whose time has passed, or whose cause was settled: nobody is told."""
    ended = replace(_untold(alert, now), tier=alert.tier, condition=OVER)
    return Change(_resolved(ended), alert, "over", reason)


def _gone(alert: Alert, instead: list[str], source: Source) -> Change:
    """Clear an alert that the data do not support any more: as loud as a new one if urgent."""
    now = _of(source, alert)
    natural = NATURAL_ENDS.get(alert.rule)
    if natural is not None:
        return _over(alert, now, natural)
    title, body = wording.cleared(alert.title, alert.body, source.snapshot_id, instead)
    now, reason = replace(now, title=title, body=body, condition=CLEARED), "not in the newest data"
    if alert.tier in URGENT:
        return _tell(alert, now, "clear", reason)
    ended = _untold(alert, now, revision=alert.revision + 1)
    return Change(_resolved(ended), alert, "clear", reason)


def _resolved(alert: Alert) -> Alert:
    """Return an alert that nobody must answer as resolved; one of P1 or P2 as it is."""
    if alert.tier in URGENT or alert.state == RESOLVED:
        return alert
    return replace(alert, state=RESOLVED, outcome=GONE, due_at="", suppressed_until="")
