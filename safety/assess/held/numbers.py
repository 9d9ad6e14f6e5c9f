"""The numbers that the text of a held result may mean, each with its comparator."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np

from safety.ctcae.results import parse_result

Number = tuple[float, str]  # value and comparator
GROUPED = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{3})+(?![\d.])", re.ASCII)  # 1.234
PARTED = re.compile(r"(?<=\d)[\s'\u2019]+(?=\d)", re.ASCII)  # 1 034 and 1'034
NUMBER = re.compile(
    r"(?:(?:<=|>=|<|>|≤|≥)\s*)?(?<![\d.])(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?!\.?\d)", re.ASCII
)


def numbers(row: dict[str, Any]) -> list[Number]:
    """Return what a result may mean; several where it is text around a number or with commas.

    Nobody has less than nothing: a minus may also be a hyphen. In a row of another form than the
    feed declares, a point may part thousands.
    """
    told = unicodedata.normalize("NFKC", row["AVALC"]) if isinstance(row["AVALC"], str) else ""
    value = row["AVAL"]
    if np.isnan(value):
        return _of_text(told)
    sign = row["COMPARATOR"] if isinstance(row["COMPARATOR"], str) else ""
    found = {(float(value), sign), (abs(float(value)), sign)}
    is_misfit = isinstance(row.get("FORM"), str) and row["FORM"] != ""
    if is_misfit and GROUPED.search(told):
        found.add((parse_result(told.replace(".", ""))[0], sign))
    return sorted(n for n in found if not np.isnan(n[0]))


def _of_text(told: str) -> list[Number]:
    readings = {form for text in (told, PARTED.sub("", told)) for form in _forms(text)}
    found = [parse_result(text) for reading in readings for text in NUMBER.findall(reading)]
    return sorted({(n.number, n.comparator) for n in found if not np.isnan(n.number)})


def _forms(text: str) -> list[str]:
    """Return a text with its comma as a decimal sign, as a separator, and the point as one."""
    forms = [text.replace(",", "."), text.replace(",", "")]
    if GROUPED.search(text):
        forms.append(text.replace(".", "").replace(",", "."))
    return forms
