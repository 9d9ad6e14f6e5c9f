"""Every record beside its subject: birth, consent, first dose, death and the end of the study."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.intake.beside import ends
from safety.intake.beside.links import Frames
from safety.intake.dates import add_bounds, bounds
from safety.intake.texts import said
from safety.study.model import Study

FACTS = ["CONSENT", "FIRSTDOSE", "DEATH", "BORNAFTER"]
OLDEST = 120  # years
TOLD = ["DEATHBY", "STUDYEND", "ENDEDBY"]
# Kind of record -> prefix of its main date.
MAIN_DATE = {
    "dose": "STDT", "measurement": "ADT", "adverse_event": "STDT", "medication": "STDT",
    "procedure": "STDT", "disposition": "STDT", "visit": "STDT", "history": "STDT",
    "declaration": "STDT",
}  # fmt: skip
# What may well be entered of the days after a death: the death itself, what ended with it.
AFTER_DEATH = {"dose", "measurement", "adverse_event", "medication", "procedure", "visit"}
# What a subject who left the study no longer has; a medication may be told of later.
AFTER_STUDY = AFTER_DEATH - {"medication"}
NEEDS_CONSENT = {"dose", "visit"}


def facts(frames: Frames, study: Study) -> pd.DataFrame:
    """Return FACTS and TOLD by USUBJID, days as YYYY-MM-DD; of rows that differ the first.

    BORNAFTER: the earliest day of birth that the age at consent (else at the first dose) allows.
    A death of which only the month is known is the last day it may be; it is the one that DM tells,
    else the disposition (DEATHBY). STUDYEND: the day after which nothing more is recorded, though
    the subject lives, and ENDEDBY, the disposition that says so.
    """
    known = _by_dm(frames.get("subject"))
    ended = ends.ended(frames, set(study.dose_limiting.follow_up_ends) - {ends.DEATH})
    died = ends.ended(frames, {ends.DEATH})
    known = known.reindex(known.index.union(died.index).union(ended.index))
    by_dm = known["DEATH"].notna()
    by = pd.Series(np.where(by_dm, "DM", "DS"), index=known.index, dtype="str")
    return known.assign(
        DEATH=known["DEATH"].where(by_dm, died["DAY"].reindex(known.index)), DEATHBY=by,
        STUDYEND=ended["DAY"].reindex(known.index), ENDEDBY=ended["NAME"].reindex(known.index),
    )  # fmt: skip


def _by_dm(subjects: pd.DataFrame | None) -> pd.DataFrame:
    if subjects is None or subjects.empty:
        return pd.DataFrame({c: pd.array([], dtype="str") for c in FACTS})
    known = subjects.dropna(subset=["USUBJID"]).drop_duplicates("USUBJID").set_index("USUBJID")
    consent = _day(known["RFICDTC"], latest=False)
    first = known["RFSTMIN"]
    # of two days the earlier: one mistyped date, or a code for a missing age, accuses no row
    aged_at = consent.where(consent.le(first) | first.isna(), first)
    age = known["AGE"].where(known["AGE"].between(0, OLDEST))
    years = np.floor(age.to_numpy(np.float64)) + 1
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
    """Return the frame with FACTS and, for a kind with a date, what is said of it beside them.

    BEFOREBIRTH, AFTERDEATH, AFTERSTUDY and BEFORECONSENT; a subject gets the bounds of its consent.
    """
    if kind == "subject":
        frame = frame.assign(RFSTDTMIN=frame["RFSTMIN"], DTHDTMIN=frame["DTHMIN"])
        add_bounds(frame, "RFICDTC", "RFICDT")
        return frame
    frame = frame.assign(**{c: frame["USUBJID"].map(known[c]).astype("str") for c in FACTS})
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
        by = "after the death that " + frame["USUBJID"].map(known["DEATHBY"]).astype("str")
        frame["AFTERDEATH"] = _after(earliest, frame["DEATH"], by + " tells")
    if kind in AFTER_STUDY:
        end = frame["USUBJID"].map(known["STUDYEND"]).astype("str")
        how = frame["USUBJID"].map(known["ENDEDBY"]).astype("str")
        frame["AFTERSTUDY"] = _after(earliest, end, "after the subject left the study: " + how)
    if kind in NEEDS_CONSENT:
        consent, born = frame["CONSENT"], frame["BORNAFTER"]
        frame["BEFORECONSENT"] = said(
            latest.lt(consent), "before consent",
            where=latest.notna() & consent.notna() & ~latest.lt(born).fillna(False),
        )  # fmt: skip
    return frame


def _after(earliest: pd.Series, end: pd.Series, text: pd.Series) -> pd.Series:
    """Say of records that begin surely after a day, not on it, which day that is."""
    judged = earliest.notna() & end.notna()
    return text.where(earliest.gt(end).fillna(False), "").where(judged)


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
