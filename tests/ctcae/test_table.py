"""`grade_table` and `grade_arrow`: what may come in, and what comes out."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from safety.ctcae.arrow_table import INPUT_COLUMNS, OUTPUT_COLUMNS, grade_arrow, input_columns
from safety.ctcae.table import grade_table

PLT = "Platelet count decreased"
PLATELETS = {"testcd": "PLAT", "unit": "10*9/L", "lln": 150, "uln": 400}
EVERY = "0|1|2|3|4"


def graded(*rows: dict, **options) -> list[tuple]:
    """Term, direction, grade (None for missing), possible grades and reasons of every answer."""
    found = grade_table(pd.DataFrame(rows), **options)
    columns = ["ctcae_term", "direction", "grade", "possible_grades", "reasons"]
    return [
        tuple(None if pd.isna(x) else x for x in answer)
        for answer in found[columns].itertuples(index=False)
    ]


def platelets(value, **changes) -> tuple:
    """Grade, possible grades and reasons of one platelet count."""
    (found,) = graded(PLATELETS | {"value": value} | changes)
    assert found[:2] == (PLT, "low")
    return found[2:]


def of_arrow(values: pa.Array) -> list[tuple]:
    size = len(values)
    table = pa.table(
        {"testcd": ["PLAT"] * size, "value": values, "unit": ["10*9/L"] * size, "lln": [150] * size}
    )
    found = grade_arrow(table)
    return list(zip(found["grade"].to_pylist(), found["reasons"].to_pylist(), strict=True))


# --- results ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "grade", "possible", "reasons"),
    [
        (60, 2, "2", ""),
        (60.0, 2, "2", ""),
        ("60", 2, "2", ""),
        (" 60.0 ", 2, "2", ""),
        ("6e1", 2, "2", ""),
        ("+60", 2, "2", ""),
        ("<25", 4, "4", ""),
        ("< 25", 4, "4", ""),
        ("<=25", None, "3|4", "value_censored"),
        ("≤25", None, "3|4", "value_censored"),
        ("≤ 24", 4, "4", ""),
        (">150", 0, "0", ""),
        ("≥150", 0, "0", ""),
        (">=149", None, "0|1", "value_censored"),
        (-5, 4, "4", "value_suspect"),
        # no value
        (None, None, EVERY, "value_missing"),
        (float("nan"), None, EVERY, "value_missing"),
        (float("inf"), None, EVERY, "value_not_numeric"),
        ("1e999", None, EVERY, "value_not_numeric"),
        ("", None, EVERY, "value_missing"),
        ("  ", None, EVERY, "value_missing"),
        ("NA", None, EVERY, "value_missing"),
        ("n/a", None, EVERY, "value_missing"),
        (".", None, EVERY, "value_missing"),
        ("null", None, EVERY, "value_missing"),
        ("NaN", None, EVERY, "value_missing"),
        # text is never guessed
        ("TNTC", None, EVERY, "value_not_numeric"),
        ("6,0", None, EVERY, "value_not_numeric"),
        ("1_000", None, EVERY, "value_not_numeric"),
        ("0x1A", None, EVERY, "value_not_numeric"),
        ("５０", None, EVERY, "value_not_numeric"),
        ("inf", None, EVERY, "value_not_numeric"),
        ("<", None, EVERY, "value_not_numeric"),
        ("=<25", None, EVERY, "value_not_numeric"),
        ("20-30", None, EVERY, "value_not_numeric"),
        ("2+", None, EVERY, "value_not_numeric"),  # plusses are for urine
    ],
)
def test_results(value, grade, possible, reasons) -> None:
    assert platelets(value) == (grade, possible, reasons)


def test_a_column_may_mix_numbers_and_text() -> None:
    frame = pd.DataFrame([PLATELETS] * 4).assign(value=[60, "<25", None, 24.9])
    found = grade_table(frame)
    assert found["grade"].tolist() == [2, 4, pd.NA, 4]
    assert found["value"].tolist()[:2] == ["60", "<25"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([Decimal("74.9"), None]), [(2, ""), (None, "value_missing")]),
        (pa.array([60, None], pa.int64()), [(2, ""), (None, "value_missing")]),
        (pa.array([60, 24], pa.uint8()), [(2, ""), (4, "")]),
        (pa.array(np.array([60, 24], np.float16)), [(2, ""), (4, "")]),
        (pa.array([np.inf, np.nan]), [(None, "value_not_numeric"), (None, "value_missing")]),
        (pa.array([60, 24, 60]).dictionary_encode(), [(2, ""), (4, ""), (2, "")]),
        (pa.array(["60", "x", None]).dictionary_encode(),
         [(2, ""), (None, "value_not_numeric"), (None, "value_missing")]),
        (pa.array(["60", None], pa.large_string()), [(2, ""), (None, "value_missing")]),
        (pa.array(["60", None], pa.string_view()), [(2, ""), (None, "value_missing")]),
        (pa.chunked_array([["60"], ["<25", "200"]]), [(2, ""), (4, ""), (0, "")]),
        (pa.nulls(2), [(None, "value_missing")] * 2),
        (pa.array([True, None]), [(None, "value_not_numeric"), (None, "value_missing")]),
        (pa.array([1, 2], pa.date32()), [(None, "value_not_numeric")] * 2),
    ],
    ids=lambda x: str(x.type) if hasattr(x, "type") else "",
)  # fmt: skip
def test_arrow_columns(values, expected) -> None:
    assert of_arrow(values) == expected


def test_pandas_columns_of_categories_and_nullable_numbers() -> None:
    frame = pd.DataFrame({
        "testcd": pd.Categorical(["PLAT", "PLAT", None]),
        "value": pd.array([60, None, 60], "Int64"),
        "unit": pd.Categorical(["10*9/L", "10*9/L", None]),
        "lln": [150, 150, 150],
    })  # fmt: skip
    found = grade_table(frame)
    assert found["grade"].tolist() == [2, pd.NA, pd.NA]
    assert found["reasons"].tolist() == ["", "value_missing", "test_unknown"]


# --- limits, baseline, age, facts -------------------------------------------------------------


@pytest.mark.parametrize(
    ("lln", "grade", "reasons"),
    [
        (150, 1, ""),
        ("150", 1, ""),
        (" 150.0 ", 1, ""),
        (None, None, "range_missing"),
        ("", None, "range_missing"),
        ("NA", None, "range_missing"),
        (float("inf"), None, "range_unusable"),
        ("1e999", None, "range_unusable"),
        ("abc", None, "range_unusable"),
        ("<150", None, "range_unusable"),
        ("150-400", None, "range_unusable"),
        (0, None, "range_unusable"),  # D38
        (-150, None, "range_unusable"),
        (500, None, "range_unusable"),  # reversed
    ],
)
def test_lower_limits(lln, grade, reasons) -> None:
    assert platelets(90, lln=lln) == (grade, "1" if grade else "0|1", reasons)


@pytest.mark.parametrize("lln", ["abc", 0, 500, None])
def test_a_limit_that_is_not_needed_is_not_complained_about_d38(lln) -> None:
    assert platelets(60, lln=lln) == (2, "2", "")


ALT = {"testcd": "ALT", "unit": "U/L", "uln": 40, "value": 130}


@pytest.mark.parametrize(
    ("changes", "grade", "reasons"),
    [
        ({"base": 130, "bnrind": "HIGH"}, 0, ""),
        ({"base": 130, "bnrind": " h "}, 0, ""),
        ({"base": 130, "bnrind": "HH"}, 0, ""),
        ({"base": 20, "bnrind": "NORMAL"}, 2, ""),
        ({"base": 2, "bnrind": "LOW"}, 2, ""),  # D06
        ({"base": "20", "bnrind": "n"}, 2, ""),
        ({"base": 20, "bnrind": None}, 2, "baseline_range_missing"),
        ({"base": 20, "bnrind": "?"}, 2, "baseline_range_missing"),
        ({"base": None, "bnrind": None}, 2, "baseline_missing"),
        ({"base": "junk", "bnrind": "NORMAL"}, 2, "baseline_missing"),
        ({"base": None, "bnrind": "HIGH"}, None, "baseline_high_without_value"),  # D09
        ({"base": 130, "bnrind": "HIGH", "ablfl": "Y"}, 2, "baseline_record"),  # D07
        ({"base": 130, "bnrind": "HIGH", "ablfl": "y"}, 2, "baseline_record"),
        ({"base": 130, "bnrind": "HIGH", "ablfl": "N"}, 0, ""),
    ],
)
def test_baselines(changes, grade, reasons) -> None:
    ((_, _, found, _, said),) = graded(ALT | changes)
    assert (found, said) == (grade, reasons)


@pytest.mark.parametrize(
    ("told", "grade", "reasons"),
    [
        ("Y", 2, "facts_unknown"),
        ("yes", 2, "facts_unknown"),
        (True, 2, "facts_unknown"),
        (1, 2, "facts_unknown"),
        ("N", 1, "facts_unknown"),
        (False, 1, "facts_unknown"),
        ("0", 1, "facts_unknown"),
        (None, 1, "symptoms_unknown;facts_unknown"),
        ("maybe", 1, "symptoms_unknown;facts_unknown"),
    ],
)
def test_symptoms(told, grade, reasons) -> None:
    # D12
    row = {"testcd": "K", "ctcae_term": "Hypokalemia", "unit": "mmol/L", "lln": 3.5, "value": 3.2}
    ((_, _, found, _, said),) = graded(row | {"symptomatic": told})
    assert (found, said) == (grade, reasons)


@pytest.mark.parametrize(
    ("told", "grade", "reasons"),
    [
        ("Y", 1, "facts_unknown"),  # 1.25 x baseline
        ("N", 2, "facts_unknown"),  # >1.5 - 2.5
        (None, 2, "anticoagulation_unknown;facts_unknown"),
    ],
)
def test_anticoagulation_d15(told, grade, reasons) -> None:
    row = {"testcd": "INR", "value": 2.0, "unit": "INR", "uln": 1.1, "base": 1.6, "bnrind": "H"}
    ((_, _, found, _, said),) = graded(row | {"on_anticoagulation": told})
    assert (found, said) == (grade, reasons)


@pytest.mark.parametrize(
    ("age", "grade", "caveat"),
    [(50, 3, False), ("50", 3, False), (None, 3, True), ("abc", 3, True), ("17", None, False)],
)
def test_ages(age, grade, caveat) -> None:
    ((_, _, found, _, said),) = graded(
        {"testcd": "SYSBP", "value": 170, "unit": "mmHg", "age": age}
    )
    assert (found, "adult_assumed" in said) == (grade, caveat)


@pytest.mark.parametrize(("policy", "grade"), [("number_only", 1), ("worst_case", 2)])
def test_policies(policy, grade) -> None:
    row = {"testcd": "K", "value": 3.2, "unit": "mmol/L", "lln": 3.5, "uln": 5.0}
    assert [x[:4] for x in graded(row, policy=policy)] == [
        ("Hyperkalemia", "high", 0, "0"),
        ("Hypokalemia", "low", grade, "1|2|3|4"),
    ]


# --- dipsticks and specimens ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "grade", "possible", "reasons"),
    [
        ("NEG", 0, "0", ""),
        ("negative", 0, "0", ""),
        ("阴性", 0, "0", ""),
        ("-", 0, "0", ""),
        ("NONE", 0, "0", ""),
        ("Trace", 0, "0", ""),
        ("±", 0, "0", ""),
        ("+", 1, "1", ""),
        ("1 +", 1, "1", ""),
        ("(2+)", 2, "2", ""),
        ("++", 2, "2", ""),
        ("3+", 2, "2", ""),
        ("++++", 3, "3", ""),
        ("阳性", None, "0|1|2|3", "value_censored"),  # how many plusses is not said
        ("弱阳性", None, "0|1|2|3", "value_not_numeric"),
        ("5+", None, "0|1|2|3", "value_not_numeric"),
        ("", None, "0|1|2|3", "value_missing"),
    ],
)
def test_protein_by_dipstick(value, grade, possible, reasons) -> None:
    row = {"testcd": "PROT", "specimen": "URINE", "age": 40, "value": value}
    assert graded(row) == [("Proteinuria", "high", grade, possible, reasons)]


GLUCOSE = {"testcd": "GLUC", "value": 30, "unit": "mg/dL", "lln": 70, "uln": 100}


@pytest.mark.parametrize("specimen", [None, "", "BLOOD", "serum", "Plasma", "WHOLE BLOOD"])
def test_glucose_in_blood(specimen) -> None:
    found = [x[:3] for x in graded(GLUCOSE | {"specimen": specimen})]
    assert found == [("Hyperglycemia", "high", 0), ("Hypoglycemia", "low", 3)]


@pytest.mark.parametrize(("value", "grade"), [(30, 1), ("0", 0), ("2+", 1), ("阴性", 0)])
def test_glucose_in_urine(value, grade) -> None:
    row = GLUCOSE | {"specimen": "urine", "value": value}
    assert [x[:3] for x in graded(row)] == [("Glucosuria", "high", grade)]


def test_a_specimen_without_criteria() -> None:
    assert graded(GLUCOSE | {"specimen": "CSF"}) == [("", "", None, "", "test_unknown")]


# --- which terms ------------------------------------------------------------------------------


def test_na_is_sodium_as_a_test_and_missing_as_a_value() -> None:
    row = {"testcd": "NA", "unit": "mmol/L", "lln": 135, "uln": 145}
    found = graded(row | {"value": "124"}, row | {"value": "NA"})
    assert [x[:3] for x in found] == [
        ("Hypernatremia", "high", 0),
        ("Hyponatremia", "low", 3),
        ("Hypernatremia", "high", None),
        ("Hyponatremia", "low", None),
    ]
    assert [x[4] for x in found[2:]] == ["value_missing", "value_missing"]


@pytest.mark.parametrize("testcd", ["PLAT", "plat", " Plat "])
def test_case_of_a_test_does_not_matter(testcd) -> None:
    assert platelets(60, testcd=testcd) == (2, "2", "")


@pytest.mark.parametrize(
    ("term", "direction"),
    [
        (PLT, "low"),
        ("platelet  count DECREASED ", "LOW"),
        (PLT, "L"),
        (PLT, None),
        (PLT, ""),
        ("10035528", "low"),  # MedDRA code
        ("10035528", None),
    ],
)
@pytest.mark.parametrize("testcd", ["PLAT", None])
def test_a_term_as_people_write_it(term, direction, testcd) -> None:
    assert platelets(60, ctcae_term=term, direction=direction, testcd=testcd) == (2, "2", "")


def test_only_the_term_asked_for_is_answered() -> None:
    row = {"testcd": "K", "value": 6.5, "unit": "mmol/L", "lln": 3.5, "uln": 5.0}
    assert [x[:3] for x in graded(row | {"ctcae_term": "Hyperkalemia"})] == [
        ("Hyperkalemia", "high", 3)
    ]


@pytest.mark.parametrize(
    ("changes", "term", "direction", "reason"),
    [
        ({"testcd": "ZZZ"}, "", "", "test_unknown"),
        ({"testcd": 5}, "", "", "test_unknown"),
        ({"testcd": None}, "", "", "test_unknown"),
        ({"ctcae_term": "Nausea"}, "Nausea", "", "term_unknown"),
        ({"ctcae_term": PLT, "direction": "high"}, PLT, "high", "term_unknown"),
        ({"ctcae_term": "Anemia"}, "Anemia", "", "test_not_of_term"),
        ({"ctcae_term": "Hypocalcemia", "testcd": None}, "Hypocalcemia", "", "test_ambiguous"),
        ({"ctcae_term": "Growth suppression", "testcd": None, "age": 30},
         "Growth suppression", "", "population_not_covered"),
    ],
)  # fmt: skip
def test_a_row_nobody_can_grade_is_answered_once(changes, term, direction, reason) -> None:
    found = graded(PLATELETS | {"value": 60} | changes)
    assert found == [(term, direction, None, "", reason)]


@pytest.mark.parametrize(
    ("term", "testcd", "value", "unit", "grade"),
    [
        ("Hypocalcemia", "CAION", 0.95, "mmol/L", 2),
        ("Hypocalcemia", "CACR", 0.95, "mmol/L", 4),
        ("Hypertension", "DIABP", 95, "mmHg", 2),
        ("Hypertension", "SYSBP", 95, "mmHg", 0),
        ("Hypoxia", "OXYSAT", 87, "%", 2),
        ("Hypoxia", "PO2", 54, "mmHg", 3),
    ],
)
def test_the_test_code_tells_variants_of_a_term(term, testcd, value, unit, grade) -> None:
    row = {"ctcae_term": term, "testcd": testcd, "value": value, "unit": unit, "age": 50}
    ((found, _, given, _, _),) = graded(row | {"lln": value * 1.05})
    assert (found, given) == (term, grade)


@pytest.mark.parametrize(
    ("value", "unit", "grade"), [(2, "g/d", 2), (4, "g/24h", 3), ("4+", "", 3)]
)
def test_the_unit_tells_variants_of_a_term(value, unit, grade) -> None:
    row = {"ctcae_term": "Proteinuria", "value": value, "unit": unit, "age": 50, "uln": 0.15}
    assert [x[2] for x in graded(row)] == [grade]


def test_a_term_without_a_direction_is_answered_in_each() -> None:
    row = {"ctcae_term": "Chronic kidney disease", "value": 50, "unit": "mL/min/1.73m2"}
    found = graded(row)
    assert [x[:3] for x in found] == [
        ("Chronic kidney disease", "high", None),
        ("Chronic kidney disease", "low", None),
    ]
    assert all("diagnosis_not_assigned" in x[4] for x in found)  # D46


# --- the frame --------------------------------------------------------------------------------


def test_columns_in_any_case_and_order_extra_ones_kept() -> None:
    frame = pd.DataFrame(
        [["x", 150, 60, "10*9/L", "PLAT", 1.5]],
        columns=["Visit", "LLN", "Value", " unit", "TestCd", "dose"],
    )
    found = grade_table(frame)
    assert list(found)[:6] == ["Visit", "LLN", "Value", " unit", "TestCd", "dose"]
    assert tuple(found)[6:] == OUTPUT_COLUMNS
    assert found.loc[0, ["Visit", "Value", "dose", "grade"]].tolist() == ["x", 60, 1.5, 2]


def test_an_input_column_named_as_an_output_column_is_renamed() -> None:
    row = PLATELETS | {"value": 60, "grade": 9, "Row": 3, "reasons": "mine"}
    found = grade_table(pd.DataFrame([row]))
    assert found.loc[0, ["grade_input", "Row_input", "reasons_input"]].tolist() == [9, 3, "mine"]
    assert found.loc[0, ["row", "grade", "reasons"]].tolist() == [1, 2, ""]
    assert found.columns.is_unique


def test_term_and_direction_are_given_back_as_understood() -> None:
    row = PLATELETS | {"value": 60, "CTCAE_TERM": "10035528", "Direction": "l"}
    found = grade_table(pd.DataFrame([row]))
    assert found.loc[0, ["ctcae_term", "direction", "meddra_code"]].tolist() == [
        PLT, "low", "10035528",
    ]  # fmt: skip
    assert not {"CTCAE_TERM", "Direction", "ctcae_term_input"} & set(found)


def test_rows_keep_their_order_and_are_numbered_from_1() -> None:
    frame = pd.DataFrame(
        [
            PLATELETS | {"value": 20},
            {"testcd": "K", "value": 6.5, "unit": "mmol/L", "lln": 3.5, "uln": 5.0},
            {"testcd": "ZZZ", "value": 1},
            PLATELETS | {"value": 200},
        ],
        index=[7, 7, 3, 1],
    )
    found = grade_table(frame)
    assert found["row"].tolist() == [1, 2, 2, 3, 4]
    assert found["testcd"].tolist() == ["PLAT", "K", "K", "ZZZ", "PLAT"]
    assert found["grade"].tolist() == [4, 3, 0, pd.NA, 0]
    assert found.index.tolist() == [0, 1, 2, 3, 4]
    given = grade_arrow(pa.Table.from_pandas(frame), rows=np.array([10, 20, 30, 40]))
    assert given["row"].to_pylist() == [10, 20, 20, 30, 40]


def test_an_empty_table_has_the_columns_of_a_full_one() -> None:
    full = grade_table(pd.DataFrame([PLATELETS | {"value": 60}]))
    empty = grade_table(pd.DataFrame([PLATELETS | {"value": 60}]).iloc[:0])
    assert len(empty) == 0
    assert list(empty) == list(full)
    kept = ["row", "grade", "ctcae_term", "reasons"]
    assert empty[kept].dtypes.tolist() == full[kept].dtypes.tolist()


def test_the_input_is_not_changed() -> None:
    frame = pd.DataFrame([PLATELETS | {"value": "<25"}])
    before = frame.copy(deep=True)
    grade_table(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["testcd", "unit"], "column 'value' is missing"),
        (["value", "unit"], "columns 'testcd' and 'ctcae_term' are missing"),
        (["testcd", "value", "VALUE"], "columns value and VALUE are both 'value'"),
        (["testcd", "value", "lln", " LLN"], "columns lln and  LLN are both 'lln'"),
    ],
)
def test_columns_that_cannot_be_used_are_named(names, message) -> None:
    with pytest.raises(ValueError, match=message):
        input_columns(names)
    with pytest.raises(ValueError, match=message):
        grade_table(pd.DataFrame([range(len(names))], columns=names))


def test_names_of_the_columns_found() -> None:
    assert input_columns(["X", "TESTCD", "Value", "other"]) == {
        "testcd": "TESTCD",
        "value": "Value",
    }
    assert set(input_columns(INPUT_COLUMNS)) == set(INPUT_COLUMNS)


@pytest.mark.parametrize("version", ["4.03", "6.0", "x"])
def test_an_unknown_version_is_refused(version) -> None:
    with pytest.raises(ValueError, match=f"no numeric criteria for CTCAE version '{version}'"):
        grade_table(pd.DataFrame([PLATELETS | {"value": 1}]), ctcae=version)
