"""Dates, times and numbers of a declared form to ISO 8601 and plain decimals; others to None."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from safety.study.cells import Cells

_Y, _M, _D = r"(?P<y>\d{4})", r"(?P<m>\d{2})", r"(?P<d>\d{2})"
DATES = {
    "YYYY-MM-DD": f"{_Y}-{_M}-{_D}",
    "YYYY/MM/DD": f"{_Y}/{_M}/{_D}",
    "DD/MM/YYYY": f"{_D}/{_M}/{_Y}",
    "MM/DD/YYYY": f"{_M}/{_D}/{_Y}",
    "DD-MON-YYYY": f"{_D}-(?P<m>[A-Za-z]{{3}})-{_Y}",
}
TIMES = {"": "", "HH:MM": r"\d{2}:\d{2}", "HH:MM:SS": r"\d{2}:\d{2}:\d{2}"}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
SPACES = " \u00a0\u202f"  # a space between groups of digits is often one that does not break
_LIKE_A_NUMBER = re.compile(
    r"[<>=≤≥\s]*+[+-]?(?=['\s]*+[\d.,])[\d.,'\s]*+(?:[eE][+-]?\d+)?", re.ASCII
)


def date_form(cells: Cells) -> str:
    """Return the form of a date in words."""
    return f"{cells.date}{f' [{cells.time}]' if cells.time else ''} in {cells.timezone}"


def number_form(cells: Cells) -> str:
    """Return the form of a number in words."""
    return f"1{cells.thousands}234{cells.decimal}5"


def moment(text: str, cells: Cells) -> str | None:
    """Return a date as ISO 8601, with its time and the offset of its clocks if it has a time.

    None for another form, a day the calendar lacks, and a time that the clocks skipped or told
    twice when they were changed: which one was meant, nobody can tell.
    """
    match = _date_pattern(cells.date, cells.time).fullmatch(text)
    if match is None:
        return None
    month = match["m"].upper()
    number = MONTHS.index(month) + 1 if month in MONTHS else int(month) if month.isdigit() else 0
    day, time = f"{match['y']}-{number:02}-{match['d']}", match["t"]
    try:
        local = datetime.fromisoformat(f"{day}T{time}" if time else day)
    except ValueError:
        return None
    if not time:
        return day
    there = local.replace(tzinfo=ZoneInfo(cells.timezone))
    if there.utcoffset() != there.replace(fold=1).utcoffset():
        return None
    return there.isoformat(timespec="seconds" if cells.time == "HH:MM:SS" else "minutes")


@cache
def _date_pattern(date: str, time: str) -> re.Pattern[str]:
    between = "[ T]" if date == "YYYY-MM-DD" else " "
    with_time = f"(?:{between}(?P<t>{TIMES[time]}))?" if time else "(?P<t>)"
    return re.compile(DATES[date] + with_time, re.ASCII)


def number(text: str, cells: Cells) -> str | None:
    """Return a result with its number as a plain decimal; what is no number stays as it is.

    `1.234,5` is 1234.5 where decimal is a comma and thousands a point; `<0,3` keeps its sign.
    None for digits and signs of another form than the declared one: a group of thousands never
    begins with 0, and a decimal sign without a digit is no number.
    """
    match = _number_pattern(cells.decimal, cells.thousands).fullmatch(text)
    if match is None:
        plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-")
        return None if _LIKE_A_NUMBER.fullmatch(plain) else text
    whole = re.sub(r"\D", "", match["whole"] or "")
    part = match["part"] or ""
    return f"{match['sign']}{whole}{'.' + part if part else ''}{match['power']}"


@cache
def _number_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    sign, point = r"(?P<sign>(?:<=|>=|<|>|≤|≥)?\s*[+-]?)", re.escape(decimal)
    between = f"[{re.escape(SPACES if thousands == ' ' else thousands)}]" if thousands else ""
    grouped = rf"[1-9]\d{{0,2}}(?:{between}\d{{3}})+|" if thousands else ""
    digits = rf"(?={point}?\d)(?P<whole>{grouped}\d+)?(?:{point}(?P<part>\d*))?"
    return re.compile(rf"{sign}{digits}(?P<power>(?:[eE][+-]?\d+)?)", re.ASCII)
