"""The recommendation: what the study's design advises today, and how sure that is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from safety.escalation import named
from safety.escalation.advice import Action, Advice, Design
from safety.escalation.conduct import Plan, advise, lacks
from safety.escalation.designs.rolling_six import RollingSix
from safety.escalation.designs.tite_boin import TiteBoin
from safety.escalation.fan import Fan, spread
from safety.escalation.posterior import Posterior
from safety.escalation.state import Count, State
from safety.escalation.subjects import PENDING, Subject, Tally, counts, fresh, state, tally
from safety.nextdose.live import Trial
from safety.study.escalation import Escalation

# ready: nobody is open. robust: whatever the open ones become, it is the same. followed: it is not,
# but the design weighs how long they were followed. waiting: it is not, and the design waits.
# paused: a rule stops enrolment until the committee signs. stopped: the committee has.
Status = Literal["ready", "robust", "followed", "waiting", "paused", "stopped"]
BOUND = frozenset({"ready", "robust", "followed"})  # those that recommend something


@dataclass(frozen=True, slots=True)
class LevelNumbers:
    """One dose level: its subjects, and the posterior of its DLT rate (prior Beta(1, 1)).

    low, high: of the 90 % interval. above_target: Pr(rate > target). cumulative: DLTs, and
    toxicities as grave after the window, among the evaluable.
    """

    name: str
    tally: Tally
    mean: float
    low: float
    high: float
    above_target: float
    is_closed: bool
    cumulative: int


@dataclass(frozen=True, slots=True)
class Said:
    """What one design says of subjects as they stand, without those who have no verdict."""

    design: str
    action: Action
    level: str
    why: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Of one snapshot. action, level: None and "" unless the status is one of BOUND.

    not_above: the highest level that any way of the fan leads to, "" if every way stops.
    disagree: a design alongside leads elsewhere. late: what late toxicity changes, "" if nothing.
    lacks: what the MTD lacks to be the phase II dose.
    """

    status: Status
    action: Action | None
    level: str
    why: str
    not_above: str
    current: str
    levels: tuple[LevelNumbers, ...]
    fan: Fan
    primary: Said
    alongside: tuple[Said, ...]
    disagree: bool
    late: str
    lacks: tuple[str, ...]


def plan(escalation: Escalation, levels: Sequence[str], design: str = "") -> Plan:
    """Return how a study goes from level to level, by its design or by another one."""
    return Plan(
        named.design(
            design or escalation.design, escalation.target, len(levels), _options(escalation)
        ),
        tuple(levels),
        escalation.cohort, escalation.most, escalation.enough, escalation.rp2d_least,
        fills=(design or escalation.design) != RollingSix.name,
    )  # fmt: skip


def _options(escalation: Escalation) -> named.Options:
    return named.Options(
        escalation.confirm_top, escalation.two_of_six_ok, escalation.extrasafe,
        tuple(escalation.skeleton), tuple(escalation.doses),
    )  # fmt: skip


def recommend(trial: Trial, escalation: Escalation) -> Recommendation:
    """Return the recommendation on the subjects of a trial."""
    used = plan(escalation, trial.levels)
    fan = spread(used, trial.subjects, trial.at)
    primary = said(used, trial.subjects, trial.at)
    others = tuple(
        said(plan(escalation, trial.levels, name), trial.subjects, trial.at)
        for name in escalation.alongside
    )
    status, action, level, why = _told(used, fan, trial)
    chosen = counts(trial.subjects, len(trial.levels))[level] if level is not None else Count()
    return Recommendation(
        status, action, used.named(level), why, _not_above(used, fan),
        trial.levels[trial.at], numbers(used.design, trial, fan.today.open_levels), fan, primary,
        others, any((o.action, o.level) != (primary.action, primary.level) for o in others),
        late(used, trial), lacks(used, chosen) if action == "complete" else (),
    )  # fmt: skip


def said(used: Plan, subjects: Sequence[Subject], at: int) -> Said:
    """Return what a design says of subjects as they stand."""
    found = advise(used, State(counts(subjects, len(used.names)), at), fresh(subjects, at))
    return Said(used.design.name, found.action, used.named(found.level), found.why)


def numbers(design: Design, trial: Trial, open_levels: int) -> tuple[LevelNumbers, ...]:
    """Return every level in numbers, lowest first."""
    final = counts(trial.subjects, len(trial.levels))
    grave = _cumulative(trial)
    return tuple(
        _numbers(name, tally(trial.subjects, i), final[i], design.target, i >= open_levels,
                 grave[i].y)
        for i, name in enumerate(trial.levels)
    )  # fmt: skip


