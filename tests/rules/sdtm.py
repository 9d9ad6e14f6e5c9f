"""Patients as a folder of SDTM files: the columns and conventions of the study's examples."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.rules.patient import STUDYID, Event, Moment, Patient, Result, date_of, day_of
from tests.rules.plan import doses, visits

# test: usual result, unit, lower and upper limit of the reference range, name, specimen
LABS = {
    "NEUT": ("3.6", "10^9/L", "1.8", "6.3", "Neutrophils", "BLOOD"),
    "PLAT": ("220", "10^9/L", "125", "350", "Platelets", "BLOOD"),
    "HGB": ("142", "g/L", "130", "175", "Hemoglobin", "BLOOD"),
    "WBC": ("5.6", "10^9/L", "3.5", "9.5", "Leukocytes", "BLOOD"),
    "LYM": ("1.6", "10^9/L", "1.1", "3.2", "Lymphocytes", "BLOOD"),
    "ALT": ("22", "U/L", "7", "40", "Alanine Aminotransferase", "SERUM"),
    "AST": ("24", "U/L", "13", "40", "Aspartate Aminotransferase", "SERUM"),
    "ALP": ("80", "U/L", "45", "120", "Alkaline Phosphatase", "SERUM"),
    "BILI": ("11", "umol/L", "3", "20", "Bilirubin", "SERUM"),
    "CREAT": ("70", "umol/L", "57", "97", "Creatinine", "SERUM"),
    "SODIUM": ("140", "mmol/L", "135", "145", "Sodium", "SERUM"),
    "K": ("4.2", "mmol/L", "3.5", "5.3", "Potassium", "SERUM"),
    "GGT": ("30", "U/L", "10", "60", "Gamma Glutamyl Transferase", "SERUM"),
    "ALB": ("44", "g/L", "40", "55", "Albumin", "SERUM"),
    "CA": ("2.3", "mmol/L", "2.11", "2.52", "Calcium", "SERUM"),
    "MG": ("0.85", "mmol/L", "0.75", "1.02", "Magnesium", "SERUM"),
    "AMYLASE": ("60", "U/L", "30", "100", "Amylase", "SERUM"),
    "LIPASET": ("30", "U/L", "10", "60", "Triacylglycerol Lipase", "SERUM"),
    "TRIG": ("1.2", "mmol/L", "0.5", "1.7", "Triglycerides", "SERUM"),
    "CHOL": ("4.5", "mmol/L", "2.8", "5.2", "Cholesterol", "SERUM"),
}
SIGNS = {
    "HEIGHT": ("168", "cm"), "WEIGHT": ("65", "kg"), "SYSBP": ("116", "mmHg"),
    "DIABP": ("72", "mmHg"), "TEMP": ("36.6", "C"),
}  # fmt: skip
STRENGTH = ["DEFINITE", "PROBABLE", "POSSIBLE", "UNLIKELY", "UNRELATED"]
FREQUENCY = {1: "QD", 2: "BID"}
OTHER_LEUKOCYTES = 0.4  # 10^9/L, neither neutrophils nor lymphocytes
Row = dict[str, Any]
Tables = dict[str, list[Row]]


def folder(patients: Iterable[Patient], path: Path) -> Path:
    """Write one CSV file a domain; a domain without rows has no file."""
    path.mkdir(parents=True, exist_ok=True)
    for name, rows in tables(patients).items():
        if rows:
            write(path / f"{name}.csv", rows)
    return path


def write(file: Path, rows: list[Row]) -> None:
    """Write rows as CSV."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def tables(patients: Iterable[Patient]) -> Tables:
    """The rows of every domain."""
    found: Tables = {name: [] for name in DOMAINS}
    for patient in patients:
        for name, rows_of in DOMAINS.items():
            domain = "AE" if name == "suppae" else name.upper()
            key = "RDOMAIN" if name == "suppae" else "DOMAIN"
            head = {"STUDYID": STUDYID, key: domain, "USUBJID": patient.usubjid}
            found[name].extend(head | row for row in rows_of(patient))
    return found


