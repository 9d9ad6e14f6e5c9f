"""Rows to grade by chance: realistic and hostile, over every term, test and unit.

Values crowd around the limits, and lie exactly at them. The same seed gives the same rows.
"""

from __future__ import annotations

import csv
import random
from functools import cache
from pathlib import Path

from safety.ctcae.units import conversion, to_ucum

DATA = Path(__file__).parents[2] / "safety" / "ctcae" / "data"
FREE_UNITS = ["U/L", "IU/L", "ukat/L", "mg/dL", "mmol/L", "umol/L", "g/L", "s", "kg", "%"]
SELDOM = 0.07


def _rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def spellings():
    """How sites spell each unit; a unit that no site is known to spell is spelled as itself."""
    found = {}
    for r in _rows("units.csv"):
        found.setdefault(r["ucum"], []).append(r["spelling"])
    return found


@cache
def targets():
    """Every (term, test) with its rules; the test is empty where the term has none."""
    found = {}
    for r in _rows("criteria_5_0.csv"):
        for testcd in r["testcds"].split() or [""]:
            found.setdefault((r["term"], testcd), []).append(r)
    return list(found.items())


@cache
def reachable(testcd, unit):
    """Units, other than `unit`, that convert to it for this test."""
    return [u for u in spellings() if u != unit and conversion(testcd, u, unit) is not None]


def _choose_unit(rng, testcd, rules):
    """A printed unit, or "" if the rules have none; and the unit in which to report, spelled."""
    printed = sorted({r["unit"] for r in rules if r["unit"]})
    unit = rng.choice(printed) if printed else ""
    reported = unit or rng.choice(FREE_UNITS)
    if unit and reachable(testcd, unit) and rng.random() < 0.3:
        reported = rng.choice(reachable(testcd, unit))
    spelled = rng.choice([reported, *spellings().get(reported, [])])
    return unit, spelled


def _from_printed(x, testcd, spelled, unit):
    """A number of the printed unit in the reported one."""
    how = conversion(testcd, unit, to_ucum(spelled) or spelled) if unit else None
    return x if how is None else x * how.factor + how.offset


def _numbers(rules, unit, ref):
    """The numbers that the rules print for one kind of reference, in one unit."""
    found = set()
    for r in rules:
        for side in ("lower", "upper"):
            if r[f"{side}_ref"] == ref and r["unit"] in {"", unit}:
                found.add(float(r[side]))
    return sorted(found)


def _limit(rng, rules, unit, lln, uln, base):
    """A value that lies at a limit of one rule, in the printed unit."""
    rule = rng.choice([r for r in rules if r["unit"] in {"", unit}])
    side = rng.choice([s for s in ("lower", "upper") if rule[f"{s}_ref"]] or [""])
    ref = rule.get(f"{side}_ref", "")
    if not ref or ref == "BP_PERCENTILE":
        return rng.choice([lln, uln])
    k = float(rule[side])
    return {
        "ABS": k,
        "xULN": k * uln,
        "xLLN": k * lln,
        "xBASE": k * base,
        "ULN+": uln + k,
        "LLN-": lln - k,
        "BASE-": base - k,
        "BASE+": base + k,
        "PCTDEC": base * (1 - k / 100),
        "PCTINC": base * (1 + k / 100),
        "xMI_CUTOFF": uln,
    }[ref]


def _near(rng, x):
    """The number itself as often as not, else a little or a lot beside it."""
    factor = rng.choice([1, 1, 1, 1 - 1e-6, 1 + 1e-6, 0.999, 1.001, 0.97, 1.03, 0.7, 1.4])
    return x * factor + (rng.choice([-1e-6, 0, 1e-6]) if x == 0 else 0)


def _range(rng, rules, unit):
    """Limits of normal and a baseline at the size of the printed numbers, in the printed unit."""
    printed = [x for x in _numbers(rules, unit, "ABS") if x > 0]
    middle = rng.choice(printed) if printed else rng.choice([0.3, 10.0, 40.0, 150.0])
    middle *= rng.choice([1, 1, 1, 1.5, 4])
    lln, uln = sorted(middle * rng.choice([0.7, 0.9, 1, 1, 1.1, 1.3, 1.8]) for _ in "ab")
    if uln == lln:
        uln = lln * 1.5
    base = rng.choice([lln, uln, (lln + uln) / 2, uln * 1.2, uln * 3, lln * 0.8, middle])
    return lln, uln, base


