"""The decision fan: what the design would advise for every way that open subjects can turn out.

Exact. Subjects of a level who can become the same are exchangeable, so ways are counted by numbers
and not by names: three pending subjects at one level are ten ways, not twenty-seven.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations_with_replacement, product
from math import comb, prod

from safety.escalation.advice import Action, Advice
from safety.escalation.conduct import Plan, advise
from safety.escalation.state import Count, State
from safety.escalation.subjects import Outcome, Subject, counts, fresh

MOST = 5_000  # ways that are looked at
Kind = tuple[int, tuple[Outcome, ...], bool]  # level, what they can become, treated on this visit
Became = tuple[int, int, int]  # how many have a DLT, have none, are excluded
Way = tuple[Became, ...]  # what became of each kind
Turn = tuple[Action, int | None]


@dataclass(frozen=True, slots=True)
class Range:
    """How many of the open subjects of a level become what, in the ways of a branch."""

    level: int
    open: int
    dlt: tuple[int, int]
    excluded: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Branch:
    """One advice, and the ways that lead to it. ways: how many; when: by level with open ones.

    why: of the way with the fewest DLTs, which `example` tells.
    """

    action: Action
    level: int | None
    ways: int
    when: tuple[Range, ...]
    why: str
    example: int  # DLTs among the open subjects


@dataclass(frozen=True, slots=True)
class Square:
    """What so many DLTs and so many excluded among the open subjects of the current level lead to.

    turns: one advice, or several if it depends on open subjects of other levels too.
    """

    dlt: int
    excluded: int
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Fan:
    """All branches, by action from stop to complete.

    today: advice on subjects as they stand, without those who have no verdict. robust: every way
    leads to one branch. open: who is open, by the day it settles, unknown days last. mattering:
    levels whose open subjects can change the advice. settles: the day by which all of those are
    decided, None if one has no date.
    left_out: subjects who were taken as they stand, since the ways would be too many.
    """

    today: Advice
    branches: tuple[Branch, ...]
    open: tuple[Subject, ...]
    mattering: tuple[int, ...]
    settles: date | None
    ways: int
    left_out: tuple[str, ...] = ()
    grid: tuple[Square, ...] = ()  # of the current level, by DLTs, then by excluded

    @property
    def robust(self) -> bool:
        return len(self.branches) == 1 and not self.left_out

    def leads_to(self, action: Action, level: int | None) -> bool:
        """Return whether an advice is among the branches."""
        return any((b.action, b.level) == (action, level) for b in self.branches)


ORDER: tuple[Action, ...] = ("stop", "de-escalate", "stay", "escalate", "complete", "end")


def spread(plan: Plan, subjects: Sequence[Subject], at: int) -> Fan:
    """Return the fan over every way that the open subjects can turn out."""
    asked, left_out = _bounded(subjects)
    kinds = _kinds(asked, at)
    found, whys = _turns(plan, [s for s in asked if not s.is_open], kinds, at)
    branches = [
        Branch(*turn, len(ways), _when(kinds, ways), *whys[turn])
        for turn, ways in sorted(found.items(), key=lambda each: _place(each[0]))
    ]
    mattering = _mattering(kinds, found)
    today = advise(plan, State(counts(subjects, len(plan.names)), at), fresh(subjects, at))
    return Fan(
        today, tuple(branches), _by_day(asked), mattering,
        _last_day(s for s in asked if s.is_open and s.level in mattering), number_of_ways(kinds),
        left_out, _grid(kinds, found, at),
    )  # fmt: skip


def _kinds(subjects: Iterable[Subject], at: int) -> Counter[Kind]:
    """Return how many open subjects there are of each kind; a visit is told of one level only."""
    return Counter((s.level, s.can_be, s.is_fresh and s.level == at) for s in subjects if s.is_open)


def _turns(
    plan: Plan, final: Sequence[Subject], kinds: Counter[Kind], at: int
) -> tuple[dict[Turn, list[Way]], dict[Turn, tuple[str, int]]]:
    """Return the ways that lead to each advice, and why it is given with the fewest DLTs."""
    base, visit = counts(final, len(plan.names)), fresh(final, at)
    found: dict[Turn, list[Way]] = defaultdict(list)
    whys: dict[Turn, tuple[str, int]] = {}
    known: dict[tuple[tuple[Count, ...], int], Advice] = {}
    for way in sorted(_ways(kinds), key=lambda each: sum(dlt for dlt, _, _ in each)):
        added = _added(base, kinds, way)
        now = visit + _evaluable(kinds, way)
        if (added, now) not in known:
            known[added, now] = advise(plan, State(added, at), now)
        advice = known[added, now]
        turn = advice.action, advice.level
        found[turn].append(way)
        whys.setdefault(turn, (advice.why, sum(dlt for dlt, _, _ in way)))
    return found, whys


def _evaluable(kinds: Iterable[Kind], way: Way) -> int:
    """Return how many of this visit's open subjects become evaluable."""
    told = zip(kinds, way, strict=True)
    return sum(dlt + none for (_, _, is_fresh), (dlt, none, _) in told if is_fresh)


