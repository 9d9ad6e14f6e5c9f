"""Canonical records of one delivered file: fields, natural key, source reference, accounting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from safety.ctcae.results import NO, YES
from safety.errors import HeldDeliveryError
from safety.feeds import mapping
from safety.intake import dates, values
from safety.study.feeds import Domain, Feed, RecordKind

SEPARATOR = "|"
# Specimens that CTCAE's blood criteria apply to alike (CDISC SPECTYPE terms).
BLOOD = ("SERUM", "PLASMA", "SERUM OR PLASMA", "SERUM/PLASMA", "WHOLE BLOOD", "BLOOD, VENOUS",
         "BLOOD, ARTERIAL", "BLOOD, CAPILLARY", "VENOUS BLOOD", "ARTERIAL BLOOD",
         "CAPILLARY BLOOD")  # fmt: skip
# Coded values: letter case is a site's habit, not a meaning.
CODED = {"AESEV", "AESER", "AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE",
         "AEREL", "AEOUT", "AEACN", "STAT", "NRIND", "DTHFL", "OCCUR", "REASON", "ADJ", "MOOD",
         "CLSIG", "PARAMCD", "RDOMAIN", "IDVAR", "QNAM", "DECOD", "CAT", "INDC"}  # fmt: skip
FLAGS = dict.fromkeys(YES, "Y") | dict.fromkeys(NO, "N")
SPECIMEN_GROUPS = dict.fromkeys(BLOOD, "BLOOD")
DERIVED = {
    "DOSE": "DOSEC", "ANRLO": "ANRLOC", "ANRHI": "ANRHIC", "AETOXGRN": "AETOXGR",
    "UCUM": "AVALU", "UNITSTATE": "AVALU", "AVAL": "AVALC", "COMPARATOR": "AVALC",
} | {
    f"{prefix}{part}": source
    for prefix, source in {
        "RFST": "RFSTDTC", "DTH": "DTHDTC", "STDT": "STDTC", "ENDT": "ENDTC", "ADT": "ADTC",
        "SIGNED": "SIGNEDDTC",
    }.items()
    for part in ("MIN", "MAX", "STATE")
}  # fmt: skip
YEARS_IN = {"YEARS": 1.0, "MONTHS": 1 / 12, "WEEKS": 7 / 365.25, "DAYS": 1 / 365.25}


@dataclass(frozen=True, slots=True)
class Intake:
    """The rows of one file, before checks.

    records: canonical rows without exact duplicates, index = 1-based row in the file.
    raw: all delivered rows as text, same index. duplicates: how many exact copies were set aside.
    absent: fields whose column was not delivered, and fields derived from them.
    """

    domain: str
    record: str
    file: str
    records: pd.DataFrame
    raw: pd.DataFrame
    duplicates: int
    absent: frozenset[str]

    @property
    def received(self) -> int:
        return len(self.raw)


def canonical(raw: pd.DataFrame, feed: Feed, name: str, file: str) -> Intake:
    """Turn the text rows of one file into canonical records.

    Raises HeldDeliveryError if a required column is missing, or if the file has no rows and the
    domain is not optional.
    """
    domain = feed.domains[name]
    _require_columns(raw, feed, name, domain, file)
    raw = raw.set_axis(pd.RangeIndex(1, len(raw) + 1), axis=0)
    copies = raw.duplicated()
    kept = raw[~copies]
    frame = _fields(kept, mapping.columns(feed, name, domain))
    for field, text in domain.constants.items():
        frame[field] = text
    if domain.specimen is not None:
        frame["SPEC"] = kept[domain.specimen.column].map(domain.specimen.values).astype("str")
    for field in CODED & set(frame.columns):
        frame[field] = frame[field].str.upper()
    frame["DOMAIN"] = name
    frame["FEED"] = feed.id
    frame["SRCFILE"] = file
    frame["SRCROW"] = frame.index.to_numpy(np.int64)
    frame["KEY"] = _natural_key(kept, name, domain)
    _DERIVE[domain.record](frame)
    absent = _absent(raw, mapping.columns(feed, name, domain), domain)
    return Intake(name, domain.record, file, frame, raw, int(copies.sum()), absent)


def without_file(feed: Feed, name: str) -> Intake:
    """Return the intake of an optional domain of which no file came: no rows, every field."""
    domain = feed.domains[name]
    fields = mapping.columns(feed, name, domain).values()
    specimen = [domain.specimen.column] if domain.specimen is not None else []
    delivered = [*fields, *mapping.required(feed, name, domain), *domain.required, *specimen]
    raw = pd.DataFrame({c: pd.array([], dtype="str") for c in dict.fromkeys(delivered) if c})
    return canonical(raw, feed, name, "")


def no_records(kind: RecordKind) -> pd.DataFrame:
    """Return no records of a kind: every field, no rows."""
    domain = Domain(record=kind, key=["USUBJID"], optional=True)
    feed = Feed(id="none", kind="sdtm_folder", path="", domains={"XX": domain})
    return without_file(feed, "XX").records


def _absent(raw: pd.DataFrame, columns: dict[str, str], domain: Domain) -> frozenset[str]:
    """Fields whose column was not delivered, and what is derived from them."""
    filled = {*domain.constants, *(["SPEC"] if domain.specimen is not None else [])}
    missing = {f for f, column in columns.items() if column not in raw.columns} - filled
    return frozenset(missing | {d for d, source in DERIVED.items() if source in missing})


def _require_columns(raw: pd.DataFrame, feed: Feed, name: str, domain: Domain, file: str) -> None:
    needed = [*mapping.required(feed, name, domain), *domain.required]
    if domain.specimen is not None:
        needed.append(domain.specimen.column)
    missing = [c for c in dict.fromkeys(needed) if c not in raw.columns]
    if missing:
        raise HeldDeliveryError(
            file,
            f"column {', '.join(missing)} is missing.",
            f"Ask for the file again, or map the column for {name} in the study file.",
        )
    if raw.empty and not domain.optional:
        raise HeldDeliveryError(file, "the file has no rows.", "Ask for the file again.")


def _fields(raw: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    absent = pd.Series(np.nan, index=raw.index, dtype="str")
    return pd.DataFrame({field: raw.get(column, absent) for field, column in columns.items()})


def _natural_key(raw: pd.DataFrame, name: str, domain: Domain) -> pd.Series:
    """Domain and the source's own key columns, joined; a separator inside a value is escaped."""
    parts = [
        raw[c]
        .fillna("")
        .str.replace("\\", "\\\\", regex=False)
        .str.replace(SEPARATOR, "\\" + SEPARATOR, regex=False)
        for c in domain.key
    ]
    key = pd.Series(name, index=raw.index, dtype="str")
    for part in parts:
        key = key + SEPARATOR + part
    return key


