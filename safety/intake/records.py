"""Canonical records of one delivered file: fields, natural key, source reference, accounting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from safety.ctcae.results import NO, YES
from safety.errors import HeldDeliveryError
from safety.feeds import mapping
from safety.feeds.dataset import FORM
from safety.intake import dates, fitness, values
from safety.intake.current import Account, Part, select
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
FLAGGED = {"DTHFL", "OCCUR", "AESER", "AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG",
           "AESMIE"}  # fmt: skip
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


class Unmapped(NamedTuple):
    """A delivered value that the feed's map of its field lacks, and its rows."""

    field: str
    value: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Intake:
    """The rows of one domain, before checks: of one file, or of several that count together.

    file: the newest of them. records: canonical rows that count, index = 1-based row through all
    files. raw: all delivered rows as text, same index. duplicates: how many exact copies were set
    aside. absent: fields whose column was not delivered, and fields derived from them. accounts:
    what became of each file's rows. revised: rows with older versions in the same file, if it
    is no log of changes. shifted: how many times of the day were told in another time zone.
    converted: how many cells the reader told by the form that the feed declares. unmapped: values
    that the feed's maps lack, None of a domain without maps.
    """

    domain: str
    record: RecordKind
    file: str
    records: pd.DataFrame
    raw: pd.DataFrame
    duplicates: int
    absent: frozenset[str]
    accounts: tuple[Account, ...] = ()
    revised: tuple[int, ...] = ()
    shifted: int = 0
    feed: str = ""
    converted: int = 0
    unmapped: tuple[Unmapped, ...] | None = None

    @property
    def received(self) -> int:
        return len(self.raw)


def canonical(
    raw: pd.DataFrame, feed: Feed, name: str, file: str, zone: str | None = None,
    converted: int = 0,
) -> Intake:  # fmt: skip
    """Turn the text rows of one file into canonical records.

    zone: of the site; times with an offset are told in it. converted: see `Part`. Raises
    HeldDeliveryError if a required column is missing, or if the file has no rows and the domain is
    not optional.
    """
    domain = feed.domains[name]
    _require_columns(raw, feed, name, file)
    wrong = fitness.undeclared(fitness.declared_in(raw, domain), domain)
    if wrong:
        raise HeldDeliveryError(file, f"{wrong}.", "Ask for a file of that version.")
    if raw.empty and not domain.optional:
        raise HeldDeliveryError(file, "the file has no rows.", "Ask for the file again.")
    return combined([Part(file, raw, converted=converted)], feed, name, zone)


def combined(parts: Sequence[Part], feed: Feed, name: str, zone: str | None = None) -> Intake:
    """Turn the text rows of files, in the order of their content, into canonical records.

    Every file has the columns that are required; the last one names the intake.
    """
    domain = feed.domains[name]
    chosen = select(parts, domain, zone or "UTC")
    raw, columns = chosen.raw, mapping.columns(feed, name, domain)
    kept = raw.loc[chosen.kept]
    frame = _fields(kept, columns)
    frame["USUBJID"] = feed.subject_prefix + frame["USUBJID"]
    unmapped = _map_values(frame, domain)
    # a log of changes holds versions of a row; in any other file one of two is a mistake
    revised = () if feed.is_log else chosen.revised
    shifted = 0 if zone is None else _tell_at_site(frame, zone)
    for field, text in domain.constants.items():
        frame[field] = text
    if domain.specimen is not None:
        frame["SPEC"] = kept[domain.specimen.column].map(domain.specimen.values).astype("str")
    for field in CODED & set(frame.columns):
        frame[field] = frame[field].str.upper()
    for field in FLAGGED & set(frame.columns):
        frame[field] = frame[field].replace(FLAGS)
    frame["FORM"] = kept.get(FORM, pd.Series(np.nan, index=kept.index, dtype="str"))
    frame["DOMAIN"] = name
    frame["FEED"] = feed.id
    frame["SRCFILE"] = chosen.source.loc[chosen.kept, "FILE"]
    frame["SRCROW"] = chosen.source.loc[chosen.kept, "ROW"]
    frame["KEY"] = _natural_key(kept, name, domain)
    _DERIVE[domain.record](frame)
    return Intake(
        name, domain.record, parts[-1].file, frame, raw,
        sum(a.duplicates for a in chosen.accounts), _absent(raw, columns, domain),
        chosen.accounts, revised, shifted, feed.id, sum(p.converted for p in parts),
        unmapped,
    )  # fmt: skip


def _map_values(frame: pd.DataFrame, domain: Domain) -> tuple[Unmapped, ...] | None:
    """Tell values by the feed's maps; return those that a map lacks: they stay as they are."""
    unmapped = []
    for field, known in domain.values.items():
        given = frame[field]
        lacking = given[given.notna() & ~given.isin(list(known))]
        unmapped += [
            Unmapped(field, str(value), tuple(int(i) for i in rows.index))
            for value, rows in lacking.groupby(lacking)
        ]
        frame[field] = given.map(known).astype("str").fillna(given)
    return tuple(unmapped) if domain.values else None


def _tell_at_site(frame: pd.DataFrame, zone: str) -> int:
    """Tell times that have an offset as those of the site's clocks; return how many there were.

    The text as it was received stays in the raw rows.
    """
    shifted = 0
    for field in [f for f in frame.columns if f.endswith("DTC")]:
        told = {t: dates.at_site(t, zone) for t in frame[field].dropna().unique()}
        moved = {t: there for t, there in told.items() if there != t}
        if moved:
            shifted += int(frame[field].isin(list(moved)).sum())
            frame[field] = frame[field].replace(moved)
    return shifted


def without_file(feed: Feed, name: str) -> Intake:
    """Return the intake of an optional domain of which no file came: no rows, every field."""
    domain = feed.domains[name]
    fields = mapping.columns(feed, name, domain).values()
    delivered = [*fields, *fitness.needed(feed, name)]
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


def _require_columns(raw: pd.DataFrame, feed: Feed, name: str, file: str) -> None:
    missing = [c for c in fitness.needed(feed, name) if c not in raw.columns]
    if missing:
        raise HeldDeliveryError(
            file,
            f"column {', '.join(missing)} is missing.",
            f"Ask for the file again, or map the column for {name} in the study file.",
        )


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
