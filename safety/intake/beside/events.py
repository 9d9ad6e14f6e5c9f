"""Adverse events and their supplements beside each other, and beside doses and deaths."""

from __future__ import annotations

import pandas as pd

from safety.intake.beside import (
    attributions,
    deaths,
    duplicates,
    ends,
    seriousness,
    withdrawals,
)
from safety.intake.beside.links import Frames
from safety.intake.outcomes import ONGOING
from safety.intake.texts import said
from safety.study.model import Study


def adverse_events(frame: pd.DataFrame, frames: Frames, study: Study) -> pd.DataFrame:
    """Return adverse events with the comparisons DUPLICATE, BEFORECONSENT, ENDQUERY and so on.

    DUPLICATE (fault 4), BEFORECONSENT (12), ENDQUERY and OVERBUT (15), NOCAUSE (38), NOTGIVEN (39),
    FATALGRADE and NODEATH (40), SERIOUSGRADE (41), DOSEGOESON (42) and OTHERREASON.
    """
    everyone = frames.get("adverse_event", frame)
    goes_on = duplicates.is_followed(frame, everyone)
    return frame.assign(
        DUPLICATE=duplicates.duplicates(frame, everyone),
        BEFORECONSENT=_before_consent(frame),
        ENDQUERY=_end(frame, goes_on | duplicates.is_resolved_later(frame, everyone)),
        OVERBUT=duplicates.over_but_goes_on(frame, everyone),
        NOCAUSE=attributions.missing(frame, frames, study),
        FATALGRADE=_fatal_grade(frame, goes_on),
        NODEATH=deaths.no_death(frame, frames),
        DOSEGOESON=withdrawals.withdrawn_events(frame, frames, study),
        NOTGIVEN=attributions.before_any_dose(frame, frames, study),
        SERIOUSGRADE=seriousness.grade_too_low(frame, everyone),
        FLAGQUERY=seriousness.unknown_flags(frame),
        OTHERREASON=ends.other_reason(frame, frames, study),
    )


def supplements(frame: pd.DataFrame, frames: Frames, study: Study) -> pd.DataFrame:
    """Return supplements with NOCAUSE (fault 38), NOTGIVEN (39) and DOSEGOESON (42)."""
    return frame.assign(
        NOCAUSE=attributions.blank(frame, study),
        NOTGIVEN=attributions.not_given(frame, frames, study),
        DOSEGOESON=withdrawals.withdrawn_supplements(frame, frames, study),
    )


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
