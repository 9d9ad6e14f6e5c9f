"""A slow, plain CTCAE v5.0 grader, to check the fast one against, row by row.

It shares nothing with the kernel but the criteria table, the facts table and the units.
Truth has three values: True, False and None = unknown. Every clause is read as an interval of
the value, so a statistician can follow one row with a pencil. D01..D46 are the decisions of
`ctcae_decisions.md`, named where they act; D02-D05, D18-D22, D34, D36, D39, D42 and D44 act in
the numbers and signs of the table. D24 (which calcium) and D35 (which baseline) are settled
before a row comes here; D30 (two directions) is two entries. Grade 5 is never derived.
"""

from __future__ import annotations

import csv
import math
import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from safety.ctcae.units import conversion, same_kind, to_ucum

DATA = Path(__file__).parents[2] / "safety" / "ctcae" / "data"
RATIO_TO_BASELINE = {"xBASE", "PCTDEC", "PCTINC"}
BASELINE_REFS = RATIO_TO_BASELINE | {"BASE-", "BASE+"}
NEEDS_NO_UNIT = {"[pH]", "{INR}"}
HIGH = {"HIGH", "H", "HH", "HIGH HIGH"}
NOT_HIGH = {"NORMAL", "N", "LOW", "L", "LL", "LOW LOW"}  # D06: only above ULN is abnormal
OPPOSITES = (
    ("asymptomatic", "symptomatic"),
    ("no_physiologic_consequences", "physiologic_consequences"),
    ("up_to_24_h", "over_24_h"),
    ("at_rest", "with_exercise"),
    ("saturation_at_rest", "with_exercise"),
    ("no_significant_fractures", "significant_fractures"),
)
FREE = {"symptomatic": "N"}
PLUSSES = {"NEG": 0, "NEGATIVE": 0, "TRACE": 0.5, "1+": 1, "2+": 2, "3+": 3, "4+": 4}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
CENSORED = re.compile(r"(<=|>=|<|>)\s*(.+)")


class Graded(NamedTuple):
    """What one row is worth for one term and direction."""

    ctcae_term: str
    direction: str
    grade: int | None
    possible: set[int]


class Case(NamedTuple):
    """What stands beside the value, in the unit in which it is compared."""

    rules: list[dict]
    unit_known: bool
    lln: float | None
    uln: float | None
    base: float | None
    bnrind: str
    is_baseline: bool
    facts: dict[str, bool]


# --- reading -------------------------------------------------------------------------------


@cache
def table(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def present_by_default():
    return {f["code"]: f["number_only"] == "present" for f in table("facts.csv")}


def text(x):
    return "" if x is None or x != x else " ".join(str(x).split())  # noqa: PLR0124  NaN


def number(x):
    """A finite number, or None for anything else."""
    found = float(text(x)) if NUMBER.fullmatch(text(x)) else math.nan
    return found if math.isfinite(found) else None


def numeric(rule):
    return bool(rule["lower_ref"] or rule["upper_ref"])


def references(rule):
    return {rule["lower_ref"], rule["upper_ref"]}


# --- three-valued logic, and comparison within 1e-12 (D25, D26: nothing is rounded) -----------


def all_of(*truths):
    return False if False in truths else None if None in truths else True


def any_of(*truths):
    return True if True in truths else None if None in truths else False


def same(a, b):
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b))


def above(a, b):
    return a > b and not same(a, b)


# --- which rules speak about this row ---------------------------------------------------------


def ages(row, term):
    """The population names that this person answers to."""
    age = number(row.get("age"))
    if age is None:
        whole = {p for r in table("criteria_5_0.csv") if r["term"] == term for p in pops(r)}
        return {"any", "adult"} if whole & {"any", "adult"} else {"any", "pediatric"}
    if age >= 18:
        return {"any", "adult"}
    return {"any", "pediatric", "infant" if age < 1 else "child" if age < 13 else "adolescent"}


def pops(rule):
    return set(rule["population"].split())


