"""What must hold of `grade_table` for every row."""

from __future__ import annotations

from random import Random

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from safety.ctcae import chunk, kernel
from safety.ctcae.arrow_table import OUTPUT_COLUMNS
from safety.ctcae.criteria import facts, ladders
from safety.ctcae.rows import read_rows
from safety.ctcae.table import grade_table
from safety.ctcae.units import conversion
from tests.ctcae.random_rows import random_rows
from tests.strategies import TARGETS, Target, policies, table_row, without_some

pytestmark = pytest.mark.property

DLCO = "Carbon monoxide diffusing capacity decreased"


# Zones in which two limits NCI prints for one grade disagree (D23), in mmol/L. Source:
# ctcae_v5_unit_discordance.csv, made of NCI CTCAE v5.0 and exact molar masses; ends have four
# digits.
DISCORDANT = [
    ("Anemia", "HGB", 6.2, 6.206),
    ("Anemia", "HGB", 4.9, 4.964),
    ("Cholesterol high", "CHOL", 7.75, 7.759),
    ("Cholesterol high", "CHOL", 10.34, 10.34),
    ("Cholesterol high", "CHOL", 12.92, 12.93),
    ("Hypercalcemia", "CACR", 2.869, 2.9),
    ("Hypercalcemia", "CACR", 3.1, 3.119),
    ("Hypercalcemia", "CACR", 3.368, 3.4),
    ("Hypermagnesemia", "MG", 1.23, 1.234),
    ("Hypermagnesemia", "MG", 3.292, 3.3),
    ("Hypertriglyceridemia", "TRIG", 1.694, 1.71),
    ("Hypertriglyceridemia", "TRIG", 3.388, 3.42),
    ("Hypertriglyceridemia", "TRIG", 5.647, 5.7),
    ("Hypertriglyceridemia", "TRIG", 11.29, 11.4),
    ("Hypocalcemia", "CACR", 1.996, 2.0),
    ("Hypocalcemia", "CACR", 1.747, 1.75),
    ("Hypocalcemia", "CACR", 1.497, 1.5),
    ("Hypoglycemia", "GLUC", 3.0, 3.053),
    ("Hypoglycemia", "GLUC", 2.2, 2.22),
    ("Hypoglycemia", "GLUC", 1.665, 1.7),
    ("Hypomagnesemia", "MG", 0.4937, 0.5),
    ("Hypomagnesemia", "MG", 0.3703, 0.4),
    ("Hypomagnesemia", "MG", 0.288, 0.3),
]
TOTAL_CALCIUM = {"CA", "CACR", "CACRALB"}


def graded(*rows: dict, **options) -> list[dict]:
    """Grade rows that name their term and direction: one answer each."""
    found = grade_table(pd.DataFrame(rows), **options).to_dict("records")
    assert len(found) == len(rows)
    return [
        x | {"grade": None if pd.isna(x["grade"]) else int(x["grade"]),
             "possible": {int(g) for g in x["possible_grades"].split("|") if g}}
        for x in found
    ]  # fmt: skip


# A table of every term at a time, made of a seed: a smaller seed is no simpler table.
RANDOMS = st.integers(0, 1 << 32).map(Random)
TABLES = settings(max_examples=6, phases=[Phase.explicit, Phase.generate])
FACTS = ["lln", "uln", "base", "bnrind", "age", "on_anticoagulation", "symptomatic"]


# --- a worse value ----------------------------------------------------------------------------


def _worse_and_worse(rng, target) -> list[dict]:
    """A row with values from low to high, the whole of them at and about the printed limits."""
    row = without_some(rng, table_row(rng, target), FACTS)
    if target.unit == "{plus}":
        values = [0, 0.5, 1, 2, 3, 4]
    else:
        values = sorted(table_row(rng, target)["value"] for _ in range(8))
    if target.term == "Oligospermia":  # none at all is another term: azoospermia
        values = [v for v in values if v > 0]
    return [row | {"value": float(v)} for v in values]


@TABLES
@given(rng=RANDOMS, policy=policies)
def test_a_worse_value_never_has_a_lower_grade(rng, policy) -> None:
    series = [_worse_and_worse(rng, t) for t in TARGETS if t.direction != "composite"]
    found = iter(graded(*(row for rows in series for row in rows), policy=policy))
    wrong = []
    for rows in series:
        grades = [next(found)["grade"] for _ in rows]
        known = [g for g in grades if g is not None]
        if known != sorted(known, reverse=rows[0]["direction"] == "low"):
            wrong.append((rows[0], [r["value"] for r in rows], grades))
    assert wrong == []


def test_every_term_that_is_graded_has_a_target() -> None:
    wanted = {(x.term, x.direction) for x in ladders()}
    assert {(t.term, t.direction) for t in TARGETS} == wanted


# --- another unit -----------------------------------------------------------------------------


