"""Faults of whole files, and what becomes of faults in rows where a file cannot be used."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from safety.simulate.chance import Chance
from safety.simulate.deliveries import FilePlan, Handling, Mode, Planted, RowVersion
from safety.simulate.faults import damage
from safety.simulate.faults.ground import Spoiled
from safety.simulate.model import Day, Trial

WHOLE_DAYS = 5  # at first every file is whole: something must be there to fall back on
DAYS_A_FAULT = 12  # realistic: one file in so many days
HOSTILE_SHARE = 0.12  # of files
SNAPSHOTS = ("DM", "SV", "VS", "AE", "EC")
SKIPPED = "no delivery"
DELETION = 29


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of damage: the fault it is, the domains it can hit, and the rows it needs there."""

    damage: str
    fault: int
    domains: tuple[str, ...]
    right: tuple[Handling, ...] = ("H",)
    rows: int = 1


# The first are one of each fault; a realistic trial has all of them and some of the rest.
KINDS = (
    Kind(damage.VERSION, 37, ("AE",)),
    Kind(damage.FEWER_ROWS, 52, ("VS", "EC"), rows=20),
    Kind(damage.SLASHES, 9, ("SV", "VS", "LB"), rows=3),
    Kind(SKIPPED, 53, ("DM", "EC", "LB"), ("P4",)),
    Kind(damage.TRUNCATED, 51, ("VS", "AE", "DM")),
    Kind(damage.TRUNCATED, 51, ("LB",), rows=3),
    Kind(damage.UTF8, 51, ("LB",)),
    Kind(damage.RENAMED, 51, ("LB", "EC", "VS", "AE", "DM")),
    Kind(damage.LATE, 53, ("LB",), ("P4",), rows=3),
    Kind(damage.RECORDS, 51, ("EC",)),
    Kind(damage.ADDED, 51, ("LB", "EC", "VS"), ("P4",)),
    Kind(damage.SHIFTED, 51, ("LB",)),
    Kind(damage.FEWER_SUBJECTS, 52, ("VS", "EC"), rows=20),
    Kind(damage.EMPTY, 51, ("LB", "EC", "SV")),
    Kind(damage.AGAIN, 2, ("LB",), (), rows=3),
    Kind(damage.TRUNCATED, 51, ("EC",), rows=3),
    Kind(damage.MOJIBAKE, 51, ("LB",)),
)
REQUIRED = 5
HOSTILE_KINDS = (*KINDS, Kind(damage.OLD, 53, SNAPSHOTS, ()))
MOVED = frozenset({damage.LATE, damage.AGAIN, SKIPPED})
CORRECT_INSIDE = frozenset({damage.ADDED, damage.LATE, damage.AGAIN, damage.OLD})


class _Files:
    """The planned files while faults are planted in them."""

    def __init__(self, plans: tuple[FilePlan, ...], versions: tuple[RowVersion, ...]) -> None:
        self.plans = list(plans)
        self.planted: list[Planted] = []
        self.first = min((p.day for p in plans), default=0)
        self.last = max((p.day for p in plans), default=0)
        self._known: dict[str, Counter[Day]] = defaultdict(Counter)
        self._subjects: dict[str, dict[str, Day]] = defaultdict(dict)
        for v in versions:
            self._known[v.domain][v.known] += 1
            first = self._subjects[v.domain].setdefault(v.row.split("|")[1], v.known)
            self._subjects[v.domain][v.row.split("|")[1]] = min(first, v.known)

    def can(self, plan: FilePlan, kind: Kind) -> bool:
        """Whether a file holds enough for a kind of damage to be one."""
        if plan.domain not in kind.domains or plan.damage or plan not in self.plans:
            return False
        if kind.damage in MOVED and plan.day >= self.last:
            return False
        if kind.damage == damage.FEWER_SUBJECTS:
            seen = [d for d in self._subjects[plan.domain].values() if d <= plan.content]
            if len(seen) < 3:
                return False
        return self._rows(plan) >= kind.rows

    def _rows(self, plan: FilePlan) -> int:
        since = -1 if plan.since is None else plan.since
        known = self._known[plan.domain]
        return sum(n for day, n in known.items() if since < day <= plan.content)

    def damage(self, plan: FilePlan, kind: Kind, chance: Chance, *, again: bool) -> None:
        """Damage a file; again: what it held of changes is delivered later under its name."""
        days = chance.whole(1, 2)
        later = min(plan.day + days, self.last)
        at = self.plans.index(plan)
        what = f"{plan.name}: {kind.damage}"
        whole = kind.damage == SKIPPED
        if whole and plan.feed != "central_lab":
            self.plans = [p for p in self.plans if (p.day, p.feed) != (plan.day, plan.feed)]
            later, what = plan.day + 1, f"no delivery of {plan.feed}"
        elif whole or kind.damage == damage.LATE:
            later = min(plan.day + (1 if whole else 3), self.last)
            self.plans[at] = replace(plan, day=later, damage=damage.LATE)
            what = f"{plan.name} comes on day {later}"
        elif kind.damage == damage.AGAIN:
            self.plans.append(replace(plan, day=later, damage=damage.AGAIN))
        elif kind.damage == damage.OLD:
            self.plans[at] = replace(plan, content=max(0, plan.content - 5), damage=damage.OLD)
        else:
            self._spoil(at, kind, later, again=again)
        if kind.right:
            self._record(plan, kind, what, later)

    def _spoil(self, at: int, kind: Kind, later: Day, *, again: bool) -> None:
        plan = self.plans[at]
        usable = kind.damage in CORRECT_INSIDE
        self.plans[at] = replace(plan, damage=kind.damage, usable=usable)
        if plan.since is not None and again and not usable and later > plan.day:
            self.plans.append(replace(plan, day=later, damage=""))

    def _record(self, plan: FilePlan, kind: Kind, what: str, later: Day) -> None:
        is_whole_feed = kind.fault == 53
        right_again = later if plan.since is not None else plan.day + 1
        is_never = kind.damage in CORRECT_INSIDE - {damage.LATE} or right_again > self.last
        self.planted.append(
            Planted(
                fault=kind.fault,
                day=plan.day,
                feed=plan.feed,
                file="" if is_whole_feed else plan.name,
                domain="" if is_whole_feed else plan.domain,
                row="",
                usubjid="",
                what=what,
                right=kind.right,
                corrected=None if is_never or right_again == plan.day else right_again,
            )
        )


