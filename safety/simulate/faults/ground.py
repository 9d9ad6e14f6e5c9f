"""The rows of a trial while faults are planted in them: one fault a row at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from safety.simulate.chance import Chance
from safety.simulate.deliveries import Handling, Mode, Planted, RowVersion
from safety.simulate.faults.catalogue import faults
from safety.simulate.faults.facts import Facts
from safety.simulate.faults.keys import feed, key
from safety.simulate.model import Day, Trial
from safety.simulate.sdtm.row import updated
from safety.simulate.sdtm.samples import CANCELLED, CORRECTED

CORRECTED_SHARE = {"realistic": 0.5, "hostile": 0.25}  # of planted faults that a source corrects
CORRECTED_AFTER = (2, 10)  # days
Fixed = Literal["always", "sometimes", "never"]
Spoiled = tuple[tuple[Day, Day | None], ...]


@dataclass(frozen=True, slots=True)
class Altered:
    """What a fault makes of a version: other values, and in words what was done.

    right: where it differs from the catalogue. spoils: whether the evidence of the row cannot be
    used. value: what the row must mean, where it can be converted. also: rows that it rests on.
    since: the day from which other rows show it, where the row alone is no fault.
    """

    values: Mapping[str, str]
    what: str
    spoils: bool
    right: tuple[Handling, ...] = ()
    value: str = ""
    also: tuple[str, ...] = ()
    since: Day = 0


Alter = Callable[[RowVersion, Chance], Altered | None]


class Ground:
    """Rows in versions, and what was planted so far."""

    def __init__(self, versions: tuple[RowVersion, ...], trial: Trial, mode: Mode) -> None:
        self.trial, self.mode = trial, mode
        self.planted: list[Planted] = []
        self.spoiled: dict[str, Spoiled] = {}
        self._taken: set[str] = set()
        self._order = versions
        self._added: list[RowVersion] = []
        self._rows: dict[str, tuple[RowVersion, ...]] = {}
        for v in versions:
            self._rows[v.row] = (*self._rows.get(v.row, ()), v)
        self._clean = dict(self._rows)
        self.facts = Facts(versions, trial)
        self._by_domain: dict[str, list[str]] = {}
        for row, history in self._rows.items():
            if not any(v.deleted for v in history):
                self._by_domain.setdefault(history[0].domain, []).append(row)

    @property
    def last(self) -> Day:
        """The last day of the trial that has a delivery."""
        return self.trial.options.days - 1

    def candidates(self, domain: str) -> list[RowVersion]:
        """Return the first version of every row without a fault that is never deleted."""
        rows = (r for r in self._by_domain.get(domain, ()) if r not in self._taken)
        return [v for r in rows if (v := self._rows[r][0]).known <= self.last]

    def history(self, row: str) -> tuple[RowVersion, ...]:
        """Return the versions of a row, () for one that is not there."""
        return self._rows.get(row, ())

    def is_free(self, rows: Iterable[str]) -> bool:
        """Whether none of the rows has a fault."""
        return self._taken.isdisjoint(rows)

    def take(self, *rows: str) -> None:
        """Keep rows from being planted again."""
        self._taken.update(rows)

    def alter(
        self, first: RowVersion, fault: int, change: Alter, seed: tuple[int, ...], fixed: Fixed
    ) -> bool:
        """Alter a row from its first version until it is corrected; False where that is no fault.

        seed: of the draws, so that every version is altered alike. fixed: whether the source
        corrects it.
        """
        done = change(first, Chance(*seed, 1))
        if done is None:
            return False
        corrected = self._correction(first.known, Chance(*seed, 2), fixed)
        if (fixed == "always" and corrected is None) or done.since > self.last:
            return False
        history = self._rows[first.row]
        wrong: list[RowVersion] = []
        for v in history:
            if corrected is not None and v.known >= corrected:
                break
            again = change(v, Chance(*seed, 1))
            if again is None:
                corrected = v.known
                break
            wrong.append(replace(v, values={**v.values, **again.values}))
        if corrected is not None and done.since >= corrected:
            return False
        right = self._right_again(history, wrong[0], corrected)
        self._rows[first.row] = (*wrong, *right)
        self.record(fault, wrong[0], done, corrected)
        if done.spoils:
            self.spoil(first.row, first.known, corrected)
        return True

    def _correction(self, known: Day, chance: Chance, fixed: Fixed) -> Day | None:
        share = {"always": 1.0, "never": 0.0}.get(fixed, CORRECTED_SHARE[self.mode])
        is_corrected = chance.yes(share)
        day = known + chance.whole(*CORRECTED_AFTER)
        return day if is_corrected and day <= self.last else None

    def _right_again(
        self, history: tuple[RowVersion, ...], wrong: RowVersion, corrected: Day | None
    ) -> tuple[RowVersion, ...]:
        """Versions from the correction on; a change feed also cancels what had another key."""
        if corrected is None:
            return ()
        later = tuple(v for v in history if v.known >= corrected)
        if not later or later[0].known > corrected:
            latest = [v for v in history if v.known <= corrected][-1]
            later = (self.stamped(latest, corrected, CORRECTED), *later)
        if wrong.domain == "LB" and (delivered := key("LB", wrong.values)) != wrong.row:
            gone = replace(wrong, row=delivered, deleted=True)
            self._added.append(self.stamped(gone, corrected, CANCELLED))
        return later

    def stamped(self, version: RowVersion, known: Day, status: str) -> RowVersion:
        """Return a version as of another day; a laboratory says so in status and time."""
        said = {"LBRESSTA": status, "LBUPDTC": updated(self.trial, known)}
        more = said if version.domain == "LB" else {}
        return replace(version, known=known, values={**version.values, **more})

    def replace(self, row: str, versions: tuple[RowVersion, ...]) -> None:
        """Set the versions of a row; () for a row that never comes."""
        self._rows[row] = versions
        self.take(row)

    def add(self, *versions: RowVersion) -> None:
        """Add rows or copies that were not there."""
        self._added.extend(versions)
        self.take(*(v.row for v in versions))

    def spoil(self, row: str, first: Day, corrected: Day | None) -> None:
        """Note that a row cannot be used from a day on, until it is corrected."""
        last = None if corrected is None else corrected - 1
        self.spoiled[row] = (*self.spoiled.get(row, ()), (first, last))

    def record(
        self, fault: int, shown: RowVersion, done: Altered, corrected: Day | None = None
    ) -> None:
        """Record a fault: `shown` is the row as it is delivered."""
        self.take(shown.row, *done.also)
        self.planted.append(
            Planted(
                fault=fault,
                day=max(shown.known, done.since),
                feed=feed(shown.domain),
                file="",
                domain=shown.domain,
                row=key(shown.domain, shown.values),
                usubjid=shown.row.split("|")[1],
                what=done.what,
                right=done.right or faults()[fault].right,
                corrected=corrected,
                value=done.value,
            )
        )

    def versions(self) -> tuple[RowVersion, ...]:
        """Return all versions: untouched ones in their order, added ones at the end."""
        out: list[RowVersion] = []
        done: set[str] = set()
        for v in self._order:
            if self._rows[v.row] is self._clean[v.row]:
                out.append(v)
            elif v.row not in done:
                done.add(v.row)
                out.extend(self._rows[v.row])
        return (*out, *self._added)