def late(used: Plan, trial: Trial) -> str:
    """Return how the advice differs with late toxicity as grave as a DLT, "" if it does not."""
    final, grave = counts(trial.subjects, len(trial.levels)), _cumulative(trial)
    now = fresh(trial.subjects, trial.at)
    first, both = (advise(used, State(each, trial.at), now) for each in (final, grave))
    if (first.action, first.level) == (both.action, both.level):
        return ""
    return (
        f"With what came after the window counted too the design would say {_brief(used, both)} "
        f"and not {_brief(used, first)}: {both.why}"
    )


def _brief(used: Plan, advice: Advice) -> str:
    return f"{advice.action} {used.named(advice.level)}".strip()


def _told(used: Plan, fan: Fan, trial: Trial) -> tuple[Status, Action | None, int | None, str]:
    hindered = _hindered(trial)
    if hindered is not None:
        return hindered
    if not fan.robust:
        followed = _followed(used, fan, trial)
        if followed is not None:
            return "followed", followed.action, followed.level, followed.why
        return "waiting", None, None, _waits_for(used, fan)
    branch = fan.branches[0]
    if not fan.open:
        return "ready", branch.action, branch.level, branch.why
    today = (fan.today.action, fan.today.level) == (branch.action, branch.level)
    why = fan.today.why if today else f"if {branch.example} of them have a DLT: {branch.why}"
    everyone = f"whatever becomes of the {len(fan.open)} who are open, it is the same"
    return "robust", branch.action, branch.level, f"{everyone}. {why}"


def _hindered(trial: Trial) -> tuple[Status, None, None, str] | None:
    """Return what stands above any design."""
    if trial.stopped:
        return "stopped", None, None, f"nobody is to be treated: {trial.stopped}"
    if trial.pauses:
        return "paused", None, None, "a rule stops enrolment until the committee signs"
    if trial.unplaced:
        who = ", ".join(trial.unplaced)
        return "waiting", None, None, f"{who} count nowhere: level or first dose is not known"
    return None


def _waits_for(used: Plan, fan: Fan) -> str:
    if not fan.mattering:
        return f"too many ways: {', '.join(fan.left_out)} were taken as they stand"
    names = ", ".join(used.named(level) for level in fan.mattering)
    return f"{_number(fan)} at {names} can still change it"


def _followed(used: Plan, fan: Fan, trial: Trial) -> Advice | None:
    """Return what a design says that weighs who is pending; None for one that waits, or does not.

    It can if all who are open are pending at the current level, and if what it says is among what
    can still come. A cohort must be full, whoever is pending among it.
    """
    found = _weighed(used.design, fan, trial)
    now = fresh(trial.subjects, trial.at) + sum(s.is_fresh for s in fan.open)
    is_full = not used.fills or now % used.cohort == 0
    if found is None or not fan.leads_to(found.action, found.level):
        return None
    return found if is_full or found.action == "stay" else None


def _weighed(design: Design, fan: Fan, trial: Trial) -> Advice | None:
    if any(s.level != trial.at or s.verdict != PENDING for s in fan.open) or fan.left_out:
        return None
    known = state(trial.subjects, len(trial.levels), trial.at)
    if isinstance(design, TiteBoin):
        return design.advise_pending(known, [s.followed for s in fan.open])
    if isinstance(design, RollingSix):
        return design.advise_pending(known, len(fan.open))
    return None


def _number(fan: Fan) -> str:
    count = sum(s.level in fan.mattering for s in fan.open)
    return "1 subject who is open" if count == 1 else f"{count} subjects who are open"


def _not_above(used: Plan, fan: Fan) -> str:
    levels = [branch.level for branch in fan.branches if branch.level is not None]
    return used.named(max(levels)) if levels else ""


def _cumulative(trial: Trial) -> tuple[Count, ...]:
    """Return by level the evaluable subjects, those with late toxicity among the DLTs."""
    final = counts(trial.subjects, len(trial.levels))
    more = [0] * len(trial.levels)
    for s in trial.subjects:
        more[s.level] += s.late and s.stands == "NO_DLT"
    return tuple(Count(c.n, c.y + extra) for c, extra in zip(final, more, strict=True))


def _numbers(
    name: str, subjects: Tally, count: Count, target: float, is_closed: bool, cumulative: int
) -> LevelNumbers:
    posterior = Posterior.of(count)
    low, high = posterior.interval()
    return LevelNumbers(
        name, subjects, posterior.mean, low, high, posterior.above(target), is_closed, cumulative
    )