def applicable(row):
    """The rules by (term, direction), and the test to convert units with."""
    testcd, term = text(row.get("testcd")).upper(), text(row.get("ctcae_term"))
    direction = text(row.get("direction")).lower()
    rules = [r for r in table("criteria_5_0.csv") if r["direction"] != "composite"]
    if term:
        rules = [r for r in rules if r["term"] == term]
        if direction:
            rules = [r for r in rules if r["direction"] == direction]
        if not testcd and rules and rules[0]["testcds"]:
            testcd = rules[0]["testcds"].split()[0]
        if rules and not rules[0]["testcds"]:  # Diarrhea, Edema limbs, Growth suppression
            return grouped(row, rules, rules), testcd
    of_test = [r for r in rules if testcd and testcd in r["testcds"].split() and numeric(r)]
    if any(r["specimen"] == "BLOOD" for r in of_test):  # glucose is in blood unless said
        of_test = [r for r in of_test if r["specimen"] in {"BLOOD", ""}]
    return grouped(row, of_test, rules), testcd


def grouped(row, of_test, rules):
    """Add the clauses that only name a fact: they belong to every test of their term."""
    groups = {}
    for rule in of_test:
        covers = bool(pops(rule) & ages(row, rule["term"]))
        if covers or "adult" in pops(rule):
            # a clause for adults can rule a grade out of a minor, not in
            groups.setdefault((rule["term"], rule["direction"]), []).append(
                rule | {"covers": covers}
            )
    for rule in rules:
        key = (rule["term"], rule["direction"])
        if key in groups and not numeric(rule) and pops(rule) & ages(row, rule["term"]):
            groups[key].append(rule | {"covers": True})
    return groups


# --- what stands beside the value -------------------------------------------------------------


def choose_unit(row, rules, testcd):
    """D23: the reported unit if the criteria state it, else the first that can be reached.

    D29: a missing or unknown unit is None: clauses with a unit are then unknown.
    """
    units = list(dict.fromkeys(r["unit"] for r in rules if numeric(r) and r["unit"]))
    spelled = text(row.get("unit"))
    reported = to_ucum(spelled) or (spelled if spelled in units else None)
    if reported in units:
        return reported, (1.0, 0.0)
    if not spelled:
        free = [u for u in units if u in NEEDS_NO_UNIT]
        return (free[0] if free else None), (1.0, 0.0)
    printed = {r["unit"] for r in rules if r["printed"] == "1"}
    for unit in sorted(units, key=lambda u: (u not in printed, not same_kind(reported or "", u))):
        how = conversion(testcd, reported, unit) if reported else None
        if how is not None:
            return unit, (how.factor, how.offset)
    return None, (1.0, 0.0)


def known_facts(row):
    facts = {}
    symptomatic = text(row.get("symptomatic")).upper()
    if symptomatic == "Y":
        facts |= dict.fromkeys(["symptomatic", "physiologic_consequences"], True)
        facts["pulmonary_symptoms"] = True
        facts |= dict.fromkeys(
            ["asymptomatic", "asymptomatic_no_intervention", "no_physiologic_consequences"], False
        )
    if symptomatic == "N":
        facts |= dict.fromkeys(["asymptomatic", "no_physiologic_consequences"], True)
        facts |= dict.fromkeys(["symptomatic", "physiologic_consequences"], False)
        facts |= dict.fromkeys(["symptomatic_no_intervention", "pulmonary_symptoms"], False)
    anticoagulation = text(row.get("on_anticoagulation")).upper()
    if anticoagulation in {"Y", "N"}:
        facts["on_anticoagulation"] = anticoagulation == "Y"
    return facts


def prepare(row, rules, testcd):
    unit, (factor, offset) = choose_unit(row, rules, testcd)
    if unit is not None:
        rules = [r for r in rules if r["unit"] in {"", unit}]
    lln, uln, base = (number(row.get(k)) for k in ("lln", "uln", "base"))
    lln = None if lln is not None and lln <= 0 else lln  # D38: unusable
    uln = None if uln is not None and uln <= 0 else uln
    if lln is not None and uln is not None and lln > uln:  # D38: reversed
        lln = uln = None
    bnrind = text(row.get("bnrind")).upper()
    is_baseline = text(row.get("ablfl")).upper() == "Y"
    if is_baseline:  # D07: never against itself
        base, bnrind = None, ""
    lln, uln, base = (None if x is None else x * factor + offset for x in (lln, uln, base))
    return (
        Case(rules, unit is not None, lln, uln, base, bnrind, is_baseline, known_facts(row)),
        lambda x: x * factor + offset,
    )


# --- one clause -------------------------------------------------------------------------------


