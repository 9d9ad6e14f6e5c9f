"""Whose row it is, and whether it is there twice; a visit that is there twice; what is missing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from safety.simulate.chance import Chance
from safety.simulate.deliveries import RowVersion
from safety.simulate.faults import nasty
from safety.simulate.faults.facts import day, is_normal, value
from safety.simulate.faults.ground import Altered, Ground
from safety.simulate.faults.keys import key
from safety.simulate.faults.recipe import Action, Alteration, Recipe
from safety.simulate.faults.results import meaning, text_of

LOOK_ALIKE = str.maketrans("01", "О１")  # a Cyrillic O for the zero, a full-width one
RESULT = {"LB": "LBORRES", "VS": "VSORRES"}


def _any(_: Ground, __: RowVersion) -> bool:
    return True


def _once(ground: Ground, v: RowVersion) -> bool:
    return len(ground.history(v.row)) == 1


def _unknown_subject(ground: Ground, v: RowVersion, chance: Chance) -> Altered:
    old = v.values["USUBJID"]
    head = old.rpartition("-")[0]
    choices = (
        f"{head}-999", old.replace("-", "/"), f"SIM-NCT00000000-{'-'.join(old.split('-')[-2:])}",
        f"UAT-{old}",
    )  # fmt: skip
    hostile = ground.mode == "hostile" and chance.yes(nasty.SHARE)
    new = chance.pick(nasty.SUBJECTS if hostile else choices)
    return Altered({"USUBJID": new}, f"subject {old} as {new!r}", spoils=True)


def _changed_subject(_: Ground, v: RowVersion, chance: Chance) -> Altered:
    old = v.values["USUBJID"]
    head, number = old.rsplit("-", maxsplit=1)
    short = number.lstrip("0")
    if chance.yes(0.5) and short not in {"", number}:
        return Altered({"USUBJID": f"{head}-{short}"}, f"{number} as {short}", spoils=True)
    new = f"{head}-{number.translate(LOOK_ALIKE)}"
    if new == old:
        new = f"{head.translate(LOOK_ALIKE)}-{number}"
    return Altered({"USUBJID": new}, f"subject {old} in look-alike characters", spoils=True)


def _copied(ground: Ground, v: RowVersion, _: Chance) -> bool:
    ground.add(replace(v, extra=True))
    ground.record(2, v, Altered({}, "the same row twice", spoils=False))
    return True


def _stays_normal(ground: Ground, v: RowVersion) -> bool:
    return _once(ground, v) and is_normal(v)


def _older_beside(ground: Ground, v: RowVersion, _: Chance) -> bool:
    """The same result, and another one with an earlier time of the source: the newer one counts."""
    stamp = v.values["LBUPDTC"].replace("T20:", "T11:")
    other = _other_value(v) | {"LBUPDTC": stamp}
    if stamp == v.values["LBUPDTC"]:
        return False
    ground.add(replace(v, extra=True, values={**v.values, **other}))
    done = Altered(
        {}, "another value of the same key, of an earlier time", spoils=False, right=("Q",),
        value=meaning(v),
    )  # fmt: skip
    ground.record(3, v, done)
    return True


def _other_value(v: RowVersion) -> dict[str, str]:
    column = RESULT[v.domain]
    return {column: text_of(Decimal(f"{Decimal(v.values[column]) * Decimal('1.07'):.4g}"))}


def _rival_beside(ground: Ground, v: RowVersion, chance: Chance) -> bool:
    """Another value of the same key and time: nobody can tell which is right."""
    ground.add(replace(v, extra=True, values={**v.values, **_other_value(v)}))
    corrected: int | None = v.known + chance.whole(2, 10)
    if v.domain != "LB" or corrected is None or corrected > ground.last or chance.yes(0.5):
        corrected = None
    else:
        ground.replace(v.row, (v, ground.stamped(v, corrected, "C")))
    what = "two values of the same key and time"
    ground.record(3, v, Altered({}, what, spoils=True, right=("R", "P4")), corrected)
    ground.spoil(v.row, v.known, corrected)
    return True


def _is_measured(ground: Ground, v: RowVersion) -> bool:
    return _once(ground, v) and bool(value(v))


def _planned_visit(_: Ground, v: RowVersion) -> bool:
    name = v.values["VISIT"]
    return name.startswith("CYCLE") and not name.endswith("DAY 1")


def _visited_again(ground: Ground, v: RowVersion, chance: Chance) -> bool:
    days = chance.whole(1, 3)
    values = {**v.values, "SVSTDTC": day(v.values["SVSTDTC"], days)}
    row, known = key("SV", values), v.known + days
    if ground.history(row) or not ground.is_free([row]) or known > ground.last:
        return False
    again = RowVersion("SV", row, known, values)
    ground.add(again)
    ground.record(5, again, Altered({}, f"{values['VISIT']} {days} days later again", spoils=False))
    return True


def _without(column: str, v: RowVersion) -> Altered | None:
    if not v.values[column] or v.values.get(f"{v.domain}STAT"):
        return None
    return Altered({column: ""}, f"{column} is missing", spoils=True)


def _lb_without(_: Ground, v: RowVersion, chance: Chance) -> Altered | None:
    return _without(chance.pick(("LBORRES", "LBDTC")), v)


def _vs_without(_: Ground, v: RowVersion, chance: Chance) -> Altered | None:
    return _without(chance.pick(("VSORRES", "VSDTC")), v)


def _ec_without(_: Ground, v: RowVersion, __: Chance) -> Altered | None:
    return _without("ECSTDTC", v)


RECIPES: tuple[Recipe, ...] = (
    Action(5, "SV", _planned_visit, _visited_again),
    *(Alteration(1, d, _any, _unknown_subject) for d in ("LB", "VS", "EC")),
    *(Alteration(54, d, _any, _changed_subject) for d in ("LB", "VS", "EC")),
    *(Action(2, d, _once, _copied) for d in ("AE", "SV", "LB", "VS", "EC")),
    Action(3, "LB", _stays_normal, _older_beside),
    *(Action(3, d, _is_measured, _rival_beside) for d in ("LB", "VS")),
    Alteration(6, "LB", _any, _lb_without),
    Alteration(6, "VS", _any, _vs_without),
    Alteration(6, "EC", _any, _ec_without),
)
HOSTILE: tuple[Recipe, ...] = (
    *(Alteration(n, "DM", _any, f) for n, f in ((1, _unknown_subject), (54, _changed_subject))),
    Action(2, "DM", _once, _copied),
)