def _derive_subject(frame: pd.DataFrame) -> None:
    # AGEU is years where it is not given; an age in a unit nobody knows is missing
    years = frame["AGEU"].str.upper().fillna("YEARS").map(YEARS_IN).astype(np.float64)
    frame["AGE"] = values.number(frame["AGE"]) * years
    frame["DTHFL"] = frame["DTHFL"].replace(FLAGS)
    dates.add_bounds(frame, "RFSTDTC", "RFST")
    dates.add_bounds(frame, "DTHDTC", "DTH")


def _derive_dose(frame: pd.DataFrame) -> None:
    frame["DOSE"] = values.number(frame["DOSEC"])
    dates.add_bounds(frame, "STDTC", "STDT")
    dates.add_bounds(frame, "ENDTC", "ENDT")


def _derive_measurement(frame: pd.DataFrame) -> None:
    frame["SPEC"] = frame["SPEC"].str.upper().replace(SPECIMEN_GROUPS).fillna("")
    values.add_values(frame)
    values.add_units(frame)
    values.add_dipsticks(frame)
    frame["DTYPE"] = ""  # as received; the analysis adds records that are derived
    frame["ANRLO"] = values.number(frame["ANRLOC"])
    frame["ANRHI"] = values.number(frame["ANRHIC"])
    dates.add_bounds(frame, "ADTC", "ADT")
    frame["ATM"] = dates.time_of_day(frame["ADTC"])


def _derive_adverse_event(frame: pd.DataFrame) -> None:
    grade = values.number(frame["AETOXGR"])
    frame["AETOXGRN"] = grade.where(grade.isin([1, 2, 3, 4, 5]))
    dates.add_bounds(frame, "STDTC", "STDT")
    dates.add_bounds(frame, "ENDTC", "ENDT")


def _derive_start(frame: pd.DataFrame) -> None:
    dates.add_bounds(frame, "STDTC", "STDT")


def _derive_start_and_end(frame: pd.DataFrame) -> None:
    dates.add_bounds(frame, "STDTC", "STDT")
    dates.add_bounds(frame, "ENDTC", "ENDT")


def _derive_declaration(frame: pd.DataFrame) -> None:
    dates.add_bounds(frame, "STDTC", "STDT")
    dates.add_bounds(frame, "SIGNEDDTC", "SIGNED")


def _derive_nothing(_: pd.DataFrame) -> None:
    """Leave a record as it was received."""


_DERIVE = {
    "subject": _derive_subject,
    "dose": _derive_dose,
    "measurement": _derive_measurement,
    "adverse_event": _derive_adverse_event,
    "supplement": _derive_nothing,
    "medication": _derive_start_and_end,
    "procedure": _derive_start_and_end,
    "disposition": _derive_start,
    "visit": _derive_start_and_end,
    "history": _derive_start,
    "declaration": _derive_declaration,
}