def usable_base(rule, case):
    """The baseline if this rule can be reckoned with it: a ratio to 0 or less cannot."""
    if case.base is None or (references(rule) & RATIO_TO_BASELINE and case.base <= 0):
        return None
    return case.base


def limit(rule, side, case):
    """The value at which a bound lies, or None."""
    ref, base = rule[f"{side}_ref"], usable_base(rule, case)
    if ref in {"BP_PERCENTILE", "xMI_CUTOFF"}:
        return None
    near: float | None = 0.0
    if ref in BASELINE_REFS:
        near = base
    elif "ULN" in ref:
        near = case.uln
    elif "LLN" in ref:
        near = case.lln
    if near is None:  # D28: the limit is missing
        return None
    k = float(rule[side])
    return {
        "ABS": k,
        "xULN": k * near,
        "xLLN": k * near,
        "xBASE": k * near,
        "ULN+": near + k,  # D17
        "LLN-": near - k,
        "BASE-": near - k,  # D20: percentage points
        "BASE+": near + k,  # D21
        "PCTDEC": near * (1 - k / 100),
        "PCTINC": near * (1 + k / 100),
    }[ref]


def bound_holds(rule, side, value, case):
    ref = rule[f"{side}_ref"]
    if not ref:
        return True
    if ref == "xMI_CUTOFF":  # not above ULN is surely below the level of infarction
        if value is None or case.uln is None or above(value, case.uln):
            return None
        return side == "upper"
    at = limit(rule, side, case)
    if value is None or at is None:
        return None
    if same(value, at):
        return rule[f"{side}_incl"] == "1"  # D02, D03, D18, D19: the printed sign
    drop = ref in {"LLN-", "BASE-", "PCTDEC"}  # more of a drop is less of a value
    return (value > at) == ((side == "lower") != drop)


def state_holds(rule, value, case, facts, policy):
    """Whether the rule's condition on baseline or anticoagulation holds."""
    condition, on = rule["baseline"], facts.get("on_anticoagulation")
    holds = True  # any; a rule for baseline_available has a bound that needs it
    if condition in {"baseline_normal", "baseline_abnormal"}:
        # D09: a baseline that is missing or was not judged is taken as normal for the grade
        holds = (case.bnrind in HIGH) == (condition == "baseline_abnormal")
        if policy is None and not case.is_baseline and case.bnrind not in HIGH | NOT_HIGH:
            holds = None
    elif condition == "no_baseline":
        holds = case.base is None
    elif condition == "abnormal":  # D16: the value itself is below LLN
        known = value is not None and case.lln is not None
        holds = above(case.lln, value) if known else None
    elif condition == "not_on_anticoagulation":  # D15
        holds = on is not True
    elif condition == "on_anticoagulation":
        holds = on is True or (on is None and policy == "worst_case")
    return holds


def number_holds(rule, value, case, state, only_baseline, policy):
    """Whether the number of the rule is met, its condition included, its fact left out."""
    if state is False:
        return False
    if references(rule) & BASELINE_REFS and usable_base(rule, case) is None:
        if rule["combine"] == "AND":  # D41
            return None
        if case.bnrind in HIGH or only_baseline:  # D09, D35
            return None
        return False if policy or case.is_baseline else None  # D10: skipped for the grade
    if rule["unit"] and not case.unit_known:  # D29
        return None
    truth = all_of(
        state,
        bound_holds(rule, "lower", value, case),
        bound_holds(rule, "upper", value, case),
    )
    return truth if rule["covers"] or truth is False else None


def fact_holds(rule, facts, policy):
    """D11-D14, D33: `number_only` takes a fact as the table says, `worst_case` as raising."""
    if rule["fact"] in facts:
        return facts[rule["fact"]]
    needed = rule["fact_role"] == "and"
    return needed and (policy == "worst_case" or present_by_default()[rule["fact"]])


# --- one value --------------------------------------------------------------------------------


