"""Adverse events: their grade, term, seriousness, outcome and what is said of the drugs."""

from __future__ import annotations

from safety.simulate.chance import Chance
from safety.simulate.deliveries import RowVersion
from safety.simulate.faults import nasty
from safety.simulate.faults.facts import RELATED, day
from safety.simulate.faults.ground import Altered, Ground
from safety.simulate.faults.recipe import Alteration, Recipe
from safety.simulate.faults.terms import NO_SUCH_GRADE, OTHER_NAMES, TESTS, grade

CRITERIA = ("AESDTH", "AESLIFE", "AESHOSP")
NOT_A_GRADE = ("Severe", "2-3", "6", "0", "Grade 3", "III", "4.5")
ONGOING, OVER = "NOT RECOVERED/NOT RESOLVED", "RECOVERED/RESOLVED"
SUPPORT = 3  # days between an event and the result that shows it
# Made up; no such people, no such numbers.
PEOPLE = ("患者张三, 电话 13800000000", "pt. John Doe, phone 555-0100", "住院号 0000123 李四")
FORMULAS = ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "+SUM(A1:A9)", "<b>nausea</b>")


def _graded(_: Ground, v: RowVersion) -> bool:
    return v.values["AETOXGR"] in {"1", "2", "3", "4"}


def _supported(ground: Ground, v: RowVersion) -> bool:
    """Of grade 3 or 4, with a result of at least the grade within three days of its start."""
    test = TESTS.get(v.values["AEDECOD"], "")
    if v.values["AETOXGR"] not in {"3", "4"} or not test:
        return False
    near = ground.facts.near(v.values["USUBJID"], test, v.values["AESTDTC"], SUPPORT)
    return any(grade(o) >= int(v.values["AETOXGR"]) for o in near)


def _graded_lower(_: Ground, v: RowVersion, __: Chance) -> Altered:
    old = int(v.values["AETOXGR"])
    what = f"grade {old} reported as {old - 2}, the laboratory shows {old}"
    return Altered({"AETOXGR": str(old - 2)}, what, spoils=False)


def _has_no_such_grade(_: Ground, v: RowVersion) -> bool:
    term = v.values["AEDECOD"]
    return term in NO_SUCH_GRADE and v.values["AETOXGR"] not in {"", "5", NO_SUCH_GRADE[term]}


def _no_such_grade(_: Ground, v: RowVersion, __: Chance) -> Altered:
    new = NO_SUCH_GRADE[v.values["AEDECOD"]]
    return Altered({"AETOXGR": new}, f"{v.values['AEDECOD']} has no grade {new}", spoils=True)


def _without_grade(_: Ground, v: RowVersion, __: Chance) -> Altered:
    return Altered({"AETOXGR": ""}, f"grade {v.values['AETOXGR']} is missing", spoils=True)


def _not_a_grade(ground: Ground, v: RowVersion, chance: Chance) -> Altered:
    new = chance.pick(nasty.GRADES if ground.mode == "hostile" else NOT_A_GRADE)
    return Altered({"AETOXGR": new}, f"grade {v.values['AETOXGR']} as {new!r}", spoils=True)


def _has_term(_: Ground, v: RowVersion) -> bool:
    return len(v.values["AEDECOD"]) > 4


def _other_term(_: Ground, v: RowVersion, chance: Chance) -> Altered:
    old, said = v.values["AEDECOD"], v.values["AETERM"]
    draw = chance.uniform()
    if old in OTHER_NAMES and draw < 0.5:
        new, spoils = OTHER_NAMES[old], False
    elif not said.isascii() and draw < 0.75:
        new, spoils = said, True
    else:
        new, spoils = old[:2] + old[3:], True
    return Altered({"AEDECOD": new}, f"{old} as {new}", spoils)


def _is_related(_: Ground, v: RowVersion) -> bool:
    return v.values["QNAM"].startswith("AEREL") and v.values["QVAL"] in RELATED


def _without_causality(_: Ground, v: RowVersion, __: Chance) -> Altered:
    """Missing counts as related, which it was: no verdict changes."""
    return Altered({"QVAL": ""}, f"{v.values['QNAM']} is missing", spoils=False)


def _drug_not_given(ground: Ground, v: RowVersion) -> bool:
    """Unrelated to a drug that was not yet given, related to another one."""
    subject, name = v.values["USUBJID"], v.values["QNAM"]
    drug = ground.facts.qnams.get(name)
    if drug is None or v.values["QVAL"] not in {"UNRELATED", "UNLIKELY"}:
        return False
    about = ground.facts.about[(subject, v.values["IDVARVAL"])]
    others = [ground.history(r)[-1].values for r in about if r != v.row and ground.history(r)]
    if not any(o["QNAM"].startswith("AEREL") and o["QVAL"] in RELATED for o in others):
        return False
    given, start = ground.facts.taken.get((subject, drug), []), _start(ground, v)
    return bool(start) and all(d > start for d in given)


def _start(ground: Ground, v: RowVersion) -> str:
    """Return the start of the event that a qualifier is of."""
    event = ground.history(f"AE|{v.values['USUBJID']}|{v.values['IDVARVAL']}")
    return event[0].values["AESTDTC"] if event else ""


