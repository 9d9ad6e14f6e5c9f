"""Results of the laboratory: units, numbers as text, and what stands in place of a number."""

from __future__ import annotations

import math
from decimal import Decimal

from safety.simulate.chance import Chance
from safety.simulate.deliveries import RowVersion
from safety.simulate.faults import nasty
from safety.simulate.faults.facts import is_normal, limits, value
from safety.simulate.faults.ground import Altered, Ground
from safety.simulate.faults.keys import key
from safety.simulate.faults.recipe import Action, Alteration, Recipe

UCUM = {"10^9/L": "10*9/L", "g/day": "g/d"}
# Spellings of the same unit, with what a number is multiplied by (data_model_and_faults.md, 4).
SPELLED = {
    "10^9/L": (
        ("10*9/L", Decimal(1)), ("K/uL", Decimal(1)), ("x10E3/uL", Decimal(1)),
        ("/mm3", Decimal(1000)),
    ),
    "g/L": (("g/dL", Decimal("0.1")),),
}  # fmt: skip
PER_MG_DL = {"BILI": Decimal("17.104"), "CREAT": Decimal("88.42")}  # umol/L in one mg/dL
ULN_STEPS = (1, 1.5, 2, 2.5, 3, 5, 6, 10, 20)  # where CTCAE v5.0 has its limits
# number that is not that of the unit: 12 g/L haemoglobin, 80 mg/dL creatinine
IMPLAUSIBLE = {"HGB": Decimal("0.1"), "PLAT": Decimal(1000), "NEUT": Decimal(1000)}
STOPS = {"NEUT": 0.5, "PLAT": 25.0}  # below it grade 4 (CTCAE v5.0)
STOPPING = ("ALT", "AST", "GGT", "BILI", "ALP")  # normal down to 0
PLUSSES = {
    "NEGATIVE": ("NEG", "-", "阴性"), "1+": ("+", "+1", "(+)"), "2+": ("++", "(2+)", "+2"),
    "3+": ("+++", "(3+)", "+3"), "4+": ("++++", "(4+)", "+4"),
}  # fmt: skip
NO_NUMBER = ("HEMOLYSED", "CLOTTED", "QNS", "溶血", "标本凝固")
NOT_MEASURED = ("TNTC", "<LLOQ", ">ULOQ")
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


