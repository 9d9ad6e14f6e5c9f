"""What a source takes back, and what was never there: deletions, no baseline, a gap in a diary."""

from __future__ import annotations

from dataclasses import replace

from safety.simulate.chance import Chance
from safety.simulate.deliveries import RowVersion
from safety.simulate.faults.facts import day, is_normal
from safety.simulate.faults.ground import Altered, Ground
from safety.simulate.faults.recipe import Action, Recipe

# Graded by their upper limit alone where the baseline is normal or missing (CTCAE v5.0).
# whose grade depends on the baseline (trial reference 3.5)
BY_UPPER_LIMIT = frozenset({"ALT", "AST", "ALP", "GGT", "BILI"})


def _deletable(ground: Ground, v: RowVersion) -> bool:
    return len(ground.history(v.row)) == 1 and (v.domain == "VS" or is_normal(v))


def _deleted(ground: Ground, v: RowVersion, chance: Chance) -> bool:
    gone = v.known + chance.whole(2, 10)
    if gone > ground.last:
        return False
    end = replace(ground.stamped(v, gone, "X"), deleted=True)
    ground.replace(v.row, (v, end))
    ground.spoil(v.row, gone, None)
    ground.record(29, end, Altered({}, "deleted at the source", spoils=True))
    return True


def _first_after_dose(ground: Ground, v: RowVersion) -> bool:
    test, subject = v.values["LBTESTCD"], v.values["USUBJID"]
    first = ground.facts.first_dose(subject)
    if test not in BY_UPPER_LIMIT or not first or v.values["LBDTC"][:10] <= first:
        return False
    before, after = _split(ground, v, first)
    return (
        bool(before)
        and min(after, key=lambda o: (o.values["LBDTC"], o.known)).row == v.row
        and all(is_normal(o) for o in before)
        and ground.is_free(o.row for o in before)
    )


def _split(ground: Ground, v: RowVersion, first: str) -> tuple[list[RowVersion], list[RowVersion]]:
    found = ground.facts.labs[(v.values["USUBJID"], v.values["LBTESTCD"])]
    before = [o for o in found if o.values["LBDTC"][:10] <= first]
    return before, [o for o in found if o.values["LBDTC"][:10] > first]


def _no_baseline(ground: Ground, v: RowVersion, _: Chance) -> bool:
    before, _after = _split(ground, v, ground.facts.first_dose(v.values["USUBJID"]))
    for row in {o.row for o in before}:
        ground.replace(row, ())
    what = f"no {v.values['LBTESTCD']} before the first dose"
    ground.record(50, v, Altered({}, what, spoils=False))
    return True


def _day_after(v: RowVersion) -> str:
    """Return the row of the same drug on the next day of the diary."""
    today = v.values["ECSTDTC"]
    return v.row.removesuffix("-N").removesuffix(today) + day(today, 1)


def _has_day_after(ground: Ground, v: RowVersion) -> bool:
    after = _day_after(v)
    return bool(ground.history(after)) and ground.is_free([after]) and not v.row.endswith("-N")


def _gap(ground: Ground, v: RowVersion, _: Chance) -> bool:
    """The diary has no page for a day: neither taken nor missed."""
    after = _day_after(v)
    parts = [r for r in (after, f"{after}-N") if ground.history(r)]
    if not ground.is_free(parts):
        return False
    for row in parts:
        ground.replace(row, ())
    what = f"the diary lacks the day after, {day(v.values['ECSTDTC'], 1)}"
    ground.record(45, v, Altered({}, what, spoils=False))
    return True


RECIPES: tuple[Recipe, ...] = (
    Action(50, "LB", _first_after_dose, _no_baseline),
    Action(45, "EC", _has_day_after, _gap),
    *(Action(29, d, _deletable, _deleted) for d in ("LB", "VS")),
)