def number_of_ways(kinds: Counter[Kind]) -> int:
    """Return the number of ways, subjects who can become the same being exchangeable."""
    return prod(comb(n + len(can_be) - 1, n) for (_, can_be, _), n in kinds.items())


def _bounded(subjects: Sequence[Subject]) -> tuple[list[Subject], tuple[str, ...]]:
    """Return subjects with few enough ways, and whom that took as they stand.

    Doubts about verdicts go first, then who has no verdict, from the lowest level upwards.
    """
    asked, left_out = list(subjects), list[str]()
    unsure = sorted(
        (s for s in asked if s.is_open), key=lambda s: (s.stands is None, s.level), reverse=True
    )
    while unsure and number_of_ways(_kinds(asked, -1)) > MOST:
        gone = unsure.pop()
        asked.remove(gone)
        left_out.append(gone.usubjid)
        if gone.stands is not None:
            asked.append(replace(gone, can_be=(gone.stands,)))
    return asked, tuple(sorted(left_out))


def _ways(kinds: Counter[Kind]) -> Iterator[Way]:
    each = [
        [_became(chosen) for chosen in combinations_with_replacement(can_be, n)]
        for (_, can_be, _), n in kinds.items()
    ]
    return product(*each)


def _became(chosen: Sequence[Outcome]) -> Became:
    return chosen.count("DLT"), chosen.count("NO_DLT"), chosen.count("EXCLUDED")


def _added(base: tuple[Count, ...], kinds: Iterable[Kind], way: Way) -> tuple[Count, ...]:
    found = list(base)
    for (level, _, _), (dlt, none, _) in zip(kinds, way, strict=True):
        found[level] = found[level].plus(dlt + none, dlt)
    return tuple(found)


def _when(kinds: Counter[Kind], ways: Iterable[Way]) -> tuple[Range, ...]:
    levels, listed = [level for level, _, _ in kinds], list(ways)
    opened = Counter[int]()
    for (level, _, _), n in kinds.items():
        opened[level] += n
    found = []
    for level in sorted(opened):
        places = [i for i, each in enumerate(levels) if each == level]
        dlt, excluded = ({sum(way[i][what] for i in places) for way in listed} for what in (0, 2))
        found.append(Range(level, opened[level], _span(dlt), _span(excluded)))
    return tuple(found)


def _grid(kinds: Counter[Kind], found: dict[Turn, list[Way]], at: int) -> tuple[Square, ...]:
    here = [place for place, (level, _, _) in enumerate(kinds) if level == at]
    squares: dict[tuple[int, int], set[Turn]] = defaultdict(set)
    for turn, ways in found.items():
        for way in ways:
            dlt, excluded = (sum(way[place][what] for place in here) for what in (0, 2))
            squares[dlt, excluded].add(turn)
    if not here:
        return ()
    return tuple(
        Square(*where, tuple(sorted(squares[where], key=_place))) for where in sorted(squares)
    )


def _span(numbers: set[int]) -> tuple[int, int]:
    return min(numbers), max(numbers)


def _mattering(kinds: Counter[Kind], found: dict[Turn, list[Way]]) -> tuple[int, ...]:
    """Return the levels of which another outcome, all else the same, leads to another branch."""
    turn_of = {way: turn for turn, ways in found.items() for way in ways}
    levels = [level for level, _, _ in kinds]
    matter = set()
    for place, level in enumerate(levels):
        by_rest: dict[Way, set[Turn]] = defaultdict(set)
        for way, turn in turn_of.items():
            by_rest[way[:place] + way[place + 1 :]].add(turn)
        if any(len(turns) > 1 for turns in by_rest.values()):
            matter.add(level)
    return tuple(sorted(matter))


def _by_day(subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    found = [s for s in subjects if s.is_open]
    return tuple(sorted(found, key=lambda s: (s.settles or date.max, s.usubjid)))


def _last_day(subjects: Iterable[Subject]) -> date | None:
    days = [s.settles for s in subjects]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def _place(turn: Turn) -> tuple[int, int]:
    action, level = turn
    return ORDER.index(action), -1 if level is None else level
