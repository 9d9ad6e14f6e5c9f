"""Doses, medications, procedures, history, dispositions, visits and declarations."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isnan
from typing import NamedTuple

from safety.assess.building.rows import (
    Dated,
    Notes,
    lasting,
    period_of,
    source,
    start_of,
    when,
)
from safety.assess.facts import Course, Declaration, Event, Intake, Source
from safety.assess.moments import Moment
from safety.ctcae.units import to_ucum
from safety.study.model import Study
from safety.study.treatment import INTAKES_A_DAY

IMPLAUSIBLE = 10  # times the highest dose of the ladder: nobody took that
NOT_TAKEN = {"N": False, "Y": True, "": True}  # by --OCCUR; EX has none and tells what was taken


class Dose(NamedTuple):
    """A canonical dose."""

    USUBJID: str
    KEY: str
    TRT: str
    DOSE: float
    DOSEC: str
    DOSU: str
    DOSFRQ: str
    OCCUR: str
    REASON: str
    ADJ: str
    MOOD: str
    STDTC: str
    ENDTC: str
    SRCFILE: str
    SRCROW: int


class Told(NamedTuple):
    """A canonical medication, procedure, disposition, visit, history or declaration."""

    USUBJID: str
    KEY: str
    TRT: str
    DECOD: str
    TERM: str
    TEXT: str
    VISIT: str
    CAT: str
    INDC: str
    OCCUR: str
    STDTC: str
    ENDTC: str
    SIGNEDBY: str
    SIGNEDDTC: str
    SRCFILE: str
    SRCROW: int


def intakes(doses: Iterable[Dose], study: Study, notes: Notes) -> tuple[Intake, ...]:
    """Return the runs of days with a drug, by start. What is only planned is no intake."""
    found = []
    for row in doses:
        if row.MOOD == "SCHEDULED":
            continue
        start, end = period_of(Dated(row.KEY, row.STDTC, row.ENDTC), notes)
        if start is None:
            notes.add(row.KEY, "has no start date that can be read; this dose is not counted")
            continue
        if end is None and when(row.ENDTC) is not None:
            end = start  # its end lies before its start: only the start is used (fault 13)
        drug = study.treatment.drug_named(row.TRT) if study.treatment else None
        taken = NOT_TAKEN.get(row.OCCUR)
        reason = row.REASON or row.ADJ
        found.append(
            Intake(
                drug or "", row.TRT, _milligrams(row, _most(drug, study), notes),
                _intakes_a_day(row, notes),
                start, end, taken, reason,
                source(_dose_text(row, taken, reason) + lasting(start, end), row.STDTC, row.KEY,
                       row.SRCFILE, row.SRCROW),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda i: (i.start, i.drug, i.name, i.source)))


def drugs_of(doses: Iterable[Dose], study: Study) -> frozenset[str]:
    """Return the drugs that dose records may be of; one without a name it knows may be of any."""
    treatment = study.treatment
    if treatment is None:
        return frozenset()
    found: set[str] = set()
    for row in doses:
        drug = treatment.drug_named(row.TRT)
        found |= {drug} if drug else set(treatment.drugs)
    return frozenset(found)


def _most(drug: str | None, study: Study) -> float:
    """Return the mg of one intake above which a dose cannot be right."""
    if drug is None or study.treatment is None:
        return inf
    return IMPLAUSIBLE * study.treatment.drugs[drug].steps[0]


def _milligrams(row: Dose, most: float, notes: Notes) -> float | None:
    """Return the mg of one intake; None, with a query, if the data do not tell it."""
    dose = repr(row.DOSEC[:40])
    if isnan(row.DOSE):
        notes.add(row.KEY, f"dose {dose} is no number; correct it")
    elif to_ucum(row.DOSU) != "mg":
        notes.add(row.KEY, f"dose unit {row.DOSU[:40]!r} is not mg; correct it")
    elif not 0 <= row.DOSE <= most:
        notes.add(row.KEY, f"dose {dose} mg cannot be right; it is not used. Correct it")
    elif row.DOSE == 0 and row.OCCUR == "Y":
        notes.add(row.KEY, "is told as taken, with a dose of 0 mg; correct one of them")
    else:
        return row.DOSE
    return None


def _intakes_a_day(row: Dose, notes: Notes) -> int | None:
    number = INTAKES_A_DAY.get(row.DOSFRQ.upper())
    if number is None or number != int(number):
        notes.add(row.KEY, f"dose frequency {row.DOSFRQ[:40]!r} is not one of QD, BID, TID")
        return None
    return int(number)


def _dose_text(row: Dose, taken: bool | None, reason: str) -> str:
    dose = " ".join(part for part in (row.TRT, row.DOSEC, row.DOSU, row.DOSFRQ) if part)
    if taken is True:
        return dose
    said = f"not taken{': ' + reason if reason else ''}" if taken is False else "taken or not"
    return f"{dose} ({said})"


def courses(rows: Iterable[Told], notes: Notes) -> tuple[Course, ...]:
    """Return medications or procedures by start; those that did not occur are left out."""
    found = []
    for row in rows:
        if row.OCCUR == "N":
            continue
        start, end = period_of(Dated(row.KEY, row.STDTC, row.ENDTC), notes)
        name = row.DECOD or row.TRT.upper()
        text = name + (f" ({row.CAT})" if row.CAT else "") + lasting(start, end)
        found.append(
            Course(name, row.CAT, row.INDC, start, end, _source(row, text, row.STDTC))
        )  # fmt: skip
    return tuple(sorted(found, key=lambda c: (_order(c.start), c.name, c.source)))


def events(rows: Iterable[Told], notes: Notes) -> tuple[Event, ...]:
    """Return visits, dispositions or the medical history by start."""
    found = []
    for row in rows:
        if row.OCCUR == "N":
            continue
        start = start_of(Dated(row.KEY, row.STDTC, ""), notes)
        name = row.DECOD or row.TERM.upper() or row.VISIT
        text = name + ("" if start is None else f", {start}")
        found.append(Event(name, start, _source(row, text, row.STDTC)))
    return tuple(sorted(found, key=lambda e: (_order(e.when), e.name, e.source)))


def declarations(rows: Iterable[Told], notes: Notes) -> tuple[Declaration, ...]:
    """Return what the committee declared. Without signer and date of signature it is unsigned."""
    found = []
    for row in rows:
        onset = start_of(Dated(row.KEY, row.STDTC, ""), notes)
        signed = start_of(Dated(row.KEY, row.SIGNEDDTC, ""), notes)
        is_signed = bool(row.SIGNEDBY) and signed is not None
        if not is_signed:
            notes.add(row.KEY, "lacks a signer or the date of signature; it does not count yet")
        text = ": ".join(part for part in (row.TERM, row.TEXT) if part)
        found.append(
            Declaration(
                text, onset, row.SIGNEDBY if is_signed else "",
                _source(row, text, row.STDTC), signed if is_signed else None,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda d: (_order(d.onset), d.text, d.source)))


def _source(row: Told, text: str, start: str) -> Source:
    return source(text, start, row.KEY, row.SRCFILE, row.SRCROW)


def _order(at: Moment | None) -> tuple[bool, Moment | None]:
    """Order of time, unknown last."""
    return (at is None, at)
