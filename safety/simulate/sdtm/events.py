"""Adverse events (AE) and what is said of them drug by drug (SUPPAE)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from safety.simulate.deliveries import RowVersion
from safety.simulate.model import Report, Subject, Trial
from safety.simulate.sdtm.row import Source
from safety.simulate.sdtm.verbatim import verbatim
from safety.study.model import Study

STRENGTH = ("DEFINITE", "PROBABLE", "POSSIBLE", "UNLIKELY", "UNRELATED")
CTCAE = "5.0"


def versions(trial: Trial, study: Study, subject: Subject) -> Iterator[RowVersion]:
    """Yield the rows of one subject; a qualifier that a later version lacks is deleted."""
    source = Source(trial, subject.usubjid)
    qualifiers: dict[str, dict[str, str]] = {}  # by row of AE: QVAL by QNAM as they stand
    for report in sorted(subject.reports, key=lambda r: r.known):
        yield source.version("AE", report.row, report.known, _event(source, report),
                             deleted=report.deleted)  # fmt: skip
        before = qualifiers.get(report.row, {})
        now = {} if report.deleted else _qualifiers(study, report)
        for name, value in (before | now).items():
            yield _supplement(source, report, name, value, deleted=name not in now)
        qualifiers[report.row] = now


def _event(source: Source, r: Report) -> dict[str, str]:
    fatal = r.grade == 5
    said = frozenset(r.serious) | ({"AESDTH"} if fatal else set())
    return {
        "AESEQ": str(r.seq),
        "AEGRPID": str(r.group),
        "AETERM": verbatim(r),
        "AEDECOD": r.term,
        "AECTCV": CTCAE,
        "AETOXGR": str(r.grade),
        "AESER": "Y" if said else "N",
        **{name: "Y" if name in said else "" for name in ("AESDTH", "AESLIFE", "AESHOSP")},
        "AEREL": _strongest(r.related),
        "AEACN": _common(r.action),
        "AEOUT": r.outcome,
        "AESTDTC": source.date(r.start),
        "AEENDTC": source.date(r.end),
    }


def _strongest(related: Mapping[str, str]) -> str:
    """Return the strongest causality of any drug, "" where one is missing."""
    said = related.values()
    return "" if not said or "" in said else min(said, key=STRENGTH.index)


def _common(action: Mapping[str, str]) -> str:
    """Return the action taken with all drugs, MULTIPLE where it differs."""
    said = {name for name in action.values() if name}
    return "MULTIPLE" if len(said) > 1 else "".join(said)


def _qualifiers(study: Study, report: Report) -> dict[str, str]:
    """Return QVAL by QNAM: causality of each drug also where it is missing, the rest if said."""
    drugs = study.treatment.drugs if study.treatment else {}
    found = {
        drug.attribution: report.related.get(name, "")
        for name, drug in drugs.items()
        if drug.attribution
    }
    more = {drug.action: report.action.get(name, "") for name, drug in drugs.items() if drug.action}
    if study.supplements.symptomatic:
        more[study.supplements.symptomatic] = report.symptomatic
    if study.supplements.other_cause:
        more[study.supplements.other_cause] = report.cause
    return found | {name: value for name, value in more.items() if value}


def _supplement(
    source: Source, report: Report, name: str, value: str, *, deleted: bool
) -> RowVersion:
    values = {
        "IDVAR": "AESEQ", "IDVARVAL": str(report.seq), "QNAM": name, "QVAL": value,
    }  # fmt: skip
    row = f"SUPPAE|{source.usubjid}|AESEQ|{report.seq}|{name}"
    return source.version("SUPPAE", row, report.known, values, deleted=deleted)