def truths(value, case, facts, policy):
    """Whether each grade is met: True, False, None. `policy` None: every fact is in `facts`."""
    states = {r["row_id"]: state_holds(r, value, case, facts, policy) for r in case.rules}
    live = [r for r in case.rules if numeric(r) and states[r["row_id"]] is not False]
    only_baseline = bool(live) and all(references(r) & BASELINE_REFS for r in live)
    numbers = {
        r["row_id"]: number_holds(r, value, case, states[r["row_id"]], only_baseline, policy)
        for r in case.rules
        if numeric(r)
    }
    off = any_of(*numbers.values())  # the number is, or may be, off
    met, joined = {}, {}
    for rule in case.rules:
        grade, truth = int(rule["grade"]), numbers.get(rule["row_id"], False)
        if rule["fact_role"] == "and":
            truth = all_of(truth, fact_holds(rule, facts, policy))
        elif rule["fact_role"] in {"or", "sole"}:  # D01: a fact may raise the grade
            truth = any_of(truth, all_of(off, fact_holds(rule, facts, policy)))
        if rule["combine"] == "AND":
            joined.setdefault((grade, rule["alternative"]), []).append(truth)
        else:
            met[grade] = any_of(met.get(grade, False), truth)
    for (grade, _), parts in joined.items():
        met[grade] = any_of(met.get(grade, False), all_of(*parts))
    return met


def highest(met):
    return max([0, *(g for g, truth in met.items() if truth is True)])


def grade_of(value, case, policy):
    best = plain_grade(value, case, policy)
    if case.facts.get("symptomatic") and best is not None:
        told = {k: v for k, v in case.facts.items() if k == "on_anticoagulation"}
        free = plain_grade(value, case._replace(facts=told | known_facts(FREE)), policy)
        if (free is None and best == 0) or (free is not None and free > best):
            return None  # symptoms rule the milder grade out; the worse one is no number
    return best


def plain_grade(value, case, policy):
    met = truths(value, case, case.facts, policy)
    best = highest(met)
    if any(truth is None and g > best for g, truth in met.items()):
        return None  # D28: never 0, nor a grade that a missing limit may raise
    return best


def possible_of(value, case):
    """Every grade that the missing facts, limits and baselines still allow."""
    names = sorted({r["fact"] for r in case.rules if r["fact"]} - set(case.facts))
    found = set()
    for answers in product([True, False], repeat=len(names)):
        facts = case.facts | dict(zip(names, answers, strict=True))
        if any(a in facts and b in facts and facts[a] == facts[b] for a, b in OPPOSITES):
            continue
        met = truths(value, case, facts, None)
        best = highest(met)
        found |= {best} | {g for g, truth in met.items() if g > best and truth is None}
    return found


def probes(sign, bound, case):
    """D27: enough values to stand for all that "<5" allows: each side of every limit."""
    ends = [limit(r, s, case) for r in case.rules for s in ("lower", "upper") if r[f"{s}_ref"]]
    ends = [x for x in [*ends, case.lln, case.uln, bound] if x is not None]
    huge = 1e6 * (1 + max(abs(x) for x in ends))
    tried = [0.0, huge, *(x + d for x in ends for d in (0, 1e-9 * x or 1e-9, -1e-9 * x or -1e-9))]
    inside = {
        "<": lambda x: x < bound,
        "<=": lambda x: x <= bound,
        ">": lambda x: x > bound,
        ">=": lambda x: x >= bound,
    }[sign]
    floor = bound > 0 or (bound == 0 and sign == "<=")  # below it lies no amount
    return [x for x in tried if inside(x) and (x >= 0 or not floor)]


def grade_row(row, policy="number_only"):
    """Grade one row: an entry for every term and direction that it can speak about."""
    groups, testcd = applicable(row)
    found = []
    for (term, direction), rules in groups.items():
        plus = PLUSSES.get(text(row.get("value")).upper()) if testcd in {"PROT", "GLUC"} else None
        if plus is not None:  # a dipstick result says its own unit
            row = row | {"value": plus, "unit": "{plus}"}
        case, convert = prepare(row, rules, testcd)
        censored = CENSORED.fullmatch(text(row.get("value")))
        bound = number(censored[2]) if censored else None
        value = number(row.get("value"))
        if bound is not None:
            values = probes(censored[1], convert(bound), case)
        else:
            values = [None if value is None else convert(value)]
        grades = {grade_of(v, case, policy) for v in values}
        grade = grades.pop() if len(grades) == 1 and None not in values else None  # D27
        assign = rules[0]["assign"]
        if assign == "diagnosis" or (assign == "suggest" and grade != 0):  # D46, D45
            grade = None
        possible = set().union(*(possible_of(v, case) for v in values))
        found.append(Graded(term, direction, grade, possible))
    return found