def _value(rng, number):
    """How a site may write a number down."""
    draw = rng.random()
    if draw < 0.72:
        return number
    if draw < 0.82:
        return rng.choice(["{}", " {} ", "{}"]).format(number)
    if draw < 0.94:
        return rng.choice(["<{}", "<={}", ">{}", ">={}", "< {}"]).format(number)
    hostile = [None, "", float("nan"), "NEG", "TNTC", "5-10", "1_000", "nan", "inf", "<", "0", 0]
    return rng.choice([*hostile, "trace", "<LLN", "1e9", -number])


def _one(rng):
    (term, testcd), rules = rng.choice(targets())
    unit, spelled = _choose_unit(rng, testcd, rules)
    lln, uln, base = _range(rng, rules, unit)
    number = _near(rng, _limit(rng, rules, unit, lln, uln, base))

    def reported(x):
        return _from_printed(x, testcd, spelled, unit)

    number, lln, uln, base = (reported(x) for x in (number, lln, uln, base))
    if rng.random() < 0.25:  # as a laboratory rounds
        number, lln, uln, base = (float(f"{x:.3g}") for x in (number, lln, uln, base))
    if rng.random() < 0.15:
        number = rng.choice([0.0, lln, uln, base, uln * 1e3, lln * 1e-3])
    row = {
        "testcd": testcd,
        "ctcae_term": None,
        "direction": None,
        "value": _value(rng, number),
        "unit": spelled,
        "lln": lln,
        "uln": uln,
        "base": rng.choice([base, base, base, None]),
        "bnrind": rng.choice(["NORMAL", "NORMAL", "HIGH", "LOW", "N", "H", "HH", "L", "LL", None]),
        "sex": rng.choice(["F", "M", None]),
        "age": rng.choice([54, 61, 47, 35, 18, None, None]),
        "on_anticoagulation": rng.choice(["Y", "N", None]),
        "symptomatic": rng.choice(["Y", "N", None, None]),
        "ablfl": "Y" if rng.random() < 0.1 else None,
    }
    if not testcd or term == "Glucosuria" or rng.random() < 0.15:
        row["ctcae_term"] = term
        row["direction"] = rng.choice([None, rules[0]["direction"]])
    if not any({"any", "adult"} & set(r["population"].split()) for r in rules):
        row["age"] = rng.choice([0.5, 4, 9, 14, None])
    _spoil(rng, row)
    return row


def _spoil(rng, row):
    """Now and then, take away or twist what stands beside the value."""
    for key, hostile in {
        "unit": [None, "", float("nan"), "foo", "mg", "10^9", "kg", "%", "mg/dL", "mmol/L", "1"],
        "lln": [None, 0, -1, float("nan"), "", row["uln"] * 1.5, "n/a"],
        "uln": [None, 0, -5, float("nan"), "", row["lln"] * 0.5, "n/a"],
        "base": [None, 0, -1.0, float("nan"), "", "n/a"],
        "bnrind": [None, "", float("nan")],
        "testcd": [None, "", "ZZZ", row["testcd"]],
        "on_anticoagulation": ["", float("nan")],
        "symptomatic": ["", float("nan")],
        "ablfl": ["N", "", float("nan")],
    }.items():
        if key == "testcd" and row["ctcae_term"]:
            continue  # which test is meant then is a question of its own
        if rng.random() < (SELDOM if key != "testcd" else 0.02):
            row[key] = rng.choice(hostile)
    if rng.random() < 0.15:
        row["age"] = rng.choice([0, 0.4, 1, 5, 12, 12.9, 13, 17, 17.9, "16", float("nan")])


def random_rows(n: int, seed: int) -> list[dict]:
    """Return `n` rows with the columns of `toxwatch grade`."""
    rng = random.Random(seed)  # a reproducible test, not a secret
    return [_one(rng) for _ in range(n)]