def _dm(p: Patient) -> Iterator[Row]:
    yield {
        "SUBJID": p.id, "SITEID": "001", "RFSTDTC": date_of(1).isoformat(),
        "RFICDTC": "2024-02-26", "DTHDTC": _date(p.death), "DTHFL": "Y" if p.death else "",
        "SEX": p.sex, "AGE": p.age, "ARMCD": p.level,
    }  # fmt: skip


def _sv(p: Patient) -> Iterator[Row]:
    for day, (name, _) in visits(p).items():
        yield {"VISIT": name, "SVSTDTC": _date(day)}


def _ec(p: Patient) -> Iterator[Row]:
    number = 0
    for drug, by_day in doses(p).items():
        numbered = [(day - i, day, dose) for i, (day, dose) in enumerate(by_day.items())]
        for (_, dose), run in groupby(numbered, key=lambda n: (n[0], n[2])):
            days = [n[1] for n in run]
            for first, last in [(days[0], days[-1])] if len(dose) == 1 else [(d, d) for d in days]:
                for mg, intakes, taken, reason in dose:
                    number += 1
                    yield {
                        "ECSEQ": number, "ECTRT": drug, "ECDOSE": f"{mg:g}", "ECDOSU": "mg",
                        "ECDOSFRQ": FREQUENCY[intakes], "ECOCCUR": "Y" if taken else "N",
                        "ECREASOC": reason, "ECSTDTC": _date(first), "ECENDTC": _date(last),
                    }  # fmt: skip


def _lb(p: Patient) -> Iterator[Row]:
    number = 0
    for day, (visit, tests) in visits(p).items():
        for test, result in _results(p, day, tests):
            number += 1
            urine = test == "PROT"
            usual = ("", "", "", "", "Protein", "URINE") if urine else LABS[test]
            yield {
                "LBSEQ": number, "LBTESTCD": test, "LBTEST": usual[4], "LBSPEC": usual[5],
                "LBMETHOD": result.method, "LBORRES": result.v,
                "LBORRESU": usual[1] if result.unit is None else result.unit,
                "LBORNRLO": usual[2], "LBORNRHI": usual[3], "LBCLSIG": result.clsig,
                "VISIT": visit, "LBDTC": _at(day, result.time),
            }  # fmt: skip


def _results(p: Patient, day: int, tests: list[str]) -> Iterator[tuple[str, Result]]:
    for test in tests:
        if test in LABS:
            told = p.labs.get(test, {}).get(day)
            for result in told or [Result(v=_usual(p, test, day))]:
                yield test, result
        elif test == "PROT":
            result = p.dipstick.get(day, Result(v="NEGATIVE"))
            yield "PROT", result.model_copy(update={"method": "DIPSTICK", "unit": ""})
        elif test == "PROT24":
            day_result = p.urine24h[day]
            yield "PROT", day_result.model_copy(update={"method": "24 HOUR", "unit": "g/day"})


def _usual(p: Patient, test: str, day: int) -> str:
    """The usual result; leukocytes are never fewer than their parts."""
    parts = [p.labs.get(part, {}).get(day) for part in ("NEUT", "LYM")]
    if test != "WBC" or not any(parts):
        return LABS[test][0]
    values = [
        float(told[0].v.lstrip("<>")) if told else float(LABS[part][0])
        for part, told in zip(("NEUT", "LYM"), parts, strict=True)
    ]
    return f"{sum(values) + OTHER_LEUKOCYTES:g}"


def _vs(p: Patient) -> Iterator[Row]:
    number = 0
    for day, (visit, tests) in visits(p).items():
        for test in (t for t in SIGNS if t in tests):
            for i, result in enumerate(_signs(p, test, day)):
                number += 1
                yield {
                    "VSSEQ": number, "VSTESTCD": test, "VSORRES": result.v,
                    "VSORRESU": SIGNS[test][1], "VISIT": visit,
                    "VSDTC": _at(day, result.time, hours=2 * i),
                }  # fmt: skip


