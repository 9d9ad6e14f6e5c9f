"""Adverse events and their supplements beside each other, and beside doses and deaths."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from safety.intake.beside import attributions, duplicates, withdrawals
from safety.intake.outcomes import ONGOING
from safety.intake.texts import said
from safety.study.feeds import RecordKind
from safety.study.model import Study

Frames = Mapping[RecordKind, pd.DataFrame]


def adverse_events(frame: pd.DataFrame, frames: Frames, study: Study) -> pd.DataFrame:
    """Return adverse events with the comparisons DUPLICATE, BEFORECONSENT, ENDQUERY and so on.

    DUPLICATE (fault 4), BEFORECONSENT (12), ENDQUERY (15), NOCAUSE (38), FATALGRADE and NODEATH
    (40), DOSEGOESON (42).
    """
    everyone = frames.get("adverse_event", frame)
    goes_on = duplicates.is_followed(frame, everyone)
    return frame.assign(
        DUPLICATE=duplicates.duplicates(frame, everyone),
        BEFORECONSENT=_before_consent(frame),
        ENDQUERY=_end(frame, goes_on),
        NOCAUSE=attributions.missing(frame, frames, study),
        FATALGRADE=_fatal_grade(frame, goes_on),
        NODEATH=_no_death(frame, frames),
        DOSEGOESON=withdrawals.withdrawn_events(frame, frames, study),
    )


def supplements(frame: pd.DataFrame, frames: Frames, study: Study) -> pd.DataFrame:
    """Return supplements with NOCAUSE (fault 38), NOTGIVEN (39) and DOSEGOESON (42)."""
    return frame.assign(
        NOCAUSE=attributions.blank(frame, study),
        NOTGIVEN=attributions.not_given(frame, frames, study),
        DOSEGOESON=withdrawals.withdrawn_supplements(frame, frames, study),
    )


def deaths(frame: pd.DataFrame, frames: Frames, _: Study) -> pd.DataFrame:
    """Return subjects with UNTOLDDEATH: one who died by DM, of whom nothing else tells it.

    Missing where neither adverse events nor disposition are delivered (fault 40).
    """
    died = _died_by_dm(frame)
    events, ends = frames.get("adverse_event"), frames.get("disposition")
    told: set[str] = set()
    if events is not None:
        told |= set(events.loc[_is_fatal(events), "USUBJID"])
    if ends is not None:
        told |= set(ends.loc[ends["DECOD"].eq("DEATH"), "USUBJID"])
    where = died if events is not None or ends is not None else died & False
    text = "died by DM, but there is no fatal adverse event and DS tells no death"
    return frame.assign(UNTOLDDEATH=said(~frame["USUBJID"].isin(told), text, where=where))


def _before_consent(frame: pd.DataFrame) -> pd.Series:
    """Of a start of which only the month is known the last day counts."""
    begin, consent = frame["STDTMAX"], frame["CONSENT"]
    return said(
        begin.lt(consent), "began before consent: medical history?",
        where=begin.notna() & consent.notna() & ~begin.lt(frame["BORNAFTER"]).fillna(False),
    )  # fmt: skip


def _end(frame: pd.DataFrame, goes_on: pd.Series) -> pd.Series:
    """Say that an event goes on but has an end date; where another grade follows it may have one.

    What went on until death may end on that day.
    """
    ongoing = frame["AEOUT"].isin(ONGOING) | frame["ENRF"].str.upper().eq("ONGOING").fillna(False)
    until_death = frame["ENDTMAX"].eq(frame["DEATH"]).fillna(False)
    return said(
        frame["ENDTC"].notna() & ~until_death & ~goes_on, "is told to go on, but has an end date",
        where=ongoing,
    )  # fmt: skip


def _fatal_grade(frame: pd.DataFrame, goes_on: pd.Series) -> pd.Series:
    """Say where a fatal event has another grade; earlier grades of an event that ended so may."""
    grade, fatal = frame["AETOXGRN"], frame["AEOUT"].eq("FATAL").fillna(False)
    return said(
        grade.lt(5), "outcome FATAL, but the grade is not 5",
        where=fatal & grade.notna() & ~goes_on,
    )  # fmt: skip


def _no_death(frame: pd.DataFrame, frames: Frames) -> pd.Series:
    """Say where an event is fatal and the subject is not dead by DM or DS."""
    dead: set[str] = set()
    subjects, ends = frames.get("subject"), frames.get("disposition")
    if subjects is not None:
        dead |= set(subjects.loc[_died_by_dm(subjects), "USUBJID"])
    if ends is not None:
        dead |= set(ends.loc[ends["DECOD"].eq("DEATH"), "USUBJID"])
    return said(
        ~frame["USUBJID"].isin(dead), "is fatal, but neither DM nor DS tells a death",
        where=_is_fatal(frame),
    )  # fmt: skip


def _died_by_dm(subjects: pd.DataFrame) -> pd.Series:
    return subjects["DTHFL"].eq("Y").fillna(False) | subjects["DTHDTC"].notna()


def _is_fatal(events: pd.DataFrame) -> pd.Series:
    told = events["AESDTH"].eq("Y").fillna(False) | events["AEOUT"].eq("FATAL").fillna(False)
    return told | events["AETOXGRN"].eq(5)
