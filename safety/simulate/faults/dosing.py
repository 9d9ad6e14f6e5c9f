"""Doses that should not have been: too high, twice, on the wrong day, or while a gate failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from safety.simulate.chance import Chance
from safety.simulate.deliveries import RowVersion
from safety.simulate.faults.facts import NUMBER, value
from safety.simulate.faults.ground import Altered, Ground
from safety.simulate.faults.keys import key
from safety.simulate.faults.recipe import Action, Alteration, Recipe

CYCLE = 21  # days: of NCT06038461
GATES = {"NEUT": 1.5, "PLAT": 100.0}  # 10^9/L, below it no cycle begins (retreatment gate)
ODD = 7  # mg: no capsule of these drugs


def _taken(_: Ground, v: RowVersion) -> bool:
    return v.values["ECOCCUR"] == "Y" and v.values["ECDOSE"] not in {"", "0"}


def _too_high(_: Ground, v: RowVersion, __: Chance) -> Altered:
    new = f"{2 * float(v.values['ECDOSE']):g}"
    return Altered({"ECDOSE": new}, f"{v.values['ECDOSE']} mg as {new} mg", spoils=False)


def _no_capsule(_: Ground, v: RowVersion, __: Chance) -> Altered:
    new = f"{float(v.values['ECDOSE']) - ODD:g}"
    return Altered({"ECDOSE": new}, f"{new} mg: no number of capsules", spoils=False)


def _twice(ground: Ground, v: RowVersion, _: Chance) -> bool:
    """The same dose of the same day again, as a row of its own."""
    again = _added(v, {"ECSPID": f"{v.values['ECSPID']}-2"}, v.known)
    ground.add(again)
    ground.take(v.row)
    ground.record(43, again, Altered({}, "the dose of the day twice", spoils=False))
    return True


def _added(v: RowVersion, changes: dict[str, str], known: int) -> RowVersion:
    values = {**v.values, **changes}
    return replace(v, row=key("EC", values), known=known, values=values)


def _first_of_drug(ground: Ground, v: RowVersion) -> bool:
    """First dose of a drug that starts later in the cycle than the others."""
    first = ground.facts.first_dose(v.values["USUBJID"])
    own = ground.facts.taken.get((v.values["USUBJID"], v.values["ECTRT"]), [""])
    today = v.values["ECSTDTC"]
    return _taken(ground, v) and today == min(own) and today > first


def _wrong_day(ground: Ground, v: RowVersion, _: Chance) -> bool:
    first = ground.facts.first_dose(v.values["USUBJID"])
    spid = v.values["ECSPID"].replace(v.values["ECSTDTC"], first)
    changes = {"ECSPID": spid, "ECSTDTC": first, "ECENDTC": first}
    early = _added(v, changes, v.known)
    if ground.history(early.row) or not ground.is_free([early.row]):
        return False
    ground.add(early)
    what = f"{v.values['ECTRT']} on {first}, day 1 of the cycle"
    ground.record(43, early, Altered({}, what, spoils=False))
    return True


def _held_with_low_counts(ground: Ground, v: RowVersion) -> bool:
    """Not taken, in a delay after day 21 of a cycle, counts below the gate in the last week."""
    if v.values["ECOCCUR"] != "N" or v.row.endswith("-N"):
        return False
    subject, today = v.values["USUBJID"], v.values["ECSTDTC"]
    begun = [r.split("|")[3] for r in ground.facts.visits.get(subject, ()) if "DAY 1|" in r]
    last = max((d for d in begun if d <= today), default="")
    if not last or (date.fromisoformat(today) - date.fromisoformat(last)).days < CYCLE:
        return False
    return any(_is_below(ground, subject, test, today) for test in GATES)


def _is_below(ground: Ground, subject: str, test: str, today: str) -> bool:
    found = [
        v for v in ground.facts.near(subject, test, today, 7) if v.values["LBDTC"][:10] <= today
    ]
    if not found:
        return False
    latest = max(found, key=lambda v: (v.values["LBDTC"], v.known))
    number = value(latest)
    if number is None:
        bound = latest.values["LBORRES"].removeprefix("<")  # the value of `<0.5` lies below it
        return bool(NUMBER.fullmatch(bound)) and float(bound) <= GATES[test]
    return number < GATES[test]


def _given_all_the_same(_: Ground, __: RowVersion, ___: Chance) -> Altered:
    changed = {"ECOCCUR": "Y", "ECREASOC": ""}
    return Altered(changed, "taken while counts were below the gate", spoils=True)


def _keeps_capsule(ground: Ground, v: RowVersion) -> bool:
    return _taken(ground, v) and float(v.values["ECDOSE"]) > 2 * ODD


def _single(ground: Ground, v: RowVersion) -> bool:
    return _taken(ground, v) and len(ground.history(v.row)) == 1


RECIPES: tuple[Recipe, ...] = (
    Alteration(44, "EC", _held_with_low_counts, _given_all_the_same),
    Action(43, "EC", _first_of_drug, _wrong_day),
    Alteration(43, "EC", _taken, _too_high),
    Alteration(43, "EC", _keeps_capsule, _no_capsule),
    Action(43, "EC", _single, _twice),
)