def _signs(p: Patient, test: str, day: int) -> list[Result]:
    if test in {"SYSBP", "DIABP"} and day in p.bp:
        return [Result(v=f"{p.bp[day][test == 'DIABP']:g}")]
    if test == "TEMP" and day in p.temp:
        return p.temp[day]
    return [Result(v=f"{p.weight:g}" if test == "WEIGHT" else SIGNS[test][0])]


def _ae(p: Patient) -> Iterator[Row]:
    for number, event in enumerate(p.ae, 1):
        end = "" if _after(event.end, p.last_day) else _date(event.end)
        fatal = str(event.grade) == "5"
        yield {
            "AESEQ": number, "AEGRPID": event.group, "AETERM": event.term, "AEDECOD": event.term,
            "AETOXGR": "" if event.grade is None else event.grade,
            "AESER": "Y" if event.serious or fatal else "N", "AESDTH": "Y" if fatal else "",
            "AEREL": _strongest(event), "AEACN": event.action, "AEOUT": _outcome(fatal, end),
            "AESTDTC": _date(event.start), "AEENDTC": end,
        }  # fmt: skip


def _outcome(fatal: bool, end: str) -> str:
    if fatal:
        return "FATAL"
    return "RECOVERED/RESOLVED" if end else "NOT RECOVERED/NOT RESOLVED"


def _strongest(event: Event) -> str:
    said = event.attribution().values()
    return "" if "" in said else min(said, key=STRENGTH.index)


def _suppae(p: Patient) -> Iterator[Row]:
    for number, event in enumerate(p.ae, 1):
        also = {"AESYMP": event.symptomatic, "AEALTCS": event.cause}
        for qnam, value in [*event.attribution().items(), *((k, v) for k, v in also.items() if v)]:
            yield {"IDVAR": "AESEQ", "IDVARVAL": number, "QNAM": qnam, "QVAL": value}


def _cm(p: Patient) -> Iterator[Row]:
    for number, given in enumerate(p.cm, 1):
        yield {
            "CMSEQ": number, "CMTRT": given.name, "CMDECOD": given.name, "CMCAT": given.cat,
            "CMINDC": given.indc, "CMSTDTC": _date(given.start),
            "CMENDTC": "" if _after(given.end, p.last_day) else _date(given.end),
        }  # fmt: skip


def _pr(p: Patient) -> Iterator[Row]:
    for number, (name, day) in enumerate(p.pr.items(), 1):
        yield {"PRSEQ": number, "PRTRT": name, "PRSTDTC": _date(day)}


def _mh(p: Patient) -> Iterator[Row]:
    for number, name in enumerate(p.mh, 1):
        yield {"MHSEQ": number, "MHTERM": name, "MHDECOD": name, "MHSTDTC": "2024-01"}


def _ds(p: Patient) -> Iterator[Row]:
    told = p.ds | ({"DEATH": p.death} if p.death else {})
    for number, (name, day) in enumerate(told.items(), 1):
        yield {"DSSEQ": number, "DSDECOD": name, "DSSTDTC": _date(day)}


def _xdlt(p: Patient) -> Iterator[Row]:
    for told in p.declared:
        yield {
            "TERM": told.term, "TEXT": told.term, "STDTC": _date(told.start),
            "SIGNEDBY": told.signed_by, "SIGNEDDTC": _date(told.signed),
        }  # fmt: skip


DOMAINS = {
    "dm": _dm, "sv": _sv, "ec": _ec, "lb": _lb, "vs": _vs, "ae": _ae, "suppae": _suppae,
    "cm": _cm, "pr": _pr, "mh": _mh, "ds": _ds, "xdlt": _xdlt,
}  # fmt: skip


def _date(when: Moment | None) -> str:
    if when is None or isinstance(when, str):
        return when or ""
    return date_of(when).isoformat()


def _at(day: int, time: str, hours: int = 0) -> str:
    if not time:
        return _date(day)
    moment = datetime.fromisoformat(f"{_date(day)}T{time}") + timedelta(hours=hours)
    return moment.isoformat(timespec="minutes")


def _after(when: Moment | None, day: int) -> bool:
    """Whether something lies after the end of the data; a partial date never does."""
    if isinstance(when, str):
        return len(when) >= len("2024-03-04") and day_of(when) > day
    return when is not None and when > day