def plant_files(
    plans: tuple[FilePlan, ...], versions: tuple[RowVersion, ...], trial: Trial, mode: Mode
) -> tuple[tuple[FilePlan, ...], tuple[Planted, ...]]:
    """Return the plans with damaged, late and doubled files, by day, and what was planted.

    A file of changes that cannot be used is delivered again some days later under its own name;
    a whole extract is made good by that of the next day.
    """
    if mode == "none":
        return plans, ()
    files = _Files(plans, versions)
    chance = Chance(trial.options.seed, "files")
    if mode == "hostile":
        _everywhere(files, plans, chance)
    else:
        _here_and_there(files, plans, chance)
    return tuple(sorted(files.plans, key=lambda p: p.day)), tuple(files.planted)


def _everywhere(files: _Files, plans: tuple[FilePlan, ...], chance: Chance) -> None:
    for plan in plans:
        if plan.day == files.first or not chance.yes(HOSTILE_SHARE):
            continue
        kinds = [k for k in HOSTILE_KINDS if files.can(plan, k)]
        if kinds:
            kind = chance.pick(kinds)
            files.damage(plan, kind, chance, again=chance.yes(0.5))


def _here_and_there(files: _Files, plans: tuple[FilePlan, ...], chance: Chance) -> None:
    first, last = files.first + WHOLE_DAYS, files.last - 3
    wanted = max(REQUIRED, (files.last - files.first) // DAYS_A_FAULT)
    used: set[Day] = set()
    more = chance.shuffled(KINDS[REQUIRED:])
    for kind in (*KINDS[:REQUIRED], *more[: wanted - REQUIRED]):
        found = [
            p for p in plans
            if first <= p.day <= last and p.day not in used and files.can(p, kind)
        ]  # fmt: skip
        if found:
            plan = chance.pick(found)
            used.update(range(plan.day - 1, plan.day + 4))
            files.damage(plan, kind, chance, again=True)


def as_delivered(
    planted: tuple[Planted, ...], spoiled: Mapping[str, Spoiled], plans: tuple[FilePlan, ...]
) -> tuple[tuple[Planted, ...], dict[str, Spoiled]]:
    """Move days on which a source held something to those of the first delivery that shows it.

    A fault that was corrected before any usable file showed it is left out: nobody could see it.
    """
    usable: dict[str, list[FilePlan]] = defaultdict(list)
    for plan in plans:
        if plan.usable:
            usable[plan.domain].append(plan)

    def came(domain: str, known: Day) -> Day | None:
        days = (
            p.day
            for p in usable[domain]
            if (p.since is None or p.since < known) and known <= p.content
        )
        return min(days, default=None)

    moved: list[Planted] = []
    for p in planted:
        if not p.row:
            moved.append(p)
            continue
        first = came(p.domain, p.day)
        corrected = None if p.corrected is None else came(p.domain, p.corrected)
        if p.fault == DELETION and first == min((f.day for f in usable[p.domain]), default=None):
            continue  # deleted before anything was delivered
        if first is not None and (corrected is None or first < corrected):
            moved.append(replace(p, day=first, corrected=corrected))
    spans = {row: _delivered(row, of, came) for row, of in spoiled.items()}
    return tuple(moved), {row: of for row, of in spans.items() if of}


def _delivered(row: str, spans: Spoiled, came: Callable[[str, Day], Day | None]) -> Spoiled:
    domain = row.split("|", maxsplit=1)[0]
    found: list[tuple[Day, Day | None]] = []
    for first, last in spans:
        begins = came(domain, first)
        right_again = None if last is None else came(domain, last + 1)
        if begins is not None and (right_again is None or begins < right_again):
            found.append((begins, None if right_again is None else right_again - 1))
    return tuple(found)