def _related_all_the_same(ground: Ground, v: RowVersion, _: Chance) -> Altered | None:
    """No fault before a dose is told of that was taken after the start of the event."""
    since = ground.facts.dose_told(v.values["USUBJID"], day(_start(ground, v), 1))
    if since is None:
        return None
    what = f"{v.values['QNAM']} POSSIBLE before that drug was given"
    return Altered({"QVAL": "POSSIBLE"}, what, spoils=False, since=since)


def _fatal(_: Ground, v: RowVersion) -> bool:
    return v.values["AETOXGR"] == "5" and v.values["AEOUT"] == "FATAL"


def _not_fatal(_: Ground, __: RowVersion, ___: Chance) -> Altered:
    return Altered({"AEOUT": ONGOING}, "grade 5, outcome not fatal", spoils=False)


def _mild(_: Ground, v: RowVersion) -> bool:
    return v.values["AETOXGR"] in {"1", "2"} and v.values["AEOUT"] != "FATAL"


def _called_fatal(_: Ground, v: RowVersion, __: Chance) -> Altered:
    return Altered({"AEOUT": "FATAL"}, f"grade {v.values['AETOXGR']}, fatal", spoils=False)


def _serious(_: Ground, v: RowVersion) -> bool:
    return v.values["AESER"] == "Y" and any(v.values[c] == "Y" for c in CRITERIA)


def _not_serious(_: Ground, v: RowVersion) -> bool:
    return v.values["AESER"] == "N" and not any(v.values[c] == "Y" for c in CRITERIA)


def _serious_as_not(_: Ground, __: RowVersion, ___: Chance) -> Altered:
    return Altered({"AESER": "N"}, "not serious although a criterion is Y", spoils=False)


def _serious_without(_: Ground, __: RowVersion, ___: Chance) -> Altered:
    return Altered({"AESER": "Y"}, "serious without a criterion", spoils=False)


def _not_withdrawn(_: Ground, v: RowVersion) -> bool:
    return bool(v.values["AESTDTC"]) and v.values["AEACN"] != "DRUG WITHDRAWN"


def _withdrawn(ground: Ground, v: RowVersion, _: Chance) -> Altered | None:
    """No fault before a dose is told of that was taken two days or more after the event."""
    over = v.values["AEENDTC"] or v.values["AESTDTC"]
    since = ground.facts.dose_told(v.values["USUBJID"], day(over, 2))
    if since is None:
        return None
    what = f"{v.values['AEACN']} as DRUG WITHDRAWN, dosing goes on"
    return Altered({"AEACN": "DRUG WITHDRAWN"}, what, spoils=False, since=since)


def _last_ongoing(ground: Ground, v: RowVersion) -> bool:
    """A row that another grade of the event follows may have an end and go on."""
    return _ongoing(ground, v) and not ground.facts.is_followed(v)


def _ongoing(_: Ground, v: RowVersion) -> bool:
    return not v.values["AEENDTC"] and v.values["AEOUT"] == ONGOING


def _ongoing_with_end(ground: Ground, v: RowVersion, _: Chance) -> Altered:
    end = max(day(v.values["AESTDTC"]), ground.facts.date(v.known))
    return Altered({"AEENDTC": end}, "ongoing with an end date", spoils=False)


def _resolved_without_end(_: Ground, __: RowVersion, ___: Chance) -> Altered:
    return Altered({"AEOUT": OVER}, "resolved without an end date", spoils=False)


def _any(_: Ground, __: RowVersion) -> bool:
    return True


def _formula(ground: Ground, v: RowVersion, chance: Chance) -> Altered:
    new = chance.pick(nasty.TERMS if ground.mode == "hostile" else FORMULAS)
    return Altered({"AETERM": new}, f"term {new!r}", spoils=False, value=v.values["AEDECOD"])


def _names_people(_: Ground, v: RowVersion, chance: Chance) -> Altered:
    new = f"{v.values['AETERM'][:20]}, {chance.pick(PEOPLE)}"
    return Altered({"AETERM": new}, "name and number of a person in a term", spoils=False)


RECIPES: tuple[Recipe, ...] = (
    Alteration(40, "AE", _fatal, _not_fatal),
    Alteration(39, "SUPPAE", _drug_not_given, _related_all_the_same),
    Alteration(30, "AE", _supported, _graded_lower),
    Alteration(41, "AE", _serious, _serious_as_not),
    Alteration(15, "AE", _ongoing, _resolved_without_end),
    Alteration(33, "AE", _has_no_such_grade, _no_such_grade),
    Alteration(40, "AE", _mild, _called_fatal),
    Alteration(38, "SUPPAE", _is_related, _without_causality),
    Alteration(42, "AE", _not_withdrawn, _withdrawn),
    Alteration(15, "AE", _last_ongoing, _ongoing_with_end),
    Alteration(34, "AE", _graded, _without_grade),
    Alteration(35, "AE", _graded, _not_a_grade),
    Alteration(36, "AE", _has_term, _other_term),
    Alteration(41, "AE", _not_serious, _serious_without),
    Alteration(55, "AE", _any, _formula, "never"),
    Alteration(56, "AE", _any, _names_people),
)