def _reachable(target):
    units = sorted({r["ucum"] for r in read_rows("units.csv")})
    return [
        u for u in units
        if u != target.unit and conversion(target.testcd, target.unit, u) is not None
    ]  # fmt: skip


CONVERTIBLE = [t for t in TARGETS if t.testcd and t.unit != "{plus}" and _reachable(t)]


def _discordant(term, testcd, value, unit) -> bool:
    if (testcd, unit, value) == ("CAION", "mmol/L", 1.8):
        return True  # 7.21404 mg/dL: the table of criteria holds 7.214
    testcd = "CACR" if testcd in TOTAL_CALCIUM else testcd
    to_molar = conversion(testcd, unit, "mmol/L")
    if to_molar is None:
        return False
    molar = value * to_molar.factor
    return any(
        (term, testcd) == (t, c) and low * (1 - 2e-4) <= molar <= high * (1 + 2e-4)
        for t, c, low, high in DISCORDANT
    )


@TABLES
@given(rng=RANDOMS, policy=policies)
def test_another_unit_never_changes_the_grade(rng, policy) -> None:
    printed, other = [], []
    for target in CONVERTIBLE * 2:
        row, unit = table_row(rng, target), rng.choice(_reachable(target))
        if not _discordant(target.term, target.testcd, row["value"], target.unit):
            how = conversion(target.testcd, target.unit, unit)
            numbers = ("value", "lln", "uln", "base")
            printed.append(row)
            other.append(
                row | {"unit": unit} | {n: row[n] * how.factor + how.offset for n in numbers}
            )
    pairs = zip(
        printed, other, graded(*printed, policy=policy), graded(*other, policy=policy), strict=True
    )
    wrong = [
        (row, again)
        for row, again, x, y in pairs
        if (x["grade"], x["possible"]) != (y["grade"], y["possible"])
    ]
    assert wrong == []


WIDE = [zone for zone in DISCORDANT if zone[3] - zone[2] >= 1e-3]


@pytest.mark.parametrize(("term", "testcd", "low", "high"), WIDE)
def test_inside_a_zone_of_disagreement_each_unit_keeps_its_printed_limit(
    term, testcd, low, high
) -> None:
    molar, unit = (low + high) / 2, "g/dL" if testcd == "HGB" else "mg/dL"
    mass = molar / conversion(testcd, unit, "mmol/L").factor
    upwards = term.startswith(("Hyper", "Chol"))
    lln, uln = (0.1, 0.2) if upwards else (1.5, 1.6)  # the value is beyond the local range
    told = {"ctcae_term": term, "testcd": testcd, "symptomatic": "N"}
    in_molar, in_mass = graded(
        told | {"value": molar, "unit": "mmol/L", "lln": molar * lln, "uln": molar * uln},
        told | {"value": mass, "unit": unit, "lln": mass * lln, "uln": mass * uln},
    )
    assert None not in {in_molar["grade"], in_mass["grade"]}
    assert in_molar["grade"] != in_mass["grade"]


# --- a fact that becomes known ----------------------------------------------------------------


def _wider(before: list[dict], after: list[dict]) -> list[tuple[dict, dict]]:
    """Rows for which more is possible after something became known."""
    assert len(before) > 20
    return [
        (one, other)
        for one, other, x, y in zip(before, after, graded(*before), graded(*after), strict=True)
        if not y["possible"] <= x["possible"]
    ]


def _asks(fact: str) -> list[Target]:
    """Targets whose grade or possible grades a fact can change."""
    following = {code for code, f in facts().items() if any(a == fact for a, _ in f.follows)}
    terms = {
        x.term for x in ladders() for c in x.clauses if c.fact in following or fact in c.baseline
    }
    return [t for t in TARGETS if t.term in terms]


ASKED = {fact: _asks(fact) for fact in ("symptomatic", "on_anticoagulation")}


def test_terms_that_ask_for_a_fact() -> None:
    assert {t.term for t in ASKED["on_anticoagulation"]} == {"INR increased"}
    asked = {t.term for t in ASKED["symptomatic"]}
    assert {"Hypokalemia", "Lipase increased", "Pancreatic enzymes decreased", DLCO} <= asked


