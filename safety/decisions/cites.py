"""Events that a rule rests on now, besides those that somebody adjudicated.

Pure. A rule that is met stays met by a second event of the same term; its cited records tell that
there is one. A record that another takes the place of is no second event.
"""

from __future__ import annotations

import json
from collections import defaultdict

from safety.decisions.basis import Basis, Cells

Run = tuple[str, ...]  # keys of the records of one event, the first ones first
Days = dict[str, tuple[int, set[str]]]  # day -> highest grade, keys of the values


def added(basis: Basis, now: Basis, rule: str) -> list[str]:
    """Return the records of events that a rule cites in addition, sorted.

    Of reports each of their keys; of values that of the first one of each new episode, since an
    episode that goes on has a new value every day. basis, now: `basis.freeze`, `basis.collect`.
    """
    before, after = (_cited(each["rule_result"][rule]) for each in (basis, now))
    reports = _more(
        [(key,) for key in before & basis.get("adverse_event", {}).keys()],
        [(key,) for key in after & now.get("adverse_event", {}).keys()],
    )
    values = _more(_episodes(before, basis), _episodes(after, now))
    return sorted({run[0] for run in (*reports, *values)})


def _cited(cells: Cells) -> frozenset[str]:
    return frozenset(json.loads(str(cells["CITES"] or "[]")))


def _more(before: list[Run], after: list[Run]) -> list[Run]:
    """Return the new ones, unless as many are gone: then they may have taken their place."""
    seen, still = ({key for run in runs for key in run} for runs in (before, after))
    new = [run for run in after if seen.isdisjoint(run)]
    gone = [run for run in before if still.isdisjoint(run)]
    return new if len(new) > len(gone) else []


def _episodes(cited: frozenset[str], state: Basis) -> list[Run]:
    """Return the episodes of the values that a rule cites: a rise after a fall begins one.

    A rule cites the values of an episode up to that of its recovery. The highest possible grade of
    a day counts, so that a value without a grade is not taken for a recovery.
    """
    return [run for days in _by_term(cited, state).values() for run in _runs(days)]


def _runs(days: Days) -> list[Run]:
    found: list[Run] = []
    run: Run = ()
    before, has_fallen = -1, False
    for _, (grade, keys) in sorted(days.items()):
        if has_fallen and grade > before:
            found.append(run)
            run, has_fallen = (), False
        has_fallen = has_fallen or grade < before
        run, before = (*run, *sorted(keys)), grade
    return [*found, run]


def _by_term(cited: frozenset[str], state: Basis) -> dict[tuple[str, str], Days]:
    """Return the days of the cited values, by term and direction."""
    values = state.get("measurement", {})
    found: dict[tuple[str, str], Days] = defaultdict(dict)
    for key, cells in state.get("grade", {}).items():
        record_and_term, _, direction = key.rpartition("#")
        record = record_and_term.rpartition("#")[0]
        top = _top(cells)
        if record in cited and record in values and top is not None:
            days = found[str(cells["TERM"]), direction]
            day = str(values[record]["ADTC"] or "")[:10]
            grade, keys = days.get(day, (-1, set()))
            days[day] = (max(grade, top), keys | {record})
    return found


def _top(cells: Cells) -> int | None:
    """Return the highest grade that a value may have, None of one that says nothing."""
    if cells["ATOXGR"] is not None:
        return int(cells["ATOXGR"])
    possible = [int(text) for text in str(cells["NUMPOSS"] or "").split("|") if text.isdigit()]
    return max(possible, default=None)
