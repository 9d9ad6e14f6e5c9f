"""Free text of records without what names a person, and what was found in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
# Fields that should hold a code, but are shown or quoted as they came.
SHOWN = ("AVALU", "AETOXGR", "AESEV", "VISIT")
UPPER = ("AESEV",)  # of SHOWN: in capitals whoever wrote it, where names are told by theirs
# Most cells: a number, a date or a short code. Nothing of them can name a person.
_CODE = re.compile(
    r"[<>=]*\s*-?[0-9]{1,9}(?:\.[0-9]+)?|[0-9]{4}-[0-9]{2}(?:-[0-9]{2}(?:T[0-9:.]+Z?)?)?"
    r"|[A-Za-z0-9_]{1,10}"
)
# Columns of nothing but what names a person. Nothing is read from them, but a held row is shown.
_OF_A_PERSON = re.compile(
    r"BRTH|BIRTH|^DOB|INITIAL|^INITS?$|(?:PAT|PT|SUBJ|SUR|FIRST|LAST|FULL|FAMILY|GIVEN)_?NAME"
    r"|^NAME$|PHONE|E_?MAIL|ADDRESS|姓名|电话|出生"
)
MASKED = "[masked]"
_ID = "ID"  # end of the name of a column of identifiers of the trial: subject, sample, site


def without_identifiers(intake: Intake) -> Intake:
    """Return an intake with masked text and the comparisons IDENTIFIER and UNSAFE.

    Every column of the raw rows is masked too, but for the trial's own identifiers: they are shown
    in quarantine.
    """
    intake = replace(intake, raw=_raw(intake.raw))
    frame = intake.records
    free = [c for c in FREE_TEXT.get(intake.record, ()) if c in frame]
    shown = [c for c in SHOWN if c in frame]
    if not free and not shown:
        return intake
    texts = frame[[*free, *shown]]
    kinds = {c: {t: _holds(_kinds(c, t)) for t in _open(texts[c])} for c in texts}
    named = _said(texts, kinds, "masked: holds")
    danger = {c: {t: unsafe(t) for t in _open(texts[c])} for c in free}
    unsafe_ = _said(texts[free], danger, "kept as text: holds")
    rows = frame.index[named.fillna("").ne("").to_numpy(bool)]
    if len(rows):
        quoting = [c for c in frame if c in texts or c.endswith("QUERY")]
        frame = _masked(frame, quoting, rows)
    return replace(intake, records=frame.assign(IDENTIFIER=named, UNSAFE=unsafe_))


def _open(cells: pd.Series) -> Iterable[str]:
    """Return the texts of a column, each once, that are more than a number or a code."""
    return (t for t in cells.dropna().unique() if not _CODE.fullmatch(t))


def _kinds(field: str, text: str) -> tuple[str, ...]:
    return identifiers(text.title() if field in UPPER else text)


def _mask(field: str, text: str) -> str:
    if field not in UPPER:
        return mask(text)
    return mask(text.title()).upper() if _kinds(field, text) else text


def _holds(kinds: tuple[str, ...]) -> str:
    return " and ".join(f"{'an' if k[0] in 'aeiou' else 'a'} {k}" for k in kinds)


def _said(texts: pd.DataFrame, known: dict[str, dict[str, str]], words: str) -> pd.Series:
    """Return what is found in the texts of each row, missing where there is no text."""
    found = pd.Series("", index=texts.index, dtype="str")
    for field in texts:
        what = {t: said for t, said in known[field].items() if said}
        if not what:
            continue
        said = texts[field].map(what).astype("str").fillna("")
        new = said.ne("") & ~found.str.contains(words, regex=False)
        found = found.mask(new, f"{words} " + said)
    return found.where(texts.notna().any(axis=1))


def _masked(frame: pd.DataFrame, columns: list[str], rows: pd.Index) -> pd.DataFrame:
    frame = frame.copy()
    for column in columns:
        cells = frame.loc[rows, column]
        changed = {t: _mask(column, t) for t in cells.dropna().unique()}
        frame.loc[rows, column] = cells.map(changed).astype("str")
    return frame


def _raw(raw: pd.DataFrame) -> pd.DataFrame:
    """Return raw rows with every text masked that names a person."""
    changed: dict[str, pd.Series] = {}
    for column in (c for c in raw if _OF_A_PERSON.search(c.upper())):
        changed[column] = raw[column].where(raw[column].isna(), MASKED)
    for column in (c for c in raw if not c.upper().endswith(_ID) and c not in changed):
        masked = {t: new for t in _open(raw[column]) if (new := mask(t)) != t}
        if masked:
            cells = raw[column]
            changed[column] = cells.map(masked).astype("str").fillna(cells)
    return raw.assign(**changed) if changed else raw
