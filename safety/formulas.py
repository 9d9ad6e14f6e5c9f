"""Texts that a spreadsheet would run as a formula.

A spreadsheet takes a cell that begins with = + - @ for a formula, whatever the file type says,
and full-width forms of these too. Such a text gets an apostrophe before it (CWE-1236). Numbers,
and texts that are nothing but a number, stay as they are.
"""

from __future__ import annotations

import re
from typing import Any

# Spaces that a spreadsheet passes over, and the ASCII, full-width and small forms of = + - @.
# They stand here as characters: other engines than Python's read these patterns too.
_SPACES = " \t\r\n\v\f\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
_SIGNS = "=+@\uff1d\ufe66\uff0b\ufe62\u2212\uff0d\ufe63\uff20\ufe6b\\-"
FORMULA = f"^(?:[\t\r\n]|[{_SPACES}]*[{_SIGNS}])"
NUMBER = r"^[+\-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+\-]?[0-9]+)?$"
MARK = "'"
_formula, _number = re.compile(FORMULA), re.compile(NUMBER)


def safe(value: Any) -> Any:
    """Return a cell's value; a text that a spreadsheet would run begins with an apostrophe."""
    if not isinstance(value, str):
        return value
    runs = _formula.match(value) is not None and _number.match(value) is None
    return MARK + value if runs else value