@pytest.mark.parametrize("fact", ASKED)
@TABLES
@given(rng=RANDOMS)
def test_a_known_fact_only_narrows_what_is_possible(fact, rng) -> None:
    targets = ASKED[fact] * (200 // len(ASKED[fact]))
    rows = [without_some(rng, table_row(rng, t), ["lln", "uln", "base"]) for t in targets]
    assert _wider([r | {fact: None} for r in rows], rows) == []


@TABLES
@given(rng=RANDOMS, limit=st.sampled_from(["lln", "uln"]))
def test_a_known_limit_only_narrows_what_is_possible(rng, limit) -> None:
    others = ["lln", "uln", "base", "symptomatic", "on_anticoagulation"]
    others.remove(limit)
    rows = [without_some(rng, table_row(rng, t), others) for t in TARGETS]
    assert _wider([r | {limit: None} for r in rows], rows) == []


@TABLES
@given(rng=RANDOMS)
def test_a_known_baseline_only_narrows_what_is_possible(rng) -> None:
    # but a first DLCO is read against LLN, a later one against baseline: other clauses, not fewer
    targets = [t for t in TARGETS if t.term != DLCO]
    rows = [table_row(rng, t) for t in targets]
    # of a missing baseline it is assumed that a high one lies above the limit of the row
    told = [r | {"bnrind": "HIGH" if r["base"] > r["uln"] else "NORMAL"} for r in rows]
    rows = [without_some(rng, r, ["lln", "uln", "symptomatic"]) for r in told]
    assert _wider([r | {"base": None, "bnrind": None} for r in rows], rows) == []


@TABLES
@given(rng=RANDOMS)
def test_the_flag_of_a_known_baseline_only_narrows_what_is_possible(rng) -> None:
    rows = [without_some(rng, table_row(rng, t), ["lln", "uln", "symptomatic"]) for t in TARGETS]
    assert _wider([r | {"bnrind": None} for r in rows], rows) == []


@TABLES
@given(rng=RANDOMS)
def test_the_age_of_an_adult_only_takes_a_caveat_away(rng) -> None:
    # without an age a row is read as an adult's; the age of a minor replaces criteria
    rows = [without_some(rng, table_row(rng, t), FACTS) for t in TARGETS]
    without, adult = (graded(*(r | {"age": age} for r in rows)) for age in (None, 40))
    for before, after in zip(without, adult, strict=True):
        assert (before["grade"], before["possible"]) == (after["grade"], after["possible"])
        said = set(before["reasons"].split(";")) - {"adult_assumed", ""}
        assert said == set(after["reasons"].split(";")) - {""}


# --- what must not matter ---------------------------------------------------------------------


@TABLES
@given(rng=RANDOMS, policy=policies)
def test_the_grade_is_among_the_possible_ones(rng, policy) -> None:
    rows = [without_some(rng, table_row(rng, t), FACTS) for t in TARGETS]
    signs = ["", "", "<", "<=", ">", ">="]
    for x in graded(
        *(r | {"value": f"{rng.choice(signs)}{r['value']}"} for r in rows), policy=policy
    ):
        assert x["possible"] <= {0, 1, 2, 3, 4}
        assert x["grade"] is None or x["grade"] in x["possible"]
        assert bool(x["criterion"]) == bool(x["grade"])
        assert x["reasons"] or x["grade"] is not None


def _table(seed: int, size: int) -> pd.DataFrame:
    frame = pd.DataFrame(random_rows(size, seed))
    return frame.astype("str").replace({"None": "", "nan": ""})


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), chunk_size=st.integers(1, 9), slice_size=st.integers(1, 4))
def test_the_size_of_chunks_changes_nothing(seed, chunk_size, slice_size) -> None:
    frame = _table(seed, 30)
    frame = pd.concat([frame, frame, frame], ignore_index=True)  # several rows a kind
    whole = grade_table(frame)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "CHUNK", chunk_size)
        patch.setattr(chunk, "SLICE", slice_size)
        pd.testing.assert_frame_equal(grade_table(frame), whole)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_the_order_of_rows_changes_nothing(seed, data) -> None:
    frame = _table(seed, 25)
    order = data.draw(st.permutations(range(len(frame))))
    straight, mixed = grade_table(frame), grade_table(frame.iloc[order])
    mixed["row"] = mixed["row"].map({new: old + 1 for new, old in enumerate(order, 1)})
    back = mixed.sort_values("row", kind="stable").reset_index(drop=True)
    pd.testing.assert_frame_equal(back, straight)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), cut=st.integers(1, 24))
def test_a_table_may_be_cut_anywhere(seed, cut) -> None:
    frame = _table(seed, 25)
    whole = grade_table(frame)
    first, second = grade_table(frame.iloc[:cut]), grade_table(frame.iloc[cut:])
    second["row"] += cut
    pd.testing.assert_frame_equal(pd.concat([first, second], ignore_index=True), whole)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_extra_columns_and_the_case_of_names_change_nothing(seed, data) -> None:
    frame = _table(seed, 20)
    plain = grade_table(frame)[list(OUTPUT_COLUMNS)]
    names = data.draw(st.permutations(list(frame.columns)))
    style = data.draw(st.sampled_from([str.upper, str.title, lambda x: f" {x} "]))
    other = frame[names].rename(columns=style)
    other.insert(0, "subject", "S1")
    other["note"] = range(len(other))
    pd.testing.assert_frame_equal(grade_table(other)[list(OUTPUT_COLUMNS)], plain)