def text_of(number: Decimal) -> str:
    """Return a number as it is reported, without exponent or trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def meaning(v: RowVersion) -> str:
    """Return number and unit of a laboratory result, in UCUM."""
    unit = v.values["LBORRESU"]
    return f"{v.values['LBORRES']} {UCUM.get(unit, unit)}".strip()


def _measured(_: Ground, v: RowVersion) -> bool:
    return value(v) is not None and bool(v.values["LBORRESU"])


def _without_unit(_: Ground, v: RowVersion, __: Chance) -> Altered:
    return Altered({"LBORRESU": ""}, f"unit {v.values['LBORRESU']} is missing", spoils=True)


def _has_other_unit(_: Ground, v: RowVersion) -> bool:
    number, unit = value(v), v.values["LBORRESU"]
    if number is None or unit in SPELLED:
        return number is not None
    return v.values["LBTESTCD"] in PER_MG_DL and unit == "umol/L" and not _at_a_limit(v, number)


def _at_a_limit(v: RowVersion, number: float) -> bool:
    """Whether rounding in another unit could change the grade."""
    between = limits(v)
    if between is None:
        return True
    return any(math.isclose(number, between[1] * n, rel_tol=0.01) for n in ULN_STEPS)


def _other_unit(_: Ground, v: RowVersion, chance: Chance) -> Altered:
    old = v.values["LBORRESU"]
    if old in SPELLED:
        options = SPELLED[old]
        unit, factor = chance.pick(options)
    else:
        unit, factor = "mg/dL", Decimal(1) / PER_MG_DL[v.values["LBTESTCD"]]
    columns = [c for c in ("LBORRES", "LBORNRLO", "LBORNRHI") if v.values[c]]
    changed = {c: text_of(_rounded(Decimal(v.values[c]) * factor)) for c in columns}
    return Altered(
        {**changed, "LBORRESU": unit}, f"{old} written as {unit}", spoils=False, value=meaning(v)
    )


def _rounded(number: Decimal) -> Decimal:
    """Return a number with at most six significant digits."""
    return Decimal(f"{number:.6g}") if abs(number) < 1_000_000 else number


def _can_be_implausible(_: Ground, v: RowVersion) -> bool:
    test, unit, number = v.values["LBTESTCD"], v.values["LBORRESU"], value(v)
    if not number:
        return False
    return (test in IMPLAUSIBLE and unit in SPELLED) or (test == "CREAT" and unit == "umol/L")


def _implausible(ground: Ground, v: RowVersion, chance: Chance) -> Altered:
    test, old = v.values["LBTESTCD"], v.values["LBORRES"]
    if ground.mode == "hostile" and chance.yes(nasty.SHARE):
        new = chance.pick(nasty.HUGE)
        return Altered({"LBORRES": new}, f"result {old} as {new}", spoils=True)
    if test == "CREAT":
        return Altered({"LBORRESU": "mg/dL"}, f"{old} umol/L called mg/dL", spoils=True)
    new = text_of(Decimal(old) * IMPLAUSIBLE[test])
    return Altered({"LBORRES": new}, f"{old} {v.values['LBORRESU']} as {new}", spoils=True)


def _can_be_below(_: Ground, v: RowVersion) -> bool:
    test, number, between = v.values["LBTESTCD"], value(v), limits(v)
    if number is None or between is None:
        return False
    if test in STOPS:
        return number < STOPS[test] and v.values["LBORRESU"] == "10^9/L"
    return test in STOPPING and _round_up(number) <= between[1]


def _round_up(number: float) -> int:
    return 5 * (int(number // 5) + 1)


def _below(_: Ground, v: RowVersion, __: Chance) -> Altered:
    test, number = v.values["LBTESTCD"], value(v) or 0.0
    bound = text_of(Decimal(str(STOPS.get(test, _round_up(number)))))
    return Altered({"LBORRES": f"<{bound}"}, f"{v.values['LBORRES']} as <{bound}", spoils=False)


def _out_of_range(_: Ground, v: RowVersion, chance: Chance) -> Altered:
    new = chance.pick(NOT_MEASURED)
    return Altered({"LBORRES": new}, f"{v.values['LBORRES']} as {new}", spoils=True)


def _text(ground: Ground, _: RowVersion, chance: Chance) -> Altered:
    hostile = ground.mode == "hostile" and chance.yes(nasty.SHARE)
    new = chance.pick(nasty.TEXTS if hostile else NO_NUMBER)
    return Altered({"LBORRES": new}, f"text {new[:40]!r} in place of a number", spoils=True)


def _undeclared(ground: Ground, v: RowVersion, chance: Chance) -> Altered | None:
    old = v.values["LBORRES"]
    if ground.mode == "hostile" and chance.yes(nasty.SHARE):
        new = chance.pick(nasty.NUMBERS)
    elif "." in old and chance.yes(0.5):
        new = old.replace(".", ",")
    elif len(old.partition(".")[0]) > 3 and chance.yes(0.5):
        new = f"{old[:-3]},{old[-3:]}" if "." not in old else old.replace(".", ",")
    else:
        new = old.translate(FULL_WIDTH)
    return Altered({"LBORRES": new}, f"{old} as {new}", spoils=True)


def _whole_and_share(ground: Ground, v: RowVersion) -> bool:
    if v.values["LBTESTCD"] != "NEUT" or len(ground.history(v.row)) != 1:
        return False
    return _white_cells(ground, v) is not None and value(v) is not None


def _white_cells(ground: Ground, v: RowVersion) -> RowVersion | None:
    """Return the white cells of the same sample, if they are known as a whole number allows."""
    row = key("LB", {**v.values, "LBTESTCD": "WBC"})
    found = ground.history(row)
    alike = len(found) == 1 and ground.is_free([row]) and found[0].known == v.known
    usable = alike and value(found[0]) and found[0].values["LBORRESU"] == v.values["LBORRESU"]
    return found[0] if usable else None


def _share_instead(ground: Ground, v: RowVersion, _: Chance) -> Altered | None:
    """The neutrophils come as a share of the white cells only, exact enough to mean the same."""
    white = _white_cells(ground, v)
    if white is None:
        return None
    number = Decimal(v.values["LBORRES"])
    share = (100 * number / Decimal(white.values["LBORRES"])).quantize(Decimal("0.0001"))
    if share > 100 or number in {Decimal("0.5"), Decimal(1), Decimal("1.5")}:
        return None  # at a limit of CTCAE rounding could change the grade
    changed = {
        "LBTESTCD": "NEUTLE", "LBTEST": "中性粒细胞百分比", "LBORRES": text_of(share),
        "LBORRESU": "%", "LBORNRLO": "", "LBORNRHI": "",
    }  # fmt: skip
    what = "neutrophils as a share of white cells, not as a count"
    return Altered(changed, what, spoils=False, value=meaning(v), also=(white.row,))


def _share_as_count(ground: Ground, v: RowVersion, _: Chance) -> Altered | None:
    white = _white_cells(ground, v)
    if white is None:
        return None
    share = round(100 * (value(v) or 0.0) / (value(white) or 1.0))
    if share <= (value(white) or 0.0):
        return None
    what = f"{share} % as {share} 10^9/L"
    return Altered({"LBORRES": str(share)}, what, spoils=True, also=(white.row,))


def _is_dipstick(_: Ground, v: RowVersion) -> bool:
    return v.values["LBMETHOD"] == "DIPSTICK" and v.values["LBORRES"] in PLUSSES


def _dipstick(_: Ground, v: RowVersion, chance: Chance) -> Altered:
    old = v.values["LBORRES"]
    new = chance.pick(PLUSSES[old])
    means = f"{'0' if old == 'NEGATIVE' else old[0]} {{plus}}"
    return Altered({"LBORRES": new}, f"{old} as {new}", spoils=False, value=means)


def _wrong_at_first(ground: Ground, v: RowVersion, chance: Chance) -> bool:
    """A plausible result, normal as the true one, comes first; the true one as its correction."""
    number, between = value(v) or 0.0, limits(v)
    factor = 0.95 if chance.yes(0.5) else 1.05
    wrong = Decimal(f"{number * factor:.3g}")
    corrected = v.known + chance.whole(2, 10)
    if between is None or not between[0] <= wrong <= between[1] or corrected > ground.last:
        return False
    if wrong == Decimal(v.values["LBORRES"]):
        return False
    first = RowVersion("LB", v.row, v.known, {**v.values, "LBORRES": text_of(wrong)})
    ground.replace(v.row, (first, ground.stamped(v, corrected, "C")))
    ground.spoil(v.row, v.known, corrected)
    what = f"{text_of(wrong)} first, corrected to {v.values['LBORRES']}"
    done = Altered({}, what, spoils=True, value=meaning(v))
    ground.record(28, first, done, corrected)
    return True


def _is_normal_once(ground: Ground, v: RowVersion) -> bool:
    return is_normal(v) and len(ground.history(v.row)) == 1


RECIPES: tuple[Recipe, ...] = (
    Alteration(26, "LB", _whole_and_share, _share_instead, "never"),
    Alteration(27, "LB", _whole_and_share, _share_as_count),
    Alteration(49, "LB", _is_dipstick, _dipstick, "never"),
    Alteration(19, "LB", _can_be_implausible, _implausible),
    Alteration(23, "LB", _can_be_below, _below, "never"),
    Alteration(18, "LB", _has_other_unit, _other_unit, "never"),
    Alteration(17, "LB", _measured, _without_unit),
    Alteration(23, "LB", _measured, _out_of_range),
    Alteration(24, "LB", _measured, _text),
    Alteration(25, "LB", _measured, _undeclared),
    Action(28, "LB", _is_normal_once, _wrong_at_first),
)
