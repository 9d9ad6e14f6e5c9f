"""Every record beside its subject: birth, consent, first dose and death by DM."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.intake.dates import bounds
from safety.intake.texts import said

FACTS = ["CONSENT", "FIRSTDOSE", "DEATH", "BORNAFTER"]
# Kind of record -> prefix of its main date.
MAIN_DATE = {
    "dose": "STDT", "measurement": "ADT", "adverse_event": "STDT", "medication": "STDT",
    "procedure": "STDT", "disposition": "STDT", "visit": "STDT", "history": "STDT",
    "declaration": "STDT",
}  # fmt: skip
# What may well be entered of the days after a death: the death itself, what ended with it.
AFTER_DEATH = {"dose", "measurement", "adverse_event", "medication", "procedure", "visit"}


def facts(subjects: pd.DataFrame | None) -> pd.DataFrame:
    """Return FACTS by USUBJID as YYYY-MM-DD; of a subject with rows that differ the first.

    BORNAFTER: the earliest day of birth that the age at consent (else at the first dose) allows.
    A death of which only the month is known is the last day it may be.
    """
    if subjects is None or subjects.empty:
        return pd.DataFrame({c: pd.array([], dtype="str") for c in FACTS})
    known = subjects.dropna(subset=["USUBJID"]).drop_duplicates("USUBJID").set_index("USUBJID")
    consent = _day(known["RFICDTC"], latest=False)
    aged_at = consent.fillna(known["RFSTMIN"])
    years = np.floor(known["AGE"].to_numpy(np.float64)) + 1
    born = [_years_before(day, age) for day, age in zip(aged_at, years, strict=True)]
    return pd.DataFrame(
        {
            "CONSENT": consent,
            "FIRSTDOSE": known["RFSTMIN"],
            "DEATH": known["DTHMAX"],
            "BORNAFTER": pd.Series(born, index=known.index, dtype="str"),
        }
    )


def compared(frame: pd.DataFrame, kind: str, known: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with FACTS, and for a kind with a date BEFOREBIRTH and AFTERDEATH."""
    if kind == "subject":
        return frame
    beside = {c: frame["USUBJID"].map(known[c]).astype("str") for c in FACTS}
    frame = frame.assign(**beside)
    prefix = MAIN_DATE.get(kind)
    if prefix is None:
        return frame
    latest, earliest = frame[f"{prefix}MAX"], frame[f"{prefix}MIN"]
    frame["BEFOREBIRTH"] = said(
        latest.lt(frame["BORNAFTER"]),
        "before the subject can have been born",
        where=latest.notna() & frame["BORNAFTER"].notna(),
    )
    if kind in AFTER_DEATH:
        frame["AFTERDEATH"] = said(
            earliest.gt(frame["DEATH"]),
            "after the death that DM tells",
            where=earliest.notna() & frame["DEATH"].notna(),
        )
    return frame


def _day(texts: pd.Series, *, latest: bool) -> pd.Series:
    known = {t: bounds(t) for t in texts.dropna().unique()}
    days = {t: b.latest if latest else b.earliest for t, b in known.items() if b}
    return texts.map(days).astype("str")


def _years_before(day: object, years: float) -> str | None:
    """Return the day so many years before another; 29 February becomes 1 March."""
    if not isinstance(day, str) or np.isnan(years):
        return None
    year = int(day[:4]) - int(years)
    rest = "-03-01" if day[4:] == "-02-29" else day[4:]
    return f"{year:04}{rest}" if year > 0 else None
