"""Free text of records without what names a person, and what was found in it."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from safety.intake.identifiers import identifiers, mask, unsafe
from safety.intake.records import Intake

# Fields in which people write what they like.
FREE_TEXT: dict[str, tuple[str, ...]] = {
    "adverse_event": ("AETERM", "AEDECOD", "AELLT", "CTCAETERM"),
    "supplement": ("QVAL",),
    "medication": ("TRT", "DECOD", "INDC"),
    "procedure": ("TRT", "DECOD", "INDC"),
    "disposition": ("TERM", "DECOD"),
    "history": ("TERM", "DECOD"),
    "declaration": ("TEXT",),
    "dose": ("REASON", "ADJ"),
    "measurement": ("AVALC",),
}
_NUMBER = re.compile(r"[<>=]*\s*-?[0-9]{1,9}(?:\.[0-9]+)?")  # most results: nothing to look for


def without_identifiers(intake: Intake) -> Intake:
    """Return an intake with masked free text and the comparisons IDENTIFIER and UNSAFE.

    The raw rows of a record with an identifier are masked too: they are shown in quarantine.
    """
    frame = intake.records
    fields = [c for c in FREE_TEXT.get(intake.record, ()) if c in frame]
    if not fields:
        return intake
    texts_of = {t for c in fields for t in frame[c].dropna().unique()}
    known = {t for t in texts_of if not _NUMBER.fullmatch(t)}
    texts = frame[fields]
    named = _said(texts, {t: _holds(identifiers(t)) for t in known}, "masked: holds")
    danger = _said(texts, {t: unsafe(t) for t in known}, "kept as text: holds")
    hidden = named.fillna("").ne("")
    rows = frame.index[hidden.to_numpy(bool)]
    if len(rows):
        quoting = [c for c in frame if c in fields or c.endswith("QUERY")]
        frame = _masked(frame, quoting, rows)
        intake = replace(intake, raw=_masked(intake.raw, list(intake.raw), rows))
    return replace(intake, records=frame.assign(IDENTIFIER=named, UNSAFE=danger))


def _holds(kinds: tuple[str, ...]) -> str:
    return " and ".join(f"{'an' if k[0] in 'aeiou' else 'a'} {k}" for k in kinds)


def _said(texts: pd.DataFrame, known: dict[str, str], words: str) -> pd.Series:
    """Return what is found in the texts of each row, missing where there is no text."""
    found = pd.Series("", index=texts.index, dtype="str")
    for field in texts:
        said = texts[field].map(known).astype("str").fillna("")
        new = said.ne("") & ~found.str.contains(words, regex=False)
        found = found.mask(new, f"{words} " + said)
    return found.where(texts.notna().any(axis=1))


def _masked(frame: pd.DataFrame, columns: list[str], rows: pd.Index) -> pd.DataFrame:
    frame = frame.copy()
    for column in columns:
        cells = frame.loc[rows, column]
        frame.loc[rows, column] = cells.map({t: mask(t) for t in cells.dropna().unique()}).astype(
            "str"
        )
    return frame
