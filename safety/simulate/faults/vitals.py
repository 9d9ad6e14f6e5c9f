"""Vital signs: blood pressure, temperature, weight."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from safety.simulate.chance import Chance
from safety.simulate.deliveries import RowVersion
from safety.simulate.faults.facts import value
from safety.simulate.faults.ground import Altered, Ground
from safety.simulate.faults.recipe import Action, Alteration, Recipe
from safety.simulate.faults.results import text_of

KPA = Decimal("7.5006")  # mmHg in one kPa
STEPS = (120, 140, 160, 180)  # mmHg systolic, where grades of CTCAE v5.0 begin
POUNDS = Decimal("2.2046")  # in one kg
FIRST_SEQ = 9001  # of rows that are planted


def _is(test: str, unit: str, v: RowVersion) -> bool:
    said = v.values["VSTESTCD"], v.values["VSORRESU"]
    return said == (test, unit) and value(v) is not None


def _systolic(_: Ground, v: RowVersion) -> bool:
    return _is("SYSBP", "mmHg", v)


def _diastolic(ground: Ground, v: RowVersion) -> RowVersion | None:
    found = ground.facts.signs.get((v.values["USUBJID"], "DIABP"), [])
    same = [o for o in found if o.values["VSDTC"] == v.values["VSDTC"] and o.known == v.known]
    return same[0] if len(same) == 1 and ground.is_free([same[0].row]) else None


def _below_diastolic(ground: Ground, v: RowVersion, _: Chance) -> Altered | None:
    other = _diastolic(ground, v)
    number = value(other) if other is not None else None
    if other is None or number is None or number < 50:
        return None
    new = text_of(Decimal(str(number)) - 4)
    what = f"systolic {new} below diastolic {number:g}"
    return Altered({"VSORRES": new}, what, spoils=True, right=("R",), also=(other.row,))


def _kilopascal(_: Ground, v: RowVersion, __: Chance) -> Altered | None:
    number = Decimal(v.values["VSORRES"])
    if any(abs(number - step) < 1 for step in STEPS):
        return None  # rounding could change the grade
    new = text_of(Decimal(f"{number / KPA:.6g}"))
    what = f"{number} mmHg as {new} kPa"
    changed = {"VSORRES": new, "VSORRESU": "kPa"}
    return Altered(changed, what, spoils=False, right=("C",), value=f"{number} mm[Hg]")


def _low_enough(ground: Ground, v: RowVersion) -> bool:
    return _systolic(ground, v) and (value(v) or 200) < 115 and len(ground.history(v.row)) == 1


def _read_again(ground: Ground, v: RowVersion, _: Chance) -> bool:
    """A second reading of the same visit, grade 0 as the first."""
    number = (value(v) or 0.0) + 3
    subject = v.values["USUBJID"]
    row, seq = free_row(ground, "VS", subject, FIRST_SEQ)
    changed = {"VSSEQ": str(seq), "VSORRES": f"{number:g}"}
    again = replace(v, row=row, values={**v.values, **changed})
    ground.add(again)
    ground.take(v.row)
    ground.record(46, again, Altered({}, "read again", spoils=False, right=("W",)))
    return True


def free_row(ground: Ground, domain: str, subject: str, first: int) -> tuple[str, int]:
    """Return the key and sequence number of a row that is not there."""
    seq = first
    while not ground.is_free([f"{domain}|{subject}|{seq}"]):
        seq += 1
    return f"{domain}|{subject}|{seq}", seq


def _temperature(_: Ground, v: RowVersion) -> bool:
    return _is("TEMP", "C", v)


def _fahrenheit(v: RowVersion) -> str:
    return text_of(Decimal(v.values["VSORRES"]) * Decimal("1.8") + 32)


def _in_fahrenheit(_: Ground, v: RowVersion, __: Chance) -> Altered:
    new = _fahrenheit(v)
    changed = {"VSORRES": new, "VSORRESU": "F"}
    what = f"{v.values['VSORRES']} C as {new} F"
    means = f"{v.values['VSORRES']} Cel"
    return Altered(changed, what, spoils=False, right=("C",), value=means)


def _called_celsius(_: Ground, v: RowVersion, __: Chance) -> Altered:
    new = _fahrenheit(v)
    return Altered({"VSORRES": new}, f"{new} F called C", spoils=True, right=("R",))


def _weighed_again(ground: Ground, v: RowVersion) -> bool:
    first = ground.facts.first_dose(v.values["USUBJID"])
    return _is("WEIGHT", "kg", v) and bool(first) and v.values["VSDTC"][:10] > first


def _in_pounds(_: Ground, v: RowVersion, __: Chance) -> Altered:
    old = v.values["VSORRES"]
    new = text_of(Decimal(f"{Decimal(old) * POUNDS:.4g}"))
    return Altered({"VSORRES": new}, f"{old} kg as {new} kg (pounds)", spoils=True)


RECIPES: tuple[Recipe, ...] = (
    Alteration(48, "VS", _weighed_again, _in_pounds),
    Alteration(47, "VS", _temperature, _called_celsius),
    Alteration(47, "VS", _temperature, _in_fahrenheit, "never"),
    Action(46, "VS", _low_enough, _read_again),
    Alteration(46, "VS", _systolic, _below_diastolic),
    Alteration(46, "VS", _systolic, _kilopascal, "never"),
)
