"""What of a folder's rows cannot be used as it is: a line a fault, naming file, rows and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import pandas as pd

from safety.ctcae.grading import UNITSTATE_MISSING, UNITSTATE_UNKNOWN, gradable_tests
from safety.intake.records import DERIVED
from safety.intake.specimens import ladders_of_unknown
from safety.study.model import Study

MAX_NAMED = 10  # rows, subjects or values of one line
# Kind of record -> date fields, and whether the row says nothing without the date.
DATES: dict[str, dict[str, bool]] = {
    "subject": {"RFST": False, "DTH": False},
    "dose": {"STDT": True, "ENDT": False},
    "measurement": {"ADT": True},
    "adverse_event": {"STDT": True, "ENDT": False},
    "medication": {"STDT": False, "ENDT": False},
    "procedure": {"STDT": True, "ENDT": False},
    "disposition": {"STDT": True},
    "visit": {"STDT": True},
    "history": {"STDT": False},
    "declaration": {"STDT": False, "SIGNED": False},
}
Fault = tuple[str, "pd.Series[bool]", str]  # field, rows, what is wrong and what to do


def faults_of(frame: pd.DataFrame, kind: str, study: Study, *, is_keyed: bool) -> Iterator[Fault]:
    """Yield what is wrong with canonical records of one file; rows are those of the file."""
    yield "USUBJID", frame["USUBJID"].isna(), "is missing; the row is not used. Add it."
    yield (
        "STUDYID", frame["STUDYID"].ne(study.studyid),
        f"is not {study.studyid}; the row is not used. Give the study file of this trial.",
    )  # fmt: skip
    if kind == "subject":
        yield from _subject_faults(frame)
    elif is_keyed:
        twice = frame["KEY"].duplicated(keep=False)
        yield "key", twice, "is that of another row that differs; both are used. Correct one."
    for prefix, is_needed in DATES.get(kind, {}).items():
        state, field = frame[f"{prefix}STATE"], DERIVED[f"{prefix}STATE"]
        yield field, state.eq("invalid"), "is no ISO 8601 date; it is not used. Correct it."
        if is_needed:
            yield field, state.eq("missing"), "is missing. Add the date."
    if kind == "measurement":
        yield from _value_faults(frame, study)
    if kind == "dose":
        yield from _dose_faults(frame, study)


def _subject_faults(frame: pd.DataFrame) -> Iterator[Fault]:
    twice = frame["USUBJID"].duplicated(keep=False) & frame["USUBJID"].notna()
    yield (
        "USUBJID", twice,
        "has rows that differ; the one whose values sort first is used. Keep the right one.",
    )  # fmt: skip
    unclear = frame["DTHFL"].notna() & ~frame["DTHFL"].isin(["Y", "N"])
    yield "DTHFL", unclear, "is neither Y nor N; it is not used. Correct it."


def _value_faults(frame: pd.DataFrame, study: Study) -> Iterator[Fault]:
    tests = {f"{code}/{spec}" for code, spec in gradable_tests(study.ctcae)}
    gradable = (frame["PARAMCD"].fillna("") + "/" + frame["SPEC"]).isin(tests)
    state, unit = frame["VALUESTATE"], frame["UNITSTATE"]
    grade = "it cannot be graded"
    yield "AVALC", gradable & state.eq("text"), f"is no number; {grade}. Ask for the number."
    yield "AVALC", gradable & state.eq("missing"), f"is missing; {grade}. Ask for the result."
    valued = gradable & frame["AVAL"].notna()
    yield "AVALU", valued & unit.eq(UNITSTATE_UNKNOWN), f"is not known; {grade}. Correct the unit."
    negative = valued & frame["DOMAIN"].eq("LB") & frame["AVAL"].lt(0)
    yield "AVALC", negative, "is below 0; it cannot be right. Correct it."
    yield "AVALU", valued & unit.eq(UNITSTATE_MISSING), "is missing. Add the unit."
    yield from _specimen_faults(frame, study.ctcae)


def _specimen_faults(frame: pd.DataFrame, version: str) -> Iterator[Fault]:
    """Yield values that nobody can grade for want of a specimen, a fault a specimen."""
    pairs = frame["PARAMCD"].fillna("") + "/" + frame["SPEC"]
    unclear = {p for p in pairs.unique() if _is_unclear(p, version)}
    asked = pairs.isin(unclear) & frame["VALUESTATE"].ne("not_done")
    for specimen in sorted(frame.loc[asked, "SPEC"].unique()):
        said = f"{specimen[:40]!r} is no specimen toxwatch knows" if specimen else "is missing"
        yield (
            "SPEC", asked & frame["SPEC"].eq(specimen),
            f"{said}; the result cannot be graded. Give BLOOD, SERUM, PLASMA or URINE.",
        )  # fmt: skip


def _is_unclear(pair: str, version: str) -> bool:
    code, _, specimen = pair.partition("/")
    return bool(ladders_of_unknown(code, specimen, version))


def _dose_faults(frame: pd.DataFrame, study: Study) -> Iterator[Fault]:
    if study.treatment is None:
        return
    names = frame["TRT"].fillna("")
    for name in sorted(n for n in names.unique() if study.treatment.drug_named(n) is None):
        said = f"{name[:40]!r} is no drug of the study" if name else "is missing"
        yield "TRT", names.eq(name), f"{said}; it counts for none. Correct it or the study file."


def lines(file: str, columns: Mapping[str, str], faults: Iterator[Fault]) -> list[str]:
    """Return one line a fault, naming its first rows (counted from 1, below the header).

    columns: of the file, by field.
    """
    found = []
    for field, where, text in faults:
        rows = where.index[where.to_numpy(bool)].tolist()
        if rows:
            found.append(f"{file}, row {shown(rows)}: {columns.get(field, field)} {text}")
    return found


def shown(items: list[str]) -> str:
    """Return the first of some things in words, and how many more there are."""
    more = f" and {len(items) - MAX_NAMED} more" if len(items) > MAX_NAMED else ""
    return ", ".join(str(i) for i in items[:MAX_NAMED]) + more


def tests_by_another_name(measured: pd.DataFrame, study: Study) -> list[str]:
    """Return a line for each test that must be done and has no row, where another may be meant."""
    wanted = {t.partition("/")[0] for a in study.dose_limiting.surveillance for t in a.tests}
    rows = measured["PARAMCD"].value_counts()
    known = {code for code, _ in gradable_tests(study.ctcae)} | wanted
    strange = [code for code in rows.index if code not in known]
    return [
        f"no row of test {test}: did {code} ({rows[code]} rows) mean it? Correct the test code."
        for test in sorted(wanted - set(rows.index))
        for code in get_close_matches(test, strange, n=1)
    ]
