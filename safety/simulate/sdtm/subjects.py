"""Who is in the trial and what happened beside doses, samples and events: DM SV CM PR MH DS."""

from __future__ import annotations

from collections.abc import Iterator

from safety.simulate.deliveries import RowVersion
from safety.simulate.model import Subject, Trial
from safety.simulate.sdtm.row import Source

SITE = "001"
METASTASES_FOUND = 90  # days before consent; a choice, nothing depends on it


def versions(trial: Trial, subject: Subject) -> Iterator[RowVersion]:
    """Yield the rows of one subject."""
    source = Source(trial, subject.usubjid)
    yield from _demographics(source, subject)
    yield from _visits(source, subject)
    yield from _medicines(source, subject)
    yield from _procedures(source, subject)
    yield from _history(source, subject)
    yield from _dispositions(source, subject)


def _demographics(source: Source, s: Subject) -> Iterator[RowVersion]:
    """At consent, from the day of the first dose with that, and with the death once it is known."""
    values = {
        "SUBJID": s.number,
        "SITEID": SITE,
        "RFICDTC": source.date(s.consent),
        "AGE": str(s.age),
        "AGEU": "YEARS",
        "SEX": s.sex,
        "ARMCD": s.level,
    }
    more = {s.known: values}
    if s.first_dose is not None:
        day = max(s.known, s.first_dose)
        more[day] = more.get(day, {}) | {"RFSTDTC": source.date(s.first_dose)}
    if s.death is not None and s.death_known is not None:
        day = max(s.known, s.death_known)
        more[day] = more.get(day, {}) | {"DTHFL": "Y", "DTHDTC": source.date(s.death)}
    for known in sorted(more):
        values = values | more[known]
        yield source.version("DM", f"DM|{s.usubjid}", known, values)


def _visits(source: Source, s: Subject) -> Iterator[RowVersion]:
    for v in s.visits:
        values = {"VISIT": v.name, "SVSTDTC": source.date(v.day)}
        yield source.version("SV", v.row, v.known, values)


def _medicines(source: Source, s: Subject) -> Iterator[RowVersion]:
    for m in s.medicines:
        values = {
            "CMSEQ": str(m.seq),
            "CMTRT": m.name,
            "CMDECOD": m.name,
            "CMCAT": m.category,
            "CMINDC": m.indication,
            "CMSTDTC": source.date(m.start),
            "CMENDTC": source.date(m.end),
        }
        yield source.version("CM", m.row, m.known, values)


def _procedures(source: Source, s: Subject) -> Iterator[RowVersion]:
    for p in s.procedures:
        values = {"PRSEQ": str(p.seq), "PRTRT": p.name, "PRSTDTC": source.date(p.day)}
        yield source.version("PR", p.row, p.known, values)


def _history(source: Source, s: Subject) -> Iterator[RowVersion]:
    if s.liver_metastases:
        values = {
            "MHSEQ": "1",
            "MHTERM": "肝转移",
            "MHDECOD": "METASTASES TO LIVER",
            "MHSTDTC": source.date(s.consent - METASTASES_FOUND),
        }
        yield source.version("MH", f"MH|{s.usubjid}|1", s.known, values)


def _dispositions(source: Source, s: Subject) -> Iterator[RowVersion]:
    for d in s.dispositions:
        values = {
            "DSSEQ": str(d.seq),
            "DSTERM": d.name,
            "DSDECOD": d.name,
            "DSSTDTC": source.date(d.day),
        }
        yield source.version("DS", d.row, d.known, values)
