"""Held records of every other kind: events, deaths, the investigator's flag, doses, treatments.

A row is held because it cannot be trusted. What it would say if it could be is told all the same,
as unverified, if it is severe or a rule on dose-limiting toxicity would read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from safety.assess.grades import highest, possible_event_grades
from safety.assess.held.limits import AlarmGrades
from safety.assess.held.table import COLUMNS, nothing, one_a_row, text
from safety.study.conditions import (
    CycleDelay,
    Declared,
    DoseMissed,
    Medication,
    Procedure,
    Toxicity,
    parts_of,
)
from safety.study.feeds import RecordKind
from safety.study.model import Study

FATAL = "5"
NO_GRADE = ""  # nothing in the row has a grade, but a rule would read it
SAYS_NO = frozenset({"", "N"})
Frames = Mapping[RecordKind, pd.DataFrame]


def events(held: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return alarms of held adverse events that may be at or above the alarm grade."""
    found = held.assign(
        TERM=text(held["AEDECOD"].fillna(held["AETERM"]), "(no term)"),
        GRADES=possible_event_grades(held, study),
        VALUE="grade " + text(held["AETOXGR"]) + ", severity " + text(held["AESEV"]),
    )  # fmt: skip
    limits = AlarmGrades(study, "reported").of(found["TERM"])
    return one_a_row(found[highest(found["GRADES"]).ge(limits)])


def others(held: Frames, study: Study) -> pd.DataFrame:
    """Return alarms of held rows that are neither measurements nor events, one a row.

    Of doses one a subject and drug: a file of them is one thing to look at.
    """
    parts = [_deaths(held), _dispositions(held), _flags(held, study), _declared(held, study)]
    parts += _courses(held, study)
    found = [p for p in (*parts, _doses(held, study)) if p is not None and len(p)]
    return pd.concat(found, ignore_index=True) if found else nothing()


def _alarms(rows: pd.DataFrame, term: str, grades: str, value: pd.Series) -> pd.DataFrame:
    return one_a_row(rows.assign(TERM=term, GRADES=grades, VALUE=value))


def _deaths(held: Frames) -> pd.DataFrame | None:
    """Subjects (DM) who died."""
    rows = held.get("subject")
    if rows is None:
        return None
    rows = rows[rows["DTHFL"].eq("Y").fillna(False) | rows["DTHDTC"].notna()]
    told = "date of death " + text(rows["DTHDTC"]) + ", flag " + text(rows["DTHFL"])
    return _alarms(rows, "Death", FATAL, told)


def _dispositions(held: Frames) -> pd.DataFrame | None:
    rows = held.get("disposition")
    if rows is None:
        return None
    rows = rows[rows["DECOD"].eq("DEATH").fillna(False)]
    return _alarms(rows, "Death", FATAL, "disposition DEATH, " + text(rows["STDTC"]))


def _flags(held: Frames, study: Study) -> pd.DataFrame | None:
    """Supplements in which the investigator calls an event dose-limiting."""
    rows = held.get("supplement")
    if rows is None:
        return None
    names = {name.upper() for name in study.supplements.investigator_dlt}
    says = rows["QVAL"].fillna("").str.strip().str.upper()
    rows = rows[rows["QNAM"].isin(names) & ~says.isin(SAYS_NO)]
    about = text(rows["IDVAR"]) + " " + text(rows["IDVARVAL"])
    told = text(rows["QNAM"]) + " " + text(rows["QVAL"]) + " of " + about
    return _alarms(rows, "Dose-limiting by the investigator", NO_GRADE, told)


def _declared(held: Frames, study: Study) -> pd.DataFrame | None:
    """Toxicities that the committee declared dose-limiting, if a rule reads declarations."""
    rows = held.get("declaration")
    parts = [p for r in study.dose_limiting.rules for p in parts_of(r.when)]
    if rows is None or not any(isinstance(p, Declared) for p in parts):
        return None
    told = text(rows["TERM"], "(no term)") + ", onset " + text(rows["STDTC"])
    return _alarms(rows, "Declared dose-limiting", NO_GRADE, told)


def _courses(held: Frames, study: Study) -> Iterator[pd.DataFrame]:
    """Yield medications and procedures that a rule on dose-limiting toxicity reads."""
    read = _read(study)
    for kind, name in (("medication", "Medication"), ("procedure", "Procedure")):
        rows = held.get("medication" if kind == "medication" else "procedure")
        if rows is None or not read[kind]:
            continue
        named = rows[["TRT", "DECOD", "CAT"]].apply(lambda c: c.str.strip().str.upper())
        rows = rows[named.isin(read[kind]).any(axis=1)]
        told = text(rows["TRT"]) + " for " + text(rows["INDC"]) + ", " + text(rows["STDTC"])
        yield _alarms(rows, f"{name} that a DLT rule reads", NO_GRADE, told)


def _read(study: Study) -> dict[str, set[str]]:
    """Return the names of medications and procedures that DLT rules and evaluability read."""
    parts = [p for rule in study.dose_limiting.rules for p in parts_of(rule.when)]
    evaluability = study.dose_limiting.evaluability
    medications = {p.medication for p in parts if isinstance(p, Medication)}
    medications |= {p.treated_with for p in parts if isinstance(p, Toxicity) and p.treated_with}
    medications |= {p.category.upper() for p in (evaluability.prophylaxis if evaluability else ())}
    procedures = {p.procedure for p in parts if isinstance(p, Procedure)}
    return {"medication": medications, "procedure": procedures}


def _doses(held: Frames, study: Study) -> pd.DataFrame | None:
    """One alarm a subject and drug, if a rule on dose-limiting toxicity reads doses."""
    rows = held.get("dose")
    if rows is None or rows.empty or not _reads_doses(study):
        return None
    treatment = study.treatment
    drugs = {n: treatment.drug_named(n) if treatment else n for n in rows["TRT"].dropna().unique()}
    rows = rows.assign(DRUG=rows["TRT"].map(drugs))
    unknown = rows["TRT"].isna()
    rows = rows[rows["DRUG"].notna() | unknown].assign(DRUG=rows["DRUG"].fillna("(no drug)"))
    rows = rows.assign(USUBJID=text(rows["USUBJID"], "(no subject id)"))
    rows = rows.sort_values(["USUBJID", "DRUG", "SRCFILE", "SRCROW"])
    count = rows.groupby(["USUBJID", "DRUG"])["KEY"].transform("size").astype("str")
    rows = rows.drop_duplicates(["USUBJID", "DRUG"])
    count = count.loc[rows.index]
    return rows.assign(
        KEY="dose|" + rows["USUBJID"] + "|" + rows["DRUG"] + "#rows",
        TERM="Doses of " + rows["DRUG"] + ", which DLT rules read",
        GRADES=NO_GRADE,
        VALUE=count + " rows, the first of " + text(rows["STDTC"]),
    )[COLUMNS]


def _reads_doses(study: Study) -> bool:
    rules = study.dose_limiting.rules
    read = (DoseMissed, CycleDelay)
    return any(isinstance(p, read) for r in rules for p in parts_of(r.when))
